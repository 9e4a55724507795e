"""Meetings and calls: whether a clause is about the next one, and the day of the one that the note is about."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from bot.domain.clauses import Clause
from bot.domain.commitments.denials import DENIED
from bot.domain.commitments.due import NOT_DUE_BEFORE, NOUN_BEHIND
from bot.domain.commitments.words import GIVE
from bot.domain.dates import Dated, Writing, find_days
from bot.domain.reading import Guess

CONTACT: Final = re.compile(
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

VISITED: Final = re.compile(
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


def is_told(part: Clause, due: Dated, writing: Writing, *, is_first: bool) -> bool:
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


def is_contact(text: str) -> bool:
    return bool(CONTACT.search(text)) or (bool(_CONTACT_TOO.search(text)) and not GIVE.search(text))


_AGAIN: Final = re.compile(
    r"[再将约]|下[次回周个]|稍后|待会|一会|准备|计划|打算|要(?!求|么)|会(?=再"
    r"|去|来|把|给)|\b(?:will|next|again|later|tonight)\b|'ll\b",
    re.IGNORECASE,
)
"""Without such a word a meeting of today is the one that the note is about."""


def visited(parts: Sequence[Clause], writing: Writing) -> Guess[tuple[date, ...]] | None:
    """The day of the visit or call that the note is about: the first that is told as past, or today.

    In the first sentence the day may stand apart from what was done.
    """
    back = replace(writing, looks_back=True)
    nearby: list[Guess[tuple[date, ...]]] = []
    opening = [part for part in parts if part.sentence == 1]
    met = any(VISITED.search(part.text) for part in opening)
    for part in parts:
        if _AGAIN.search(part.text) or DENIED.search(part.text):
            continue
        found = [
            each
            for each in find_days(part.text, back)
            if writing.today - _LONG_AGO <= each.days[-1].on <= writing.today
            and not _AFTERTHOUGHT.search(part.text, each.end)
            and not NOUN_BEHIND.match(part.text, each.end)
            and not NOT_DUE_BEFORE.search(part.text, 0, each.start)
        ]
        if found and (VISITED.search(part.text) or (met and part.sentence == 1)):
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
