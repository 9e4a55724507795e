"""Deals and renewals: how they began and how they ended, as somebody records it or another system tells."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator


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


class Deal(BaseModel):
    """One chance to sign with one customer. `volume` is the year's financing in yuan, where known."""

    model_config = ConfigDict(frozen=True)
    id: str
    kind: DealKind
    customer_id: str
    owner_id: str
    """Whose it was: it stays theirs when the customer is handed over."""
    began_on: date
    closed_on: date | None = None
    result: DealResult = DealResult.OPEN
    volume: Decimal | None = Field(default=None, ge=0, max_digits=16, decimal_places=2)

    @model_validator(mode="after")
    def _closes_with_a_day(self) -> "Deal":
        """A renewal may be signed before the old contract expires, a first contract not before the lead."""
        if (self.result is DealResult.OPEN) != (self.closed_on is None):
            raise ValueError("a result has a day, and an open one has none")
        if self.kind is DealKind.NEW and self.closed_on is not None and self.closed_on < self.began_on:
            raise ValueError("closed before it began")
        return self
