"""Days as people write them, in Chinese, English and both: «周三前», «下周一上午十点», "in two weeks", "EOM".

Patterns, each with the days it means, counted from where and when the author writes; one file for each kind of them.
What may mean either of two days gives both, the likelier one first; what names no day («尽快», "soon") gives none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Final

from bot.domain.dates import holidays, months, named, stretches, weeks
from bot.domain.dates.hours import BEFORE, BEHIND, HOUR_BEFORE, HOUR_BEHIND, hour_of
from bot.domain.dates.writing import Dated, Day, Resolve, Writing
from bot.domain.workcalendar import first_working_day

__all__ = ["Dated", "Day", "Writing", "find_days"]


def find_days(text: str, writing: Writing) -> list[Dated]:
    """In the order of the text; where two expressions overlap, the one that begins first, then the longer one."""
    text = text.translate(_SIMPLIFIED)
    found: list[Dated] = []
    candidates = sorted(_candidates(text), key=lambda each: (each[0].start(), -each[0].end()))
    for match, resolve in candidates:
        if found and match.start() < found[-1].end:
            continue
        if days := _resolved(match, resolve, writing):
            found.append(_completed(text, match, days, writing))
    return list(_joined(text, found))


_SIMPLIFIED: Final = str.maketrans("聽禮個內號週後點兩節國慶這開結勞動過號", "听礼个内号周后点两节国庆这开结劳动过号")
"""Traditional characters of the patterns; as many signs, so that places stay the same."""
_OR: Final = re.compile(r"\s?(?:或者?|还是|到|至|[~～/-]|or|to)?\s?", re.IGNORECASE)
_BESIDE: Final = re.compile(r"\s?[（(,，]?\s?")
"""Between a weekday and its date, as in «周三（18号）» and "Wed, 18 March"."""


def _joined(text: str, found: Sequence[Dated]) -> Iterator[Dated]:
    """«周四或者周五» and «周四到周五» are one expression that may mean either; the second day is after the first.

    A weekday beside a date that falls on it is the same day told twice.
    """
    held: Dated | None = None
    for each in found:
        if held and _is_same_day(text, held, each):
            at = each.days[0].at or held.days[0].at
            held = Dated((Day(max(held.days[0].on, each.days[0].on), at),), held.start, each.end)
            continue
        if held and len(held.days) == len(each.days) == 1 and _OR.fullmatch(text, held.end, max(held.end, each.start)):
            (first,), (second,) = held.days, each.days
            if second.on < first.on and (first.on - second.on).days < 7:
                second = replace(second, on=second.on + timedelta(weeks=1))
            if second.on > first.on:
                held = Dated((first, second), held.start, each.end)
                continue
        if held:
            yield held
        held = each
    if held:
        yield held


def _candidates(text: str) -> Iterator[tuple[re.Match[str], Resolve]]:
    for pattern, resolve in _table():
        for match in pattern.finditer(text):
            yield match, resolve


def _resolved(match: re.Match[str], resolve: Resolve, writing: Writing) -> tuple[date, ...]:
    try:
        return tuple(dict.fromkeys(resolve(match, writing)))
    except (ValueError, OverflowError):  # there is no 31 February
        return ()


def _completed(text: str, match: re.Match[str], days: tuple[date, ...], writing: Writing) -> Dated:
    """With the hour beside it, and «after» taken into account."""
    start, end, at = match.start(), match.end(), None
    if hour := HOUR_BEHIND.match(text, end):
        at, end = hour_of(hour), hour.end()
    elif hour := HOUR_BEFORE.search(text, max(0, start - 24), start):
        at, start = hour_of(hour), hour.start()
    if behind := BEHIND.match(text, end):
        end = behind.end()
    if before := BEFORE.search(text, max(0, start - 12), start):
        start = before.start()
    if (behind and behind["after"]) or (before and before["after"]):
        days = tuple(first_working_day(day + timedelta(days=1), writing.is_work) for day in days)
    return Dated(tuple(Day(day, at) for day in days), start, end)


def _is_same_day(text: str, one: Dated, other: Dated) -> bool:
    if len(one.days) != 1 or len(other.days) != 1 or other.start < one.end:
        return False
    is_beside = bool(_BESIDE.fullmatch(text, one.end, other.start))
    return is_beside and one.days[0].on.weekday() == other.days[0].on.weekday()


@cache
def _table() -> tuple[tuple[re.Pattern[str], Resolve], ...]:
    rows = (*named.ROWS, *weeks.ROWS, *months.ROWS, *stretches.ROWS, *holidays.ROWS)
    return tuple((re.compile(pattern, re.IGNORECASE), resolve) for pattern, resolve in rows)
