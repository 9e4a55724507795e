"""What each workspace settles for itself, with the defaults of the trade."""

from datetime import time
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.customer import Tier
from bot.domain.entry import OwnerRole

SCHEMA_VERSION = 1


class WorkspaceSettings(BaseModel):
    """Days are calendar days. Defaults: maximum gap between two contacts of a tier, 14, 30, 60 and 90 days."""

    model_config = ConfigDict(frozen=True)
    gaps: dict[Tier, int] = Field(default_factory=lambda: {Tier.A: 14, Tier.B: 30, Tier.C: 60, Tier.D: 90})
    digest_at: time = time(9, 0)
    owners: dict[OwnerRole, tuple[str, ...]] = Field(default_factory=dict)
    """Who stands for an owner role: the people who keep its entries true."""

    @classmethod
    def with_digest_at(cls, digest_at: time) -> Self:
        return cls(digest_at=digest_at)
