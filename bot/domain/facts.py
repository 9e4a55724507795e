"""What a visit note can tell besides its words: who was there, what was promised, papers, figures, risk events."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Side(StrEnum):
    """Who promised."""

    OURS = "ours"
    THEIRS = "theirs"


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
    """What a quoted figure counts: everything, a year's, month's or day's charge, each use's, or nobody said."""

    ALL_IN = "all_in"
    ANNUAL = "annual"
    MONTHLY = "monthly"
    DAILY = "daily"
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


class Checked(StrEnum):
    """What a check question brought out about a signal."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class SignalChecked:
    """A signal whose check question was asked, and what came of it."""

    signal_id: str
    result: Checked


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
