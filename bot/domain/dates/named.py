"""Days that are called by name: «明天», "the day after tomorrow", "EOD"."""

import re
from datetime import date, time, timedelta
from typing import Final

from bot.domain.dates.weeks import WEEKDAY
from bot.domain.dates.writing import Resolve, Rows, Writing
from bot.domain.workcalendar import add_working_days

_DAY_WORDS: Final = {
    "大前": -3,
    "前": -2,
    "昨": -1,
    "今": 0,
    "明": 1,
    "后": 2,
    "大后": 3,
    "听": 1,
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "tmr": 1,
    "tmrw": 1,
    "yesterday": -1,
}
_STILL_UP: Final = time(4)
"""Before this hour «tomorrow» may be the day that has already begun."""


def _day_word(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    day = writing.today + timedelta(days=_DAY_WORDS[match["word"].lower()])
    if day > writing.today and writing.now.time() < _STILL_UP:
        return (day, day - timedelta(days=1))
    return (day,)


def _in_days(*counts: int) -> Resolve:
    return lambda _, writing: tuple(writing.today + timedelta(days=count) for count in counts)


def _next_working(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    return (add_working_days(writing.today, 1, writing.is_work),)


ROWS: Final[Rows] = (
    (r"(?<!\d)(?P<word>大前|前|大后|后|昨|今|明|听)(?:天|日(?![期常元]))", _day_word),
    (r"(?P<word>今|明|昨)(?=早|晚|晨)", _day_word),
    (r"(?P<word>今|明)儿", _day_word),
    (r"今明(?:两天|两日)?", _in_days(1)),
    (r"明后(?:两天|天|两日)", _in_days(1, 2)),
    (r"\b(?P<word>today|tonight|tomorrow|tmrw?|yesterday)\b(?!'s)", _day_word),
    (r"\b(?:the )?day after tomorrow\b", _in_days(2)),
    (r"\b(?:the )?day before yesterday\b", _in_days(-2)),
    (r"\bthis (?:morning|afternoon|evening)\b", _in_days(0)),
    (r"\blast night\b", _in_days(-1)),
    (
        r"\b(?:EOD|COB|COP|end of (?:the )?(?:business )?day|close of (?:business|play))\b"
        rf"(?! (?:on |of )?(?:{WEEKDAY.replace('?P<day>', '?:')}"
        r"|today|tomorrow|next|this|the|\d))|(?:下班|收工)(?=(?:之|以)?前)",
        _in_days(0),
    ),
    (r"下一?个工作日|\bnext (?:working|business) day\b", _next_working),
)
