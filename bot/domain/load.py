"""Whether the customers of an account manager fit into a working week, by how often their tiers ask for contact."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from pydantic import Field

from bot.domain.customer import Customer, Tier
from bot.domain.stored import Stored
from bot.domain.visit import Channel

WEEK: Final = 7


class LoadRules(Stored):
    """How often each tier is visited, in calendar days (0: on request only), and what one person manages in a week.

    The visits are the working rules' design defaults. The two limits are ours, from a day with two and a half hours for
    visits and calls: 6 visits of two hours, or 40 contacts most of which are calls of a quarter of an hour.
    """

    visit_a: int = Field(default=30, ge=0, le=730)
    visit_b: int = Field(default=90, ge=0, le=730)
    visit_c: int = Field(default=365, ge=0, le=730)
    visit_d: int = Field(default=0, ge=0, le=730)
    week_visits: int = Field(default=6, ge=1, le=50)
    week_contacts: int = Field(default=40, ge=1, le=500)

    def visit_every(self, tier: Tier) -> int:
        days: int = getattr(self, f"visit_{tier.lower()}")
        return days


@dataclass(frozen=True, slots=True)
class Load:
    """What a week asks of one account manager, visits among the contacts; to one decimal."""

    contacts: Decimal
    visits: Decimal

    def fits(self, rules: LoadRules) -> bool:
        return self.contacts <= rules.week_contacts and self.visits <= rules.week_visits


def tiers_of(customers: Iterable[Customer]) -> Counter[Tier]:
    """Of those with whom the company works still, and who want to be contacted."""
    return Counter(each.tier for each in customers if each.ended_on is None and not each.is_opted_out)


def load(tiers: Mapping[Tier, int], gaps: Mapping[Tier, int], rules: LoadRules) -> Load:
    """`tiers`: how many customers of each; `gaps`: at most so many days between two contacts."""
    contacts = sum((Decimal(count * WEEK) / gaps[tier] for tier, count in tiers.items()), Decimal(0))
    visits = sum(
        (Decimal(count * WEEK) / every for tier, count in tiers.items() if (every := rules.visit_every(tier))),
        Decimal(0),
    )
    return Load(_rounded(contacts), _rounded(visits))


def visit_due_since(customer: Customer, rules: LoadRules, today: date) -> date | None:
    """The day of the last visit, else that the customer was created, when that is longer ago than its tier asks for."""
    last, every = customer.contacted_on.get(Channel.VISIT, customer.created_on), rules.visit_every(customer.tier)
    return last if every and (today - last).days >= every else None


def moved(tiers: Mapping[Tier, int], before: Tier, after: Tier) -> Counter[Tier]:
    """The same customers, but one of another tier."""
    found = Counter(tiers)
    found[before] -= 1
    found[after] += 1
    return +found


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
