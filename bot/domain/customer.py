"""Customers: the sellers whose receivables are bought."""

import unicodedata
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

CustomerName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]


def folded(name: str) -> str:
    """A name as it is compared: full-width, case and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


class Tier(StrEnum):
    """Value tier. It sets how often a customer is contacted, never how courteously."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def weight(self) -> int:
        """How much a day's delay counts."""
        return {"A": 4, "B": 3, "C": 2, "D": 1}[self.value]


class Customer(BaseModel):
    """A customer as one account manager keeps it."""

    model_config = ConfigDict(frozen=True)
    id: str
    name: CustomerName
    aliases: tuple[CustomerName, ...] = Field(default=(), max_length=10)
    tier: Tier
    industry: str = Field(default="", max_length=60)
    owner_id: str
    created_on: date
    last_contact_on: date | None = None
    ended_on: date | None = None
    """The relationship is over since then; it is kept for as long as the workspace's retention says."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    def contacted(self, on: date) -> "Customer":
        """The same customer after a contact; an older contact logged late does not turn the clock back."""
        if self.last_contact_on is not None and self.last_contact_on >= on:
            return self
        return self.model_copy(update={"last_contact_on": on})
