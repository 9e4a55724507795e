"""The ladder: who is asked on which working day, and every step once."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.customer import Customer, Risk, Tier
from bot.domain.escalation import (
    Escalation,
    Fired,
    Outcome,
    Week,
    begun,
    climb,
    is_never_capped,
    next_step,
    trigger_of,
    week_of,
)
from bot.domain.facts import RiskEvent, Side
from bot.domain.followup import FollowUp, Kind, SnoozeLength, Status
from bot.domain.ladder import Ask, EscalationRules, To, Trigger
from bot.domain.workcalendar import add_working_days
from tests.builders import LIN, make_customer, put_off

CHINA = WorkCalendar()
RULES = EscalationRules()
DUE = date(2026, 3, 2)
"""A Monday."""
OVERDUE = date(2026, 3, 3)


def made(kind: Kind = Kind.STEP, **changes: object) -> FollowUp:
    values = {"id": f"{kind}-c1", "kind": kind, "customer_id": "c1", "owner_id": LIN, "due_on": DUE, "since": DUE}
    return FollowUp.model_validate(values | changes)


def steps(trigger: Trigger, tier: Tier, day: date, fired: tuple[str, ...] = ()) -> list[tuple[Ask, To]]:
    found = begun(made(), trigger, OVERDUE, CHINA, is_new=True)
    found = found.firing(Fired(step=each, on=day) for each in fired)
    return [(each.ask, each.to) for each in climb(found, tier, RULES, day, CHINA).take]


@pytest.mark.parametrize(
    ("trigger", "tier", "working_days", "expected"),
    [
        (Trigger.PROMISE, Tier.B, 0, []),
        (Trigger.PROMISE, Tier.B, 1, [(Ask.KEEP, To.LEAD)]),
        (Trigger.PROMISE, Tier.B, 3, [(Ask.KEEP, To.LEAD)]),
        (Trigger.PROMISE, Tier.A, 3, [(Ask.KEEP, To.LEAD), (Ask.KEEP, To.HEAD)]),
        (Trigger.PROMISE, Tier.A, 5, [(Ask.RECOVER, To.LEAD), (Ask.KEEP, To.HEAD)]),
        (Trigger.CONTACT, Tier.A, 1, [(Ask.CONTACT, To.LEAD)]),
        (Trigger.CONTACT, Tier.B, 2, []),
        (Trigger.CONTACT, Tier.B, 3, [(Ask.CONTACT, To.LEAD)]),
        (Trigger.CONTACT, Tier.C, 4, []),
        (Trigger.CONTACT, Tier.C, 5, [(Ask.CONTACT, To.WEEKLY)]),
        (Trigger.CONTACT, Tier.D, 9, [(Ask.CONTACT, To.WEEKLY)]),
        (Trigger.OBJECTION, Tier.C, 3, [(Ask.HELP, To.SPECIALIST)]),
        (Trigger.OBJECTION, Tier.C, 5, [(Ask.HELP, To.SPECIALIST), (Ask.DECIDE, To.LEAD)]),
        (Trigger.RENEWAL, Tier.B, 1, [(Ask.PLAN, To.LEAD)]),
        (Trigger.RENEWAL, Tier.B, 5, [(Ask.JOIN, To.LEAD)]),
        (Trigger.RENEWAL, Tier.A, 5, [(Ask.JOIN, To.LEAD), (Ask.PLAN, To.HEAD)]),
        (Trigger.RISK, Tier.D, 1, [(Ask.MEET, To.LEAD)]),
        (Trigger.RISK, Tier.D, 5, [(Ask.WORK_OUT, To.LEAD), (Ask.COMMITTEE, To.HEAD)]),
    ],
)
def test_who_is_asked_when(trigger: Trigger, tier: Tier, working_days: int, expected: list[tuple[Ask, To]]) -> None:
    """Counted in working days since it was overdue; after a silence only the last step to each is taken."""
    assert steps(trigger, tier, add_working_days(OVERDUE, working_days, CHINA)) == expected


def test_holidays_do_not_count() -> None:
    """Overdue on the eve of Spring Festival: the first working day after it is the first."""
    eve = date(2026, 2, 14)  # a working Saturday; the holiday lasts to the 23rd
    found = begun(made(due_on=eve - timedelta(days=1)), Trigger.PROMISE, eve, CHINA, is_new=True)
    assert climb(found, Tier.B, RULES, date(2026, 2, 23), CHINA).take == ()
    assert next_step(found, Tier.B, RULES, CHINA) == (date(2026, 2, 24), RULES.steps(Trigger.PROMISE)[0])


@pytest.mark.parametrize(
    ("followup", "customer", "expected"),
    [
        (made(), {}, Trigger.PROMISE),
        (made(by=Side.THEIRS), {}, None),
        (made(status=Status.DONE), {}, None),
        (made(status=Status.NOT_NEEDED), {}, None),
        (made(due_on=OVERDUE), {}, None),
        (made(Kind.CONTACT), {}, Trigger.CONTACT),
        (made(Kind.CONTACT), {"quiet_until": date(2026, 4, 1)}, None),
        (made(), {"quiet_until": date(2026, 4, 1)}, Trigger.PROMISE),
        (made(Kind.OBJECTION), {}, Trigger.OBJECTION),
        (made(Kind.OBJECTION), {"quiet_until": date(2026, 4, 1)}, None),
        (made(Kind.RENEWAL), {"contract_expires_on": date(2026, 5, 2)}, Trigger.RENEWAL),
        (made(Kind.RENEWAL), {"contract_expires_on": date(2026, 5, 3)}, None),
        (made(Kind.RENEWAL), {}, None),
        (made(Kind.RISK, subject=RiskEvent.FORGERY, due_on=OVERDUE), {"risk": Risk.RED}, Trigger.RISK),
        (made(Kind.RISK, subject=RiskEvent.LAWSUIT), {}, None),
        (made(Kind.RISK, subject=Risk.RED), {"risk": Risk.RED}, Trigger.RISK),
        (made(Kind.RISK, subject=Risk.AMBER), {"risk": Risk.AMBER}, None),
        (made(Kind.NEED), {}, None),
        (made(Kind.REVIEW), {}, None),
        (made(Kind.VALUE), {}, None),
    ],
    ids=[
        "a promise missed",
        "theirs to do",
        "done",
        "not needed",
        "not overdue",
        "contact",
        "quiet by agreement",
        "a promise in a quiet time",
        "objection",
        "objection in a quiet time",
        "renewal at T-60",
        "renewal before T-60",
        "renewal without a contract",
        "hard risk",
        "soft risk",
        "set to red by risk",
        "set to amber by risk",
        "need",
        "review",
        "value",
    ],
)
def test_what_is_escalated(followup: FollowUp, customer: dict[str, object], expected: Trigger | None) -> None:
    found = Customer.model_validate(make_customer().model_dump() | customer)
    assert trigger_of(followup, found, RULES, OVERDUE) is expected


def test_what_is_put_off_waits() -> None:
    """Its days are counted on: the next step comes with it."""
    snoozed = put_off(made(), SnoozeLength.THREE_DAYS, OVERDUE, CHINA)
    assert trigger_of(snoozed, make_customer(), RULES, date(2026, 3, 5)) is None
    assert trigger_of(snoozed, make_customer(), RULES, date(2026, 3, 6)) is Trigger.PROMISE


@pytest.mark.parametrize("outcome", Outcome)
def test_an_answer_ends_the_ladder(outcome: Outcome) -> None:
    found = begun(made(), Trigger.PROMISE, OVERDUE, CHINA, is_new=True).answered("U1", OVERDUE, outcome)
    assert climb(found, Tier.A, RULES, date(2026, 12, 1), CHINA).take == ()
    assert next_step(found, Tier.A, RULES, CHINA) is None
    assert found.answered("U2", DUE, Outcome.TAKEN) == found, "the first one counts"


def test_when_it_is_another_matter() -> None:
    """Other hands, another reason, or due again after an agreed quiet; a changed day alone is not."""
    found = begun(made(), Trigger.CONTACT, OVERDUE, CHINA, is_new=True)
    assert found.is_about(made(due_on=date(2026, 3, 1)), OVERDUE)
    assert not found.is_about(made(owner_id="U02CHEN"), OVERDUE)
    assert not found.is_about(made(since=date(2026, 3, 4)), OVERDUE)
    quiet = found.answered("U1", date(2026, 3, 5), Outcome.QUIET, until=date(2026, 4, 1))
    assert quiet.is_about(made(), OVERDUE)
    assert not quiet.is_about(made(due_on=date(2026, 4, 1)), OVERDUE)
    assert not quiet.is_about(made(), date(2026, 4, 1)), "a renewal's day does not move with the quiet"


def test_whoever_takes_over_gets_the_days_anew() -> None:
    late = date(2026, 3, 20)
    assert begun(made(), Trigger.PROMISE, late, CHINA, is_new=True).began_on == OVERDUE
    assert begun(made(), Trigger.PROMISE, late, CHINA, is_new=False).began_on == late


def test_what_is_never_capped() -> None:
    promise = begun(made(), Trigger.PROMISE, OVERDUE, CHINA, is_new=True)
    contact = promise.model_copy(update={"trigger": Trigger.CONTACT})
    risk = promise.model_copy(update={"trigger": Trigger.RISK})
    assert [is_never_capped(promise, tier) for tier in Tier] == [True, False, False, False]
    assert (is_never_capped(risk, Tier.D), is_never_capped(contact, Tier.A)) == (True, False)


def test_a_week_tells_each_follow_up_once() -> None:
    week = Week().with_sent().with_held("contact-c1").with_held("contact-c1")
    assert (week.sent, week.held) == (1, ("contact-c1",))
    assert [week_of(day) for day in (date(2026, 3, 1), date(2026, 3, 2), date(2027, 1, 1))] == [
        "2026-W09",
        "2026-W10",
        "2026-W53",
    ]


NUMBERS = [name for name in EscalationRules.model_fields if name not in ("heads", "per_week", "renewal_from")]
OTHER_RULES = st.fixed_dictionaries(dict.fromkeys(NUMBERS, st.integers(0, 12))).map(EscalationRules.model_validate)


@given(
    rules=st.one_of(st.just(RULES), OTHER_RULES),
    trigger=st.sampled_from(list(Trigger)),
    tier=st.sampled_from(list(Tier)),
    days=st.lists(st.integers(-10, 60), max_size=30),
)
def test_each_step_is_taken_once_whatever_is_replayed(
    rules: EscalationRules, trigger: Trigger, tier: Tier, days: list[int]
) -> None:
    """Days that come twice, go back and leap ahead: no step twice, none before its day, none of another tier's."""
    found: Escalation = begun(made(), trigger, OVERDUE, CHINA, is_new=True)
    taken: list[str] = []
    for day in (OVERDUE + timedelta(days=each) for each in days):
        today = climb(found, tier, rules, day, CHINA)
        again = climb(found, tier, rules, day, CHINA)
        assert today == again
        assert len({step.to for step in today.take}) == len(today.take), "one message to each a day"
        for step in (*today.take, *today.passed):
            assert add_working_days(found.began_on, step.after, CHINA) <= day
            assert tier in step.tiers
            taken.append(step.name)
        found = found.firing(Fired(step=step.name, on=day) for step in (*today.take, *today.passed))
    assert len(taken) == len(set(taken))
    last = max((OVERDUE + timedelta(days=each) for each in days), default=date.min)
    coming = next_step(found, tier, rules, CHINA)
    assert coming is None or coming[0] > last


@given(tier=st.sampled_from(list(Tier)), day=st.integers(0, 40))
def test_a_higher_tier_is_never_told_later(tier: Tier, day: int) -> None:
    """Of a contact that is late the lead hears of the A customer first."""
    found = begun(made(Kind.CONTACT), Trigger.CONTACT, OVERDUE, CHINA, is_new=True)
    today = OVERDUE + timedelta(days=day)
    if climb(found, tier, RULES, today, CHINA).take:
        assert climb(found, Tier.A, RULES, today, CHINA).take
