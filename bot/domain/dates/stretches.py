"""So many days, weeks or months from now, or ago."""

import re
from datetime import date, timedelta
from typing import Final

from bot.domain.dates.counting import plus_months
from bot.domain.dates.numbers import EN, ZH, number_of
from bot.domain.dates.writing import Rows, Writing
from bot.domain.workcalendar import add_working_days, first_working_day

_UNITS: Final = (
    r"(?P<unit>个?工作[日天]|天|日|个?星期|个?礼拜|周|个?月|年|个?小时|个?钟头|(?:working|business|calendar)?\s?days?|weeks?|fortnights?"
    r"|months?|years?|hours?|hrs?)"
)


def _away(count: int, unit: str, writing: Writing, step: int) -> date:
    """So many days, weeks, … from today; hours are counted in whole days."""
    unit, today = unit.lower().removeprefix("个"), writing.today
    if unit.startswith(("工作", "working", "business")):
        if step > 0:
            return add_working_days(today, min(count, 400), writing.is_work)
        day = today
        for _ in range(min(count, 400)):
            day = first_working_day(day - timedelta(days=1), writing.is_work, step=-1)
        return day
    if unit.startswith(("月", "month")):
        return plus_months(today, step * count)
    if unit.startswith(("年", "year")):
        return plus_months(today, 12 * step * count)
    if unit.startswith(("小时", "钟头", "hour", "hr")):
        return (writing.now + timedelta(hours=step * count)).date()
    weeks = {"周": 7, "星": 7, "礼": 7, "we": 7, "fo": 14}
    return today + timedelta(days=step * count * next((weeks[each] for each in weeks if unit.startswith(each)), 1))


def _ahead(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    return (_away(number_of(match["count"]), match["unit"], writing, 1),)


def _ago(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    return (_away(number_of(match["count"]), match["unit"], writing, -1),)


def _half(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """Half a month is fifteen days, half a year six months."""
    step = -1 if match["way"] == "前" else 1
    if match["unit"] == "年":
        return (plus_months(writing.today, 6 * step),)
    return (writing.today + timedelta(days=15 * step),)


def _half_more(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    return (plus_months(writing.today, number_of(match["count"])) + timedelta(days=15),)


ROWS: Final[Rows] = (
    (rf"(?:{ZH}\s?[-到至~、]\s?)?(?P<count>{ZH})\s?{_UNITS}(?:之内|以内|内|之后|以后|后(?!续))", _ahead),
    (rf"(?P<count>{ZH})(?P<unit>个工作[日天])(?=\s?(?:给|出|回|答|反馈|发|搞|完成|把|拿|$))", _ahead),
    (rf"(?:未来|接下来|今后|再过|过)(?P<count>{ZH})\s?{_UNITS}", _ahead),
    (rf"(?<![到期提])(?P<count>{ZH})\s?{_UNITS}(?:之前|以前|前)", _ago),
    (r"(?:半个?(?P<unit>月|年))(?:之|以)?(?P<way>内|后|前)", _half),
    (rf"(?P<count>{ZH})个半月(?:之|以)?(?:内|后)", _half_more),
    (
        rf"\b(?:with)?in (?:the )?(?:next )?(?:about )?(?:{EN}(?:-| to | or ))?"
        rf"(?P<count>{EN})(?: of)? {_UNITS}\b(?:' time|'s time)?(?! (?:of|ago))",
        _ahead,
    ),
    (rf"\b(?:over|in|within) the next (?P<count>{EN})(?: of)? {_UNITS}\b", _ahead),
    (rf"\b(?P<count>{EN})(?: of)? {_UNITS} (?:from (?:now|today)|later|hence|out)\b", _ahead),
    (rf"\b(?P<count>{EN})(?: of)? {_UNITS} ago\b", _ago),
)
