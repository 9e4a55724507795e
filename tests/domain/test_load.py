"""Whether a portfolio fits into a week."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.customer import Tier
from bot.domain.load import LoadRules, load, moved, tiers_of, visit_due_since
from bot.domain.visit import Channel
from tests.builders import MONDAY, make_customer

RULES = LoadRules()
GAPS = {Tier.A: 14, Tier.B: 30, Tier.C: 60, Tier.D: 90}


@pytest.mark.parametrize(
    ("tiers", "contacts", "visits", "fits"),
    [
        ({}, "0.0", "0.0", True),
        ({Tier.A: 10}, "5.0", "2.3", True),
        ({Tier.A: 10, Tier.B: 30, Tier.C: 60, Tier.D: 90}, "26.0", "5.8", True),
        ({Tier.A: 20, Tier.B: 30}, "17.0", "7.0", False),
        ({Tier.A: 25, Tier.D: 400}, "43.6", "5.8", False),
    ],
    ids=["nobody", "ten of A", "full", "too many visits", "too many contacts"],
)
def test_a_week(tiers: dict[Tier, int], contacts: str, visits: str, fits: bool) -> None:
    found = load(tiers, GAPS, RULES)
    assert (found.contacts, found.visits) == (Decimal(contacts), Decimal(visits))
    assert found.fits(RULES) is fits


def test_one_customer_moved() -> None:
    assert moved({Tier.B: 1, Tier.C: 2}, Tier.B, Tier.A) == {Tier.A: 1, Tier.C: 2}


def test_who_is_not_contacted_does_not_count() -> None:
    """Those that have ended, and those that want nothing but notices."""
    customers = [make_customer(), make_customer(ended_on=MONDAY), make_customer(is_opted_out=True)]
    assert tiers_of(customers) == {Tier.A: 1}


@pytest.mark.parametrize(
    ("tier", "visited", "days", "expected"),
    [
        (Tier.A, True, 29, None),
        (Tier.A, True, 30, MONDAY),
        (Tier.A, False, 30, MONDAY - timedelta(days=1)),
        (Tier.B, True, 89, None),
        (Tier.C, True, 365, MONDAY),
        (Tier.D, True, 700, None),
    ],
    ids=["not yet", "a month", "never", "B", "a year", "on request"],
)
def test_when_a_visit_is_due(tier: Tier, visited: bool, days: int, expected: date | None) -> None:
    """A call in between is no visit."""
    ways = {Channel.PHONE: MONDAY + timedelta(days=20)} | ({Channel.VISIT: MONDAY} if visited else {})
    customer = make_customer(tier=tier, created_on=MONDAY - timedelta(days=1), contacted_on=ways)
    assert visit_due_since(customer, RULES, MONDAY + timedelta(days=days)) == expected
