"""Customers: names as people type them, and when they were last in touch."""

from datetime import date

import pytest
from pydantic import ValidationError

from bot.domain.customer import Tier, folded
from tests.builders import make_customer


@pytest.mark.parametrize(
    "typed",
    ["ABC纺织", "abc纺织", "ＡＢＣ纺织", " abc 纺织 ", "abc　纺织"],
    ids=["same", "case", "full", "spaces", "wide space"],
)
def test_names_are_compared_without_case_width_and_spaces(typed: str) -> None:
    """An input method's full-width letters and spaces find the same customer."""
    assert folded(typed) == folded("ABC纺织")


def test_a_name_is_kept_without_the_spaces_around_it() -> None:
    """The name is shown as it was meant, not as it was typed."""
    assert make_customer(name="  远大纺织 ").name == "远大纺织"


@pytest.mark.parametrize("name", ["", "远", "   远   ", "大" * 61], ids=["empty", "one", "one with spaces", "61"])
def test_a_name_has_two_to_sixty_characters(name: str) -> None:
    """Shorter ones would fit everything, longer ones no button."""
    with pytest.raises(ValidationError):
        make_customer(name=name)


def test_all_names_are_found() -> None:
    """The full name comes first, then the aliases."""
    assert make_customer(aliases=("远大", "YD")).names == ("远大纺织", "远大", "YD")


@pytest.mark.parametrize(
    ("before", "on", "after"),
    [
        (None, date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 2, 2), date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 3, 2), date(2026, 2, 2), date(2026, 3, 2)),
    ],
    ids=["first", "newer", "logged late"],
)
def test_a_contact_moves_the_clock_only_forward(before: date | None, on: date, after: date) -> None:
    """An old visit logged late does not make the customer look neglected."""
    assert make_customer(last_contact_on=before).contacted(on).last_contact_on == after


def test_a_better_tier_weighs_more() -> None:
    """A day's delay counts most for A and least for D."""
    weights = [tier.weight for tier in (Tier.A, Tier.B, Tier.C, Tier.D)]
    assert weights == sorted(set(weights), reverse=True)
    assert weights[-1] > 0
