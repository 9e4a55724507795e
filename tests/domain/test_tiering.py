"""How a tier follows from the score, or from what people decide, without flapping."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.customer import Tier
from bot.domain.tiering import Why, approved, declined, goal, lifted, next_look, overridden, recomputed, regiven
from bot.domain.tierinputs import TierInputs
from bot.domain.tierrecord import Cause, Override, TierRecord
from bot.domain.tierrules import TierRules
from bot.domain.tierscore import score
from bot.errors import FieldError, TierDecidedError
from tests.builders import LIN, make_inputs

RULES = TierRules()
TODAY = date(2026, 5, 4)
LONG_AGO = date(2024, 1, 2)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def record(value: int, **changes: Any) -> TierRecord:
    """Of a customer whose score is this, whatever else: all that is known are its buyers, at full weight."""
    return TierRecord(inputs=TierInputs(buyers=value), **changes)


BUYERS_ONLY = TierRules(volume=0, growth=0, contribution=0, buyers=100, potential=0, cooperation=0)


def looked(found: TierRecord, tier: Tier, day: date, *, has_people: bool = True, since: date = LONG_AGO) -> TierRecord:
    return recomputed(found, tier, since, (), BUYERS_ONLY, at(day), day, has_people=has_people)


@pytest.mark.parametrize(
    ("changes", "since", "tier", "why"),
    [
        ({}, LONG_AGO, Tier.A, Why.SCORE),
        ({"last_drawdown_on": TODAY - timedelta(days=180)}, LONG_AGO, Tier.D, Why.DORMANT),
        ({"last_drawdown_on": TODAY - timedelta(days=179)}, LONG_AGO, Tier.A, Why.SCORE),
        ({"last_drawdown_on": None}, LONG_AGO, Tier.A, Why.SCORE),
        ({"last_drawdown_on": None, "drawdowns": 0}, TODAY - timedelta(days=200), Tier.D, Why.DORMANT),
        ({}, TODAY - timedelta(days=89), Tier.B, Why.NEW),
        ({}, TODAY - timedelta(days=90), Tier.A, Why.SCORE),
        ({"drawdowns": 2}, TODAY - timedelta(days=5), Tier.B, Why.NEW),
        ({"drawdowns": 3}, TODAY - timedelta(days=5), Tier.A, Why.SCORE),
        ({"customer_since": LONG_AGO}, TODAY - timedelta(days=5), Tier.A, Why.SCORE),
        ({"volume_12m": None, "contribution": None}, LONG_AGO, None, Why.UNKNOWN),
    ],
)
def test_where_the_figures_point_to(changes: dict[str, Any], since: date, tier: Tier | None, why: Why) -> None:
    """Dormant and new customers regardless of their score; who was long one elsewhere is not new."""
    inputs = make_inputs(**{"last_drawdown_on": TODAY - timedelta(days=10), **changes})
    found = goal(inputs, score(inputs, (Decimal(400),), RULES, TODAY), since, RULES, TODAY)
    assert (found.tier, found.why) == (tier, why)


def test_upgraded_at_once_and_a_by_the_lead_only() -> None:
    """Meanwhile it is of tier B; the question stays the same until it is answered."""
    asked = looked(record(85), Tier.C, TODAY)
    assert asked.standing is Tier.B
    assert asked.asked is not None
    assert [(each.cause, each.after) for each in asked.history] == [(Cause.UPGRADED, Tier.B), (Cause.ASKED, Tier.A)]
    again = looked(asked, Tier.B, TODAY + timedelta(days=28))
    assert again.asked is not None
    assert (again.asked.id, again.history) == (asked.asked.id, asked.history)
    yes = approved(again, asked.asked.id, "U04ZHOU", at(TODAY))
    assert (yes.standing, yes.asked, yes.history[-1].by) == (Tier.A, None, "U04ZHOU")
    with pytest.raises(TierDecidedError):
        approved(yes, asked.asked.id, "U04ZHOU", at(TODAY))


def test_declined_is_not_asked_again_in_the_same_quarter() -> None:
    asked = looked(record(85), Tier.B, TODAY)
    assert asked.asked is not None
    no = declined(asked, asked.asked.id, "U04ZHOU", at(TODAY), TODAY, "先看一季")
    assert (no.standing, no.history[-1].reason) == (Tier.B, "先看一季")
    assert looked(no, Tier.B, date(2026, 6, 1)).asked is None
    assert looked(no, Tier.B, date(2026, 7, 1)).asked is not None


def test_a_needs_people_on_both_sides() -> None:
    """Nobody is asked before; it is said what is missing."""
    found = looked(record(85), Tier.C, TODAY, has_people=False)
    assert (found.standing, found.asked, found.is_lonely) == (Tier.B, None, True)


QUARTERS = [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 3), date(2026, 10, 1)]


@pytest.mark.parametrize(
    ("values", "tiers"),
    [
        ([50, 50, 50, 50, 50, 50], "BBBBBC"),
        ([50, 50, 50, 50, 65, 50], "BBBBBB"),
        ([65, 50, 50, 50, 50, 50], "BBBBBC"),
        ([50, 50, 50, 30, 30, 50], "BBBBBC"),
        ([50, 50, 50, 30, 30, 30], "BBBBBD"),
    ],
    ids=["two quarters", "back in between", "begins later", "the better of two", "both far below"],
)
def test_downgraded_after_two_quarters_below(values: list[int], tiers: str) -> None:
    """Decided at the first look of a quarter; one look in the band begins the count again."""
    found, seen = TierRecord(), ""
    for value, day in zip(values, QUARTERS, strict=True):
        found = looked(found.model_copy(update={"inputs": TierInputs(buyers=value)}), Tier.B, day)
        seen += str(found.standing)
    assert seen == tiers


def test_a_quarter_nobody_looked_at_breaks_the_row() -> None:
    """Two quarters in a row, not any two."""
    found = record(50)
    for day in (date(2026, 1, 5), date(2026, 4, 1), date(2026, 10, 1)):
        found = looked(found, Tier.B, day)
    assert found.standing is Tier.B


def test_dormant_at_once_with_a_warning_before() -> None:
    """The lead is told from the 90th day on, and no longer once it is of tier D."""
    last = date(2026, 1, 5)
    inputs = TierInputs(buyers=70, last_drawdown_on=last)
    days = {each: looked(TierRecord(inputs=inputs), Tier.B, last + timedelta(days=each)) for each in (89, 90, 179, 180)}
    assert {each: (found.standing, found.is_idle) for each, found in days.items()} == {
        89: (Tier.B, False),
        90: (Tier.B, True),
        179: (Tier.B, True),
        180: (Tier.D, False),
    }
    drawn = days[180].model_copy(update={"inputs": inputs.model_copy(update={"last_drawdown_on": date(2026, 7, 6)})})
    assert looked(drawn, Tier.D, date(2026, 7, 7)).standing is Tier.B


def test_an_override_holds_until_its_day_and_then_the_computed_tier_is_back() -> None:
    """The rules go on underneath."""
    override = Override(tier=Tier.A, reason="集团战略客户", until=date(2026, 5, 31), by="U04ZHOU")
    found = overridden(record(50), Tier.B, override, RULES, at(TODAY), TODAY, has_people=True)
    assert found.in_force(Tier.B) is Tier.A
    last = looked(found, Tier.A, date(2026, 5, 31))
    assert last.in_force(Tier.A) is Tier.A
    over = looked(last, Tier.A, date(2026, 6, 1))
    assert over.in_force(Tier.A) is Tier.B
    assert [(each.cause, each.before, each.after) for each in over.history] == [
        (Cause.OVERRIDDEN, Tier.B, Tier.A),
        (Cause.EXPIRED, Tier.A, Tier.B),
    ]
    early = lifted(found, Tier.A, LIN, at(TODAY))
    assert (early.in_force(Tier.A), early.history[-1].by) == (Tier.B, LIN)


@pytest.mark.parametrize(
    ("changes", "has_people", "key"),
    [
        ({"until": TODAY - timedelta(days=1)}, True, "tiering.error_past"),
        ({"until": TODAY + timedelta(days=181)}, True, "tiering.error_far"),
        ({}, False, "tiering.error_people"),
    ],
)
def test_an_override_has_limits(changes: dict[str, Any], has_people: bool, key: str) -> None:
    values = {"tier": Tier.A, "reason": "集团战略客户", "until": TODAY, "by": LIN}
    with pytest.raises(FieldError) as fault:
        overridden(
            TierRecord(),
            Tier.B,
            Override.model_validate(values | changes),
            RULES,
            at(TODAY),
            TODAY,
            has_people=has_people,
        )
    assert fault.value.key == key


def test_what_a_table_brings_is_in_the_history() -> None:
    found = regiven(TierRecord(), Tier.B, Tier.C, LIN, at(TODAY))
    assert (found.in_force(Tier.B), found.history[-1].cause) == (Tier.C, Cause.GIVEN)


def test_looked_at_again_when_something_can_change_by_itself() -> None:
    override = Override(tier=Tier.B, reason="集团战略客户", until=date(2026, 5, 20), by=LIN)
    inputs = TierInputs(last_drawdown_on=date(2026, 2, 10))
    days = [
        next_look(TierRecord(), LONG_AGO, RULES, TODAY),
        next_look(TierRecord(override=override), LONG_AGO, RULES, TODAY),
        next_look(TierRecord(inputs=inputs), LONG_AGO, RULES, TODAY),
        next_look(TierRecord(), date(2026, 2, 6), RULES, TODAY),
        next_look(TierRecord(), LONG_AGO, RULES, date(2026, 12, 31)),
    ]
    assert days == [date(2026, 6, 1), date(2026, 5, 21), date(2026, 5, 11), date(2026, 5, 7), date(2027, 1, 1)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=30), st.sampled_from(list(Tier)))
def test_no_flapping(values: list[int], begun: Tier) -> None:
    """A month after another: lowered at most every second quarter, never in the quarter in which it was raised."""
    found, tier, day, raised_in, lowered_in = TierRecord(), begun, date(2024, 1, 1), 0, 0
    for value in values:
        after = looked(found.model_copy(update={"inputs": TierInputs(buyers=value)}), tier, day)
        if after.asked is not None:
            after = approved(after, after.asked.id, "U04ZHOU", at(day))
        now = after.in_force(tier)
        if now.weight > tier.weight:
            raised_in = after.quarter
        if now.weight < tier.weight:
            assert after.quarter - raised_in >= 2
            assert after.quarter - lowered_in >= 2
            lowered_in = after.quarter
        assert looked(after, now, day) == after
        found, tier = after, now
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
