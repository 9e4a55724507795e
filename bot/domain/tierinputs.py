"""What is known of a customer's business, on which its tier rests."""

from datetime import date
from decimal import Decimal
from typing import Final, Literal

from pydantic import Field

from bot.domain.stored import Stored
from bot.errors import FieldError

_PERCENT: Final = Field(default=None, ge=0, le=100)


class TierInputs(Stored):
    """What is known of a customer's business, typed or imported. None: nobody has said."""

    volume_12m: Decimal | None = Field(default=None, ge=0, le=10**8, decimal_places=2)
    """Financed in the last 12 months, in units of 10,000 yuan."""
    volume_6m: Decimal | None = Field(default=None, ge=0, le=10**8, decimal_places=2)
    """In the last 6 of them."""
    contribution: Decimal | None = Field(default=None, ge=-100, le=100, decimal_places=2)
    """What is left after funding and risk cost, in percent of the financed volume."""
    buyers: int | None = _PERCENT
    """Percent of the volume on buyers that confirm and pay when it is due."""
    potential: int | None = _PERCENT
    """Percent of the eligible receivables that is not financed yet."""
    cooperation: int | None = _PERCENT
    """Percent of the invoices whose papers came in time and that nobody disputes."""
    drawdowns: int | None = Field(default=None, ge=0, le=100_000)
    """Since the customer came."""
    last_drawdown_on: date | None = None
    customer_since: date | None = None
    """None: since it was entered here."""
    as_of: date | None = None
    """The day the figures stand for."""
    source: Literal["typed", "imported"] | None = None
    by: str = ""

    def told(self) -> dict[str, object]:
        """What somebody has said, by field."""
        return {name: value for name in INPUTS if (value := getattr(self, name)) is not None}

    def merged(self, newer: "TierInputs") -> "TierInputs":
        """What the newer ones do not say stays; the same figures again change nothing."""
        told = newer.told()
        if all(getattr(self, name) == value for name, value in told.items()):
            return self
        return self.model_copy(update={**told, "source": newer.source, "by": newer.by, "as_of": newer.as_of})

    def ensured(self) -> "TierInputs":
        """Raises FieldError for figures that contradict each other."""
        if self.volume_12m is not None and self.volume_6m is not None and self.volume_6m > self.volume_12m:
            raise FieldError("volume_6m", "tiering.error_volumes")
        return self


INPUTS: Final = (
    *("volume_12m", "volume_6m", "contribution", "buyers", "potential", "cooperation"),
    *("drawdowns", "last_drawdown_on", "customer_since"),
)
