"""Weekdays, weeks and weekends."""

import re
from datetime import date, timedelta
from typing import Final

from bot.domain.dates.counting import step_of
from bot.domain.dates.writing import Rows, Writing
from bot.domain.workcalendar import first_working_day

_ZH_WEEKDAYS: Final = "一二三四五六日"
WEEKDAY: Final = (
    r"(?P<day>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)\b"
)


def weekday_of(written: str) -> int:
    if written in "天日":
        return 6
    if written in _ZH_WEEKDAYS:
        return _ZH_WEEKDAYS.index(written)
    if written.isdecimal():
        return int(written) - 1
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(written[:3].lower())


def _coming(weekday: int, writing: Writing) -> date:
    """The next one, today included until office hours end; looking back the last one, today included."""
    if writing.looks_back:
        return writing.today - timedelta(days=(writing.today.weekday() - weekday) % 7)
    start = writing.earliest
    return start + timedelta(days=(weekday - start.weekday()) % 7)


def _zh_weekday(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    weekdays = [weekday_of(each) for each in (match["day"], match["or"], match["digit"]) if each]
    if match["which"] is None:
        return tuple(_coming(weekday, writing) for weekday in weekdays)
    return tuple(writing.monday + timedelta(weeks=step_of(match["which"]), days=weekday) for weekday in weekdays)


_COMMON_WORDS: Final = frozenset({"sat", "sun", "wed", "mon", "fri"})
"""Short weekdays that, alone and in small letters, are other words or names."""


def _en_weekday(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    weekday, which = weekday_of(match["day"]), (match["which"] or "").lower()
    if not which and match["day"] in _COMMON_WORDS:
        return ()
    this_week = writing.monday + timedelta(days=weekday)
    after_today = writing.today + timedelta(days=(weekday - writing.today.weekday() - 1) % 7 + 1)
    if which == "next":  # to many the coming one, to others the one of next week
        return (this_week + timedelta(weeks=1), after_today)
    if which in ("last", "past", "previous"):  # as with «next»
        return (
            writing.today - timedelta(days=(writing.today.weekday() - weekday - 1) % 7 + 1),
            this_week - timedelta(weeks=1),
        )
    if which == "this":
        return (this_week,)
    day = after_today if "coming" in which else _coming(weekday, writing)
    later = {"week": 1, "wk": 1, "fortnight": 2}.get((match["later"] or "").lower(), 0)
    return (day + timedelta(weeks=later),)


def _weekday_of_week(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    return (writing.monday + timedelta(weeks=step_of(match["which"]), days=weekday_of(match["day"])),)


def _week_after_day(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    return (_coming(weekday_of(match["day"]), writing) + timedelta(weeks=1),)


def _week(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    said = match.groupdict()
    monday = writing.monday + timedelta(weeks=step_of(said.get("which")))
    part = (said.get("part") or "").lower()
    if part in ("初", "一开始", "early", "start of", "beginning of"):
        return (_first_working(monday, writing),)
    if part in ("中", "mid", "middle of"):
        return (monday + timedelta(days=2),)
    return (_last_working(monday, writing),)


def _weekend(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    said = match.groupdict()
    monday = writing.monday + timedelta(weeks=step_of(said.get("which")))
    if said.get("before"):
        return (_last_working(monday, writing),)
    return (monday + timedelta(days=5), monday + timedelta(days=6))


def _last_working(monday: date, writing: Writing) -> date:
    """The last working day of a week, with make-up weekends that close a week counted only as far as Friday."""
    days = [monday + timedelta(days=each) for each in range(5)]
    return next((day for day in reversed(days) if writing.is_work(day)), days[-1])


def _first_working(start: date, writing: Writing) -> date:
    return first_working_day(start, writing.is_work)


_WHICH_ZH: Final = r"下下个?|下一?个?|这一?个?|本|(?<![早晚马])上上?个?"

ROWS: Final[Rows] = (
    (
        rf"(?<![每隔第一二两三四五六七八九十\d])(?P<which>{_WHICH_ZH})?(?:周|星期|礼拜)"
        r"(?:(?P<day>[一二三四五六日天])(?P<or>[二三四五六日](?![个月天号点份张笔家]))?|(?P<digit>[1-6])(?!\d))",
        _zh_weekday,
    ),
    (
        r"(?<!every )(?<!each )\b(?:(?P<which>this coming|coming|last|past|previous|this|next|on|by|before"
        r"|until|till|due|after)\s+)?"
        rf"{WEEKDAY}(?: (?P<later>week|wk|fortnight)\b)?",
        _en_weekday,
    ),
    (rf"\b{WEEKDAY},? (?:of )?(?P<which>next|this|last) week\b", _weekday_of_week),
    (rf"\b(?P<which>next|this|last) week,? (?:on )?{WEEKDAY}", _weekday_of_week),
    (
        r"\bnext\s?(?:周|星期)(?P<day>[一二三四五六日天])",
        lambda m, w: (w.monday + timedelta(weeks=1, days=weekday_of(m["day"])),),
    ),
    (rf"\ba week (?:on|from) {WEEKDAY}", _week_after_day),
    (
        rf"(?P<which>{_WHICH_ZH})(?:周|星期|礼拜)(?![一二三四五六日天期边末年转岁]|[1-6])(?P<part>初|中|一开始|底)?",
        _week,
    ),
    (
        r"\b(?:(?P<part>early|mid|middle of|start of|beginning of|end of|late)[ -])?"
        r"(?P<which>next|this|last) week\b",
        _week,
    ),
    (r"\b(?P<part>end of|start of|beginning of|middle of) (?P<which>the) week\b|\bEOW\b", _week),
    (rf"(?P<which>{_WHICH_ZH})?周末(?P<before>(?:之|以)?前)?", _weekend),
    (r"\b(?P<before>before )?(?:over )?(?:(?P<which>this|the|next|last) )?weekend\b", _weekend),
)
