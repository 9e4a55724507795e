"""Deals and renewals: how they began and how they ended, as somebody records it or another system tells."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field, model_validator

from bot.domain.customer import Customer
from bot.domain.stored import Stored
from bot.errors import FieldError


class DealKind(StrEnum):
    NEW = "new"
    """A first contract; it begins on the day the lead was qualified."""
    RENEWAL = "renewal"
    """It begins on the day the old contract expires."""


class DealResult(StrEnum):
    OPEN = "open"
    SIGNED = "signed"
    LOST = "lost"
    DECLINED = "declined"
    """We said no, for risk: told apart, since it is no failure to sell."""


def deal_id(customer_id: str, kind: DealKind, began_on: date) -> str:
    """There is one of a kind and day: told again it is the same one, with what became of it since."""
    return f"{kind}-{customer_id}-{began_on.isoformat()}"


class Deal(Stored):
    """One chance to sign with one customer. `volume` is the year's financing in yuan, where known."""

    id: str
    kind: DealKind
    customer_id: str
    owner_id: str
    """Whose it was: it stays theirs when the customer is handed over."""
    began_on: date
    closed_on: date | None = None
    result: DealResult = DealResult.OPEN
    volume: Decimal | None = Field(default=None, ge=0, max_digits=16, decimal_places=2)
    ends_on: date | None = None
    """The end of the contract that a renewal has brought, where it was told."""

    @model_validator(mode="after")
    def _closes_with_a_day(self) -> "Deal":
        """A renewal may be signed before the old contract expires, a first contract not before the lead."""
        if (self.result is DealResult.OPEN) != (self.closed_on is None):
            raise ValueError("a result has a day, and an open one has none")
        if self.kind is DealKind.NEW and self.closed_on is not None and self.closed_on < self.began_on:
            raise ValueError("closed before it began")
        return self

    @property
    def is_renewed(self) -> bool:
        return self.kind is DealKind.RENEWAL and self.result is DealResult.SIGNED

    def end_moved(self, customer: Customer, before: "Deal | None") -> Customer:
        """With the end that this renewal has brought; a later one stays, unless this very renewal had told it."""
        known = customer.contract_expires_on
        is_mine = before is not None and before.ends_on is not None and before.ends_on == known
        if self.ends_on is None or (known is not None and known >= self.ends_on and not is_mine):
            return customer
        return customer.model_copy(update={"contract_expires_on": self.ends_on})


@dataclass(frozen=True, slots=True)
class DealForm:
    """What somebody typed about a deal; the money as plain words."""

    kind: DealKind
    began_on: date
    result: DealResult
    closed_on: date | None = None
    financed: Decimal | None = None
    ends_on: date | None = None


def deal_of(form: DealForm, customer: Customer, today: date) -> Deal:
    """Raises FieldError naming the field that needs another look."""
    is_open = form.result is DealResult.OPEN
    if form.kind is DealKind.NEW and form.began_on > today:
        raise FieldError("began_on", "deal.error_future")
    if is_open and form.closed_on is not None:
        raise FieldError("closed_on", "deal.error_open_closed")
    if not is_open and form.closed_on is None:
        raise FieldError("closed_on", "deal.error_closed")
    if form.closed_on is not None and form.closed_on > today:
        raise FieldError("closed_on", "deal.error_future")
    if form.kind is DealKind.NEW and form.closed_on is not None and form.closed_on < form.began_on:
        raise FieldError("closed_on", "deal.error_closed")
    deal = Deal(
        id=deal_id(customer.id, form.kind, form.began_on),
        kind=form.kind,
        customer_id=customer.id,
        owner_id=customer.owner_id,
        began_on=form.began_on,
        closed_on=form.closed_on,
        result=form.result,
        volume=form.financed,
        ends_on=form.ends_on,
    )
    ensure_ends_later(deal)
    return deal


def ensure_ends_later(deal: Deal) -> None:
    """Raises FieldError for a new end where nothing was renewed, or one that is no later than the old."""
    if deal.ends_on is not None and not deal.is_renewed:
        raise FieldError("ends_on", "deal.error_not_renewed")
    if deal.ends_on is not None and deal.ends_on <= deal.began_on:
        raise FieldError("ends_on", "deal.error_ends")
