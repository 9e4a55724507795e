"""What is searched, and what a search shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from bot.domain.customer import Buyer, Contact, Customer
from bot.domain.need import Need
from bot.domain.visit import Visit

QUERY_LIMIT = 100
"""Characters of a query that are read; the question goes back and forth in the buttons for more."""
HITS_SHOWN = 6


class Kind(StrEnum):
    CUSTOMER = "customer"
    """A name, an alias or the industry."""
    NOTE = "note"
    STEP = "step"
    """A promised next step that is still open."""
    NEED = "need"
    """What a customer needs, in the words of everybody who heard of it."""
    CONTACT = "contact"
    """Somebody at the customer's, by role and name; never by telephone and the like."""
    BUYER = "buyer"

    @property
    def is_read(self) -> bool:
        """Whether a hit shows what was written about a customer, and not only which customer it is."""
        return self is not Kind.CUSTOMER


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that belongs to a customer. `at` is the day it is sorted by (proleptic ordinal, with fractions)."""

    kind: Kind
    id: str
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """All that can be searched about one customer, as of a version."""

    customer: Customer
    version: str | None
    passages: Sequence[Passage]


def heading(customer: Customer) -> str:
    """What a search for the customer itself looks at."""
    return " · ".join(filter(None, (*customer.names, customer.industry)))


def written(visit: Visit, *, with_step: bool = True) -> str:
    """All that a note says, the longer text that it was made from included."""
    step = visit.next_step if with_step else None
    return "\n".join(filter(None, (visit.note, step, visit.pasted)))


def known_as(contact: Contact) -> str:
    return " · ".join(filter(None, (contact.role, contact.name)))


def told_of(buyer: Buyer) -> str:
    return " · ".join(filter(None, (buyer.name, buyer.disputes)))


def said_of(need: Need) -> str:
    """All that is on record of a need, what is in force first."""
    said: list[str | None] = [need.statement, need.amount, need.wanted_by, need.why]
    for change in reversed(need.changes):
        said += [change.sentence, change.statement, change.amount, change.wanted_by, change.why]
    return "\n".join(dict.fromkeys(filter(None, said)))


class Place(NamedTuple):
    """Where something was found; sorts as it is shown: customers, then the newest."""

    is_passage: bool
    minus_at: float
    customer_id: str
    kind: Kind
    id: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an excerpt; `is_hit` where it is what was searched for."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    kind: Kind
    id: str
    customer: Customer
    on: date | None
    """The day of a note, when a step is due, when a need was last heard of; None for the others."""
    excerpt: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """One screen of what was found; `first` counts from 0."""

    query: str
    hits: Sequence[Hit]
    first: int
    total: int

    @property
    def has_more(self) -> bool:
        return self.first + HITS_SHOWN < self.total
