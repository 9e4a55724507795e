"""The clock of contacts: each rule alone, their order of force, and what holds whatever the numbers are."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.cadence import CadenceRules, Cause, Counted, Due, Modifier, next_due
from bot.domain.customer import Customer, Risk, Tier
from bot.domain.due import contact_due
from bot.domain.followup import Colour, FollowUp
from bot.domain.visit import WAYS, Channel
from bot.domain.workcalendar import IsWorkingDay, first_working_day
from tests.builders import MONDAY, make_customer, make_followup, weekdays

RULES = CadenceRules()
CHINA = WorkCalendar()


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


def due(*promises: date, is_work: IsWorkingDay = weekdays, rules: CadenceRules = RULES, **changes: Any) -> Due:
    """Of an A customer seen on MONDAY."""
    customer = make_customer(**changes).contacted(MONDAY, Channel.VISIT)
    return next_due(customer, rules, is_work, [(f"step-{number}", day) for number, day in enumerate(promises)])


@pytest.mark.parametrize(
    ("changes", "expected", "cause"),
    [
        ({}, after(14), Cause.TIER),
        ({"tier": Tier.B}, after(30), Cause.TIER),
        ({"risk": Risk.AMBER}, after(10), Cause.TIER),
        ({"risk": Risk.RED}, after(7), Cause.TIER),
        ({"tier": Tier.D, "contract_expires_on": after(80)}, after(14), Cause.TIER),
        ({"tier": Tier.D, "contract_expires_on": after(120)}, after(30), Cause.TIER),
        ({"tier": Tier.D, "contract_expires_on": after(200)}, after(88), Cause.TIER),
        ({"tier": Tier.D, "contract_expires_on": after(7)}, after(88), Cause.TIER),
        ({"tier": Tier.C, "risk": Risk.RED, "contract_expires_on": after(80)}, after(14), Cause.TIER),
        ({"preferred_every_days": 21}, after(21), Cause.OWN),
        ({"preferred_every_days": 1}, after(4), Cause.OWN),
        ({"preferred_every_days": 90}, after(28), Cause.OWN),
        ({"preferred_every_days": 21, "risk": Risk.RED}, after(21), Cause.OWN),
        ({"quiet_until": after(20)}, after(21), Cause.QUIET),
        ({"quiet_until": after(9)}, after(14), Cause.TIER),
        ({"quiet_until": after(20), "preferred_every_days": 7}, after(21), Cause.QUIET),
        ({"is_opted_out": True}, after(14), Cause.OPTED_OUT),
    ],
    ids=[
        *("A", "B", "amber: 10.5 is 10", "red: half", "renewal near", "from the day the window opens", "not yet"),
        *("too late for one before the end", "red, then renewal", "the customer's own", "not more often than allowed"),
        *("not more seldom than allowed", "its own wish over a flag", "quiet till a Sunday", "quiet, but not for long"),
        *("quiet over its own wish", "opted out"),
    ],
)
def test_each_rule(changes: dict[str, Any], expected: date, cause: Cause) -> None:
    """After a visit on a Monday, in a world of weekends only."""
    found = due(**changes)
    assert (found.on, found.explanation.cause) == (expected, cause)


@pytest.mark.parametrize(
    ("promises", "changes", "expected", "cause"),
    [
        ([after(3)], {}, after(3), Cause.PROMISE),
        ([after(9), after(3)], {}, after(3), Cause.PROMISE),
        ([after(15)], {}, after(14), Cause.TIER),
        ([MONDAY], {}, after(14), Cause.TIER),
        ([after(3)], {"quiet_until": after(20)}, after(3), Cause.PROMISE),
        ([after(3)], {"is_opted_out": True}, after(14), Cause.OPTED_OUT),
        ([after(6)], {}, after(4), Cause.PROMISE),
    ],
    ids=["earlier", "the earliest", "later", "of the day itself", "over quiet", "under opting out", "on a Sunday"],
)
def test_an_open_promise_comes_first(
    promises: list[date], changes: dict[str, Any], expected: date, cause: Cause
) -> None:
    found = due(*promises, **changes)
    assert (found.on, found.explanation.cause) == (expected, cause)


def test_a_day_explains_itself() -> None:
    """Everything that made it, in the order it was worked out."""
    found = due(date(2026, 12, 1), tier=Tier.C, risk=Risk.AMBER, contract_expires_on=after(130))
    why = found.explanation
    assert [(each.by, each.to) for each in why.modifiers] == [(Modifier.AMBER, 45), (Modifier.RENEWAL, 40)]
    assert (why.tier, why.base_gap, why.gap, why.counted, why.counted_from) == (Tier.C, 60, 40, Counted.VISIT, MONDAY)
    assert (found.on, why.moved_from) == (after(39), after(40)), "a Saturday goes back to the Friday"
    assert (why.ideal_on, why.grace, why.renewal_on) == (after(30), 7, after(130))


def test_over_a_long_holiday_it_moves_back_and_says_from_where() -> None:
    """Spring Festival; forward only where back would reach the contact itself."""
    before = make_customer(tier=Tier.B).contacted(date(2026, 1, 20), Channel.PHONE)
    found = next_due(before, RULES, CHINA)
    assert (found.on, found.explanation.moved_from) == (date(2026, 2, 14), date(2026, 2, 19))
    on_the_eve = make_customer(preferred_every_days=5).contacted(date(2026, 2, 14), Channel.PHONE)
    assert next_due(on_the_eve, RULES, CHINA).on == date(2026, 2, 24)


def test_only_the_ways_that_count_for_the_tier_are_counted() -> None:
    """A message is none where the workspace says so; what was told without its way always counts."""
    a = RULES.of(Tier.A).model_copy(update={"counts": frozenset({Channel.VISIT, Channel.PHONE})})
    strict = RULES.model_copy(update={"tiers": {**RULES.tiers, Tier.A: a}})
    seen = make_customer(last_contact_on=after(-20))
    later = seen.contacted(after(-10), Channel.VISIT).contacted(MONDAY, Channel.MESSAGE)
    assert next_due(later, strict, weekdays).explanation.counted_from == after(-10)
    assert next_due(later, RULES, weekdays).explanation.counted_from == MONDAY
    only_told = next_due(seen.contacted(MONDAY, Channel.MESSAGE), strict, weekdays)
    assert (only_told.explanation.counted, only_told.explanation.counted_from) == (Counted.TOLD, after(-20))


def test_an_attempt_is_no_contact() -> None:
    """It moves nothing; so many in a short time by two ways ask for somebody else. A contact makes them forgotten."""
    customer = make_customer().contacted(MONDAY, Channel.VISIT)
    for number, (day, missed, is_hard) in enumerate([(2, 1, False), (4, 2, False), (13, 2, False), (13, 2, False)]):
        customer = customer.contacted(after(day), Channel.MISSED)
        found = next_due(customer, RULES, weekdays)
        assert (found.on, found.explanation.missed, found.explanation.is_hard_to_reach) == (after(14), missed, is_hard)
        assert customer.last_contact_on == MONDAY, number
    called = customer.contacted(after(11), Channel.MISSED)
    by_one_way = next_due(called, RULES, weekdays).explanation
    assert (by_one_way.is_one_way, by_one_way.is_hard_to_reach) == (True, False)
    tried_often = customer.contacted(after(13), Channel.UNANSWERED)
    by_two = next_due(tried_often, RULES, weekdays).explanation
    assert (by_two.missed, by_two.is_one_way, by_two.is_hard_to_reach) == (3, False, True)
    assert next_due(tried_often.contacted(after(14), Channel.PHONE), RULES, weekdays).explanation.missed == 0


def test_gaps_settled_by_an_earlier_release_take_the_ideal_one_along() -> None:
    rules = RULES.with_gaps({Tier.A: 7})
    assert (rules.of(Tier.A).max_gap, rules.of(Tier.A).ideal_gap, rules.of(Tier.B)) == (7, 7, RULES.of(Tier.B))


@pytest.mark.parametrize(
    ("day", "colour", "severity"),
    [
        (9, Colour.GREEN, 0),
        (10, Colour.YELLOW, 0),
        (14, Colour.YELLOW, 0),
        (16, Colour.YELLOW, 0),
        (17, Colour.RED, 1),
        (21, Colour.RED, 1),
        (22, Colour.RED, 2),
        (28, Colour.RED, 2),
        (29, Colour.RED, 3),
    ],
)
def test_a_contact_turns_yellow_then_red_then_worse(day: int, colour: Colour, severity: int) -> None:
    """Ideal 10 days, at most 14, a grace of 2; more than half of the gap late, more than all of it."""
    contact = contact_due(make_customer().contacted(MONDAY, Channel.VISIT), RULES, weekdays)
    assert (contact.colour(after(day)), contact.severity(after(day), RULES)) == (colour, severity)


@pytest.mark.parametrize(("late", "severity"), [(0, 0), (1, 1), (3, 1), (4, 2), (7, 2), (8, 3)])
def test_a_promise_has_no_grace(late: int, severity: int) -> None:
    assert make_followup(due_on=MONDAY).severity(after(late), RULES) == severity


def test_while_a_promise_stands_for_it_a_contact_is_not_listed_twice() -> None:
    """It waits for its own day, and is late from then on."""
    step = make_followup(due_on=after(2))
    contact = contact_due(make_customer().contacted(MONDAY, Channel.VISIT), RULES, weekdays, [step])
    assert (contact.due_on, contact.shown_on, contact.overdue_on) == (after(2), after(14), after(17))
    assert not contact.is_waiting(after(13))
    kept = contact_due(make_customer().contacted(MONDAY, Channel.VISIT), RULES, weekdays, [step.completed()])
    assert kept.due_on == after(14)


# Whatever the numbers are

days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
spans = st.integers(-200, 400)
calendars = st.sampled_from([weekdays, CHINA])


@st.composite
def customers(draw: st.DrawFn) -> Customer:
    start = draw(days)
    customer = make_customer(
        tier=draw(st.sampled_from(Tier)),
        risk=draw(st.sampled_from(Risk)),
        created_on=start - timedelta(days=draw(st.integers(0, 900))),
        preferred_every_days=draw(st.none() | st.integers(1, 365)),
        quiet_until=draw(st.none() | spans.map(lambda span: start + timedelta(days=span))),
        contract_expires_on=draw(st.none() | spans.map(lambda span: start + timedelta(days=span))),
        is_opted_out=draw(st.booleans()),
    )
    return customer.contacted(start, draw(st.sampled_from(Channel))) if draw(st.booleans()) else customer


promised = st.lists(days.map(lambda day: ("step-1", day)), max_size=3)


@given(customer=customers(), promises=promised, is_work=calendars)
def test_it_is_always_a_working_day_after_the_contact(
    customer: Customer, promises: list[tuple[str, date]], is_work: IsWorkingDay
) -> None:
    found = next_due(customer, RULES, is_work, promises)
    assert found.on > found.explanation.counted_from
    assert is_work(found.on)


@given(customer=customers(), promises=promised, is_work=calendars)
def test_what_is_agreed_and_promised_is_kept(
    customer: Customer, promises: list[tuple[str, date]], is_work: IsWorkingDay
) -> None:
    """Nothing before the end of a quiet time but a promise; never later than an open promise; no promise delays."""
    found, alone = next_due(customer, RULES, is_work, promises), next_due(customer, RULES, is_work)
    if customer.quiet_until is not None and found.explanation.cause is not Cause.PROMISE:
        assert found.on >= customer.quiet_until
    assert found.on <= alone.on
    assert (found.explanation.cause is Cause.OPTED_OUT) is customer.is_opted_out
    if not customer.is_opted_out:
        start = found.explanation.counted_from
        first_day = first_working_day(start + timedelta(days=1), is_work)
        assert all(found.on <= max(day, first_day) for _, day in promises if day > start)


@given(customer=customers(), promises=promised, is_work=calendars)
def test_a_higher_tier_is_never_due_later(
    customer: Customer, promises: list[tuple[str, date]], is_work: IsWorkingDay
) -> None:
    of_tier = [customer.model_copy(update={"tier": tier}) for tier in Tier]
    found = [next_due(each, RULES, is_work, promises).on for each in of_tier]
    assert found == sorted(found)


@given(customer=customers(), is_work=calendars)
def test_a_risk_flag_never_makes_it_later(customer: Customer, is_work: IsWorkingDay) -> None:
    flags = [customer.model_copy(update={"risk": risk}) for risk in (Risk.RED, Risk.AMBER, Risk.GREEN)]
    found = [next_due(each, RULES, is_work).on for each in flags]
    assert found == sorted(found)


notes = st.lists(st.tuples(days, st.sampled_from(Channel)), min_size=1, max_size=6)


@given(told=notes, data=st.data(), tier=st.sampled_from(Tier), last=st.none() | days)
def test_the_same_notes_in_any_order_and_again_are_the_same_day(
    told: list[tuple[date, Channel]], data: st.DataObject, tier: Tier, last: date | None
) -> None:
    """Whatever was told before the first of them."""
    fresh = make_customer(tier=tier, created_on=date(2024, 1, 1), last_contact_on=last)

    def after_all(order: list[tuple[date, Channel]]) -> Customer:
        customer = fresh
        for day, channel in order:
            customer = customer.contacted(day, channel)
        return customer

    once = after_all(told)
    again = after_all([*data.draw(st.permutations(told)), *told])
    assert again == once
    reached = [day for day, channel in told if channel in WAYS]
    assert once.last_contact_on == max([*reached, *([last] if last else [])], default=None)
    assert next_due(again, RULES, CHINA) == next_due(once, RULES, CHINA)


def test_what_an_earlier_release_stored_explains_itself_too() -> None:
    """Its tier, its gap and the day it was counted from."""
    old = {"id": "contact-c1", "kind": "contact", "customer_id": "c1", "owner_id": "U1", "due_on": "2026-03-16"}
    cadence = {"tier": "A", "gap": 14, "counted_from": "2026-03-02", "is_first": False}
    why = FollowUp.model_validate({**old, "title": "", "cadence": cadence}).explanation
    assert why is not None
    assert (why.tier, why.gap, why.counted, why.counted_from) == (Tier.A, 14, Counted.TOLD, MONDAY)
