"""What each workspace settles for itself, with the defaults of the trade."""

from datetime import time
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.customer import Tier
from bot.domain.entry import OwnerRole

SCHEMA_VERSION = 1


class Retention(BaseModel):
    """For how many days things are kept; None: for good. Drafts, votes and the like end by themselves.

    Three years after the end of the relationship is how long a claim can still be brought (民法典 第一百八十八条).
    """

    model_config = ConfigDict(frozen=True)
    customer_days: int | None = Field(default=1096, ge=1, le=36_500)
    """After the relationship has ended: the customer, its notes and all that belongs to it."""
    question_days: int | None = Field(default=730, ge=1, le=36_500)
    """Questions that the playbook did not answer, after they were asked."""


class WorkspaceSettings(BaseModel):
    """Days are calendar days. Defaults: maximum gap between two contacts of a tier, 14, 30, 60 and 90 days."""

    model_config = ConfigDict(frozen=True)
    gaps: dict[Tier, int] = Field(default_factory=lambda: {Tier.A: 14, Tier.B: 30, Tier.C: 60, Tier.D: 90})
    digest_at: time = time(9, 0)
    owners: dict[OwnerRole, tuple[str, ...]] = Field(default_factory=dict)
    """Who stands for an owner role: the people who keep its entries true."""
    retention: Retention = Retention()

    @classmethod
    def with_digest_at(cls, digest_at: time) -> Self:
        return cls(digest_at=digest_at)
