"""What is said differently to some customers: by their industry, their tier, or both."""

from collections.abc import Iterable
from itertools import combinations
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from bot.domain.customer import Tier
from bot.domain.entry import Bilingual
from bot.domain.industry import Industry
from bot.domain.stored import Stored

MAX_VARIANTS = 8


class Audience(Stored):
    """Whom a variant is for. No industry: any; no tiers: any. One of them is named."""

    industry: Industry | None = None
    tiers: tuple[Tier, ...] = Field(default=(), max_length=len(Tier) - 1)

    @property
    def code(self) -> str:
        """`trading`, `:CD` or `construction:A`; `decoded` reads it."""
        tiers = "".join(self.tiers)
        return f"{self.industry or ''}:{tiers}" if tiers else str(self.industry)

    @classmethod
    def decoded(cls, code: str) -> Self:
        industry, _, tiers = code.partition(":")
        return cls.model_validate({"industry": industry or None, "tiers": tuple(tiers)})

    @property
    def precision(self) -> int:
        """An industry says more of what a customer's trouble is than a tier, and both together the most."""
        return 2 * (self.industry is not None) + bool(self.tiers)

    def holds(self, industry: Industry | None, tier: Tier) -> bool:
        return self.industry in (None, industry) and (not self.tiers or tier in self.tiers)

    def meets(self, other: "Audience") -> bool:
        """Some customer is in both, and neither is the more precise."""
        same = self.industry is other.industry and bool(self.tiers) is bool(other.tiers)
        return same and (not self.tiers or not set(self.tiers).isdisjoint(other.tiers))

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if self.industry is None and not self.tiers:
            raise ValueError("name an industry, tiers, or both")
        if len(set(self.tiers)) < len(self.tiers):
            raise ValueError("the same tier is listed twice")
        return self


class Variant(Stored):
    """The line for an audience, in the place of the entry's general one."""

    model_config = ConfigDict(serialize_by_alias=True)

    audience: Audience = Field(alias="for")
    say: Bilingual
    note: Bilingual | None = None
    """What is different with them, and why: for the account manager, not to be spoken."""
    sources: tuple[str, ...] = ()
    """Where its facts come from, among the entry's sources."""


def _apart(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    for first, second in combinations((each.audience for each in variants), 2):
        if first.meets(second):
            raise ValueError(f"two variants are for the same customers: {first.code} and {second.code}")
    return variants


Variants = Annotated[tuple[Variant, ...], Field(max_length=MAX_VARIANTS), AfterValidator(_apart)]


def chosen(variants: Iterable[Variant], industry: Industry | None, tier: Tier) -> Variant | None:
    """The most precise one that holds the customer: industry and tier before industry, that before tier, else none."""
    fitting = [each for each in variants if each.audience.holds(industry, tier)]
    return max(fitting, key=lambda each: each.audience.precision, default=None)
