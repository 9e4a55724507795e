"""The daily digest of one person: exactly one message a day, or none."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.workcalendar import IsWorkingDay

MAX_ROWS = 7
MAX_ATTEMPTS = 5
"""Posts tried before a digest that Slack keeps refusing is left to the operator."""
MAX_LOOKUPS = 5
SETTLE = timedelta(seconds=30)
"""How long after a post of unknown outcome the channel is looked at: by then Slack has posted it or never will."""
LATEST = time(20, 0)
"""A digest delayed by an outage is still sent on its day until this time, never in the night."""


class DigestState(StrEnum):
    PLANNED = "planned"
    """Decided, nothing sent yet: posting is safe."""
    POSTING = "posting"
    """A post was started and its outcome is not known: look before posting again."""
    SENT = "sent"
    EMPTY = "empty"
    """Nothing was due, so nothing was sent."""
    UNCLEAR = "unclear"
    """Looking did not settle it either. Never posted again; the person sees the list in Home."""
    FAILED = "failed"
    """Slack refused it for good; the reason is in `error`."""


class Digest(BaseModel):
    """The record of one person's digest on one local day. `posting_at` and `retry_at` are wall time."""

    model_config = ConfigDict(frozen=True)
    user_id: str
    day: date
    state: DigestState = DigestState.PLANNED
    followup_ids: tuple[str, ...] = ()
    review_ids: tuple[str, ...] = ()
    """Entries of the playbook that the message asked to review."""
    retirements: Mapping[str, date] = Field(default_factory=dict)
    """Entries of which it said that nobody uses them, with the day it named for asking the approvers."""
    gap_ids: tuple[str, ...] = ()
    """Gaps of the playbook that it listed."""
    channel_id: str | None = None
    message_ts: str | None = None
    posting_at: datetime | None = None
    retry_at: datetime | None = None
    attempts: int = 0
    lookups: int = 0
    error: str | None = None

    @property
    def key(self) -> str:
        """Travels in the message's metadata; how a post is recognised afterwards."""
        return f"digest:{self.user_id}:{self.day.isoformat()}"

    @property
    def is_open(self) -> bool:
        return self.state in (DigestState.PLANNED, DigestState.POSTING)

    def posting(
        self,
        channel_id: str,
        followup_ids: tuple[str, ...],
        wall_now: datetime,
        review_ids: tuple[str, ...] = (),
        gap_ids: tuple[str, ...] = (),
        retirements: Mapping[str, date] | None = None,
    ) -> "Digest":
        """From here on the outcome is unknown until Slack's answer or a look at the channel settles it."""
        return self.model_copy(
            update={
                "state": DigestState.POSTING,
                "channel_id": channel_id,
                "followup_ids": followup_ids,
                "review_ids": review_ids,
                "gap_ids": gap_ids,
                "retirements": retirements or {},
                "posting_at": wall_now,
                "retry_at": wall_now + SETTLE,
                "attempts": self.attempts + 1,
                "lookups": 0,
            }
        )

    def look_failed(self, error: str, retry_at: datetime) -> "Digest":
        """Looking told nothing: look again later, but not for ever, and never post again without having looked."""
        if self.lookups + 1 >= MAX_LOOKUPS:
            return self.unclear(error)
        return self.model_copy(update={"lookups": self.lookups + 1, "retry_at": retry_at, "error": error})

    def refused(self, error: str, retry_at: datetime, *, for_good: bool = False) -> "Digest":
        """It is certain that nothing was posted: try again later unless it never will be accepted."""
        gives_up = for_good or self.attempts >= MAX_ATTEMPTS
        return self.model_copy(
            update={
                "state": DigestState.FAILED if gives_up else DigestState.PLANNED,
                "retry_at": retry_at,
                "error": error,
            }
        )

    def sent(self, message_ts: str) -> "Digest":
        return self.model_copy(update={"state": DigestState.SENT, "message_ts": message_ts, "error": None})

    def empty(self) -> "Digest":
        return self.model_copy(update={"state": DigestState.EMPTY})

    def missed(self) -> "Digest":
        """Its day went by; tomorrow's lists what is still due then."""
        return self.model_copy(update={"state": DigestState.FAILED, "error": self.error or "too late"})

    def unclear(self, error: str) -> "Digest":
        return self.model_copy(update={"state": DigestState.UNCLEAR, "error": error})


def digest_day(now: datetime, at: time, tz: str, is_work: IsWorkingDay) -> date | None:
    """The local day whose digest may be sent at `now`, or None outside working days and hours."""
    day = now.astimezone(ZoneInfo(tz)).date()
    opens = datetime.combine(day, at, ZoneInfo(tz))
    return day if is_work(day) and opens <= now < digest_closes(day, at, tz) else None


def digest_closes(day: date, at: time, tz: str) -> datetime:
    """From then on it is too late for the day's digest."""
    zone = ZoneInfo(tz)
    return max(datetime.combine(day, LATEST, zone), datetime.combine(day, at, zone) + timedelta(hours=2))
