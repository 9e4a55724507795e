"""What a score is made of, and the numbers by which tiers and risk flags are decided on.

All numbers are the design defaults of the trade's working rules; no authority sets them, each workspace may.
"""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from bot.domain.customer import Tier
from bot.domain.stored import Stored


class Part(StrEnum):
    """What the score is made of."""

    VOLUME = "volume"
    GROWTH = "growth"
    CONTRIBUTION = "contribution"
    BUYERS = "buyers"
    POTENTIAL = "potential"
    COOPERATION = "cooperation"


class TierRules(Stored):
    """Weights are points of 100; days are calendar days."""

    volume: int = Field(default=35, ge=0, le=100)
    """Financed volume of 12 months, as a percentile in the workspace."""
    growth: int = Field(default=20, ge=0, le=100)
    contribution: int = Field(default=15, ge=0, le=100)
    buyers: int = Field(default=15, ge=0, le=100)
    potential: int = Field(default=10, ge=0, le=100)
    cooperation: int = Field(default=5, ge=0, le=100)
    a_from: int = Field(default=80, ge=1, le=100)
    """Scores from here on are of tier A; and so on."""
    b_from: int = Field(default=60, ge=1, le=100)
    c_from: int = Field(default=40, ge=1, le=100)
    known_percent: int = Field(default=60, ge=1, le=100)
    """Of the weights: where less is known there is no score."""
    growth_cap: int = Field(default=50, ge=1, le=500)
    """Growth and decline beyond so many percent count no further."""
    contribution_full: int = Field(default=3, ge=1, le=50)
    """_PERCENT of the financed volume from which on the contribution has all its points."""
    new_days: int = Field(default=90, ge=0, le=365)
    """A new customer is of tier B for so long..."""
    new_drawdowns: int = Field(default=3, ge=1, le=20)
    """...or until so many drawdowns."""
    dormant_warning_days: int = Field(default=90, ge=1, le=730)
    """Days without a drawdown after which the lead is told..."""
    dormant_days: int = Field(default=180, ge=2, le=1095)
    """...and after which the customer is of tier D."""
    downgrade_quarters: int = Field(default=2, ge=1, le=8)
    """Quarters in a row below the band before a tier is lowered."""
    contacts_for_a: int = Field(default=2, ge=1, le=5)
    """People on each side who know each other."""
    override_days: int = Field(default=180, ge=1, le=730)
    """An override lasts no longer."""
    amber_events: int = Field(default=2, ge=1, le=10)
    """Soft risk events upon which risk is asked whether the flag is to be amber..."""
    amber_days: int = Field(default=60, ge=1, le=365)
    """...when they come within so many days."""

    def weight(self, part: Part) -> int:
        weight: int = getattr(self, part)
        return weight

    def band(self, value: Decimal) -> Tier:
        cuts = ((self.a_from, Tier.A), (self.b_from, Tier.B), (self.c_from, Tier.C))
        return next((tier for cut, tier in cuts if value >= cut), Tier.D)
