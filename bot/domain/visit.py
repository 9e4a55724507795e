"""Visit notes: what was heard at a customer and what was promised."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.workcalendar import IsWorkingDay
from bot.errors import FieldError

NOTE_LIMIT = 3000
STEP_LIMIT = 200
LONGEST_AGO = timedelta(days=366)
"""Older visits are a slip of the pen: what mattered of them is in the customer's file."""


class Channel(StrEnum):
    VISIT = "visit"
    PHONE = "phone"
    VIDEO = "video"
    MESSAGE = "message"


class Visit(BaseModel):
    """One saved note. The id comes from the form it was typed into, so a form sent twice is one visit."""

    model_config = ConfigDict(frozen=True)
    id: str
    customer_id: str
    author_id: str
    on: date
    channel: Channel
    note: str = Field(min_length=1, max_length=NOTE_LIMIT)
    objection_ids: tuple[str, ...] = ()
    next_step: str | None = Field(default=None, max_length=STEP_LIMIT)
    next_step_on: date | None = None
    created_at: datetime


def ensure_dates(
    on: date, next_step: str | None, next_step_on: date | None, today: date, is_work: IsWorkingDay
) -> None:
    """Raises FieldError naming the field that needs another date."""
    if on > today:
        raise FieldError("on", "visit.error_future")
    if on < today - LONGEST_AGO:
        raise FieldError("on", "visit.error_too_old")
    if next_step and next_step_on is None:
        raise FieldError("next_step_on", "visit.error_step_without_date")
    if next_step_on is not None and not next_step:
        raise FieldError("next_step", "visit.error_date_without_step")
    if next_step_on is not None and next_step_on < today:
        raise FieldError("next_step_on", "visit.error_step_past")
    if next_step_on is not None and not is_work(next_step_on):
        raise FieldError("next_step_on", "visit.error_step_holiday")
