"""The daily digest: when it may be sent."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.nudge import digest_day
from bot.domain.workcalendar import next_working_moment
from tests.builders import MONDAY

CHINA = WorkCalendar()
NINE = time(9)


def day_at(moment: str, tz: str = "Asia/Shanghai", at: time = NINE) -> date | None:
    return digest_day(datetime.fromisoformat(moment), at, tz, CHINA)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-02T08:59:59+08:00", None),
        ("2026-03-02T09:00:00+08:00", MONDAY),
        ("2026-03-02T19:59:59+08:00", MONDAY),
        ("2026-03-02T20:00:00+08:00", None),
        ("2026-03-07T12:00:00+08:00", None),
        ("2026-02-17T12:00:00+08:00", None),
        ("2026-02-28T12:00:00+08:00", date(2026, 2, 28)),
        ("2027-01-01T12:00:00+08:00", None),
        ("2027-02-08T12:00:00+08:00", None),
    ],
    ids=[
        "a second early",
        "on time",
        "late after an outage",
        "too late",
        "Saturday",
        "Spring Festival",
        "make-up Saturday",
        "New Year 2027",
        "Spring Festival 2027",
    ],
)
def test_a_digest_is_sent_in_the_hours_of_a_working_day(moment: str, expected: date | None) -> None:
    """From the hour that is set until the evening, never in the night and never on a holiday."""
    assert day_at(moment) == expected


@pytest.mark.parametrize(
    ("moment", "tz", "expected"),
    [
        ("2026-03-03T00:30:00+08:00", "America/New_York", MONDAY),
        ("2026-03-03T00:30:00+08:00", "Asia/Shanghai", None),
        ("2026-03-02T09:00:00+08:00", "Europe/Berlin", None),
        ("2026-03-02T16:00:00+08:00", "Europe/Berlin", MONDAY),
    ],
    ids=["noon in New York", "night in Shanghai", "night in Berlin", "morning in Berlin"],
)
def test_the_day_and_hour_are_the_persons_own(moment: str, tz: str, expected: date | None) -> None:
    """One moment is Monday noon here and Tuesday night there."""
    assert day_at(moment, tz) == expected


@pytest.mark.parametrize(("hour", "expected"), [(21, None), (22, MONDAY), (23, MONDAY)], ids=["before", "at", "after"])
def test_an_evening_digest_has_two_hours(hour: int, expected: date | None) -> None:
    """Whoever sets DIGEST_AT past the usual end gets a window all the same."""
    assert day_at(f"2026-03-02T{hour}:30:00+08:00", at=time(22)) == expected


@given(
    day=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    minutes=st.integers(0, 24 * 60 - 1),
    tz=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Auckland"]),
)
def test_the_next_scheduled_moment_is_always_one_to_send_at(day: date, minutes: int, tz: str) -> None:
    """What the schedule wakes up for, the window lets through."""
    now = datetime.combine(day, time(), UTC) + timedelta(minutes=minutes)
    moment = next_working_moment(now, NINE, tz, CHINA)
    assert digest_day(moment, NINE, tz, CHINA) == moment.date()
