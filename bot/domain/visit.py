"""Visit notes: what was heard at a customer and what was promised."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import Field

from bot.domain.facts import Attendee, Document, Figure, RiskEvent, Side, SignalChecked
from bot.domain.stored import Stored
from bot.domain.workcalendar import IsWorkingDay
from bot.errors import FieldError

NOTE_LIMIT = 3000
PASTED_LIMIT = 12_000
STEP_LIMIT = 200
LONGEST_AGO = timedelta(days=366)
"""Older visits are a slip of the pen: what mattered of them is in the customer's file."""


class Channel(StrEnum):
    VISIT = "visit"
    PHONE = "phone"
    VIDEO = "video"
    MESSAGE = "message"
    MISSED = "missed"
    """Called or called on in vain: an attempt, which is no contact."""
    UNANSWERED = "unanswered"
    """Written to, without an answer: an attempt by another way."""


ATTEMPTS: Final = (Channel.MISSED, Channel.UNANSWERED)
WAYS: Final[tuple[Channel, ...]] = tuple(each for each in Channel if each not in ATTEMPTS)
"""By which somebody is reached."""


class Promised(Stored):
    """What one side said it would do; with a day it is followed up."""

    by: Side
    text: str = Field(min_length=1, max_length=STEP_LIMIT)
    due_on: date | None = None
    again: str = ""
    """The follow-up that it says once more, for this day; empty: it stands by itself."""


class Facts(Stored):
    """What the author confirmed of the things that were read from the note."""

    attendees: tuple[Attendee, ...] = ()
    signal_ids: tuple[str, ...] = ()
    signals_checked: tuple[SignalChecked, ...] = ()
    """Those of them whose check question was asked and answered; of the others it is open what they mean."""
    promises: tuple[Promised, ...] = ()
    documents: tuple[Document, ...] = ()
    figures: tuple[Figure, ...] = ()
    risks: tuple[RiskEvent, ...] = ()

    def joined(self, other: "Facts") -> "Facts":
        """With the other's promises added; everything else is the other's."""
        promises = tuple(dict.fromkeys((*self.promises, *other.promises)))
        return other.model_copy(update={"promises": promises})


class Visit(Stored):
    """One saved note. The id comes from the form it was typed into, so a form sent twice is one visit."""

    id: str
    customer_id: str
    author_id: str
    on: date
    channel: Channel
    note: str = Field(min_length=1, max_length=NOTE_LIMIT)
    pasted: str = Field(default="", max_length=PASTED_LIMIT)
    """The longer text the note was made from."""
    objection_ids: tuple[str, ...] = ()
    facts: Facts = Facts()
    next_step: str | None = Field(default=None, max_length=STEP_LIMIT)
    next_step_on: date | None = None
    created_at: datetime
    version: int = 1
    changed_by: str | None = None
    changed_at: datetime | None = None
    change_id: str = ""
    """The form of the last change: the same form sent twice is one change."""

    @property
    def written_by(self) -> str:
        """Of this version."""
        return self.changed_by or self.author_id

    @property
    def written_at(self) -> datetime:
        return self.changed_at or self.created_at


def date_faults(
    on: date, next_step: str | None, next_step_on: date | None, today: date, is_work: IsWorkingDay
) -> list[FieldError]:
    """Each names the field that needs another date."""
    found = []
    if on > today:
        found.append(FieldError("on", "visit.error_future"))
    elif on < today - LONGEST_AGO:
        found.append(FieldError("on", "visit.error_too_old"))
    if next_step and next_step_on is None:
        found.append(FieldError("next_step_on", "visit.error_step_without_date"))
    if next_step_on is not None and not next_step:
        found.append(FieldError("next_step", "visit.error_date_without_step"))
    elif next_step_on is not None and next_step_on < today:
        found.append(FieldError("next_step_on", "visit.error_step_past"))
    elif next_step_on is not None and not is_work(next_step_on):
        found.append(FieldError("next_step_on", "visit.error_step_holiday"))
    return found


def promise_faults(promises: Sequence[Promised], on: date, is_work: IsWorkingDay) -> list[FieldError]:
    """The fields are `due.0`, `due.1` and so on. What the other side promised may be due on any day."""
    found = []
    for number, each in enumerate(promises):
        if each.due_on is not None and each.due_on < on:
            found.append(FieldError(f"due.{number}", "visit.error_due_before"))
        elif each.due_on is not None and each.by is Side.OURS and not is_work(each.due_on):
            found.append(FieldError(f"due.{number}", "visit.error_step_holiday"))
    return found
