"""When a contact is due, and when needs are asked after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.cadence import CadenceRules
from bot.domain.customer import Tier
from bot.domain.due import contact_due, need_due
from bot.domain.followup import Kind
from bot.domain.need import NeedStatus, needs
from bot.domain.workcalendar import IsWorkingDay
from tests.builders import MONDAY, make_change, make_customer, weekdays

RULES = CadenceRules()
CHINA = WorkCalendar()
FRIDAY = date(2026, 3, 6)

calendars = st.sampled_from([weekdays, CHINA])
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
gaps = st.integers(1, 120)


def due_on(last: date, tier: Tier = Tier.A, is_work: IsWorkingDay = CHINA, gap: int | None = None) -> date:
    customer = make_customer(tier=tier, last_contact_on=last)
    return contact_due(customer, RULES.with_gaps({tier: gap} if gap else {}), is_work).due_on


@pytest.mark.parametrize(
    ("last", "tier", "expected"),
    [
        (date(2026, 3, 2), Tier.A, date(2026, 3, 16)),
        (date(2026, 3, 2), Tier.B, date(2026, 4, 1)),
        (date(2026, 3, 2), Tier.C, date(2026, 4, 30)),
        (date(2026, 3, 2), Tier.D, date(2026, 5, 29)),
        (date(2026, 1, 20), Tier.B, date(2026, 2, 14)),
        (date(2026, 2, 14), Tier.A, date(2026, 2, 28)),
    ],
    ids=["A 14 days", "B 30", "C 60", "D 90, back from a Sunday", "back over Spring Festival", "a make-up Saturday"],
)
def test_a_contact_is_due_a_tiers_gap_after_the_last(last: date, tier: Tier, expected: date) -> None:
    """A holiday moves it back to the working day before, which may be a Saturday worked to make up for one."""
    assert due_on(last, tier) == expected


def test_a_gap_that_lies_in_a_holiday_moves_forward_instead() -> None:
    """Nobody is asked to call a customer again on the day of the visit."""
    assert due_on(FRIDAY, gap=2, is_work=weekdays) == date(2026, 3, 9)


def test_a_customer_never_contacted_is_counted_from_its_creation() -> None:
    """And the reason says so."""
    contact = contact_due(make_customer(created_on=MONDAY), RULES, CHINA)
    assert contact.due_on == date(2026, 3, 16)
    assert contact.explanation is not None
    assert (contact.explanation.is_first, contact.explanation.counted_from, contact.explanation.gap) == (
        True,
        MONDAY,
        14,
    )


def test_there_is_one_contact_follow_up_per_customer() -> None:
    """The next one replaces the last: same id, whatever the day."""
    first = contact_due(make_customer(last_contact_on=MONDAY), RULES, CHINA)
    assert first.id == contact_due(make_customer(last_contact_on=FRIDAY), RULES, CHINA).id
    assert first.id != contact_due(make_customer(id="c2"), RULES, CHINA).id


@given(last=days, gap=gaps, is_work=calendars)
def test_a_contact_is_due_after_the_last_one_on_a_working_day(last: date, gap: int, is_work: IsWorkingDay) -> None:
    """Never on the day of the contact itself or before, never on a holiday, and late only if all days before are."""
    due = due_on(last, gap=gap, is_work=is_work)
    assert due > last
    assert is_work(due)
    if due > last + timedelta(days=gap):
        assert not any(is_work(last + timedelta(days=each)) for each in range(1, (due - last).days))


@given(last=days, gap=gaps, more=st.integers(0, 60), is_work=calendars)
def test_a_longer_gap_is_never_due_sooner(last: date, gap: int, more: int, is_work: IsWorkingDay) -> None:
    """A customer of a lower tier is not called before one of a higher tier seen on the same day."""
    assert due_on(last, gap=gap, is_work=is_work) <= due_on(last, gap=gap + more, is_work=is_work)


def test_one_follow_up_for_all_stale_needs() -> None:
    """Of the one that has waited longest, moved from a Sunday to the Monday after it; none without open needs."""
    changes = [
        make_change(need_id="n2", id="h2", on=MONDAY + timedelta(days=7)),
        make_change(statement="年底备货", on=MONDAY),
    ]
    due = need_due(make_customer(), needs(changes), weekdays, RULES)
    assert due is not None
    assert (due.id, due.kind, due.title, due.due_on) == ("need-c1", Kind.NEED, "年底备货", date(2026, 6, 1))
    assert need_due(make_customer(), needs([make_change(status=NeedStatus.MET)]), weekdays, RULES) is None
