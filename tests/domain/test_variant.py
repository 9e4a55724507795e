"""What is said to some customers in the place of the general line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.customer import Tier
from bot.domain.entry import Kind
from bot.domain.industry import Industry
from bot.domain.kinds import KINDS, Objection, variant_of
from bot.domain.variant import Audience, chosen
from tests.builders import entry_values, kind_values, make_customer, make_entry, variant_values

TRADING, CD = {"industry": "trading"}, {"tiers": ["C", "D"]}
BOTH = {**TRADING, "tiers": ["C"]}
ENTRY = make_entry(variants=[variant_values(each) for each in (CD, TRADING, BOTH)])


@pytest.mark.parametrize(
    ("industry", "tier", "audience"),
    [
        ("贸易", Tier.C, BOTH),
        ("trading", Tier.D, TRADING),
        ("建材贸易", Tier.A, TRADING),
        ("物流", Tier.C, CD),
        ("", Tier.D, CD),
        ("", Tier.A, None),
        ("物流", Tier.B, None),
    ],
)
def test_the_most_precise_line_is_said(industry: str, tier: Tier, audience: dict[str, Any] | None) -> None:
    """Industry and tier before industry, that before tier; else the general one."""
    found = variant_of(ENTRY, make_customer(industry=industry, tier=tier))
    assert (found.audience if found else None) == (Audience.model_validate(audience) if audience else None)


def test_without_a_customer_nothing_special_is_said() -> None:
    """Nor by an entry of another kind, which has no variants."""
    assert variant_of(ENTRY, None) is None
    signal = KINDS[Kind.SIGNAL].model_validate(kind_values(Kind.SIGNAL))
    assert variant_of(signal, make_customer(industry="贸易")) is None


@pytest.mark.parametrize(
    ("audiences", "place", "reason"),
    [
        ([{}], "variants.0.for", "name an industry, tiers, or both"),
        ([{"industry": "shipping"}], "variants.0.for.industry", "'trading', 'manufacturing'"),
        ([{"tiers": ["E"]}], "variants.0.for.tiers.0", "'A', 'B', 'C' or 'D'"),
        ([{"tiers": ["A", "A"]}], "variants.0.for", "the same tier is listed twice"),
        ([{"tiers": ["A", "B", "C", "D"]}], "variants.0.for.tiers", "at most 3"),
        ([TRADING, TRADING], "variants", "two variants are for the same customers: trading and trading"),
        ([CD, TRADING, {"tiers": ["D"]}], "variants", "for the same customers: :CD and :D"),
        ([BOTH, {**TRADING, "tiers": ["C", "D"]}], "variants", "for the same customers: trading:C and trading:CD"),
    ],
    ids=["nobody", "industry", "tier", "tier twice", "all tiers", "same industry", "same tier", "same of both"],
)
def test_an_audience_that_cannot_be(audiences: list[dict[str, Any]], place: str, reason: str) -> None:
    """Told with its place, so that an editor finds the line."""
    with pytest.raises(ValidationError) as told:
        make_entry(variants=[variant_values(each) for each in audiences])
    fault = told.value.errors()[0]
    assert ".".join(map(str, fault["loc"])) == place
    assert reason in fault["msg"]


@pytest.mark.parametrize(("part", "missing"), [("say", "en"), ("note", "zh")])
def test_a_variant_is_written_in_both_languages(part: str, missing: str) -> None:
    values = variant_values(TRADING)
    del values[part][missing]
    with pytest.raises(ValidationError) as told:
        make_entry(variants=[values])
    assert told.value.errors()[0]["loc"] == ("variants", 0, part, missing)


def test_a_variant_names_only_sources_that_its_entry_lists() -> None:
    """They are shown with the entry's, and taken along where a form changes those."""
    with pytest.raises(ValidationError, match="names sources that the entry does not list: order-802"):
        make_entry(variants=[variant_values(TRADING, sources=["order-802"])])


def test_an_entry_comes_back_as_it_was_written_down() -> None:
    """As a file, or a revision in the store, has it: `for` is a word of Python."""
    values = ENTRY.model_dump(mode="json")
    assert values["variants"][2]["for"] == {"industry": "trading", "tiers": ["C"]}
    assert Objection.model_validate(values) == ENTRY
    assert Objection.model_validate(entry_values()).variants == ()


audiences = st.builds(
    Audience, industry=st.sampled_from(Industry), tiers=st.sets(st.sampled_from(Tier), max_size=3).map(tuple)
) | st.builds(Audience, tiers=st.sets(st.sampled_from(Tier), min_size=1, max_size=3).map(tuple))


@given(audiences)
def test_a_code_tells_the_audience(audience: Audience) -> None:
    """In the history of an entry it stands before the line."""
    assert Audience.decoded(audience.code) == audience


@given(audiences, audiences, st.sampled_from([None, *Industry]), st.sampled_from(Tier))
def test_of_two_audiences_that_do_not_meet_one_is_meant(
    one: Audience, other: Audience, industry: Industry | None, tier: Tier
) -> None:
    """So the order in which an editor lists them changes nothing."""
    if one.meets(other):
        return
    variants = make_entry(variants=[variant_values(each.model_dump(mode="json")) for each in (one, other)])
    assert isinstance(variants, Objection)
    assert chosen(variants.variants, industry, tier) == chosen(variants.variants[::-1], industry, tier)
