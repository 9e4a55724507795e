"""A message of the app's own accord to one person: exactly one of its key, or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, auto
from typing import Final

from pydantic import Field

from bot.domain.stored import Stored

MAX_ATTEMPTS: Final = 5
"""Posts tried before a notice that Slack keeps refusing is left to the operator."""
MAX_LOOKUPS: Final = 5
SETTLE: Final = timedelta(seconds=30)
"""How long after a post of unknown outcome the channel is looked at: by then Slack has posted it or never will."""


LATE: Final = timedelta(minutes=15)
"""What comes so long after its time is said to be late: longer than a thousand people take at Slack's pace, and than
a restart takes."""


class NoticeKind(StrEnum):
    DIGEST = "digest"
    """The daily message."""
    ESCALATION = "escalation"
    """A lead is asked about one follow-up of the team."""
    ALERT = "alert"
    """A hard risk event."""
    REPORT = "report"
    """The week of a team."""
    WELCOME = "welcome"
    """The first steps, to who installed the app."""


class NoticeState(StrEnum):
    PLANNED = "planned"
    """Decided, nothing sent yet: posting is safe."""
    POSTING = "posting"
    """A post was started and its outcome is not known: look before posting again."""
    SENT = "sent"
    EMPTY = "empty"
    """There was nothing to say (any more), so nothing was sent."""
    UNCLEAR = "unclear"
    """Looking did not settle it either. Never posted again by itself; Home shows what it would have told."""
    FAILED = "failed"
    """Slack refused it for good, or its day went by; the reason is in `error`."""


class Moment(StrEnum):
    """Whether a notice may be sent now."""

    EARLY = auto()
    NOW = auto()
    OVER = auto()
    """It must not be sent any more."""


class Notice(Stored):
    """The record of one message, from the decision to what became of it. `posting_at` and `retry_at` are wall time.

    There is one per person and day (`ref` is empty) or, where it is about one thing, per person and `ref`.
    """

    kind: NoticeKind = NoticeKind.DIGEST
    user_id: str
    day: date
    """The person's local day on which it is due."""
    due_at: datetime | None = None
    """When it should come, in business time; older releases did not record it."""
    ref: str = ""
    customer_id: str | None = None
    """Whom it is about, where it is one customer."""
    state: NoticeState = NoticeState.PLANNED
    followup_ids: tuple[str, ...] = ()
    soon_ids: tuple[str, ...] = ()
    """Follow-ups that it told of before their day."""
    review_ids: tuple[str, ...] = ()
    """Entries of the playbook that the message asked to review."""
    retirements: Mapping[str, date] = Field(default_factory=dict)
    """Entries of which it said that nobody uses them, with the day it named for asking the approvers."""
    gap_ids: tuple[str, ...] = ()
    """Gaps of the playbook that it listed."""
    answered_ids: tuple[str, ...] = ()
    """Follow-ups of which it told what those up the line have done about them."""
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
        return notice_key(self.kind, self.user_id, self.ref or self.day.isoformat())

    @property
    def is_open(self) -> bool:
        return self.state in (NoticeState.PLANNED, NoticeState.POSTING)

    @property
    def is_troubled(self) -> bool:
        """The operator has to look."""
        return self.state in (NoticeState.UNCLEAR, NoticeState.FAILED)

    def waits(self, wall_now: datetime) -> bool:
        """Whether it has to be left alone for now."""
        return self.retry_at is not None and self.retry_at > wall_now

    def is_late(self, now: datetime) -> bool:
        return self.due_at is not None and now - self.due_at > LATE

    def posting(
        self,
        channel_id: str,
        followup_ids: tuple[str, ...],
        wall_now: datetime,
        review_ids: tuple[str, ...] = (),
        gap_ids: tuple[str, ...] = (),
        retirements: Mapping[str, date] | None = None,
        answered_ids: tuple[str, ...] = (),
        soon_ids: tuple[str, ...] = (),
    ) -> "Notice":
        """From here on the outcome is unknown until Slack's answer or a look at the channel settles it."""
        return self.model_copy(
            update={
                "state": NoticeState.POSTING,
                "channel_id": channel_id,
                "followup_ids": followup_ids,
                "soon_ids": soon_ids,
                "review_ids": review_ids,
                "gap_ids": gap_ids,
                "retirements": retirements or {},
                "answered_ids": answered_ids,
                "posting_at": wall_now,
                "retry_at": wall_now + SETTLE,
                "attempts": self.attempts + 1,
                "lookups": 0,
            }
        )

    def posting_otherwise(self, wall_now: datetime) -> "Notice":
        """The same message in other blocks, after Slack has refused the first ones: still one attempt."""
        return self.model_copy(update={"posting_at": wall_now, "retry_at": wall_now + SETTLE})

    def look_failed(self, error: str, retry_at: datetime) -> "Notice":
        """Looking told nothing: look again later, but not for ever, and never post again without having looked."""
        if self.lookups + 1 >= MAX_LOOKUPS:
            return self.unclear(error)
        return self.model_copy(update={"lookups": self.lookups + 1, "retry_at": retry_at, "error": error})

    def refused(self, error: str, retry_at: datetime, *, for_good: bool = False) -> "Notice":
        """It is certain that nothing was posted: try again later unless it never will be accepted."""
        gives_up = for_good or self.attempts >= MAX_ATTEMPTS
        return self.model_copy(
            update={
                "state": NoticeState.FAILED if gives_up else NoticeState.PLANNED,
                "retry_at": retry_at,
                "error": error,
            }
        )

    def sent(self, message_ts: str) -> "Notice":
        return self.model_copy(update={"state": NoticeState.SENT, "message_ts": message_ts, "error": None})

    def empty(self) -> "Notice":
        return self.model_copy(update={"state": NoticeState.EMPTY})

    def missed(self) -> "Notice":
        """Its day went by; tomorrow's message lists what is still due then."""
        return self.model_copy(update={"state": NoticeState.FAILED, "error": self.error or "too late"})

    def replayed(self, day: date) -> "Notice":
        """Taken up again by the operator, on that day: what may have arrived is looked for first. Others stay."""
        if self.state is NoticeState.FAILED:
            anew = {"state": NoticeState.PLANNED, "attempts": 0}
        elif self.state is NoticeState.UNCLEAR:
            anew = {"state": NoticeState.POSTING, "lookups": 0}
        else:
            return self
        return self.model_copy(update={**anew, "day": day, "retry_at": None, "error": None})

    def unclear(self, error: str) -> "Notice":
        return self.model_copy(update={"state": NoticeState.UNCLEAR, "error": error})


@dataclass(frozen=True, slots=True)
class Kept:
    """A notice as it was read; `mark` tells the store whether its record is still the same."""

    notice: Notice
    mark: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be known before a notice is sent, all of one moment."""

    kept: Kept
    channel_id: str | None
    """The reader's conversation with the app, as far as it is remembered."""
    is_parked: bool
    """Nothing is sent in this workspace now."""


def notice_key(kind: NoticeKind, user_id: str, which: str) -> str:
    """`which` is the day of the person's only notice of that kind, or what the notice is about."""
    return f"{kind}:{user_id}:{which}"


def reader_of(key: str) -> str:
    """Whom the notice of this key is for."""
    return key.split(":", 2)[1]
