"""All that is kept about a customer's tier: its figures, its score, what waits for the lead, and every decision."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from pydantic import Field

from bot.domain.customer import Tier
from bot.domain.stored import Stored
from bot.domain.tierinputs import TierInputs
from bot.domain.tierscore import Score

BY_RULE: Final = "rules"
"""Who decided, where nobody did."""
SHORTEST_REASON: Final = 5
LONGEST_REASON: Final = 300


class Cause(StrEnum):
    """Why a tier is what it is."""

    GIVEN = "given"
    """Entered or imported."""
    UPGRADED = "upgraded"
    DOWNGRADED = "downgraded"
    DORMANT = "dormant"
    ASKED = "asked"
    """The lead is asked whether the customer is to be of tier A."""
    APPROVED = "approved"
    DECLINED = "declined"
    OVERRIDDEN = "overridden"
    EXPIRED = "expired"
    """An override has ended."""
    LIFTED = "lifted"
    """An override was taken back before its day."""


class TierDecision(Stored):
    """A line of a customer's history; `by` is a person or BY_RULE."""

    at: datetime
    by: str
    cause: Cause
    before: Tier
    after: Tier
    score: Decimal | None = None
    reason: str = ""
    until: date | None = None


class Override(Stored):
    """A tier that somebody has set by hand, with the reason, up to and with a day."""

    tier: Tier
    reason: str = Field(min_length=SHORTEST_REASON, max_length=LONGEST_REASON)
    until: date
    by: str


class Asked(Stored):
    """The lead is asked whether a customer is to be of tier A."""

    id: str
    on: date
    score: Decimal | None
    by: str = BY_RULE
    """Who brought the customer in as one of tier A, where no score asks."""

    @property
    def is_by_hand(self) -> bool:
        return self.by != BY_RULE


class Below(Stored):
    """A quarter at whose beginning the score was below the band, and the tier it stood for."""

    quarter: int
    tier: Tier


class TierRecord(Stored):
    """All about one customer's tier; sealed at rest. The history is only ever added to."""

    inputs: TierInputs = TierInputs()
    score: Score | None = None
    standing: Tier | None = None
    """What the rules and the lead have come to; an override may stand above it. None: what the customer was given."""
    quarter: int = 0
    """The last one in which the tier was decided on."""
    below: tuple[Below, ...] = ()
    is_idle: bool = False
    """No drawdown for so long that the lead is to know."""
    is_lonely: bool = False
    """Of tier A by its score, but too few people know each other."""
    asked: Asked | None = None
    declined_in: int = 0
    """The quarter in which the lead has declined tier A."""
    override: Override | None = None
    looks_on: date | None = None
    """When it is looked at again by itself; None: at the next round."""
    history: tuple[TierDecision, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether there is anything to decide about."""
        return self != TierRecord()

    @property
    def wants_lead(self) -> bool:
        return self.asked is not None or self.is_idle

    def in_force(self, given: Tier) -> Tier:
        """The tier that counts; `given` is the one the customer has where nothing was decided yet."""
        return self.override.tier if self.override is not None else self.standing or given
