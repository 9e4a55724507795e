"""What a visit note says, read from its text: guesses for a person to confirm, each with the words it came from.

Nothing here is a fact before somebody has said so; what is not confirmed is thrown away.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from bot.domain.dates import Day
from bot.domain.facts import Attendee, Document, Figure, RiskEvent, Side
from bot.domain.need import NeedType
from bot.domain.visit import Channel

T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True)
class Guess(Generic[T]):
    """Something a note seems to say; `note[start:end]` are the words it was read from."""

    value: T
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Promise:
    """`due` has two days where the words may mean either, and none where no day was named."""

    by: Side
    text: str
    due: tuple[Day, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedHeard:
    """`amount` is in yuan. `when` as in a promise."""

    type: NeedType
    text: str
    amount: Decimal | None = None
    when: tuple[Day, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All guesses of one note, each kind in the order of the text. Customers, objections and signals are ids."""

    customer: Guess[str] | None = None
    on: Guess[tuple[date, ...]] | None = None
    channel: Guess[Channel] | None = None
    attendees: tuple[Guess[Attendee], ...] = ()
    objections: tuple[Guess[str], ...] = ()
    signals: tuple[Guess[str], ...] = ()
    needs: tuple[Guess[NeedHeard], ...] = ()
    promises: tuple[Guess[Promise], ...] = ()
    doubted: tuple[Guess[Promise], ...] = ()
    """What may be a promise, at most three."""
    documents: tuple[Guess[Document], ...] = ()
    figures: tuple[Guess[Figure], ...] = ()
    risks: tuple[Guess[RiskEvent], ...] = ()
    next_contact: Guess[tuple[Day, ...]] | None = None
