"""Cases: one customer's brief opened to people of risk and compliance, with a reason and for a time."""

from datetime import datetime, timedelta
from typing import Final

from pydantic import Field

from bot.domain.customer import Risk
from bot.domain.facts import RiskEvent
from bot.domain.stored import Stored
from bot.errors import CaseClosedError

GLASS_LASTS: Final = timedelta(hours=24)
LONGEST_REASON: Final = 500


class Case(Stored):
    """Sent to its readers by who answers for the customer, or, with `breaks_glass`, opened by the one reader alone.

    `customer_id` is empty where the glass was broken for a name that nobody's customer has.
    """

    id: str
    customer_id: str
    reader_ids: tuple[str, ...]
    opened_by: str
    opened_at: datetime
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    breaks_glass: bool = False
    is_suspicion: bool = False
    """Of a red line crossed, or of fraud: for its readers and whoever opened it, and not up the line."""
    is_leak: bool = False
    """Customers' data got to somebody it is not for."""
    events: tuple[RiskEvent, ...] = ()
    """What was noted of the customer, when that opened the case; `proposes` is the flag risk is asked for."""
    proposes: Risk | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """None: when somebody closes it."""
        return self.opened_at + GLASS_LASTS if self.breaks_glass else None

    def is_open(self, now: datetime) -> bool:
        return self.closed_at is None and bool(self.customer_id) and (self.ends_at is None or now < self.ends_at)

    def is_shown_to(self, user_id: str) -> bool:
        """A suspicion may be about those who answer for the customer."""
        return not self.is_suspicion or user_id in (*self.reader_ids, self.opened_by)

    def is_open_to(self, user_id: str, now: datetime) -> bool:
        return user_id in self.reader_ids and self.is_open(now)

    def closed(self, by: str, at: datetime) -> "Case":
        """Raises CaseClosedError for one that is no longer open."""
        if not self.is_open(at):
            raise CaseClosedError
        return self.model_copy(update={"closed_by": by, "closed_at": at})
