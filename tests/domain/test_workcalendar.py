"""Counting in working days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.workcalendar import IsWorkingDay, add_working_days, first_working_day, next_working_moment
from tests.builders import weekdays

FRIDAY, SATURDAY, SUNDAY, NEXT_MONDAY = (date(2026, 3, day) for day in (6, 7, 8, 9))
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")

calendars = st.sampled_from([weekdays, WorkCalendar()])
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
moments = st.builds(lambda day, at: datetime.combine(day, at, UTC), days, st.times())


@pytest.mark.parametrize(
    ("start", "step", "expected"),
    [
        (FRIDAY, 1, FRIDAY),
        (SATURDAY, 1, NEXT_MONDAY),
        (SATURDAY, -1, FRIDAY),
        (SUNDAY, -1, FRIDAY),
    ],
    ids=["itself", "forward", "back", "two back"],
)
def test_the_nearest_working_day_in_a_direction(start: date, step: int, expected: date) -> None:
    """A working day is its own answer."""
    assert first_working_day(start, weekdays, step) == expected


def test_a_calendar_that_never_works_is_an_error_not_a_hang() -> None:
    """A broken override file must not loop for ever."""
    with pytest.raises(ValueError, match="no working day within"):
        first_working_day(FRIDAY, lambda _: False)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [(FRIDAY, 0, FRIDAY), (FRIDAY, 1, NEXT_MONDAY), (SATURDAY, 1, NEXT_MONDAY), (FRIDAY, 6, date(2026, 3, 16))],
    ids=["none", "over a weekend", "from a weekend", "over two weekends"],
)
def test_working_days_are_counted_after_the_start(start: date, count: int, expected: date) -> None:
    """Friday plus one working day is Monday."""
    assert add_working_days(start, count, weekdays) == expected


@pytest.mark.parametrize(
    ("after", "tz", "expected"),
    [
        ("2026-03-02T08:59:59+08:00", "Asia/Shanghai", "2026-03-02T09:00:00+08:00"),
        ("2026-03-02T09:00:00+08:00", "Asia/Shanghai", "2026-03-03T09:00:00+08:00"),
        ("2026-03-06T09:00:00+08:00", "Asia/Shanghai", "2026-03-09T09:00:00+08:00"),
        ("2026-03-02T09:00:00+08:00", "America/New_York", "2026-03-02T09:00:00-05:00"),
        ("2026-03-06T10:00:00-05:00", "America/New_York", "2026-03-09T09:00:00-04:00"),
    ],
    ids=["a second before", "exactly then", "over a weekend", "still yesterday there", "over a clock change"],
)
def test_the_next_working_moment(after: str, tz: str, expected: str) -> None:
    """Always later than now, on the wall clock of the person's own place."""
    moment = next_working_moment(datetime.fromisoformat(after), time(9), tz, weekdays)
    assert moment == datetime.fromisoformat(expected)


@given(
    after=moments,
    at=st.times(time(5), time(22)).map(lambda at: at.replace(microsecond=0)),
    tz=st.sampled_from(ZONES),
    is_work=calendars,
)
def test_no_working_morning_is_passed_over(after: datetime, at: time, tz: str, is_work: IsWorkingDay) -> None:
    """Between now and the next moment no other working day shows that time."""
    moment = next_working_moment(after, at, tz, is_work)
    assert moment > after
    assert moment.astimezone(ZoneInfo(tz)).time() == at
    assert is_work(moment.date())
    between = moment.date() - timedelta(days=1)
    while datetime.combine(between, at, ZoneInfo(tz)) > after:
        assert not is_work(between)
        between -= timedelta(days=1)


@given(start=days, count=st.integers(1, 15), is_work=calendars)
def test_adding_working_days_passes_exactly_that_many(start: date, count: int, is_work: IsWorkingDay) -> None:
    """Holidays and weekends in between are not counted, make-up Saturdays are."""
    end = add_working_days(start, count, is_work)
    assert sum(is_work(start + timedelta(days=each)) for each in range(1, (end - start).days + 1)) == count
