"""Words that several of the rules look for."""

import re
from typing import Final

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
GIVE: Final = re.compile(
    rf"{_GIVE_ZH}|\b(?:{_GIVE_EN})\b|\bget(?:s|ting)?\b.{{3,40}}\b(?:to|over|across|back|in|out)\b"
    rf"|{_WILL}",
    re.IGNORECASE,
)
"""Something is handed over or done."""
SUBJECT: Final = re.compile(
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
"""Somebody of ours or theirs, by word, role or name."""
HAN: Final = re.compile(r"[\u3400-\u9fff]")
SOMETHING: Final = 2
"""Fewer characters say nothing."""
