"""Dates, months, quarters and years."""

import re
from datetime import date, timedelta
from typing import Final

from bot.domain.dates.counting import first_of_month, last_of_month, recurring, step_of
from bot.domain.dates.hours import BEHIND
from bot.domain.dates.numbers import number_of
from bot.domain.dates.weeks import WEEKDAY, weekday_of
from bot.domain.dates.writing import Rows, Writing
from bot.domain.workcalendar import first_working_day

_EN_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ORDINAL: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)"


def _month_number(written: str) -> int:
    key = written[:3].lower()
    return _EN_MONTHS.index(key) + 1 if key in _EN_MONTHS else number_of(written)


def _year(written: str | None, writing: Writing) -> int | None:
    """«明» and "2026"; two digits are of this century."""
    if not written:
        return None
    relative = {"去": -1, "今": 0, "本": 0, "明": 1, "后": 2}
    if written in relative:
        return writing.today.year + relative[written]
    return int(written) + 2000 * (len(written) == 2)


def _date(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """A month and a day, of a year that was named or of the next or last that has one."""
    month, day = _month_number(match["month"]), number_of(match["day"])
    if year := _year(match.groupdict().get("year"), writing):
        return (date(year, month, day),)
    return (_yearly(month, day, writing),)


def _yearly(month: int, day: int, writing: Writing) -> date:
    return recurring(lambda count: date(writing.today.year + count, month, day), writing, 0, 8)


def _slashed(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """Month and day beside Chinese; in English the other order is possible too."""
    one, two = int(match["one"]), int(match["two"])
    is_due = _IS_DUE.search(match.string, 0, match.start()) or BEHIND.match(match.string, match.end())
    if one < two <= 5 and not is_due:
        return ()  # a half, a third
    is_chinese = bool(_HAN.search(match.string))
    orders = [(one, two)] if (is_chinese and one <= 12) or one == two else [(one, two), (two, one)]
    return tuple(_yearly(month, day, writing) for month, day in orders if month <= 12 and day <= 31)


_IS_DUE: Final = re.compile(r"(?:by|on|before|until|due)\s\Z", re.IGNORECASE)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def _day_of_month(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """«5号», «下个月5号», "the 5th of next month"."""
    day = number_of(match["day"])
    which = match.groupdict().get("which")
    if which:
        return (first_of_month(writing.today, step_of(which)).replace(day=day),)
    return (recurring(lambda count: first_of_month(writing.today, count).replace(day=day), writing, 0, 3),)


def _part_of_month(first: date, part: str) -> date:
    part = part.lower()
    if part in ("初", "early", "start of", "the start of", "beginning of", "the beginning of", "start", "beginning"):
        return first
    if part in ("上旬",):
        return first + timedelta(days=9)
    if part in ("中", "中旬", "mid", "mid-", "middle of", "the middle of"):
        return first + timedelta(days=14 if part != "中旬" else 19)
    return last_of_month(first)


def _named_month(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """«12月底», "end of March", «下个月初», "EOM", or a month alone: its last day."""
    said = match.groupdict()
    part = said.get("part") or ""
    if said.get("month"):
        month = _month_number(said["month"])
        if year := _year(said.get("year"), writing):
            return (_part_of_month(date(year, month, 1), part),)
        return (recurring(lambda n: _part_of_month(date(writing.today.year + n, month, 1), part), writing, 0, 2),)
    if which := said.get("which"):
        return (_part_of_month(first_of_month(writing.today, step_of(which)), part),)
    return (recurring(lambda count: _part_of_month(first_of_month(writing.today, count), part), writing, 0, 2),)


def _nth_weekday(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """«11月第一个星期一»."""
    month, skipped = _month_number(match["month"]), 7 * (number_of(match["count"]) - 1)

    def of(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday_of(match["day"]) - first.weekday()) % 7 + skipped)

    year = _year(match["year"], writing)
    return (of(year) if year else recurring(lambda count: of(writing.today.year + count), writing, 0, 2),)


def _quarter(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """The last day of one: «季度末», «下季度末», "end of Q1"."""
    said = match.groupdict()
    if number := said.get("number") or said.get("q"):
        return (
            recurring(lambda n: last_of_month(date(writing.today.year + n, 3 * number_of(number), 1)), writing, 0, 2),
        )
    first = date(writing.today.year, (writing.today.month - 1) // 3 * 3 + 1, 1)
    return (last_of_month(first, 3 * step_of(said.get("which")) + 2),)


def _year_part(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    said = match.groupdict()
    part = said.get("part") or "底"
    ends = {"初": (1, 1), "中": (6, 30)}
    month, day = ends.get(part, (12, 31))
    year = _year(said.get("year"), writing) or (writing.today.year + 1 if said.get("next") else None)
    return (date(year, month, day) if year else _yearly(month, day, writing),)


def _last_working_of_month(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    said = match.groupdict()
    last = last_of_month(writing.today, step_of(said.get("which") or "本"))
    return (first_working_day(last, writing.is_work, step=-1),)


ROWS: Final[Rows] = (
    # dates
    (
        r"(?<!\d)(?P<year>(?:20)\d\d|[去今明后])[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})(?:[日号]|(?!\d))",
        _date,
    ),
    (
        r"(?:(?P<year>20\d\d|[去今明后])年)?(?<![\d.个])(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])月份?(?P<day>\d{1,2}|[一二三]?十?[一二三四五六七八九十])[日号]?(?![\d个.万月])",
        _date,
    ),
    (rf"\b{_MONTH}\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:|\.\d|%)(?:,?\s(?P<year>20\d\d)\b)?", _date),
    (rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (?P<year>20\d\d)\b)?", _date),
    (rf"\b{WEEKDAY.replace('?P<day>', '?:')},? (?:the )?{_ORDINAL}", _day_of_month),
    (r"(?<![\d/.])(?P<one>\d{1,2})/(?P<two>\d{1,2})(?![\d/%])", _slashed),
    (r"(?<![\d/.])(?P<one>\d{1,2})\.(?P<two>\d{1,2})(?=[日号]|(?:之|以)?前)[日号]?", _slashed),
    (
        r"(?P<which>下下个?|下一?个?|这个?|本|当|(?<![早晚])上个?)月(?:的)?(?P<day>\d{1,2}|[一二三]?十?[一二三四五六七八九十])[日号]",
        _day_of_month,
    ),
    (
        r"(?<![\d月第.\-A-Za-z])(?P<day>[12]\d|3[01]|[1-9])(?:号(?![楼线厂机库门车店仓院馆桥井文柜房])|日(?=(?:之|以)?前|上午|下午|晚))",
        _day_of_month,
    ),
    (
        r"(?<![月第一二三四五六七八九十])(?P<day>[一二三]?十?[一二三四五六七八九十])号(?![楼线厂机库门车店仓院馆桥井文柜房])",
        _day_of_month,
    ),
    (rf"\b(?:the )?{_ORDINAL} of (?P<which>next|this) month\b", _day_of_month),
    (
        r"\b(?:next month(?:,| on)? the )(?P<day>\d{1,2})(?:st|nd|rd|th)",
        lambda m, w: (first_of_month(w.today, 1).replace(day=int(m["day"])),),
    ),
    (
        rf"(?:\b(?:by|on|before|until|till|from|around|due) (?:the )?|\bthe ){_ORDINAL}\b"
        r"(?= ?(?:$|[.,;:!?)\n前]|at\b|in the\b|and\b|or\b|we\b|they\b|to\b|for\b|if\b|so\b|when\b|from\b|with\b))",
        _day_of_month,
    ),
    # months
    (
        r"(?:(?P<year>20\d\d|[今明后])年)?(?<![\d.个第])(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])月份?的?"
        r"第(?P<count>[一二三四1-4])个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])",
        _nth_weekday,
    ),
    (
        r"(?:(?P<year>20\d\d|[去今明后])年)?(?<![\d.个第])(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])月份?(?P<part>初|上旬|中旬|下旬|中|底|末)?(?![\d月一二三四五六七八九十结均度销薪租供])",
        _named_month,
    ),
    (
        r"(?P<which>下下个?|下一?个?|这个?|本|当|(?<![早晚])上个?)月份?(?P<part>初|上旬|中旬|下旬|中(?!旬)|底|末)?(?![度结均报])",
        _named_month,
    ),
    (r"(?<![个\d一二三四五六七八九十半每本下上当这])月(?P<part>初|上旬|中旬|下旬|中|底|末|尾)", _named_month),
    (r"(?<![月])(?P<part>上旬|中旬|下旬)", _named_month),
    (
        rf"\b(?:(?:by )?(?:the )?(?P<part>end of|start of|beginning of|middle of|early|mid|late|end)[ -]"
        rf"|(?:in|by|during|until|before) )(?:(?:in|of) )?{_MONTH}(?!\s?\d)(?:,? (?P<year>20\d\d)\b)?",
        _named_month,
    ),
    (
        r"\b(?:the )?(?P<part>end|start|beginning|middle|early|mid|late)(?: of|-| in)?"
        r" ?(?P<which>this|next|last|the) month\b",
        _named_month,
    ),
    (r"\b(?P<which>this|next|last) month(?:[- ](?P<part>end))?\b", _named_month),
    (r"\b(?P<part>EOM|month[- ]end|end of month)\b", _named_month),
    (r"\b(?P<part>mid)-?month\b", _named_month),
    (r"(?P<which>下个?|本|这个?|当)?月(?:底)?(?:的)?最后一?[个]?(?:工作日|天)", _last_working_of_month),
    (r"\blast (?:working|business) day of (?P<which>this|the|next) month\b", _last_working_of_month),
    # quarters and years
    (r"(?P<which>下下个?|下一?个?|这个?|本)?季度?(?:末|底)", _quarter),
    (r"(?:第?(?P<number>[一二三四1-4])季度?)(?:末|底|结束)|\bQ(?P<q>[1-4])\s?(?:末|底|结束)", _quarter),
    (r"(?P<which>下个?|本|这个?)季度(?:之?内)?", _quarter),
    (
        r"\b(?:by |before )?(?:the )?end of (?:(?P<which>this|next|the) )?quarter\b|\bEOQ\b|\bquarter[- ]end\b",
        _quarter,
    ),
    (r"\b(?:(?:by |before )?(?:the )?end of|by) Q(?P<number>[1-4])\b", _quarter),
    (r"(?:(?P<year>20\d\d|[今明后])年|(?<![每年])年)(?P<part>初|中|底|末)", _year_part),
    (r"今年(?:之内|以内|内)", _year_part),
    (r"\b(?:by |before )?(?:the )?end of (?:the |this )?year\b|\bEOY\b|\byear[- ]end\b", _year_part),
    (r"\b(?:by |before )?(?:the )?end of (?P<next>next) year\b", _year_part),
)
