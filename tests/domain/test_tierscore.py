"""The score: what each part counts, and when too little is known for one."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.customer import Tier
from bot.domain.tierinputs import TierInputs
from bot.domain.tierrules import Part, TierRules
from bot.domain.tierscore import score
from tests.builders import make_inputs

RULES = TierRules()
TODAY = date(2026, 5, 4)
VOLUMES = tuple(Decimal(each) for each in (0, 100, 200, 300, 400))


@pytest.mark.parametrize(
    ("told", "value", "points"),
    [
        ({}, "100.0", {"volume": "35.0", "growth": "20.0", "contribution": "15.0", "cooperation": "5.0"}),
        ({"volume_12m": 200, "volume_6m": 100}, "76.0", {"volume": "21.0", "growth": "10.0"}),
        ({"volume_12m": 400, "volume_6m": 400}, "100.0", {"growth": "20.0"}),
        ({"volume_12m": 0, "volume_6m": 0}, "45.0", {"volume": "0.0", "growth": "0.0"}),
        ({"contribution": "-1"}, "85.0", {"contribution": "0.0"}),
        ({"contribution": "1.5"}, "92.5", {"contribution": "7.5"}),
        ({"cooperation": None}, "100.0", {"cooperation": None}),
    ],
    ids=["everything", "middling and steady", "new this half", "nothing financed", "a loss", "half", "one unknown"],
)
def test_the_score_is_the_sum_of_its_parts(told: dict[str, Any], value: str, points: dict[str, str | None]) -> None:
    """Over what is known."""
    found = score(make_inputs(**told), VOLUMES, RULES, TODAY)
    assert found.value == Decimal(value)
    shown = {each.part.value: each.points for each in found.parts}
    assert {name: shown[name] for name in points} == {name: Decimal(p) if p else None for name, p in points.items()}


def test_too_little_known_is_no_score() -> None:
    """60 of 100 points are needed: volume and growth are 55, and cooperation makes it just enough."""
    told = {"volume_12m": 400, "volume_6m": 240}
    short = score(TierInputs.model_validate(told), VOLUMES, RULES, TODAY)
    assert (short.value, short.known) == (None, 55)
    unknown = [each.part for each in short.parts if each.share is None]
    assert unknown == [Part.CONTRIBUTION, Part.BUYERS, Part.POTENTIAL, Part.COOPERATION]
    enough = score(TierInputs.model_validate(told | {"cooperation": 0}), VOLUMES, RULES, TODAY)
    assert (enough.known, enough.value) == (60, Decimal("91.7"))


def test_the_largest_is_not_of_tier_a_for_that() -> None:
    """Growth and fit count."""
    told = make_inputs(volume_6m=150, contribution="0.5", buyers=60, potential=20, cooperation=80)
    found = score(told, VOLUMES, RULES, TODAY)
    assert found.rank == 1
    assert found.value is not None
    assert RULES.band(found.value) is Tier.C


@pytest.mark.parametrize(
    ("value", "tier"),
    [
        ("100", Tier.A),
        ("80", Tier.A),
        ("79.9", Tier.B),
        ("60", Tier.B),
        ("59.9", Tier.C),
        ("40", Tier.C),
        ("0", Tier.D),
    ],
)
def test_bands(value: str, tier: Tier) -> None:
    assert RULES.band(Decimal(value)) is tier


amounts = st.none() | st.decimals(0, 10**6, places=2)
percents = st.none() | st.integers(0, 100)
anything = st.builds(
    TierInputs,
    volume_12m=amounts,
    volume_6m=amounts,
    contribution=st.none() | st.decimals(-100, 100, places=2),
    buyers=percents,
    potential=percents,
    cooperation=percents,
)


@settings(max_examples=60, deadline=None)
@given(anything, st.lists(st.decimals(0, 10**6, places=2), max_size=8))
def test_a_score_is_between_0_and_100(inputs: TierInputs, others: list[Decimal]) -> None:
    volumes = sorted([*others, *([inputs.volume_12m] if inputs.volume_12m is not None else [])])
    found = score(inputs, volumes, RULES, TODAY)
    assert found.value is None or 0 <= found.value <= 100
    assert (found.value is None) == (found.known < RULES.known_percent)


@settings(max_examples=60, deadline=None)
@given(
    anything, st.sampled_from(["volume_6m", "contribution", "buyers", "potential", "cooperation"]), st.integers(0, 90)
)
def test_better_figures_never_lower_the_score(inputs: TierInputs, name: str, more: int) -> None:
    """Each alone. The volume of 12 months is held against the others' and, as the half before, against growth."""
    value = getattr(inputs, name)
    better = inputs.model_copy(update={name: value + more}) if value is not None else inputs
    volumes = sorted({*VOLUMES, inputs.volume_12m or Decimal(1)})
    before, after = score(inputs, volumes, RULES, TODAY).value, score(better, volumes, RULES, TODAY).value
    assert before is None or (after is not None and after >= before)
