"""Days as people write them, in Chinese, English and both: «周三前», «下周一上午十点», "in two weeks", "EOM".

One table of patterns, each with the days it means, counted from where and when the author writes. What may mean either
of two days gives both, the likelier one first; what names no day («尽快», "soon") gives none.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

from bot.domain.workcalendar import IsWorkingDay, add_working_days, first_working_day

OFFICE_ENDS: Final = time(18)


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day on the author's calendar, with the hour where one was named."""

    on: date
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """Where and when somebody writes: `now` is aware, in the author's zone.

    With `looks_back` a bare weekday or date is the last one, as in a sentence about what was; else the next one.
    """

    now: datetime
    is_work: IsWorkingDay
    office_ends: time = OFFICE_ENDS
    looks_back: bool = False

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def monday(self) -> date:
        return self.today - timedelta(days=self.today.weekday())

    @property
    def earliest(self) -> date:
        """The first day something can still be promised for without saying «today»."""
        return self.today + timedelta(days=self.now.time() >= self.office_ends)


@dataclass(frozen=True, slots=True)
class Dated:
    """Days that `text[start:end]` means; two where it may mean either."""

    days: tuple[Day, ...]
    start: int
    end: int


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
"""Traditional characters of the patterns below; as many signs, so that places stay the same."""
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


Resolve = Callable[[re.Match[str], Writing], tuple[date, ...]]


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
    if hour := _HOUR_BEHIND.match(text, end):
        at, end = _hour(hour), hour.end()
    elif hour := _HOUR_BEFORE.search(text, max(0, start - 24), start):
        at, start = _hour(hour), hour.start()
    if behind := _BEHIND.match(text, end):
        end = behind.end()
    if before := _BEFORE.search(text, max(0, start - 12), start):
        start = before.start()
    if (behind and behind["after"]) or (before and before["after"]):
        days = tuple(first_working_day(day + timedelta(days=1), writing.is_work) for day in days)
    return Dated(tuple(Day(day, at) for day in days), start, end)


def _is_same_day(text: str, one: Dated, other: Dated) -> bool:
    if len(one.days) != 1 or len(other.days) != 1 or other.start < one.end:
        return False
    is_beside = bool(_BESIDE.fullmatch(text, one.end, other.start))
    return is_beside and one.days[0].on.weekday() == other.days[0].on.weekday()


# Numbers and hours

_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_WORDS: Final = {
    word: number
    for number, words in {
        1: "one a an",
        2: "two couple",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
        10: "ten",
        12: "twelve",
        14: "fourteen",
        15: "fifteen",
        20: "twenty",
        30: "thirty",
        60: "sixty",
        90: "ninety",
    }.items()
    for word in words.split()
}
_ZH: Final = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_EN: Final = rf"(?:\d{{1,3}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"


def _number(written: str) -> int:
    """«十二», "12", "twelve"; «三五» is up to five. Raises ValueError for what is no number."""
    written = written.strip().lower()
    if written.isdecimal():
        return int(written)
    if written in _WORDS:
        return _WORDS[written]
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return _digit(written[-1:])
    return (_digit(tens) if tens else 1) * 10 + (_digit(ones) if ones else 0)


def _digit(sign: str) -> int:
    if sign not in _DIGITS:
        raise ValueError(sign)
    return _DIGITS[sign]


_PART: Final = r"凌晨|清晨|大?清?早上?|一早|上午|中午|午后|下午|傍晚|晚上|晚间|晚|夜里"
_ZH_HOUR: Final = (
    rf"(?P<part>{_PART})?(?P<hour>{_ZH})(?:[点點时](?P<minute>半|一刻|三刻|{_ZH}分?)?[钟整]?|[:：](?P<minutes>[0-5]\d))"
)
_EN_HOUR: Final = (
    r"(?:(?P<h>\d{1,2})(?:[:.](?P<m>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?|at\s+(?P<h24>\d{1,2})(?::(?P<m24>[0-5]\d))?(?!\d|\s?%)"
    r"|(?P<noon>noon|midday))"
)
_LOOSE: Final = (
    rf"{_PART}|[Mm]orning|[Aa]fternoon|[Ee]vening|[Nn]ight|first thing|EOD|COB|COP|(?:the )?end of (?:the )?day"
    r"|close of (?:business|play)|下班|收工"
)
"""Parts of a day that name no hour."""
_HOUR_BEHIND: Final = re.compile(
    rf"[ ,，的]{{0,2}}(?:(?:by|in the|before|at)\s)?(?:{_ZH_HOUR}|(?:(?:{_LOOSE})[ ,]{{1,2}})?{_EN_HOUR}|(?:{_LOOSE}))",
    re.IGNORECASE,
)
_HOUR_BEFORE: Final = re.compile(
    rf"(?<![\d.])(?:{_EN_HOUR}|(?:{_LOOSE}))(?:\s(?:on|of))?[ ,]{{1,2}}\Z|(?<![\d.])(?:{_ZH_HOUR})\s?\Z", re.IGNORECASE
)
_BEHIND: Final = re.compile(r"\s?(?:(?:之|以)?前|之内|以内|内|(?P<after>(?:之|以)后|后(?=[，。；、,.;再才我给发]|$)))")
_BEFORE: Final = re.compile(
    r"(?:(?<![A-Za-z])(?:by|before|until|till?|on|no later than|due|around|(?P<after>after))(?:\s+the)?\s+"
    r"|(?:截?至|截止到?|最[晚迟]|不晚于|赶在)\s?)\Z",
    re.IGNORECASE,
)


def _hour(match: re.Match[str]) -> time | None:
    """None for a part of the day. What cannot be an hour is none."""
    said = match.groupdict()
    if said.get("noon"):
        return time(12)
    if written := said.get("h") or said.get("h24"):
        hour, minute = int(written), int(said.get("m") or said.get("m24") or 0)
        if said.get("half"):
            hour = hour % 12 + 12 * (said["half"].lower() == "p")
        elif hour < 8:
            hour += 12
    elif written := said.get("hour"):
        hour = _number(written)
        quarter = {"半": 30, "一刻": 15, "三刻": 45}
        told = said.get("minute") or said.get("minutes") or "0"
        minute = quarter[told] if told in quarter else _number(told.rstrip("分"))
        part = said.get("part") or ""
        is_late = part.startswith(("下午", "午后", "傍晚", "晚", "夜")) or (part == "中午" and hour < 3)
        hour += 12 * (hour < 12 and (is_late or (not part and hour < 8 and said.get("minutes") is None)))
    else:
        return None
    return time(hour, minute) if hour < 24 and minute < 60 else None


# Days that patterns share

_STEPS: Final = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_EN_STEPS: Final = {"last": -1, "previous": -1, "past": -1, "this": 0, "the": 0, "": 0, "next": 1, "coming": 1}


def _step(written: str | None) -> int:
    word = (written or "").strip().lower()
    return _EN_STEPS[word] if word in _EN_STEPS else _STEPS[word.removesuffix("个").removesuffix("一")]


def _plus_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    first = _first(day, months)
    return first + timedelta(days=min(day.day, _last(first).day) - 1)


def _first(day: date, months: int = 0) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _last(day: date, months: int = 0) -> date:
    return _first(day, months + 1) - timedelta(days=1)


def _bare(day: Callable[[int], date], writing: Writing, first: int, last: int) -> date:
    """The next of days that come again and again (every month, every year), or the last one when looking back.

    Those that do not exist, as 31 June, are passed over.
    """
    for count in range(first, last + 1) if not writing.looks_back else range(0, -last - 1, -1):
        try:
            found = day(count)
        except ValueError:
            continue
        if found <= writing.today if writing.looks_back else found >= writing.earliest:
            return found
    raise ValueError("no such day")


def _last_working(monday: date, writing: Writing) -> date:
    """The last working day of a week, with make-up weekends that close a week counted only as far as Friday."""
    days = [monday + timedelta(days=each) for each in range(5)]
    return next((day for day in reversed(days) if writing.is_work(day)), days[-1])


def _first_working(start: date, writing: Writing) -> date:
    return first_working_day(start, writing.is_work)


# Weeks

_ZH_WEEKDAYS: Final = "一二三四五六日"
_WEEKDAY: Final = (
    r"(?P<day>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)\b"
)


def _weekday(written: str) -> int:
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
    weekdays = [_weekday(each) for each in (match["day"], match["or"], match["digit"]) if each]
    if match["which"] is None:
        return tuple(_coming(weekday, writing) for weekday in weekdays)
    return tuple(writing.monday + timedelta(weeks=_step(match["which"]), days=weekday) for weekday in weekdays)


_COMMON_WORDS: Final = frozenset({"sat", "sun", "wed", "mon", "fri"})
"""Short weekdays that, alone and in small letters, are other words or names."""


def _en_weekday(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    weekday, which = _weekday(match["day"]), (match["which"] or "").lower()
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
    return (writing.monday + timedelta(weeks=_step(match["which"]), days=_weekday(match["day"])),)


def _week_after_day(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    return (_coming(_weekday(match["day"]), writing) + timedelta(weeks=1),)


def _week(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    said = match.groupdict()
    monday = writing.monday + timedelta(weeks=_step(said.get("which")))
    part = (said.get("part") or "").lower()
    if part in ("初", "一开始", "early", "start of", "beginning of"):
        return (_first_working(monday, writing),)
    if part in ("中", "mid", "middle of"):
        return (monday + timedelta(days=2),)
    return (_last_working(monday, writing),)


def _weekend(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    said = match.groupdict()
    monday = writing.monday + timedelta(weeks=_step(said.get("which")))
    if said.get("before"):
        return (_last_working(monday, writing),)
    return (monday + timedelta(days=5), monday + timedelta(days=6))


# Months, quarters, years

_EN_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ORDINAL: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)"


def _month_number(written: str) -> int:
    key = written[:3].lower()
    return _EN_MONTHS.index(key) + 1 if key in _EN_MONTHS else _number(written)


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
    month, day = _month_number(match["month"]), _number(match["day"])
    if year := _year(match.groupdict().get("year"), writing):
        return (date(year, month, day),)
    return (_yearly(month, day, writing),)


def _yearly(month: int, day: int, writing: Writing) -> date:
    return _bare(lambda count: date(writing.today.year + count, month, day), writing, 0, 8)


def _slashed(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """Month and day beside Chinese; in English the other order is possible too."""
    one, two = int(match["one"]), int(match["two"])
    is_due = _IS_DUE.search(match.string, 0, match.start()) or _BEHIND.match(match.string, match.end())
    if one < two <= 5 and not is_due:
        return ()  # a half, a third
    is_chinese = bool(_HAN.search(match.string))
    orders = [(one, two)] if (is_chinese and one <= 12) or one == two else [(one, two), (two, one)]
    return tuple(_yearly(month, day, writing) for month, day in orders if month <= 12 and day <= 31)


_IS_DUE: Final = re.compile(r"(?:by|on|before|until|due)\s\Z", re.IGNORECASE)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def _day_of_month(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """«5号», «下个月5号», "the 5th of next month"."""
    day = _number(match["day"])
    which = match.groupdict().get("which")
    if which:
        return (_first(writing.today, _step(which)).replace(day=day),)
    return (_bare(lambda count: _first(writing.today, count).replace(day=day), writing, 0, 3),)


def _part_of_month(first: date, part: str) -> date:
    part = part.lower()
    if part in ("初", "early", "start of", "the start of", "beginning of", "the beginning of", "start", "beginning"):
        return first
    if part in ("上旬",):
        return first + timedelta(days=9)
    if part in ("中", "中旬", "mid", "mid-", "middle of", "the middle of"):
        return first + timedelta(days=14 if part != "中旬" else 19)
    return _last(first)


def _named_month(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """«12月底», "end of March", «下个月初», "EOM", or a month alone: its last day."""
    said = match.groupdict()
    part = said.get("part") or ""
    if said.get("month"):
        month = _month_number(said["month"])
        if year := _year(said.get("year"), writing):
            return (_part_of_month(date(year, month, 1), part),)
        return (_bare(lambda n: _part_of_month(date(writing.today.year + n, month, 1), part), writing, 0, 2),)
    if which := said.get("which"):
        return (_part_of_month(_first(writing.today, _step(which)), part),)
    return (_bare(lambda count: _part_of_month(_first(writing.today, count), part), writing, 0, 2),)


def _nth_weekday(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """«11月第一个星期一»."""
    month, skipped = _month_number(match["month"]), 7 * (_number(match["count"]) - 1)

    def of(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(_weekday(match["day"]) - first.weekday()) % 7 + skipped)

    year = _year(match["year"], writing)
    return (of(year) if year else _bare(lambda count: of(writing.today.year + count), writing, 0, 2),)


def _quarter(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """The last day of one: «季度末», «下季度末», "end of Q1"."""
    said = match.groupdict()
    if number := said.get("number") or said.get("q"):
        return (_bare(lambda n: _last(date(writing.today.year + n, 3 * _number(number), 1)), writing, 0, 2),)
    first = date(writing.today.year, (writing.today.month - 1) // 3 * 3 + 1, 1)
    return (_last(first, 3 * _step(said.get("which")) + 2),)


def _year_part(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    said = match.groupdict()
    part = said.get("part") or "底"
    ends = {"初": (1, 1), "中": (6, 30)}
    month, day = ends.get(part, (12, 31))
    year = _year(said.get("year"), writing) or (writing.today.year + 1 if said.get("next") else None)
    return (date(year, month, day) if year else _yearly(month, day, writing),)


def _last_working_of_month(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    said = match.groupdict()
    last = _last(writing.today, _step(said.get("which") or "本"))
    return (first_working_day(last, writing.is_work, step=-1),)


# Stretches of time

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
        return _plus_months(today, step * count)
    if unit.startswith(("年", "year")):
        return _plus_months(today, 12 * step * count)
    if unit.startswith(("小时", "钟头", "hour", "hr")):
        return (writing.now + timedelta(hours=step * count)).date()
    weeks = {"周": 7, "星": 7, "礼": 7, "we": 7, "fo": 14}
    return today + timedelta(days=step * count * next((weeks[each] for each in weeks if unit.startswith(each)), 1))


def _ahead(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    return (_away(_number(match["count"]), match["unit"], writing, 1),)


def _ago(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    return (_away(_number(match["count"]), match["unit"], writing, -1),)


def _half(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    """Half a month is fifteen days, half a year six months."""
    step = -1 if match["way"] == "前" else 1
    if match["unit"] == "年":
        return (_plus_months(writing.today, 6 * step),)
    return (writing.today + timedelta(days=15 * step),)


def _half_more(match: re.Match[str], writing: Writing) -> tuple[date, ...]:
    return (_plus_months(writing.today, _number(match["count"])) + timedelta(days=15),)


# Holidays, as the calendar that is handed in has them

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


# The table

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


_WHICH_ZH: Final = r"下下个?|下一?个?|这一?个?|本|(?<![早晚马])上上?个?"


@cache
def _table() -> tuple[tuple[re.Pattern[str], Resolve], ...]:
    rows: tuple[tuple[str, Resolve], ...] = (
        # days by name
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
            rf"(?! (?:on |of )?(?:{_WEEKDAY.replace('?P<day>', '?:')}"
            r"|today|tomorrow|next|this|the|\d))|(?:下班|收工)(?=(?:之|以)?前)",
            _in_days(0),
        ),
        (r"下一?个工作日|\bnext (?:working|business) day\b", _next_working),
        # weeks
        (
            rf"(?<![每隔第一二两三四五六七八九十\d])(?P<which>{_WHICH_ZH})?(?:周|星期|礼拜)"
            r"(?:(?P<day>[一二三四五六日天])(?P<or>[二三四五六日](?![个月天号点份张笔家]))?|(?P<digit>[1-6])(?!\d))",
            _zh_weekday,
        ),
        (
            r"(?<!every )(?<!each )\b(?:(?P<which>this coming|coming|last|past|previous|this|next|on|by|before"
            r"|until|till|due|after)\s+)?"
            rf"{_WEEKDAY}(?: (?P<later>week|wk|fortnight)\b)?",
            _en_weekday,
        ),
        (rf"\b{_WEEKDAY},? (?:of )?(?P<which>next|this|last) week\b", _weekday_of_week),
        (rf"\b(?P<which>next|this|last) week,? (?:on )?{_WEEKDAY}", _weekday_of_week),
        (
            r"\bnext\s?(?:周|星期)(?P<day>[一二三四五六日天])",
            lambda m, w: (w.monday + timedelta(weeks=1, days=_weekday(m["day"])),),
        ),
        (rf"\ba week (?:on|from) {_WEEKDAY}", _week_after_day),
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
        (rf"\b{_WEEKDAY.replace('?P<day>', '?:')},? (?:the )?{_ORDINAL}", _day_of_month),
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
            lambda m, w: (_first(w.today, 1).replace(day=int(m["day"])),),
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
        # stretches
        (rf"(?:{_ZH}\s?[-到至~、]\s?)?(?P<count>{_ZH})\s?{_UNITS}(?:之内|以内|内|之后|以后|后(?!续))", _ahead),
        (rf"(?P<count>{_ZH})(?P<unit>个工作[日天])(?=\s?(?:给|出|回|答|反馈|发|搞|完成|把|拿|$))", _ahead),
        (rf"(?:未来|接下来|今后|再过|过)(?P<count>{_ZH})\s?{_UNITS}", _ahead),
        (rf"(?<![到期提])(?P<count>{_ZH})\s?{_UNITS}(?:之前|以前|前)", _ago),
        (r"(?:半个?(?P<unit>月|年))(?:之|以)?(?P<way>内|后|前)", _half),
        (rf"(?P<count>{_ZH})个半月(?:之|以)?(?:内|后)", _half_more),
        (
            rf"\b(?:with)?in (?:the )?(?:next )?(?:about )?(?:{_EN}(?:-| to | or ))?"
            rf"(?P<count>{_EN})(?: of)? {_UNITS}\b(?:' time|'s time)?(?! (?:of|ago))",
            _ahead,
        ),
        (rf"\b(?:over|in|within) the next (?P<count>{_EN})(?: of)? {_UNITS}\b", _ahead),
        (rf"\b(?P<count>{_EN})(?: of)? {_UNITS} (?:from (?:now|today)|later|hence|out)\b", _ahead),
        (rf"\b(?P<count>{_EN})(?: of)? {_UNITS} ago\b", _ago),
        # holidays
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
    return tuple((re.compile(pattern, re.IGNORECASE), resolve) for pattern, resolve in rows)
