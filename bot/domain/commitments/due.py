"""The day something is due, and whether it is a deadline."""

import re
from typing import Final

from bot.domain.commitments.words import HAN, SOMETHING, SUBJECT
from bot.domain.dates import Dated, Writing, find_days

NOUN_BEHIND: Final = re.compile(
    r"\s?(?:(?:registered|dated|signed|issued|filed)\b|份?的|最[后近]|开(?![完董股会])的?|到期|那[笔批]|签的|出的?发票|销售|流水|对账|报表|发票|账单|数据|起(?![草诉])|invoices?\b"
    r"|statements?\b|sales\b|review\b)"
)
NOT_DUE_BEFORE: Final = re.compile(
    r"(?:dated|invoiced|since|from|自|从|截至|到期前|的那?一?[张笔批]|(?:到期日|付款日|还款日|发票日"
    r"|日期|约定)[是为:：]?"
    r"|签到|做到|用到|排到|有效期?[到至]?|matur\w+"
    r"|expir\w+(?: on)?)\s?\Z",
    re.IGNORECASE,
)


def is_deadline(text: str, due: Dated) -> bool:
    """«X前» and "by X" are deadlines whatever is done; «我周四…» is a plan."""
    if _LIMIT.search(text[due.start : due.end]):
        return True
    named = SUBJECT.search(text, max(0, due.start - _BESIDE), due.start)
    return bool(named) and bool(HAN.search(text)) and len(text) - due.end >= SOMETHING


_BESIDE: Final = 5


def day_due(text: str, writing: Writing) -> Dated | None:
    """The day something is due: of several the first with «before» or «by»; days of papers and events are none."""
    days = [
        each
        for each in find_days(text, writing)
        if each.days[-1].on >= writing.today
        and not NOUN_BEHIND.match(text, each.end)
        and not NOT_DUE_BEFORE.search(text, 0, each.start)
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
