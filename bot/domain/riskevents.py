"""The risk events that a note tells of: those of workflows, section 8.

A table of words with what they mean.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.domain.clauses import words
from bot.domain.facts import RiskEvent
from bot.domain.reading import Guess

_MANY_DAYS: Final = r"(?:3[1-9]|[4-9]\d|\d{3,})"
_RISKS: Final = (
    (
        RiskEvent.BUYER_OVERDUE,
        words(
            rf"逾期(?:了|已经?|超过?|达)?\s?{_MANY_DAYS}\s?(?:多)?天|(?:超期"
            rf"|拖了?|晚了?|欠了?)\s?{_MANY_DAYS}\s?(?:多)?天|逾期(?:了"
            rf"|已|超过?)?(?:一个多月|两个月|三个月|[二三四五六七八九]个月"
            rf"|四十|五十|六十|七十|八十|九十)",
            rf"{_MANY_DAYS}\+?\s?(?:days?"
            rf"|d) (?:past due|overdue|late)|overdue (?:by |for )?{_MANY_DAYS}\s?days?"
            rf"|(?:two|three|2|3) months (?:overdue|late|past due)|past due (?:by "
            rf"|for )?{_MANY_DAYS}",
        ),
    ),
    (
        RiskEvent.INSOLVENCY,
        words(
            r"破产|重整|资不抵债|失信(?:被执行|名单)?|老赖|被执行人?|强制执行"
            r"|清算|限高|限制高消费",
            r"insolven\w+|bankrupt\w*|administration"
            r"|liquidat\w+|dishonest debtor|enforcement|receivership|judgment debtor",
        ),
    ),
    (
        RiskEvent.DIVERTED_PAYMENT,
        words(
            r"(?:款|钱|回款|货款)[^，。；]{0,12}(?:打|付|转|汇|进|到"
            r"|回)(?:到|进|去|了|回)*[^，。；]{0,6}(?:别的|其他|另"
            r"|一般|普通|基本|自己|原来|老)(?:的)?(?:户|账户|账号|一个户)"
            r"|没(?:有)?(?:进|回|打到?|走)[^，。；]{0,4}(?:监管|回款"
            r"|专用|共管|保理|指定)(?:专?户|账户)|回款(?:没|未)(?:进"
            r"|走|回)|挪用|改(?:了)?收款账户|绕开[^，。；]{0,4}账户",
            r"(?:landed"
            r"|paid|went|sent|wired|transferred|received)\b[^.;]{0,30}\b(?:ordinary"
            r"|other|another|own|different|general|wrong|operating"
            r"|old) (?:bank )?account|not (?:in )?the (?:collection"
            r"|agreed|designated|controlled|escrow) account|divert\w+"
            r"|bypass\w*[^.;]{0,20}account",
        ),
    ),
    (
        RiskEvent.INVOICE_VOIDED,
        words(
            r"红冲|冲红|红字发票|发票[^，。；]{0,6}作废|作废[^，。；]{0,6}发票",
            r"red[- ]letter\w*"
            r"|(?:invoice|invoices)[^.;]{0,20}(?:voided|cancelled|canceled)"
            r"|voided[^.;]{0,15}invoice",
        ),
    ),
    (
        RiskEvent.DUPLICATE_REGISTRATION,
        words(
            r"重复(?:登记|转让|融资)|登记(?:过|冲突)|已经?(?:转让"
            r"|登记)给(?:了)?(?:别|另|其他)|一票多融",
            r"duplicate registration"
            r"|already (?:registered|assigned)|double[- ](?:financ\w+"
            r"|assign\w+|pledg\w+)|registered twice|assigned twice",
        ),
    ),
    (
        RiskEvent.FORGERY,
        words(
            r"假章|萝卜章|公章(?:不对|不一致|存疑|有问题)|伪造|造假|假(?:合同"
            r"|发票|单据)|(?:签字|印章|章)[^，。；]{0,6}(?:不符|对不上|不一样"
            r"|不一致)|PS过",
            r"forg\w+|fake (?:seal|stamp|invoice|contract"
            r"|document)s?|(?:seal|stamp|signature)s? (?:looks?|look|does ?n.t"
            r"|do ?n.t|didn.t)[^.;]{0,25}(?:wrong|match|fake|off)|counterfeit",
        ),
    ),
    (
        RiskEvent.LARGE_DISPUTE,
        words(
            r"(?:争议|扣款|质量问题|拒付|索赔|退货)[^。；]{0,16}(?:[2-9]\d\s?[%％]"
            r"|[二三四五六七八九]成|一半|过半|大部分|全部)|(?:[2-9]\d\s?[%％]"
            r"|[二三四五六七八九]成|一半)[^。；]{0,12}(?:有争议|争议|拒付"
            r"|拒收)",
            r"disput\w+[^.;]{0,30}(?:[2-9]\d\s?%|half|a third"
            r"|a quarter|most)|(?:[2-9]\d\s?%|half|a third|a quarter|most)[^.;]{0,30}(?:disput\w+"
            r"|rejected|withheld)",
        ),
    ),
    (
        RiskEvent.CHANGE_OF_CONTROL,
        words(
            r"(?:股权|股东|法人|实控人|控制人|控股)[^，。；]{0,6}(?:变更"
            r"|变动|转让|换了?|易主|过户)|(?:公司|厂)(?:被|已|已经)?(?:卖了"
            r"|收购了?|转手)|换了?(?:老板|法人|实控人|大股东)",
            r"change of (?:control"
            r"|ownership|controller)|new (?:owner|controlling shareholder"
            r"|majority shareholder)|(?:sold|transferred)[^.;]{0,15}(?:stake"
            r"|shares|company|business)|taken over|been acquired",
        ),
    ),
    (
        RiskEvent.RELATED_BUYER,
        words(
            r"关联(?:方|公司|企业|关系|交易)|(?:买方|客户)[^，。；]{0,10}(?:是"
            r"|就是|其实是)[^，。；]{0,6}(?:老板|他|她|法人)[^，。；]{0,4}(?:弟"
            r"|哥|姐|妹|小舅子|亲戚|老婆|太太|家里|自己的)(?:公司|厂|开)?"
            r"|同一(?:个)?(?:老板|实控人|控制人)",
            r"related[- ]party"
            r"|affiliat\w+|same (?:owner|controller|shareholder)|(?:brother"
            r"|sister|cousin|wife|husband)(?:'s|-in-law)?[^.;]{0,15}(?:owns"
            r"|runs|company|firm)|sister company",
        ),
    ),
    (
        RiskEvent.SLOWER_PAYMENT,
        words(
            r"(?:付款|回款|付|账期|回款周期|付款天数)[^。；]{0,14}(?:变慢"
            r"|越来越慢|慢了|拉长|延长了|拖长|平均\d+\s?天|变长)|(?:以前"
            r"|原来|之前|过去)[^。；]{0,14}\d+\s?天[^。；]{0,14}(?:现在"
            r"|如今|最近|这)[^。；]{0,12}\d+\s?天|从\s?\d+\s?天[^。；]{0,6}(?:拖"
            r"|拉|变|延|涨|慢)[^。；]{0,4}\d+\s?天",
            r"pay(?:ing|s|ment)?(?: days)?[^.;]{0,25}(?:slower"
            r"|later than (?:before|usual)|stretch\w*|slipp\w+|lengthen\w*)"
            r"|(?:from|used to (?:be|pay)[^.;]{0,12}) ?\d+ ?(?:days?)?[^.;]{0,15}(?:to"
            r"|now) ?\d+ ?days?|\d+ days[^.;]{0,20}(?:up from|used to be"
            r"|instead of|against) \d+|DSO (?:up|rose|has risen)",
        ),
    ),
    (
        RiskEvent.USAGE_SWING,
        words(
            r"(?:用信|用款|使用|提款|用量|额度使用|usage|交易量|转让量|开票"
            r"|单量|融资量)[^。；]{0,12}(?:掉了?|降了?|下降|少了?|减了?"
            r"|跌了?|腰斩|砍)(?:到)?[^。；]{0,6}(?:一半|过半|[4-9]\d\s?[%％]"
            r"|[四五六七八九]成|三分之二)|(?:用信|用款|使用|提款|用量|usage)[^。；]{0,12}(?:突然)?(?:涨"
            r"|增|翻)[^。；]{0,6}(?:一半|倍|[5-9]\d\s?[%％]|[五六七八九]成)"
            r"|腰斩",
            r"(?:usage|drawdowns?|utili[sz]ation|volumes?|drawings)[^.;]{0,25}(?:halved"
            r"|doubled|(?:down|fell|dropped|fallen|off|up|jumped)[^.;]{0,12}(?:[4-9]\d\s?%"
            r"|half|two thirds))",
        ),
    ),
    (
        RiskEvent.NEW_PLEDGE,
        words(
            r"(?:中登网?|动产(?:融资)?(?:登记|系统))[^。；]{0,14}(?:新增"
            r"|新的?|多了?|又有|出现|查到)|新(?:增)?(?:的)?(?:质押|抵押|登记)"
            r"|又(?:质押|抵押)",
            r"new (?:pledge|charge|registration|lien)"
            r"|pledged?[^.;]{0,15}(?:this month|recently|last week)|(?:zhongdeng"
            r"|registry)[^.;]{0,25}(?:new|another|pledge)",
        ),
    ),
    (
        RiskEvent.LAWSUIT,
        words(
            r"当了?被告|被(?:告了|起诉|诉)|成了?被告|作为被告|列为被告|吃官司"
            r"|诉讼|(?:供应商|员工|银行)(?:把他们)?(?:起诉|告了)",
            r"(?:been "
            r"|being |was |were |is |are |got )?sued|defendants?|lawsuits?|taken to court"
            r"|litigation against|writ",
        ),
    ),
    (
        RiskEvent.FINANCE_HEAD_LEAVES,
        words(
            r"(?:财务(?:总监|经理|负责人|主管)|CFO|会计主管)[^。；]{0,8}(?:离职"
            r"|走了|辞职|要走|换人|换了|不干了|跳槽)|(?:离职|辞职)[^，。；]{0,6}(?:财务总监"
            r"|财务负责人|CFO)|换了?(?:财务总监|财务负责人|CFO)",
            r"(?:cfo"
            r"|finance (?:head|director|manager|chief)|head of finance"
            r"|financial controller)[^.;]{0,25}(?:left|leaving|leaves"
            r"|resign\w+|quit|gone|departed|stepping down|moving on"
            r"|handed in)|new cfo",
        ),
    ),
    (
        RiskEvent.LATE_STATEMENTS,
        words(
            r"(?:报表|财报|审计报告|对账单|申报表)[^。；]{0,14}(?:迟迟"
            r"|一直没|还没(?:给|出|交)|拖着|晚了|又拖|逾期|没按时)|(?:迟迟"
            r"|一直)(?:没|不)[^。；]{0,6}(?:报表|财报|审计)",
            r"(?:statements?"
            r"|accounts|financials|audit)[^.;]{0,25}(?:are late|is late"
            r"|still late|overdue|late again|still not in|delayed again"
            r"|months? late|weeks? late)|late (?:statements|accounts"
            r"|financials)",
        ),
    ),
    (
        RiskEvent.DUE_DATE_CHANGES,
        words(
            r"(?:又|再次|几次|多次|三次|第[二三四]次|反复)[^。；]{0,6}(?:改"
            r"|推迟|延后|延)[^。；]{0,6}(?:到期日?|付款日|账期|还款日"
            r"|付款时间|日期)|(?:到期日|付款日|付款日期)[^。；]{0,8}(?:改了"
            r"|又改|变更|推迟)[^。；]{0,6}(?:次|又|再)?",
            r"(?:due"
            r"|payment) dates?[^.;]{0,20}(?:changed|moved|pushed|postponed"
            r"|extended)[^.;]{0,12}(?:again|twice|times|third)|(?:again"
            r"|third time|repeatedly)[^.;]{0,20}(?:due|payment) date",
        ),
    ),
    (
        RiskEvent.CREDIT_NOTES,
        words(
            r"(?:折让|贷项|红字|退货|扣款|返利|折扣)[^。；]{0,8}(?:变多"
            r"|增加|多了|上升|越来越多|涨)|(?:越来越多|变多)[^。；]{0,4}(?:折让"
            r"|退货|扣款)",
            r"credit notes?[^.;]{0,20}(?:up|rising|more"
            r"|increas\w+|doubled|growing)|(?:more|rising|increasing) credit notes"
            r"|dilution (?:up|rising)",
        ),
    ),
    (
        RiskEvent.NO_ANSWER,
        words(
            r"(?:两次|二次|2次|三次|3次|几次|多次|连续[^，。；]{0,4})[^，。；]{0,8}(?:没接"
            r"|不接|没回|不回|未回|没人接|没人回|联系不上|无人接听|没理)|(?:电话"
            r"|微信|消息)[^。；]{0,10}(?:不接|没接|没人接|没回|不回)[^。；]{0,12}(?:也"
            r"|都|又|微信|电话|消息)[^。；]{0,6}(?:没回|不回|没接|不接|没人接)"
            r"|(?:没接|没回|不回|不接)[^。；]{0,6}(?:两次|2次|三次)",
            r"(?:no (?:answer"
            r"|reply|response)|unanswered|didn.t (?:answer|reply|pick up)"
            r"|not (?:answer|reply|pick)\w*)[^.;]{0,25}(?:twice|two|again"
            r"|three|2x|second time|either)|(?:twice|two|three)[^.;]{0,25}(?:no (?:answer"
            r"|reply|response)|unanswered|not returned|ignored)|called twice"
            r"|gone quiet",
        ),
    ),
    (
        RiskEvent.BUYER_NEWS,
        words(
            r"(?:新闻|网上|媒体|报道|热搜|传闻|听说)[^。；]{0,16}(?:买方"
            r"|大客户|下游|主机厂|甲方)[^。；]{0,16}(?:裁员|暴雷|爆雷|停产"
            r"|亏损|欠款|出事|违约)|(?:买方|大客户|下游|主机厂|甲方)[^。；]{0,14}(?:裁员"
            r"|暴雷|爆雷|停产|停工|巨亏|评级下调|债券违约|上新闻|退市)",
            r"(?:buyer"
            r"|customer|oem|retailer)[^.;]{0,25}(?:in the news|layoffs|lay(?:ing)? off"
            r"|profit warning|downgraded|halted production|shutting|closing plants?"
            r"|scandal)|(?:news|headlines|reports)[^.;]{0,25}(?:buyer|oem"
            r"|biggest customer)",
        ),
    ),
)
_NO_RISK: Final = re.compile(
    r"(?:没有?|无|未(?:见|发现)?|并非|不是|不存在|排除|澄清|不会)[^，。；]{0,6}\Z|\b(?:no|not|never"
    r"|without|any|if|denies|denied)\b[^.,;]{0,15}\Z|如果[^，。；]*\Z|万一[^，。；]*\Z|担心[^，。；]*\Z"
    r"|怕[^，。；]*\Z",
    re.IGNORECASE,
)


def risks(note: str) -> Iterator[Guess[RiskEvent]]:
    """Each event once, in the order of the note; denied and feared ones are none."""
    found = []
    for event, pattern in _RISKS:
        for match in pattern.finditer(note):
            if event is RiskEvent.NO_ANSWER or not _NO_RISK.search(note, 0, match.start()):
                found.append(Guess(event, match.group(), match.start(), match.end()))
                break
    yield from sorted(found, key=lambda each: each.start)
