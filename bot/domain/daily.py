"""What a person's daily message says: one's own rows, those of whom one stands in for, and what is due soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bot.domain.customer import Customer, Tier
from bot.domain.facts import Side
from bot.domain.followup import DueItem, Kind
from bot.domain.gap import GapRow
from bot.domain.review import Review
from bot.domain.workcalendar import IsWorkingDay, add_working_days

MAX_COVERED: Final = 7
"""Rows of people one stands in for, all of them together; of each of them one at least, as far as they go."""
MAX_SOON: Final = 3
MAX_IDLE: Final = 3
SOON: Final = 2
"""Working days before its day, in which what must not be late is told of."""


class Span(StrEnum):
    """How far a list looks."""

    TODAY = "today"
    WEEK = "week"


SPANS: Final[Mapping[str, Span]] = {
    "": Span.TODAY,
    "today": Span.TODAY,
    "今天": Span.TODAY,
    "week": Span.WEEK,
    "本周": Span.WEEK,
}
"""As it is typed, in small letters."""


@dataclass(frozen=True, slots=True)
class Idle:
    """A customer that has not drawn for so many days that its lead is told."""

    customer: Customer
    days: int


@dataclass(frozen=True, slots=True)
class Daily:
    """`gaps` are None where the message never listed any."""

    items: Sequence[DueItem] = ()
    covered: Sequence[DueItem] = ()
    soon: Sequence[DueItem] = ()
    idle: Sequence[Idle] = ()
    """Told to a lead on one day; Home shows them until they draw."""
    reviews: Sequence[Review] = ()
    gaps: Sequence[GapRow] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.items or self.covered or self.soon or self.idle or self.reviews or self.gaps)

    @property
    def followup_ids(self) -> tuple[str, ...]:
        """Of what is due."""
        return tuple(item.followup.id for item in (*self.items, *self.covered))

    @property
    def soon_ids(self) -> tuple[str, ...]:
        return tuple(item.followup.id for item in self.soon)


@dataclass(frozen=True, slots=True)
class Due:
    """What a day's message tells a person of follow-ups: one's own, what one keeps for others, and what comes soon."""

    own: Sequence[DueItem] = ()
    covered: Sequence[DueItem] = ()
    soon: Sequence[DueItem] = ()


def by_owner(items: Sequence[DueItem]) -> Mapping[str, list[DueItem]]:
    """Whose customers they are, in the order of the first row of each."""
    found: dict[str, list[DueItem]] = {}
    for item in items:
        found.setdefault(item.customer.owner_id, []).append(item)
    return found


def worst_of_each(items: Sequence[DueItem], most: int) -> Mapping[str, list[DueItem]]:
    """So many of them, the worst first and somebody's worst before another's second; by whose customers they are."""
    first = [theirs[0] for theirs in by_owner(items).values()][:most]
    rest = [item for item in items if item not in first][: most - len(first)]
    return by_owner([item for item in items if item in first or item in rest])


def is_due_soon(item: DueItem, today: date, is_work: IsWorkingDay) -> bool:
    """What we promised to a customer of tier A, and milestones of renewals, two working days before."""
    followup = item.followup
    promised = followup.kind is Kind.STEP and followup.by is Side.OURS and item.customer.tier is Tier.A
    if not (promised or followup.kind is Kind.RENEWAL) or followup.snoozes:
        return False
    return today < followup.due_on <= add_working_days(today, SOON, is_work)
