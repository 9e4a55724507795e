"""Days as people write them: what each expression means, from where and when it was written."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.dates import Day, Writing, find_days
from tests.domain.date_expressions import CASES, THURSDAY

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar()


def writing(written: str, *, looks_back: bool = False) -> Writing:
    return Writing(datetime.fromisoformat(written).replace(tzinfo=SHANGHAI), CALENDAR, looks_back=looks_back)


def spelled(days: tuple[Day, ...]) -> str:
    return ", ".join(f"{day.on}" + (f" {day.at:%H:%M}" if day.at else "") for day in days)


@pytest.mark.parametrize(("written", "words", "days"), CASES, ids=[f"{each[1]} @{each[0]}" for each in CASES])
def test_what_it_means(written: str, words: str, days: str) -> None:
    """Alone and inside a sentence, whose other words are no part of it."""
    (found,) = find_days(words, writing(written))
    assert (spelled(found.days), words[found.start : found.end]) == (days, words)
    said = f"王总说{words}，给报价" if any("\u3400" <= sign <= "\u9fff" for sign in words) else f"Sent, {words}, ok"
    (found,) = find_days(said, writing(written))
    assert (spelled(found.days), said[found.start : found.end]) == (days, words)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("周三去了厂里", "2026-03-11"),
        ("周四见了老板", "2026-03-12"),
        ("周五开过会", "2026-03-06"),
        ("3月5日拜访", "2026-03-05"),
        ("5号打过电话", "2026-03-05"),
        ("met them on Tuesday", "2026-03-10"),
        ("called on the 9th.", "2026-03-09"),
        ("visit of Dec 8", "2025-12-08"),
    ],
)
def test_looking_back_a_bare_day_is_the_last_one(words: str, days: str) -> None:
    """A sentence about what was."""
    assert spelled(find_days(words, writing(THURSDAY, looks_back=True))[0].days) == days


@pytest.mark.parametrize(
    "words",
    [
        "账期90天",
        "每周三对账",
        "一周三次",
        "第一周",
        "尽快给",
        "这周期太长",
        "5号楼",
        "费率12.8%",
        "占1/3以上的份额是2/13/7",
        "三天账期",
        "2月31日",
        "到期前30天",
        "3号仓库",
        "every Monday",
        "we may sign",
        "the 2nd invoice",
        "call at 10",
        "soon",
        "he sat down",
        "net 60 days",
        "march on",
    ],
)
def test_what_names_no_day(words: str) -> None:
    """Lengths, repetitions, house numbers and days that do not exist."""
    assert find_days(words, writing(THURSDAY)) == []


def test_several_in_one_sentence() -> None:
    said = "昨天下午拜访，周三前给报价，月底 sign the contract, next review in two weeks"
    found = find_days(said, writing(THURSDAY))
    assert [said[each.start : each.end] for each in found] == ["昨天下午", "周三前", "月底", "in two weeks"]


MOMENTS = st.builds(datetime.combine, st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.times(), st.just(SHANGHAI))
WORDS = st.sampled_from(sorted({words for _, words, _ in CASES}))
PIECES = st.lists(
    st.sampled_from(("下", "上", "这", "周", "月", "三", "五", "日", "号", "年", "前", "底", "12", "/", "next ", "th "))
)
PAST = (
    "昨天",
    "前天",
    "上周五",
    "上上周三",
    "三天前",
    "两周前",
    "last Friday",
    "yesterday",
    "two days ago",
    "a week ago",
)
FUTURE = (
    "周三",
    "周五前",
    "月底",
    "三天内",
    "两周后",
    "5号",
    "12月8日",
    "年底",
    "by Friday",
    "EOM",
    "in two weeks",
    "Dec 8",
)


@given(st.text() | PIECES.map("".join) | st.tuples(WORDS, st.text(max_size=3), WORDS).map("".join), MOMENTS)
def test_any_text_can_be_read(text: str, now: datetime) -> None:
    """What is found stands in the text, in order, and names one day or two."""
    found = find_days(text, Writing(now, CALENDAR))
    assert all(1 <= len(each.days) <= 2 and 0 <= each.start < each.end <= len(text) for each in found)
    assert all(one.end <= other.start or one.start < other.start for one, other in pairwise(found))


@given(st.sampled_from(PAST), MOMENTS)
def test_the_past_is_never_ahead(words: str, now: datetime) -> None:
    (found,) = find_days(words, Writing(now, CALENDAR))
    assert all(day.on < now.date() for day in found.days)


@given(st.sampled_from(FUTURE), MOMENTS)
def test_what_comes_is_never_past(words: str, now: datetime) -> None:
    (found,) = find_days(words, Writing(now, CALENDAR))
    assert all(day.on >= now.date() for day in found.days)


@given(st.integers(0, 6), MOMENTS)
def test_a_bare_weekday_is_within_a_week(weekday: int, now: datetime) -> None:
    """Today until office hours end, then a week from today; in both languages the same day."""
    zh, en = f"周{'一二三四五六日'[weekday]}", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[weekday]
    (found,) = find_days(zh, Writing(now, CALENDAR))
    first = now.date() + timedelta(days=now.time() >= time(18))
    assert found.days[0].on.weekday() == weekday
    assert first <= found.days[0].on < first + timedelta(days=7)
    assert find_days(f"by {en}", Writing(now, CALENDAR))[0].days == found.days


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), MOMENTS)
def test_a_whole_date_is_that_date(day: date, now: datetime) -> None:
    """Whenever it is written."""
    for words in (f"{day}", f"{day.year}年{day.month}月{day.day}日", f"{day:%B} {day.day}, {day.year}"):
        (found,) = find_days(words, Writing(now, CALENDAR))
        assert found.days == (Day(day),)


@given(st.integers(1, 30), MOMENTS)
def test_working_days_end_on_a_working_day(count: int, now: datetime) -> None:
    (found,) = find_days(f"{count}个工作日内", Writing(now, CALENDAR))
    (day,) = found.days
    between = [now.date() + timedelta(days=each + 1) for each in range((day.on - now.date()).days)]
    assert CALENDAR(day.on)
    assert sum(map(CALENDAR, between)) == count
