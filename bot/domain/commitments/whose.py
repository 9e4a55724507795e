"""Whose promise it would be: ours or theirs."""

import re
from collections.abc import Sequence
from typing import Final

from bot.domain.clauses import Clause
from bot.domain.commitments.words import GIVE, HAN, SUBJECT
from bot.domain.facts import Side

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
_NAMED: Final = re.compile(
    r"(?!(?:We|I|Our|My|AM|RM|Me|Us|Will|To|Need|Must|Ops|Legal|Risk|Credit|Docs?|Everything|That|This|It|There|What|And|But|So)\b)"
    r"(?:[A-Z][a-z]+|[A-Z]{2,3})(?: (?:[A-Z][a-z]+|[A-Z]{2,3}))?(?:'ll\b|'s\s\w+ing\b|'s (?:to|going)\b"
    r"| (?:also |still |now )?(?:to|will|is|has|says?|said|promised|agreed|undertook|swears?|can|[a-z]+ing)\b)"
)
"""Somebody of theirs by name, as the first word of what is said in English; case counts."""
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


def subject_of(part: Clause, after: int = 0) -> Side | None:
    """Who does it: in Chinese the last person or role named before what is done, in English the first.

    `after` is where the day ends.
    """
    found = list(SUBJECT.finditer(part.text))
    if not found:
        return None
    given = GIVE.search(part.text, max(after, found[0].end()))
    end = given.start() if given else after
    before = [each for each in found if each.end() <= end and HAN.match(each.group())]
    match = before[-1] if before else found[0]
    return Side.OURS if bool(match["ours"]) is not part.is_their_voice else Side.THEIRS


def named_by(part: Clause, after: int) -> Side | None:
    """As `subject_of`; in English also somebody of theirs by name, as the first word."""
    if _NAMED.match(part.text) and not HAN.search(part.text):
        return Side.THEIRS
    return subject_of(part, after)


def side_of(part: Clause, after: int, carried: Side | None, called: Sequence[str]) -> Side:
    text = part.text
    if part.label:
        named = named_by(part, after) if part.is_open else None
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
    named = named_by(part, after)
    if named and HAN.search(text):
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


SIGNS: Final = {
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
}
"""What is told of a candidate, by name."""
