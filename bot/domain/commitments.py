"""Who promised what by when, the next contact, and the day a note is about, clause by clause.

A promise needs a day that is still ahead and something handed over or done; hopes, denials and facts with a day
(an invoice falls due, somebody travels) are none, nor is the next meeting.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from bot.domain.clauses import Clause
from bot.domain.dates import Dated, Day, Writing, find_days
from bot.domain.facts import Side
from bot.domain.reading import Guess, Promise

_DENIED: Final = re.compile(
    r"(?:没有?|未|(?<![能会肯])不)(?:肯?答应|承诺|说|提|约|定|同意|肯|愿意?|想|打算|会(?!晚于)|能(?!\S{0,4}[的表])"
    r"|保证|确定|敢|松口|给|接受)"
    r"|无法|没法|没办法|指望|没戏|暂(?:时)?(?:不|没)|先不|不(?:准备|急|着急|考虑|签|提供|配合)"
    r"|也没|到现在|还是没|又没|别记|不算|还没|没谱|再说|再看|不好说|说不[准好]|不一定|拒绝|取消"
    r"|做不到|办不到|来不及|不可能"
    r"|不行|免谈|[给发出签盖拿做交改办定赶走弄提降放]不[了出来到成]|[未没]定$"
    r"|\b(?:(?:did|do|does|will|would|can|could|is|are|was|has|have|may|shall)(?: not|n't)|won't"
    r"|can't|cannot|never|nothing|nobody|refus\w+|declin\w+|unable"
    r"|no (?:promises?|commitments?|dates?|answer|reply|deadlines?|decision|way|chance|firm)|not (?:agree"
    r"|promise|commit|send|give|sign|yet|willing|ready|sure|able|going|prepared|before|even))\b",
    re.IGNORECASE,
)
_HOPED: Final = re.compile(
    r"希望|(?<![设联料])想(?!办法|法)|要是|如果|假如|(?<!尽)可能|也许|或许|应该|大概|预计|估计"
    r"|(?<![问看查核清认楚下])"
    r"(?:能不能|能否|可否|是否|可不可以|行不行)|最好|期待|万一|除非|的话|会不会|肯不肯|能\S{1,2}就|不出意外|不[\u3400-\u9fff]{1,4}就|看看能"
    r"|有望|力争|尽力|最快|最早|顺利|看[^，]{1,6}再[谈说定议]"
    r"|理论上|原则上|据说|听说|说不定|吗$"
    r"|\b(?:hop\w+|might|may(?! \d)|maybe|perhaps|possibly|probably|likely"
    r"|(?<!check )(?<!know )(?<!see )(?<!confirm )(?<!ask )if"
    r"|unless|would like|'d like|wants?|wish\w*|should"
    r"|expect\w*|await\w*|supposed to|meant to|tentativ\w+|in principle|looks like"
    r"|target\w*|reckons?|thinks?|guess\w*)\b",
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(
    r"(?:如果|要是|假如|若是?|只要|一旦|除非|万一|等.{1,12}(?:了|后|完|下来|齐)$)|(?:if|once|unless"
    r"|provided|as long as|assuming|subject to)\b",
    re.IGNORECASE,
)
"""At the head of a clause: what follows in the sentence depends on it."""
_TRIED: Final = re.compile(r"争取|尽量|打算|计划|准备在|\b(?:try|trying|aim\w*|plan\w*)\b", re.IGNORECASE)
"""Weak of a customer; of ourselves a task."""
_FACT: Final = re.compile(
    r"到期|账期|出差|休假|放假|回国|(?<![寄发送传拿交带])回来|才回|生效|旺季|上线|搬[家厂]|投产"
    r"|开庭|过期|届满|盘点|停产|检修|年会|开业|体检|在外|上班|复工|开工|忙|发工资|发薪|才[出能]"
    r"|有效|起(?=调|执行|实行|涨|降)|董事会|股东会|开标|招标|投标|验厂|审厂|报税|关账|年审|飞|住院"
    r"|手术|出国|有空|有时间|方便|在(?:公司|厂|家)|不在|换系统|入职|离职|到岗|顾不上|订单多|排在|约定|交货|出货|发货"
    r"|\b(?:due date|falls? due|matur\w+|expir\w+|dated|on leave|travel\w*|away|back in|holiday"
    r"|stocktak\w+|go(?:es)? live|payroll|shipment|peak)\b",
    re.IGNORECASE,
)
_DONE: Final = re.compile(
    r"已经?|刚(?!好)|(?:[加给发签寄送收付打见说聊谈开交办看去批放提补核拿到]|确认|拜访|回复|完成)(?:完|到|过|好)?了(?!解)|[聊谈见碰吃]过"
    r"|\b(?:sent|gave|received|signed|got|met|visited|paid|delivered|landed|called|confirmed|was|were|had)\b",
    re.IGNORECASE,
)
_PLANNED: Final = re.compile(
    r"答应|承诺|保证|约|说|同意|定好|\b(?:will|set|booked|arranged|agreed|to|by|promis\w+|owes?"
    r"|due|goes|going)\b|'ll\b|'d\b",
    re.IGNORECASE,
)
_CONTACT: Final = re.compile(
    r"再(?:过?去|来|约|碰|见|聊|谈|访|上门|打|call|联系|跟进|沟通|走访|会)|电话(?:回访|会|沟通"
    r"|跟进|联系)|打(?:个)?电话|回访|复访|拜访|登门|见面|面谈"
    r"|碰[头个面]|碰$|[饮喝]茶|揾(?:你|佢|他|她)|(?<!意)见$|开(?:个)?会|(?<!意)[见碰聊坐谈]一?[次下面]|上门|约(?:了|好|在|定|的"
    r"|(?=[下本这周星礼明后\d]))"
    r"|下[一]?[次回]|聊聊"
    r"|去(?:他们|厂|现场|公司|一趟|看|对账|拜)|过去(?:一趟|谈|看|拜)|走一趟|看厂|过来(?:一趟|坐"
    r"|谈|参观|签|看)|来(?:我们|我司|公司)|视频会|碰面"
    r"|\b(?:next (?:call|meeting|visit|contact|catch-?up|review|chat|time|touch)|next\s?[:–-]|meet(?:ing)?s?"
    r"|see (?:them|him|her|you|the|each)"
    r"|see (?:mr|ms|mrs)|visit\w*|(?:re)?call(?:s|ing)?\b(?! (?:it|for))|phone (?:them|him|her)"
    r"|ring (?:them|him|her)|back (?:there|at their|on site)"
    r"|catch[- ]up|catch up|(?:drop|come|pop|stop) (?:by|in|round|over)|go back|sit down with|lunch"
    r"|dinner|coffee|check[- ]in|speak|touch base"
    r"|review meeting|site visit|prep(?:are|aring)? for)\b",
    re.IGNORECASE,
)
_CONTACT_TOO: Final = re.compile(
    r"会议|视频|吃饭|联系|跟进|沟通|\b(?:follow(?:ing|[- ])?up|talk|chat|zoom|teams|review)\b", re.IGNORECASE
)
"""Words that mean a next contact where nothing is handed over."""
_GIVE_ZH: Final = (
    r"给|发(?!票|货|现|展|生|货)|寄|回(?:复|信|话|电|执|我|他|她|您|你|邮件|消息|签)|回$|(?<![支付输])出(?!差"
    r"|口|来|货|去|现|表|纳|事|问题|了)|提供|提交|补(?![班记录休偿贴])|搞定|弄好"
    r"|报(?:风控|审批?|上|会|备|送|价|出|给)|盖章|盖好?|盖完|签(?!了)|送|准备|整理|反馈|答复|答覆"
    r"|确认|问清|问一?下|查清|完成|递交|交(?!易|期|货|通|流)|上传|付款?(?!条件|方式)|还款"
    r"|打款|转(?:过来|进来|回)|放款|到账|写(?:个|好|一)|拟|起草|改好|更新|落实|办[好完理]|申请"
    r"|上会|过会|列(?:出|个|一)|算(?:好|出|一)|对账|核(?:对|完|实)|带(?:来|过来|上)|导出|拉(?:出"
    r"|一|个)|告诉|通知|安排|推(?:进|给)|敲定|定稿|把(?=.{1,30}[\u3400-\u9fff])|结清|[付还交补备收凑理]清?(?:齐"
    r"|好|上|完)"
    r"|到位|答应|承诺|保证(?!金)|[弄走谈批审跑](?:完|好|出|下来|妥)|定(?:下来|$)|催|签|盖|拿(?:到|来|给)|快递|拍|俾|畀|覆我|应承|應承"
)
_GIVE_EN: Final = (
    r"send\w*|e-?mail\w*|shar(?:e|es|ing)|provid\w+|deliver\w*|forward\w*|confirm\w*|get(?:s|ting)? back"
    r"|com(?:e|es|ing) back|revert\w*|repl(?:y|ies)|respond\w*"
    r"|answer\w*|sign\w*|return\w*|prepar\w+|draft\w*|submit\w*|report\w*|giv(?:e|es|ing)|let\w* (?:us"
    r"|me|them|him|her) know|hand\w*|upload\w*|supply|supplies"
    r"|issu(?:e|es|ing)|finish\w*|complet(?:e|es|ing)|sort\w*|chase|check\w*|quot(?:e|es|ing)|pay"
    r"|pays|mov(?:e|es|ing)|transfer\w*|courier\w*|go(?:es)? out|ready|back|owes?"
    r"|promis\w+|commit\w*|undert\w+|agreed to|bring\w*|introduc\w+|escalat\w+|updat\w+|fil(?:e"
    r"|es|ing)|regist\w+|arrang\w+|put\w*|writ(?:e|es|ing)|find out"
    r"|be (?:with us|sent|ready|done|signed|back|over to)|revis\w+|due from|to us|to them|from (?:them"
    r"|him|her|us|me)|(?:he|she|they)'d (?:get|have|receive)|release\w*"
    r"|disburse\w*|fund\w*|approv\w+"
)
_WILL: Final = (
    r"(?:'ll|\bwill|\bgoing to|(?:'re|'m|'s|\bam|\bare|\bis) to|\b(?:need|have|has|agreed|promised"
    r"|undertook|offered) to|\bmust)"
    r" (?:also |then |just )?(?!be\b|travel|meet|visit|see\b|call|know|need|not\b|have to\b)\w"
)
_GIVE: Final = re.compile(
    rf"{_GIVE_ZH}|\b(?:{_GIVE_EN})\b|\bget(?:s|ting)?\b.{{3,40}}\b(?:to|over|across|back|in|out)\b"
    rf"|{_WILL}",
    re.IGNORECASE,
)

_TO_US: Final = re.compile(
    r"(?:给|发|寄|回|告诉|答复|回复|通知|传|补|交|送|反馈|答应|承诺)(?:给|到|回)?(?:我(?!方案)|我们|咱们?"
    r"|我方|我司|俺)|(?:发|寄|送|传|拿|交|转|补|带|给|导|打)(?:过|回)来|[发寄送交传]来(?!往)|寄回"
    r"|返还?给我"
    r"|\b(?:to|send|sends|give|gives|tell|email|get|let|back to|show|pay|bring|owe) (?:us|me)\b"
    r"|\bfrom (?:them|him|her)\b",
    re.IGNORECASE,
)
_TO_THEM: Final = re.compile(
    r"(?:给|发|寄|回|告诉|答复|回复|通知|传|送|反馈|催|问|跟进|提醒|答应|承诺|[跟和对向])(?:给"
    r"|到)?(?:他们?|她们?|您|你们?|客户|对方"
    r"|老板|[\u3400-\u9fff]总|财务|采购|会计|法务)|(?:发|寄|送|传|拿|带|给)过去|报(?:风控|审批?"
    r"|会|送)"
    r"|\b(?:to|send|give|tell|email|get|let|back to|show|owe|promised?|told) (?:them|him|her|the (?:client"
    r"|customer|owner|cfo|boss))\b",
    re.IGNORECASE,
)
_FROM_US: Final = re.compile(r"\b(?:from|by) (?:us|me)\b|\b(?:he|she|they)'d (?:get|have|receive)\b", re.IGNORECASE)
_ASKED_OF_US: Final = re.compile(
    r"(?:(?<!需)要|让|叫|请|催|等|要求|盼)(?:我们?|咱们?|我方|我司)|\b(?:us|me) to\b", re.IGNORECASE
)
_ASKED_OF_THEM: Final = re.compile(
    r"(?:我们?|咱们?)?(?:让|叫|请|催|要求|等)(?:他们?|她们?|对方|客户|财务|老板|会计|[\u3400-\u9fff]总)"
    r"|\b(?:asked|told|remind(?:ed)?|chase|get|got) (?:them|him|her) to\b",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(
    r"(?P<ours>(?<![给发回到让请催要叫跟和告诉帮知醒问见约等])(?:我方|我们|我司|咱们?|我|本人|产品经理"
    r"|客户经理|我部|运营|同事(?:[小老][\u3400-\u9fff])?|风控(?:[\u3400-\u9fff](?:工|总|经理))?)"
    r"|\b(?:I|we|AM|RM|our (?:side|team|risk|legal|credit)|ours|mine)\b)"
    r"|(?P<theirs>(?<![给发回到让请催要叫跟和告诉帮知醒问见约等俾畀同])(?:他们?|她们?|佢哋?|对方|客户|老板娘?|财务|会计"
    r"|出纳|总监|采购|法人|董事长|[\u3400-\u9fff]总(?!包|部|额|共|成|是)|法务|律师|(?<!产品)(?<!客户)经理"
    r"|(?<![\u3400-\u9fff])[小阿老][\u3400-\u9fff](?![\u3400-\u9fff]?[版样户厂年时])|[\u3400-\u9fff](?:姐|哥|工(?![厂作程人资业])|秘书|部长|厂长|主任|主管|科长)"
    r"|企业(?!所得|微信)|乙方|厂里|(?<!买方)(?<!银行)(?<!风控)那边"
    r"|这家)"
    r"|\b(?:he|she|they|them(?= to\b)|client|customer|cfo|owner|boss|accountant|cashier|finance(?: \w+)?"
    r"|their \w+|the (?:lawyer|gm|md|ceo|company|firm)|mr\.? \w+|ms\.? \w+|[A-Z]\w+'s)\b)",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"(?!(?:We|I|Our|My|AM|RM|Me|Us|Will|To|Need|Must|Ops|Legal|Risk|Credit|Docs?|Everything|That|This|It|There|What|And|But|So)\b)"
    r"(?:[A-Z][a-z]+|[A-Z]{2,3})(?: (?:[A-Z][a-z]+|[A-Z]{2,3}))?(?:'ll\b|'s\s\w+ing\b|'s (?:to|going)\b"
    r"| (?:also |still |now )?(?:to|will|is|has|says?|said|promised|agreed|undertook|swears?|can|[a-z]+ing)\b)"
)
"""Somebody of theirs by name, as the first word of what is said in English; case counts."""
_NEITHER: Final = re.compile(
    r"(?:缺|差|急用|需要?|要用)[^，]{0,8}(?:\d\s?(?:万|亿|千)|[一二两三四五六七八九十百千]万|资金|钱)"
    r"|^(?!我|咱|周|下|明|今|后|本|月|节|年|\d)[\u3400-\u9fff]{2,8}[催逼](?:他|她|客户|对方)"
    r"|\b(?:needs?|short of|looking for|wants?)\b[^.]{0,14}\d[\d.,]*\s?(?:k|m|mn|million|thousand|yuan)\b"
    r"|等(?:他|她|对方|客户|老板|买方|消息|通知)|(?:到期日|付款日|还款日)|(?<![不只])(?:要"
    r"|得)(?:付|还|交|备|采购|进货|买|结|用)(?!.{0,6}(?:我们"
    r"|给我))|(?<![家位])(?:买方"
    r"|核心企业|主机厂|甲方|业主|银行|法院|税务|海关|监管)(?![^，]{0,6}(?:资料"
    r"|合同|名单|清单|确认函|流水|对账|信息|发票))[^，]{0,12}(?:付|回款|打款|放|批|验收|开庭|审"
    r"|要|让|还)"
    r"|(?:要求|必须|非要|逼)|\b(?:buyer|bank|court|oem|third party)s? (?:has"
    r"|have|will|is|are|pays?|must|needs?|says?|wants?|to)\b|\bexpects?\b|\b(?:invoices?|payments?"
    r"|instal\w+|loans?|rent|tax)\b[^.]{0,20}\bdue\b"
    r"|\b(?:want|need|ask|demand)(?:s|ed)? (?:us|me|it|the)\b",
    re.IGNORECASE,
)
"""What others do, and what is only demanded."""
_TOGETHER: Final = re.compile(r"双方|\bboth (?:sides|parties)\b", re.IGNORECASE)
"""Nobody's promise; a meeting it may be."""
_OUR_THINGS: Final = re.compile(
    r"费|资料清单|模板|样本|通知书|条款|说明|意见|报价|方案|测算|对比表|额度|审批|费用表|term sheet"
    r"|产品介绍|宣传册|合同(?:初稿|草案|样本|文本)"
    r"|放款|意向书|proposal|pricing|quot|offer|brochure|draft",
    re.IGNORECASE,
)
_THEIR_THINGS: Final = re.compile(
    r"材料|资料(?!清单)|单据|确认函|回执|证明|出库|送货|授权书|发票|流水|报表|对账单|账龄|验收单"
    r"|审计|营业执照|扫描件|原件|判决书|名单|清单|台账|纳税|订单"
    r"|公章|盖章|确权|财报|invoice|statement|aging|ageing|ledger|minutes|accounts|bank record|audited",
    re.IGNORECASE,
)
_NOUN_BEHIND: Final = re.compile(
    r"\s?(?:(?:registered|dated|signed|issued|filed)\b|份?的|最[后近]|开(?![完董股会])的?|到期|那[笔批]|签的|出的?发票|销售|流水|对账|报表|发票|账单|数据|起(?![草诉])|invoices?\b"
    r"|statements?\b|sales\b|review\b)"
)
_NOT_DUE_BEFORE: Final = re.compile(
    r"(?:dated|invoiced|since|from|自|从|截至|到期前|的那?一?[张笔批]|(?:到期日|付款日|还款日|发票日"
    r"|日期|约定)[是为:：]?"
    r"|签到|做到|用到|排到|有效期?[到至]?|matur\w+"
    r"|expir\w+(?: on)?)\s?\Z",
    re.IGNORECASE,
)

_VISITED: Final = re.compile(
    r"去了|去的|去过|见了|见的|见到|见过|拜访|上门|坐了|碰了|碰头|碰面|吃饭|吃了|开了?会|开过会"
    r"|会上|电话|打给|通了|视频|聊|现场|到访|来访|[来去回覆复][电電]|面谈|倾|(?<![寄拿发开办算做])出来|走访|跑了|约见|参观|看了|谈了|人都到|一起"
    r"|过来"
    r"|\b(?:met|meet|meeting|saw|see|visit\w*|call\w*|phone\w*|rang|spoke|talk\w*|on-?site|site"
    r"|lunch|dinner|zoom|teams|catch-?up|review|kick-?off)\b",
    re.IGNORECASE,
)
_JUST_NOW: Final = re.compile(
    r"刚(?!好|性|需)|(?<![\u3400-\u9fff])(?:上午|中午|下午|早上|晚上)(?:[一二两三四五六七八九十\d]{1,2}[点:：][\d半]*)?(?=去"
    r"|见|在|跟|和|到|与|拜|视频|电话|开会|上门)"
    r"|\bjust (?:met|left|back|off|spoke|had|called|got|finished)\b",
    re.IGNORECASE,
)
_AFTERTHOUGHT: Final = re.compile(r"的(?:那|这)(?:个|次|家|笔|批)")


@dataclass(frozen=True, slots=True)
class Commitments:
    """`used` are the clauses, by place, that speak of what is to come; nothing else is read from them."""

    promises: tuple[Guess[Promise], ...]
    doubted: tuple[Guess[Promise], ...]
    next_contact: Guess[tuple[Day, ...]] | None
    visited: Guess[tuple[date, ...]] | None
    used: frozenset[int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause with a day still ahead, which is `text[start:end]`: what may be a promise.

    `before` and `after` stand beside it in the note; `by` is who would have promised it, and `signs` is what the rules
    saw in it, by name: "promise" where they take it for one.
    """

    text: str
    start: int
    end: int
    before: str
    after: str
    by: Side
    signs: frozenset[str]


Weigh = Callable[[Sequence[Candidate]], Sequence[Mapping[Side, float]]]
"""How likely each is a promise of ours and one of theirs, both in 0..1."""

SURE: Final = 0.65
"""A likelihood from which something is read as a promise; docs/reading.md has what more and less would give."""
DOUBTED: Final = 0.2
"""From here on it may be one: a person is asked."""


def ruled(candidates: Sequence[Candidate]) -> list[Mapping[Side, float]]:
    """What the rules say by themselves."""
    return [{each.by: float("promise" in each.signs)} for each in candidates]


def told(text: str, due: Dated) -> str:
    """What is promised, without the day, which stands beside it; an hour, which stands nowhere else, is kept."""
    if any(day.at is not None for day in due.days):
        return text
    before, behind = text[: due.start].rstrip(_LOOSE), text[due.end :].lstrip(_LOOSE)
    left = f"{before}{' ' if before and _LATIN.search(before[-1] + behind[:1]) else ''}{behind}".strip(_LOOSE)
    return left if len(left) >= _SOMETHING and _WORD.search(left) else text


_LOOSE: Final = " ,，、:：;；"
_LATIN: Final = re.compile(r"[a-zA-Z0-9]")
_WORD: Final = re.compile(r"[^\W\d_]")


def commitments(
    note: str, parts: Sequence[Clause], writing: Writing, called: Sequence[str] = (), weigh: Weigh = ruled
) -> Commitments:
    """Read from the clauses of a note. Days are counted from `writing`; `called` are the customer's names."""
    promises: list[Guess[Promise]] = []
    doubted: list[tuple[float, Guess[Promise]]] = []
    contacts: list[Guess[tuple[Day, ...]]] = []
    used: set[int] = set()
    heard = list(dated(note, parts, writing, called))
    for each, odds in zip(heard, weigh([each.candidate for each in heard]), strict=True):
        is_ruled = "promise" in each.candidate.signs
        # Where both take it for a promise but differ on whose it is, it is left to the person.
        likely = max(odds, key=lambda by: odds[by])
        side = each.candidate.by if is_ruled else likely
        if odds[side] >= SURE:
            promises.append(each.part.guess(Promise(side, told(each.part.text, each.due), each.due.days)))
        elif odds[likely] >= DOUBTED:
            doubted.append(
                (odds[likely], each.part.guess(Promise(likely, told(each.part.text, each.due), each.due.days)))
            )
        if each.is_contact:
            contacts.append(each.part.guess(each.due.days))
        if odds[likely] >= DOUBTED or each.is_contact or is_ruled:
            used.add(each.part.start)
    others = [part for part in parts if part.start not in used]
    return Commitments(
        tuple(promises),
        _likeliest(doubted),
        contacts[0] if contacts else None,
        _visited(note, others, writing),
        frozenset(used),
    )


MOST_DOUBTED: Final = 3


def _likeliest(doubted: Sequence[tuple[float, Guess[Promise]]]) -> tuple[Guess[Promise], ...]:
    """So few that they cost no time to look over, in the order of the note."""
    best = sorted(doubted, key=lambda pair: -pair[0])[:MOST_DOUBTED]
    return tuple(sorted((guess for _, guess in best), key=lambda guess: guess.start))


@dataclass(frozen=True, slots=True)
class DatedClause:
    """A clause and the day something in it is due; `is_contact` where it is the next meeting or call."""

    part: Clause
    due: Dated
    candidate: Candidate
    is_contact: bool


def dated(note: str, parts: Sequence[Clause], writing: Writing, called: Sequence[str] = ()) -> list[DatedClause]:
    """Every clause with a day still ahead, but for those whose promise is taken back right after."""
    found: list[DatedClause] = []
    carried: Side | None = None
    sentence, last_start, is_dated, is_conditional = 0, 0, False, False
    for part in _whole(note, parts, writing):
        if part.sentence != sentence:
            sentence, carried, is_conditional = part.sentence, None, False
        due = _due(part.text, writing)
        is_right_behind = bool(found) and found[-1].part.end >= last_start
        if not due and is_right_behind and not found[-1].is_contact and _TAKEN_BACK.search(part.text):
            found.pop()
        last_start = part.start
        is_conditional = is_conditional or bool(_CONDITION.match(part.text))
        if due:
            is_meeting = _is_contact(part.text)
            may_be = not is_conditional and not _is_no_promise(part, due, writing)
            is_next = may_be and is_meeting and not _is_told(part, due, writing, is_first=not is_dated)
            candidate = _candidate(
                note, part, due, carried, called, may_be=may_be and not is_meeting and not _TOGETHER.search(part.text)
            )
            found.append(DatedClause(part, due, candidate, is_next))
        carried = _subject(part) or carried
        is_dated = is_dated or bool(find_days(part.text, writing))
    return found


_AROUND: Final = 20
"""Characters of the note beside a candidate."""


def _candidate(
    note: str, part: Clause, due: Dated, carried: Side | None, called: Sequence[str], *, may_be: bool
) -> Candidate:
    side = _side(part, due.end, carried, called)
    is_deadline, gives = _is_deadline(part.text, due), bool(_GIVE.search(part.text))
    is_firm = side is Side.OURS or not _TRIED.search(part.text)
    is_promise = may_be and is_firm and (bool(part.label) or gives or is_deadline)
    named = _named(part, due.end)
    signs = {
        "promise": is_promise,
        f"promise of {side}": is_promise,
        f"by {side}": True,
        "may be": may_be,
        "deadline": is_deadline,
        "promise with a deadline": is_promise and is_deadline,
        "meeting": _is_contact(part.text),
        f"label {part.label}": part.label is not None,
        "open label": part.is_open,
        "their voice": part.is_their_voice,
        f"subject {named}": True,
        f"carried {carried}": True,
        "nobody named": named is None and carried is None,
        "either of two days": len(due.days) > 1,
        "long": len(part.text) > _LONG,
        "gives behind": bool(_GIVE.search(part.text, due.end)),
        **{name: bool(pattern.search(part.text)) for name, pattern in _SIGNS.items()},
    }
    return Candidate(
        part.text,
        due.start,
        due.end,
        note[max(0, part.start - _AROUND) : part.start],
        note[part.end : part.end + _AROUND],
        side,
        frozenset(name for name, is_seen in signs.items() if is_seen),
    )


_LONG: Final = 40


def _is_deadline(text: str, due: Dated) -> bool:
    """«X前» and "by X" are deadlines whatever is done; «我周四…» is a plan."""
    if _LIMIT.search(text[due.start : due.end]):
        return True
    named = _SUBJECT.search(text, max(0, due.start - _BESIDE), due.start)
    return bool(named) and bool(_HAN.search(text)) and len(text) - due.end >= _SOMETHING


_BESIDE: Final = 5
_SOMETHING: Final = 2


def _is_told(part: Clause, due: Dated, writing: Writing, *, is_first: bool) -> bool:
    """A meeting of today, or of a bare day that the note begins with, is the one the note is about."""
    if _AGAIN.search(part.text):
        return False
    if due.days[0].on == writing.today:
        return True
    back = [each.days[-1].on for each in find_days(part.text, replace(writing, looks_back=True))]
    return is_first and part.sentence == 1 and any(writing.today - _LATELY <= day < writing.today for day in back)


_LATELY: Final = timedelta(days=10)
_LONG_AGO: Final = timedelta(days=60)
"""Notes are written within days, the slow ones within weeks."""


def _whole(note: str, parts: Sequence[Clause], writing: Writing) -> Iterator[Clause]:
    """A clause with a day in which nothing happens belongs to the next one; one with two promises is two."""
    held: Clause | None = None
    for part in _with_day_behind(note, parts, writing):
        if held and held.sentence == part.sentence and not find_days(part.text, writing):
            part = replace(part, text=note[held.start : part.end], start=held.start)
        elif held:
            yield held
        held = None
        if _is_bare_day(part.text, writing):
            held = part
        else:
            yield from _split(part, writing)
    if held:
        yield held


def _with_day_behind(note: str, parts: Sequence[Clause], writing: Writing) -> Iterator[Clause]:
    """«把批复函发过去，周五»: a day alone at the end of a sentence is when the clause before is due."""
    last: Clause | None = None
    for part, following in zip(parts, (*parts[1:], None), strict=False):
        ends = following is None or following.sentence != part.sentence
        is_behind = (
            last is not None
            and last.sentence == part.sentence
            and ends
            and _is_bare_day(part.text, writing)
            and not find_days(last.text, writing)
            and bool(last.label or _GIVE.search(last.text))
        )
        if last and is_behind:
            yield replace(last, text=note[last.start : part.end], end=part.end)
            last = None
            continue
        if last:
            yield last
        last = part
    if last:
        yield last


_SHORT: Final = 12


def _is_bare_day(text: str, writing: Writing) -> bool:
    due = _due(text, writing)
    is_idle = not any(each.search(text) for each in (_GIVE, _CONTACT, _FACT, _VISITED))
    return due is not None and len(text) - (due.end - due.start) <= _SHORT and is_idle


def _split(part: Clause, writing: Writing) -> Iterator[Clause]:
    """Where one day is done with and somebody begins anew; what was told ends where what is to come begins."""
    days = find_days(part.text, writing)
    for one, other in pairwise(days):
        is_told = one.days[-1].on <= writing.today < other.days[-1].on
        starts = [each.start() for each in _SUBJECT.finditer(part.text, one.end, other.end)]
        cuts = [at for at in starts if _GIVE.search(part.text, one.end, at)]
        if is_told and not cuts and _VISITED.search(part.text, 0, other.start):
            cuts = starts[-1:] or [other.start]
        if cuts:
            at, before = cuts[0], part.text[: cuts[0]].rstrip()
            yield replace(part, text=before, end=part.start + len(before))
            yield from _split(replace(part, text=part.text[at:], start=part.start + at), writing)
            return
    yield part


def _due(text: str, writing: Writing) -> Dated | None:
    """The day something is due: of several the first with «before» or «by»; days of papers and events are none."""
    days = [
        each
        for each in find_days(text, writing)
        if each.days[-1].on >= writing.today
        and not _NOUN_BEHIND.match(text, each.end)
        and not _NOT_DUE_BEFORE.search(text, 0, each.start)
        and not _is_after_event(text, each)
    ]
    limits = [each for each in days if _LIMIT.search(text[each.start : each.end])]
    return next(iter(limits or days), None)


def _is_after_event(text: str, found: Dated) -> bool:
    """«收到确权函后三天内» counts from a day nobody knows yet."""
    is_stretch = bool(_STRETCH.match(text, found.start))
    return is_stretch and bool(_EVENT_BEFORE.search(text, 0, found.start) or _EVENT_BEHIND.match(text, found.end))


_STRETCH: Final = re.compile(
    r"(?:within |in )?(?:the )?(?:\d+|[一二两三四五六七八九十半]+|one"
    r"|two|three|five|ten|a)\s?(?:个|天|日|周|小时|working|business|days?"
    r"|weeks?|hours?)",
    re.IGNORECASE,
)
_EVENT_BEFORE: Final = re.compile(r"(?:后|起|齐了?|完)(?:我们?|他们?|客户|对方)?的?\s?\Z")
_EVENT_BEHIND: Final = re.compile(
    r"\s(?:of|after|from) (?:receipt|receiving|sign\w+|getting|the"
    r"|approval|delivery|invoice)\b",
    re.IGNORECASE,
)
_LIMIT: Final = re.compile(r"[前内]$|^(?:by|before|within|in|until|no later than)\b", re.IGNORECASE)


def _is_no_promise(part: Clause, due: Dated, writing: Writing) -> bool:
    text = part.text
    if any(pattern.search(text) for pattern in (_DENIED, _HOPED, _NEITHER)):
        return True
    is_chinese = bool(_HAN.search(text))
    beside = text[max(0, due.start - (4 if is_chinese else 14)) : due.start], text[due.end : due.end + 6]
    is_given = bool(_UNDERTAKEN.search(text, 0, due.start) and _GIVE.search(text, due.end))
    if not is_given and any(_FACT.search(each) for each in beside):
        return True
    if _THIRD.search(text, 0, due.start) or _EARLIER.search(text) or _HABIT.search(text):
        return True
    is_done = not part.label and bool(_DONE.search(text, due.end if is_chinese else 0))
    return is_done and not _PLANNED.search(text)


_UNDERTAKEN: Final = re.compile(r"答应|承诺|保证")
"""Then an event beside the day only says when: «答应周三开完股东会回复»."""
_THIRD: Final = re.compile(
    r"(?:买方|买家|大客户|核心企业|主机厂|甲方|业主|总包|银行|法院|律所|海关|工商局?|保险公司|担保公司"
    r"|租赁公司|物流公司|总部|母公司|税务局?|审计师|事务所|会计师|供应商"
    r"|下游|商超|医院|平台|同行|竞争对手|别家|另一家|那家|集团)[\u3400-\u9fff]{0,6}?"
    r"(?:说|答应|承诺|表示)?(?:会|要|将|得|最晚)?\s?\Z"
    r"|^(?:the |their )?(?:buyer|auditors?|court|suppliers?|landlord|tax (?:office|bureau)|oem"
    r"|insurers?|competitor|regulator|bank(?! statement))s?\b(?! (?:list|contract|statement|confirmation))",
    re.IGNORECASE,
)
_EARLIER: Final = re.compile(
    r"上次|上回|之前(?:说|答应|承诺|约)|原[定来]|本来|当时|\b(?:originally|last time|had promised"
    r"|was supposed|(?:was|were) going to)\b",
    re.IGNORECASE,
)
"""Told of a promise that was given before."""
_HABIT: Final = re.compile(
    r"往年|一般|通常|平时|每[次月周年天]|向来|一向|从来|总是"
    r"|\b(?:usually|normally|always|typically|generally|as a rule|every (?:month|week|quarter|year|time))\b",
    re.IGNORECASE,
)
_TAKEN_BACK: Final = re.compile(
    r"没(?:敢|有)?(?:当场)?(?:答应|应|吭声|表示|回应|接话|松口|表态|承诺|给准|打包票|说死)|不敢答应|不敢保证|不保证"
    r"|^(?:[都也]|现在)?已经?(?:到账|收到|发|给|寄|付|办|签)|别记|(?:[跟和与]我们?)?(?:没关系|无关)|不归我们|不算数|不作数|没给准"
    r"|\b(?:not our (?:concern|problem|business)|another matter"
    r"|no promise|didn't (?:agree|commit|promise)|did not (?:agree|commit|promise)|not a promise"
    r"|no commitment|wouldn't commit|can't promise)\b",
    re.IGNORECASE,
)


def _is_contact(text: str) -> bool:
    return bool(_CONTACT.search(text)) or (bool(_CONTACT_TOO.search(text)) and not _GIVE.search(text))


_AGAIN: Final = re.compile(
    r"[再将约]|下[次回周个]|稍后|待会|一会|准备|计划|打算|要(?!求|么)|会(?=再"
    r"|去|来|把|给)|\b(?:will|next|again|later|tonight)\b|'ll\b",
    re.IGNORECASE,
)
"""Without such a word a meeting of today is the one that the note is about."""


def _subject(part: Clause, after: int = 0) -> Side | None:
    """Who does it: in Chinese the last person or role named before what is done, in English the first.

    `after` is where the day ends.
    """
    found = list(_SUBJECT.finditer(part.text))
    if not found:
        return None
    given = _GIVE.search(part.text, max(after, found[0].end()))
    end = given.start() if given else after
    before = [each for each in found if each.end() <= end and _HAN.match(each.group())]
    match = before[-1] if before else found[0]
    return Side.OURS if bool(match["ours"]) is not part.is_their_voice else Side.THEIRS


_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def _named(part: Clause, after: int) -> Side | None:
    """As `_subject`; in English also somebody of theirs by name, as the first word."""
    if _NAMED.match(part.text) and not _HAN.search(part.text):
        return Side.THEIRS
    return _subject(part, after)


def _side(part: Clause, after: int, carried: Side | None, called: Sequence[str]) -> Side:
    text = part.text
    if part.label:
        named = _named(part, after) if part.is_open else None
        return named or part.label
    if part.is_their_voice:
        return Side.OURS if _YOU_DO.search(text) else Side.THEIRS
    if _THEY_QUOTED.search(text):
        return Side.THEIRS
    if _WE_QUOTED.search(text):
        return Side.OURS
    if _ASKED_OF_US.search(text) or _FROM_US.search(text):
        return Side.OURS
    if _TO_US.search(text):
        return Side.THEIRS
    named = _named(part, after)
    if named and _HAN.search(text):
        return named
    if _TO_THEM.search(text) or _WE_START.match(text) or _WE_START.match(text, after):
        return Side.OURS
    if _ASKED_OF_THEM.search(text):
        return Side.THEIRS
    if named:
        return named
    if _SOMEBODY_SAID.search(text) or any(text.startswith(name) for name in called):
        return Side.THEIRS
    if carried and _PROMISED.match(text):
        return carried
    is_ours, is_theirs = bool(_OUR_THINGS.search(text)), bool(_THEIR_THINGS.search(text))
    if is_ours is not is_theirs and not _SAID.match(text):
        return Side.OURS if is_ours else Side.THEIRS
    if _SAID.match(text) and carried is not Side.OURS:
        return Side.THEIRS
    return carried or Side.OURS


_THEY_QUOTED: Final = re.compile(
    r"(?:[他她佢]们?|对方|客户|老板娘?|财务|会计|[\u3400-\u9fff]总)[^，我]{0,4}(?:说|讲|回复?)[:：]?(?:[好行]的?|可以|OK)?那?(?:我|咱)[^，]*[给发回告诉送][你您过]"
)
"""«她说我周四给你答复»: «我» is whoever said it."""
_WE_QUOTED: Final = re.compile(
    r"(?:[他她佢]们?|对方|客户|老板娘?|财务|会计|[\u3400-\u9fff]总)[^，我]{0,4}(?:说|讲)[:：]?(?:好|行|那)*[你您][^，]*[给发回告诉]我"
)
"""«他说那你周三给我明细»: asked of us, and a customer who reports it so counts on it."""
_SOMEBODY_SAID: Final = re.compile(r"(?<![我们有再听据])(?:说|表示|承诺|答应)(?!好|不|明|服)")
_PROMISED: Final = re.compile(r"[并也还]?(?:答应|承诺|同意|promised?\b|agreed\b)", re.IGNORECASE)
_WE_START: Final = re.compile(r"(?:催|跟进|去|问|查)")
_SAID: Final = re.compile(r"[还又也]?(?:说|表示|讲)|(?:says?|said|agreed)\b", re.IGNORECASE)
_YOU_DO: Final = re.compile(
    r"(?:你们?|您)(?!的)[^，,]*[给发回出](?:我|过来)|\byou(?:'ll| will| send| give)\b", re.IGNORECASE
)


def _visited(note: str, parts: Sequence[Clause], writing: Writing) -> Guess[tuple[date, ...]] | None:
    """The day of the visit or call that the note is about: the first that is told as past, or today.

    In the first sentence the day may stand apart from what was done.
    """
    back = replace(writing, looks_back=True)
    nearby: list[Guess[tuple[date, ...]]] = []
    opening = [part for part in parts if part.sentence == 1]
    met = any(_VISITED.search(part.text) for part in opening)
    for part in parts:
        if _AGAIN.search(part.text) or _DENIED.search(part.text):
            continue
        found = [
            each
            for each in find_days(part.text, back)
            if writing.today - _LONG_AGO <= each.days[-1].on <= writing.today
            and not _AFTERTHOUGHT.search(part.text, each.end)
            and not _NOUN_BEHIND.match(part.text, each.end)
            and not _NOT_DUE_BEFORE.search(part.text, 0, each.start)
        ]
        if found and (_VISITED.search(part.text) or (met and part.sentence == 1)):
            plain = [each for each in found if len(each.days) == 1 and each.days[0] in found[0].days]
            return _day(part, plain[0] if plain else found[0])
        if now := _JUST_NOW.search(part.text):
            return Guess((writing.today,), now.group(), part.start + now.start(), part.start + now.end())
        ahead = {each.days for each in find_days(part.text, writing)}
        if found and found[0].days in ahead and _THERE.search(part.text):
            nearby.append(_day(part, found[0]))
    return nearby[0] if nearby else None


_THERE: Final = re.compile(r"[在跟和与同]|\b(?:at|with)\b|\bw/", re.IGNORECASE)


def _day(part: Clause, found: Dated) -> Guess[tuple[date, ...]]:
    words = part.text[found.start : found.end]
    return Guess(tuple(day.on for day in found.days), words, part.start + found.start, part.start + found.end)


_SIGNS: Final = {
    "condition": _CONDITION,
    "denied": _DENIED,
    "hoped": _HOPED,
    "neither": _NEITHER,
    "fact": _FACT,
    "done": _DONE,
    "gives": _GIVE,
    "undertaken": _UNDERTAKEN,
    "third": _THIRD,
    "earlier": _EARLIER,
    "habit": _HABIT,
    "tried": _TRIED,
    "to us": _TO_US,
    "to them": _TO_THEM,
    "our things": _OUR_THINGS,
    "their things": _THEIR_THINGS,
    "plainly ours": re.compile(
        r"\b(?:I|we)(?:'ll|'m to|'ve to| will| am to| are to| have to| need to| agreed to| promised"
        r"| owe)\b(?! (?:see|try)\b)"
        r"|(?:我方?|我们|我司)[^，他她您你]{0,16}(?:给|发|回复|答复|提供|提交|出具|安排|报|写|整理|确认)|我(?:答应|承诺|保证|要在)",
        re.IGNORECASE,
    ),
    "plainly theirs": re.compile(
        r"\b(?:he|she|they|client|customer)(?:'ll|'s to|'re to| will| agreed to| promised| undertook to| owes?)\b"
        r"|(?:[他她]们?|客户|对方|财务|会计|老板|[\u3400-\u9fff]总)[^，我]{0,16}(?:给|发|寄|交|补|提供|提交|出具)[^，]{0,12}",
        re.IGNORECASE,
    ),
    "question": re.compile(r"[?？吗问]"),
}
"""What is also told of a candidate."""
