"""The daily digest: when it may be sent, and what becomes of one that went wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.nudge import MAX_ATTEMPTS, MAX_LOOKUPS, SETTLE, Digest, DigestState, digest_day
from bot.domain.workcalendar import next_working_moment
from tests.builders import MONDAY, make_digest

CHINA = WorkCalendar()
NINE = time(9)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
POSTING = make_digest().posting("D1", ("contact-c1",), NOW)


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


def test_the_key_names_the_person_and_the_day() -> None:
    """It is what a posted message is recognised by, so it must not change between releases."""
    assert make_digest().key == "digest:U01LIN:2026-03-02"


def test_before_posting_the_outcome_is_unknown() -> None:
    """The record says where and since when to look, and gives Slack time to settle."""
    assert POSTING.state is DigestState.POSTING
    assert (POSTING.channel_id, POSTING.followup_ids, POSTING.posting_at) == ("D1", ("contact-c1",), NOW)
    assert (POSTING.retry_at, POSTING.attempts) == (NOW + SETTLE, 1)


@pytest.mark.parametrize(
    ("step", "state", "is_open"),
    [
        (lambda digest: digest.sent("1.2"), DigestState.SENT, False),
        (lambda digest: digest.empty(), DigestState.EMPTY, False),
        (lambda digest: digest.unclear("history"), DigestState.UNCLEAR, False),
        (lambda digest: digest.refused("ratelimited", LATER), DigestState.PLANNED, True),
        (lambda digest: digest.refused("account_inactive", LATER, for_good=True), DigestState.FAILED, False),
        (lambda digest: digest.look_failed("ratelimited", LATER), DigestState.POSTING, True),
    ],
    ids=["sent", "nothing due", "unclear", "refused", "refused for good", "look failed"],
)
def test_what_follows_a_post(step: Callable[[Digest], Digest], state: DigestState, is_open: bool) -> None:
    """Only a digest that is planned or of unknown outcome is taken up again."""
    after = step(POSTING)
    assert (after.state, after.is_open) == (state, is_open)
    assert after.key == POSTING.key


def test_a_refused_digest_waits_and_then_gives_up() -> None:
    """Slack's wish to wait is kept; after the last attempt the operator has to look."""
    digest = make_digest()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert digest.state is DigestState.PLANNED
        digest = digest.posting("D1", (), NOW).refused("ratelimited", LATER)
        assert (digest.attempts, digest.retry_at, digest.error) == (attempt, LATER, "ratelimited")
    assert digest.state is DigestState.FAILED


def test_looking_in_vain_ends_unclear_and_never_in_a_second_post() -> None:
    """As long as nobody could look, nothing says that it was not posted."""
    digest = POSTING
    for _ in range(MAX_LOOKUPS - 1):
        digest = digest.look_failed("ratelimited", LATER)
        assert (digest.state, digest.retry_at) == (DigestState.POSTING, LATER)
    assert digest.look_failed("ratelimited", LATER).state is DigestState.UNCLEAR


def test_a_new_post_is_looked_for_afresh() -> None:
    """The looks of an earlier attempt do not count against it."""
    again = POSTING.look_failed("timeout", LATER).refused("lost", LATER).posting("D1", (), LATER)
    assert (again.lookups, again.attempts) == (0, 2)


def test_a_sent_digest_carries_no_old_error() -> None:
    """What went well in the end is not listed as trouble."""
    sent = POSTING.look_failed("timeout", LATER).sent("1700000000.000100")
    assert (sent.message_ts, sent.error) == ("1700000000.000100", None)
