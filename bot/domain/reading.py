"""What a visit note says, read from its text: guesses for a person to confirm, each with the words it came from.

Nothing here is a fact before somebody has said so; what is not confirmed is thrown away.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from bot.domain.dates import Day
from bot.domain.visit import Channel

T = TypeVar("T")


class Side(StrEnum):
    """Who promised."""

    OURS = "ours"
    THEIRS = "theirs"


class NeedType(StrEnum):
    LIQUIDITY = "liquidity"
    RISK_TRANSFER = "risk_transfer"
    LEDGER = "ledger"
    CREDIT_ENHANCEMENT = "credit_enhancement"
    OTHER = "other"


class Attendee(StrEnum):
    """Who was there, by role only: names are personal data and no part of a note."""

    OWNER = "owner"
    LEGAL_REPRESENTATIVE = "legal_representative"
    GENERAL_MANAGER = "general_manager"
    CFO = "cfo"
    FINANCE = "finance"
    CASHIER = "cashier"
    PURCHASING = "purchasing"
    SALES = "sales"
    LEGAL = "legal"
    OTHER = "other"


class DocumentState(StrEnum):
    GIVEN = "given"
    ASKED = "asked"


class Unit(StrEnum):
    YUAN = "yuan"
    PERCENT = "percent"


class Basis(StrEnum):
    """What a quoted figure counts: everything, a year's charge, each use's, or nobody said."""

    ALL_IN = "all_in"
    ANNUAL = "annual"
    PER_USE = "per_use"
    UNKNOWN = "unknown"


class RiskEvent(StrEnum):
    """Hard events make a customer red and go to risk at once; two soft ones in 60 days make it amber."""

    BUYER_OVERDUE = "buyer_overdue"
    INSOLVENCY = "insolvency"
    DIVERTED_PAYMENT = "diverted_payment"
    INVOICE_VOIDED = "invoice_voided"
    DUPLICATE_REGISTRATION = "duplicate_registration"
    FORGERY = "forgery"
    LARGE_DISPUTE = "large_dispute"
    CHANGE_OF_CONTROL = "change_of_control"
    RELATED_BUYER = "related_buyer"
    SLOWER_PAYMENT = "slower_payment"
    USAGE_SWING = "usage_swing"
    NEW_PLEDGE = "new_pledge"
    LAWSUIT = "lawsuit"
    FINANCE_HEAD_LEAVES = "finance_head_leaves"
    LATE_STATEMENTS = "late_statements"
    DUE_DATE_CHANGES = "due_date_changes"
    CREDIT_NOTES = "credit_notes"
    NO_ANSWER = "no_answer"
    BUYER_NEWS = "buyer_news"

    @property
    def is_hard(self) -> bool:
        return self in _HARD


_HARD = frozenset(
    {
        RiskEvent.BUYER_OVERDUE,
        RiskEvent.INSOLVENCY,
        RiskEvent.DIVERTED_PAYMENT,
        RiskEvent.INVOICE_VOIDED,
        RiskEvent.DUPLICATE_REGISTRATION,
        RiskEvent.FORGERY,
        RiskEvent.LARGE_DISPUTE,
        RiskEvent.CHANGE_OF_CONTROL,
        RiskEvent.RELATED_BUYER,
    }
)


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
class Document:
    name: str
    state: DocumentState


@dataclass(frozen=True, slots=True)
class Figure:
    """A price or limit that was named; `number` is in yuan or percent."""

    number: Decimal
    unit: Unit
    basis: Basis = Basis.UNKNOWN


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
    documents: tuple[Guess[Document], ...] = ()
    figures: tuple[Guess[Figure], ...] = ()
    risks: tuple[Guess[RiskEvent], ...] = ()
    next_contact: Guess[tuple[Day, ...]] | None = None
