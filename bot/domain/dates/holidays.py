"""Before and after holidays, as the calendar that is handed in has them."""

import re
from datetime import date, timedelta
from typing import Final

from bot.domain.dates.writing import Rows, Writing
from bot.domain.workcalendar import first_working_day

_LONGEST_SEARCH: Final = 400


def _is_holiday(day: date, writing: Writing) -> bool:
    """A weekday that is off; weekends alone are none."""
    return day.weekday() < 5 and not writing.is_work(day)


def _around(day: date, writing: Writing) -> tuple[date, date]:
    """The last working day before and the first one after a day that is off."""
    return first_working_day(day, writing.is_work, step=-1), first_working_day(day, writing.is_work)


_SEASONS: Final[dict[str, tuple[tuple[int, int], int]]] = {
    "元旦": ((1, 1), 1),
    "春节": ((1, 21), 31),
    "清明": ((4, 4), 2),
    "五一": ((5, 1), 1),
    "端午": ((5, 27), 30),
    "中秋": ((9, 7), 26),
    "国庆": ((10, 1), 3),
}
"""The first day a holiday may fall on, and on how many."""
_HOLIDAYS: Final = {
    "过年": "春节",
    "新年": "元旦",
    "劳动节": "五一",
    "十一": "国庆",
    "chinese new year": "春节",
    "lunar new year": "春节",
    "spring festival": "春节",
    "cny": "春节",
    "national day": "国庆",
    "golden week": "国庆",
    "labour day": "五一",
    "labor day": "五一",
    "may day": "五一",
    "qingming": "清明",
    "tomb-sweeping": "清明",
    "dragon boat": "端午",
    "mid-autumn": "中秋",
    "new year": "元旦",
    "new year's": "元旦",
}
_NAMED: Final = "|".join(sorted((*_SEASONS, *_HOLIDAYS), key=len, reverse=True))


def _seasons_of(name: str, year: int, writing: Writing) -> tuple[date, date] | None:
    (month, day), length = _SEASONS[name]
    first = date(year, month, day)
    found = [each for n in range(length) if _is_holiday(each := first + timedelta(days=n), writing)]
    if not found and name == "中秋":  # joined with the National Day
        found = [date(year, 10, 1)]
    if not found and length <= 3:  # on a weekend
        found = [each for n in range(length) if not writing.is_work(each := first + timedelta(days=n))]
    return _around(found[0], writing) if found else None


def _named_holiday(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    name = match["name"].lower()
    name = _HOLIDAYS.get(name, name)
    is_before = match["way"].lower() in ("前", "之前", "以前", "before", "by", "ahead of", "节前")
    for year in range(writing.today.year, writing.today.year + 3):
        season = _seasons_of(name, year, writing)
        if season and season[0 if is_before else 1] >= writing.today:
            return (season[0 if is_before else 1],)
    return ()


def _spring(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """«年前» and «年后» are about the Spring Festival."""
    side = 0 if match["way"] == "前" else 1
    for year in (writing.today.year, writing.today.year + 1):
        season = _seasons_of("春节", year, writing)
        if season and season[side] >= writing.today:
            return (season[side],)
    return ()


def _next_holiday(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """Before the next holiday or after it; while one lasts, after this one."""
    is_before = match["way"].lower() in ("前", "before")
    for count in range(_LONGEST_SEARCH):
        day = writing.today + timedelta(days=count)
        if _is_holiday(day, writing):
            before, after = _around(day, writing)
            side = 0 if is_before else 1
            if (before, after)[side] < writing.today:
                continue
            other = [each for n in range(_CLOSE) if _is_holiday(each := after + timedelta(days=n), writing)]
            return ((before, after)[side], *(_around(each, writing)[side] for each in other[:1]))
    return ()


_CLOSE: Final = 10
"""Within so many days after a holiday, another one may be meant as well."""


ROWS: Final[Rows] = (
    (
        rf"(?P<name>{_NAMED})(?:节|假期|长假|放假)?(?:节)?(?P<way>(?:之|以)?[前后])(?:上班|开工|复工)?(?:(?:的)?第?[一首]天|第一个工作日|首个工作日)?",
        _named_holiday,
    ),
    (
        rf"\b(?P<way>before|by|after|ahead of) (?:the )?(?P<name>{_NAMED})(?: festival| holidays?| break)?\b",
        _named_holiday,
    ),
    (
        r"(?<![春季])(?:节|节假日|长假|放?假期?)(?P<way>前|后)(?:上班|开工|复工)?(?:(?:的)?第?[一首]天|第一个工作日|首个工作日)?",
        _next_holiday,
    ),
    (
        r"\b(?:first (?:working |business )?day )?(?P<way>before|after|back after) the "
        r"(?:public )?(?:holidays?|break)\b",
        _next_holiday,
    ),
    (r"(?<![\d一二两三四五六七八九十半几多今明去后每往前同])年(?P<way>前|后)(?!期)", _spring),
)
