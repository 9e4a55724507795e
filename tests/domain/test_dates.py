"""Days as people write them: what each expression means, from where and when it was written."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.dates import Day, Writing, find_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar()

THURSDAY = "2026-03-12 14:00"
THURSDAY_NIGHT = "2026-03-12 19:30"
SUNDAY = "2026-03-15 10:00"
MONTH_END = "2026-01-31 11:00"
BEFORE_SPRING_FESTIVAL = "2026-02-04 10:00"
IN_SPRING_FESTIVAL = "2026-02-18 10:00"
BEFORE_NATIONAL_DAY = "2026-09-22 09:30"
YEAR_END = "2026-12-30 16:00"

EXPRESSIONS = {
    THURSDAY: """
        今天 = 2026-03-12
        今天下班前 = 2026-03-12
        今晚 = 2026-03-12
        明天 = 2026-03-13
        明早 = 2026-03-13
        明天上午 = 2026-03-13
        明天下午三点 = 2026-03-13 15:00
        明天下午3点半 = 2026-03-13 15:30
        明天10:30 = 2026-03-13 10:30
        后天 = 2026-03-14
        大后天 = 2026-03-15
        明后天 = 2026-03-13, 2026-03-14
        昨天 = 2026-03-11
        昨天下午 = 2026-03-11
        前天 = 2026-03-10
        大前天 = 2026-03-09
        周三 = 2026-03-18
        周三前 = 2026-03-18
        周四 = 2026-03-12
        周五 = 2026-03-13
        周五之前 = 2026-03-13
        星期五下班前 = 2026-03-13
        礼拜天 = 2026-03-15
        週五 = 2026-03-13
        本周五 = 2026-03-13
        这周五 = 2026-03-13
        这个星期日 = 2026-03-15
        下周一 = 2026-03-16
        下周一上午十点 = 2026-03-16 10:00
        下周三前 = 2026-03-18
        下个星期四 = 2026-03-19
        下下周二 = 2026-03-24
        上周五 = 2026-03-06
        上个礼拜一 = 2026-03-02
        上上周三 = 2026-02-25
        本周内 = 2026-03-13
        下周 = 2026-03-20
        下周内 = 2026-03-20
        下周初 = 2026-03-16
        周末前 = 2026-03-13
        这周末 = 2026-03-14, 2026-03-15
        三天内 = 2026-03-15
        三五天内 = 2026-03-17
        3-5天内 = 2026-03-17
        三个工作日内 = 2026-03-17
        5个工作日之内 = 2026-03-19
        十天后 = 2026-03-22
        两周后 = 2026-03-26
        两个星期内 = 2026-03-26
        半个月后 = 2026-03-27
        一个月内 = 2026-04-12
        三个月后 = 2026-06-12
        48小时内 = 2026-03-14
        两天前 = 2026-03-10
        三周前 = 2026-02-19
        下个工作日 = 2026-03-13
        15号 = 2026-03-15
        5号 = 2026-04-05
        5号前 = 2026-04-05
        二十号 = 2026-03-20
        本月20号 = 2026-03-20
        下个月5号 = 2026-04-05
        4月第一个星期一 = 2026-04-06
        下月十号之前 = 2026-04-10
        月底 = 2026-03-31
        月底前 = 2026-03-31
        本月底 = 2026-03-31
        下月底 = 2026-04-30
        下个月初 = 2026-04-01
        月初 = 2026-04-01
        月中 = 2026-03-15
        下月中旬 = 2026-04-20
        6月底 = 2026-06-30
        四月底前 = 2026-04-30
        季度末 = 2026-03-31
        下季度末 = 2026-06-30
        三季度末 = 2026-09-30
        年底 = 2026-12-31
        年底前 = 2026-12-31
        明年初 = 2027-01-01
        12月8日 = 2026-12-08
        12月8号上午 = 2026-12-08
        三月二十日 = 2026-03-20
        3月5日 = 2027-03-05
        2026年4月1日 = 2026-04-01
        明年1月15日 = 2027-01-15
        2026-12-08 = 2026-12-08
        2026/4/9 = 2026-04-09
        12/8前 = 2026-12-08
        12/8 = 2026-12-08, 2026-08-12
        4.15前 = 2026-04-15
        清明前 = 2026-04-03
        清明节后 = 2026-04-07
        节前 = 2026-04-03
        节后上班第一天 = 2026-04-07
        五一后 = 2026-05-06
        端午前 = 2026-06-18
        中秋节前 = 2026-09-24
        国庆后 = 2026-10-08
        周五之后 = 2026-03-16
        today = 2026-03-12
        by EOD = 2026-03-12
        today by close of business = 2026-03-12
        tomorrow = 2026-03-13
        tomorrow morning = 2026-03-13
        tomorrow at 3pm = 2026-03-13 15:00
        10am tomorrow = 2026-03-13 10:00
        the day after tomorrow = 2026-03-14
        yesterday afternoon = 2026-03-11
        the day before yesterday = 2026-03-10
        on Tuesday = 2026-03-17
        by Friday = 2026-03-13
        before Friday = 2026-03-13
        Friday EOD = 2026-03-13
        Thursday = 2026-03-12
        this Friday = 2026-03-13
        next Wed = 2026-03-18
        next Friday = 2026-03-20, 2026-03-13
        next Monday at 10 = 2026-03-16 10:00
        Wednesday next week = 2026-03-18
        next week on Thursday = 2026-03-19
        a week on Friday = 2026-03-20
        Friday week = 2026-03-20
        last Friday = 2026-03-06
        next week = 2026-03-20
        early next week = 2026-03-16
        end of next week = 2026-03-20
        end of the week = 2026-03-13
        by EOW = 2026-03-13
        in two weeks = 2026-03-26
        in 2 weeks' time = 2026-03-26
        in a fortnight = 2026-03-26
        in 10 days = 2026-03-22
        within 3 working days = 2026-03-17
        within five business days = 2026-03-19
        two weeks from now = 2026-03-26
        in a month = 2026-04-12
        three days ago = 2026-03-09
        a week ago = 2026-03-05
        next working day = 2026-03-13
        by the 5th = 2026-04-05
        on the 20th = 2026-03-20
        the 5th of next month = 2026-04-05
        end of month = 2026-03-31
        by month end = 2026-03-31
        EOM = 2026-03-31
        end of next month = 2026-04-30
        early next month = 2026-04-01
        mid-April = 2026-04-15
        end of June = 2026-06-30
        Dec 8 = 2026-12-08
        8 December = 2026-12-08
        April 1st, 2027 = 2027-04-01
        3rd of April = 2026-04-03
        by the end of the quarter = 2026-03-31
        end of Q2 = 2026-06-30
        by year end = 2026-12-31
        before the holiday = 2026-04-03
        after National Day = 2026-10-08
        下周三 10am = 2026-03-18 10:00
        by 周五 = 2026-03-13
        周五 EOD = 2026-03-13
        before 月底 = 2026-03-31
    """,
    THURSDAY_NIGHT: """
        周四 = 2026-03-19
        Thursday = 2026-03-19
        今天 = 2026-03-12
        12号 = 2026-04-12
        3月12日 = 2027-03-12
        周五 = 2026-03-13
    """,
    SUNDAY: """
        周日 = 2026-03-15
        这周日 = 2026-03-15
        下周一 = 2026-03-16
        下周日 = 2026-03-22
        周一 = 2026-03-16
        next Monday = 2026-03-16
        next Sunday = 2026-03-22
        上周五 = 2026-03-06
    """,
    MONTH_END: """
        月底 = 2026-01-31
        下月底 = 2026-02-28
        一个月后 = 2026-02-28
        in a month = 2026-02-28
        31号 = 2026-01-31
        30号 = 2026-03-30
        下个月初 = 2026-02-01
        2月28日 = 2026-02-28
    """,
    BEFORE_SPRING_FESTIVAL: """
        春节前 = 2026-02-14
        年前 = 2026-02-14
        年后 = 2026-02-24
        春节后 = 2026-02-24
        before Chinese New Year = 2026-02-14
        after CNY = 2026-02-24
        节后第一天 = 2026-02-24
        八个工作日内 = 2026-02-14
        九个工作日内 = 2026-02-24
        within 8 working days = 2026-02-14
    """,
    IN_SPRING_FESTIVAL: """
        节后 = 2026-02-24
        三个工作日内 = 2026-02-26
        四个工作日内 = 2026-02-27
        五个工作日内 = 2026-02-28
        下个工作日 = 2026-02-24
    """,
    BEFORE_NATIONAL_DAY: """
        节前 = 2026-09-24, 2026-09-30
        国庆前 = 2026-09-30
        十一后 = 2026-10-08
        十月十日 = 2026-10-10
        10个工作日内 = 2026-10-13
        after the holiday = 2026-09-28, 2026-10-08
        after Golden Week = 2026-10-08
    """,
    "2026-11-12 00:40": """
        明早 = 2026-11-13, 2026-11-12
    """,
    "2026-11-20 10:00": """
        周三（25号 = 2026-11-25
        12月9日周三 = 2026-12-09
        Wed 25th = 2026-11-25
        Mon 7 Dec = 2026-12-07
        下周三四 = 2026-11-25, 2026-11-26
        下周四或者周五 = 2026-11-26, 2026-11-27
        周三到周五 = 2026-11-25, 2026-11-27
        下下禮拜一 = 2026-11-30
        五個工作天內 = 2026-11-27
        月尾之前 = 2026-11-30
        Tues week = 2026-12-01
        by COB Wed = 2026-11-25
    """,
    YEAR_END: """
        1月5日 = 2027-01-05
        元旦后 = 2027-01-04
        下周一 = 2027-01-04
        月底 = 2026-12-31
        下月初 = 2027-01-01
        5 January = 2027-01-05
        in a week = 2027-01-06
        明天 = 2026-12-31
        下个季度末 = 2027-03-31
        end of next quarter = 2027-03-31
    """,
}
CASES = [
    (written, *(part.strip() for part in line.split("=")))
    for written, lines in EXPRESSIONS.items()
    for line in lines.strip().splitlines()
]


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
