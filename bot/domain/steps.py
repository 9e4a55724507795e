"""Steps that people put into a workflow of Slack: what each is given, read kindly, and told what is amiss.

Whoever built the workflow has filled in what is typed here, and decides where the outputs go. So a step acts for the
person who runs the workflow, of whom Slack itself vouches, and its outputs name no customer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from bot.domain.daily import SPANS, Span
from bot.domain.visit import NOTE_LIMIT, STEP_LIMIT, Channel
from bot.errors import StepInputError

FIND_PLAY: Final = "find_play"
LOG_NOTE: Final = "log_note"
LIST_DUE: Final = "list_due"

RUNNER: Final = "runner"
"""Who runs the workflow, of the type `slack#/types/user_context`: a builder can type anybody's id, but not that."""
CHANNELS: Final[Mapping[str, Channel]] = {
    "": Channel.VISIT,
    **{each.value: each for each in Channel},
    "拜访": Channel.VISIT,
    "电话": Channel.PHONE,
    "视频": Channel.VIDEO,
    "消息": Channel.MESSAGE,
    "未联系上": Channel.MISSED,
}


@dataclass(frozen=True, slots=True)
class StepNote:
    customer: str
    note: str
    on: date | None
    """None: today."""
    channel: Channel
    next_step: str | None
    next_step_on: date | None


def runner_of(inputs: Mapping[str, Any]) -> str:
    """The id of who runs the workflow. Raises StepInputError where Slack does not vouch for anybody."""
    given = inputs.get(RUNNER)
    user_id = given.get("id") if isinstance(given, Mapping) else None
    if not isinstance(user_id, str) or not user_id:
        raise StepInputError("steps.error_runner")
    return user_id


def note_of(inputs: Mapping[str, Any]) -> StepNote:
    """Raises StepInputError for the first thing amiss."""
    channel = CHANNELS.get(words(inputs, "channel").lower())
    if channel is None:
        raise StepInputError("steps.error_channel")
    return StepNote(
        customer=needed(inputs, "customer", 200),
        note=needed(inputs, "note", NOTE_LIMIT),
        on=_day(inputs, "on"),
        channel=channel,
        next_step=words(inputs, "next_step", STEP_LIMIT) or None,
        next_step_on=_day(inputs, "next_step_on"),
    )


def span_of(inputs: Mapping[str, Any]) -> Span:
    """Raises StepInputError."""
    span = SPANS.get(words(inputs, "span").lower())
    if span is None:
        raise StepInputError("steps.error_span")
    return span


def needed(inputs: Mapping[str, Any], name: str, limit: int) -> str:
    """Raises StepInputError where nothing was given."""
    given = words(inputs, name, limit)
    if not given:
        raise StepInputError(f"steps.error_no_{name}")
    return given


def words(inputs: Mapping[str, Any], name: str, limit: int = 200) -> str:
    """A text or a number as it was given; nothing where it is neither. Raises StepInputError for a longer one."""
    given = inputs.get(name)
    typed = str(given).strip() if isinstance(given, str | int | float) else ""
    if len(typed) > limit:
        raise StepInputError("steps.error_long", limit=limit, length=len(typed))
    return typed


def _day(inputs: Mapping[str, Any], name: str) -> date | None:
    typed = words(inputs, name)
    try:
        return datetime.fromisoformat(typed.replace("/", "-")).date() if typed else None
    except ValueError:
        raise StepInputError("steps.error_day") from None
