"""Follow-ups: what a snooze does to them, what a click is meant for, and which comes first."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.cadence import CadenceRules
from bot.domain.customer import Tier
from bot.domain.followup import UNDO, Closing, DropReason, FollowUp, Kind, SnoozeLength, SnoozeReason, Status
from bot.domain.workcalendar import IsWorkingDay
from bot.errors import FollowUpClosedError, SnoozedOftenError, SnoozeForbiddenError
from tests.builders import LIN, MONDAY, make_contact, make_due, make_followup, put_off, weekdays

RULES = CadenceRules()
CHINA = WorkCalendar()
FRIDAY = date(2026, 3, 6)

calendars = st.sampled_from([weekdays, CHINA])
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("today", "length", "expected"),
    [
        (MONDAY, SnoozeLength.ONE_DAY, date(2026, 3, 3)),
        (FRIDAY, SnoozeLength.ONE_DAY, date(2026, 3, 9)),
        (FRIDAY, SnoozeLength.THREE_DAYS, date(2026, 3, 11)),
        (FRIDAY, SnoozeLength.WEEK, date(2026, 3, 13)),
        (date(2026, 2, 10), SnoozeLength.WEEK, date(2026, 2, 14)),
        (date(2026, 2, 14), SnoozeLength.WEEK, date(2026, 2, 24)),
        (date(2026, 2, 13), SnoozeLength.ONE_DAY, date(2026, 2, 14)),
    ],
    ids=[
        "to Tuesday",
        "over a weekend",
        "three over a weekend",
        "a week",
        "into a holiday",
        "all of it a holiday",
        "to a make-up Saturday",
    ],
)
def test_a_snooze_counts_from_today(today: date, length: SnoozeLength, expected: date) -> None:
    """However late it is, and never into a holiday."""
    late = make_contact(due_on=date(2026, 1, 30))
    assert put_off(late, length, today, CHINA).shown_on == expected


def test_a_snooze_never_brings_a_follow_up_forward() -> None:
    """What is due in two weeks is not shown tomorrow because somebody put it off by a day."""
    ahead = make_followup(due_on=date(2026, 3, 18))
    assert put_off(ahead, SnoozeLength.ONE_DAY, MONDAY, weekdays).shown_on == date(2026, 3, 18)


def test_a_snooze_remembers_who_when_and_why() -> None:
    """The second one stands beside the first."""
    once = put_off(make_contact(), SnoozeLength.ONE_DAY, MONDAY, weekdays, "U1", reason=SnoozeReason.TRAVELLING)
    twice = put_off(once, SnoozeLength.WEEK, date(2026, 3, 3), weekdays, "U2", reason=SnoozeReason.ASKED_TO_WAIT)
    assert [(each.by, each.on, each.reason) for each in twice.snoozes] == [
        ("U1", MONDAY, SnoozeReason.TRAVELLING),
        ("U2", date(2026, 3, 3), SnoozeReason.ASKED_TO_WAIT),
    ]
    assert twice.shown_on == date(2026, 3, 10)


def test_what_is_done_cannot_be_put_off() -> None:
    """A click on an old message does not bring it back."""
    with pytest.raises(FollowUpClosedError):
        put_off(make_followup().completed(), SnoozeLength.WEEK, MONDAY, weekdays)


def test_nothing_is_put_off_a_third_time() -> None:
    """Then somebody has to decide."""
    twice = put_off(
        put_off(make_contact(), SnoozeLength.ONE_DAY, MONDAY, weekdays), SnoozeLength.WEEK, MONDAY, weekdays
    )
    with pytest.raises(SnoozedOftenError):
        put_off(twice, SnoozeLength.ONE_DAY, MONDAY, weekdays)


@pytest.mark.parametrize(
    "followup",
    [make_followup(), make_followup(id="risk-c1-forgery", kind=Kind.RISK, subject="forgery")],
    ids=["promise", "risk"],
)
def test_promises_to_a_and_risk_are_not_put_off(followup: FollowUp) -> None:
    with pytest.raises(SnoozeForbiddenError):
        put_off(followup, SnoozeLength.ONE_DAY, MONDAY, weekdays, tier=Tier.A)


NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_a_closing_says_who_when_and_what_came_of_it() -> None:
    """Closed again it stays as it was; for a minute whoever did it may take it back."""
    done = make_followup().closed(Closing(by=LIN, at=NOW), "报价已发", MONDAY)
    dropped = make_followup().closed(Closing(by=LIN, at=NOW, reason=DropReason.DUPLICATE), "", MONDAY)
    assert (done.status, dropped.status, done.line, done.closed_on) == (
        Status.DONE,
        Status.NOT_NEEDED,
        "报价已发",
        MONDAY,
    )
    with pytest.raises(FollowUpClosedError):
        done.closed(Closing(by="U2", at=NOW), "x", MONDAY)
    assert [done.changed_by(*each) for each in ((LIN, NOW), ("U2", NOW), (LIN, NOW + UNDO))] == [True, False, False]


@pytest.mark.parametrize(
    ("turn", "is_refused"),
    [("2026-03-02", False), ("2026-02-02", True), ("", False)],
    ids=["this one", "an earlier one", "of a message of an earlier release"],
)
def test_a_click_is_meant_for_one_turn(turn: str, is_refused: bool) -> None:
    with pytest.raises(FollowUpClosedError) if is_refused else nullcontext():
        make_contact().ensure_turn(turn, MONDAY)


def test_a_click_of_an_earlier_release_finds_only_what_is_due() -> None:
    with pytest.raises(FollowUpClosedError):
        make_contact(due_on=FRIDAY).ensure_turn("", MONDAY)


@given(due=days, today=days, length=st.sampled_from(SnoozeLength), is_work=calendars)
def test_a_snoozed_follow_up_rests_until_a_working_day(
    due: date, today: date, length: SnoozeLength, is_work: IsWorkingDay
) -> None:
    """It never comes back on the same day, and always comes back: within a week, unless nobody works in it."""
    snoozed = put_off(make_contact(due_on=due), length, today, is_work)
    assert not snoozed.is_waiting(today)
    assert is_work(snoozed.snoozes[-1].until)
    assert snoozed.is_waiting(snoozed.shown_on)
    week = [today + timedelta(days=each) for each in range(1, 8)]
    assert snoozed.snoozes[-1].until in week or not any(map(is_work, week))


def test_lateness_is_counted_from_the_due_day_even_when_snoozed() -> None:
    """Putting something off does not make it less late."""
    snoozed = put_off(make_contact(), SnoozeLength.ONE_DAY, MONDAY, weekdays)
    assert [snoozed.days_late(date(2026, 3, day)) for day in (1, 2, 3)] == [0, 0, 1]


@pytest.mark.parametrize(
    ("followup", "is_waiting"),
    [
        (make_followup(due_on=MONDAY), True),
        (make_followup(due_on=date(2026, 2, 2)), True),
        (make_followup(due_on=date(2026, 3, 3)), False),
        (make_followup().completed(), False),
    ],
    ids=["due today", "overdue", "tomorrow", "done"],
)
def test_what_waits_today(followup: FollowUp, is_waiting: bool) -> None:
    """The daily list holds what is due and what is late, nothing else."""
    assert followup.is_waiting(MONDAY) is is_waiting


LATE = {days: MONDAY - timedelta(days=days) for days in (0, 1, 2, 3, 8)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((Tier.A, 1, Kind.CONTACT), (Tier.D, 3, Kind.CONTACT)),
        ((Tier.C, 8, Kind.STEP), (Tier.A, 1, Kind.STEP)),
        ((Tier.B, 3, Kind.STEP), (Tier.B, 2, Kind.STEP)),
        ((Tier.D, 1, Kind.CONTACT), (Tier.A, 0, Kind.STEP)),
        ((Tier.A, 0, Kind.CONTACT), (Tier.B, 0, Kind.STEP)),
        ((Tier.A, 0, Kind.STEP), (Tier.A, 0, Kind.CONTACT)),
    ],
    ids=["A beats D", "but not for ever", "longer late", "late beats due", "tier beats kind", "promise first"],
)
def test_the_worst_comes_first(first: tuple[Tier, int, Kind], second: tuple[Tier, int, Kind]) -> None:
    """Severity times the tier's weight, then the days; then the tier; then what was promised."""
    urgent, calm = (
        make_due(make_followup(kind=kind, due_on=LATE[late]), tier=tier).urgency(MONDAY, RULES)
        for tier, late, kind in (first, second)
    )
    assert urgent < calm
