"""What a step of a workflow is given: read kindly, and what is amiss told in one sentence."""

from datetime import date
from typing import Any

import pytest

from bot.domain.steps import StepNote, note_of, runner_of, span_of
from bot.domain.visit import NOTE_LIMIT, Channel
from bot.errors import StepInputError

NOTE = {"customer": "远大纺织", "note": "嫌费率高"}


def test_a_note_with_everything() -> None:
    given = NOTE | {"on": "2026/11/23", "channel": "电话", "next_step": " 发报价 ", "next_step_on": "2026-11-25"}
    assert note_of(given) == StepNote(
        "远大纺织", "嫌费率高", date(2026, 11, 23), Channel.PHONE, "发报价", date(2026, 11, 25)
    )
    assert note_of(NOTE).channel is Channel.VISIT


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"customer": "  "}, "steps.error_no_customer"),
        ({"note": None}, "steps.error_no_note"),
        ({"note": ["嫌费率高"]}, "steps.error_no_note"),
        ({"note": "长" * (NOTE_LIMIT + 1)}, "steps.error_long"),
        ({"on": "yesterday"}, "steps.error_day"),
        ({"channel": "fax"}, "steps.error_channel"),
    ],
)
def test_what_is_amiss_has_its_sentence(changed: dict[str, Any], key: str) -> None:
    with pytest.raises(StepInputError) as caught:
        note_of(NOTE | changed)
    assert caught.value.key == key


def test_how_far_is_today_or_the_week() -> None:
    assert [span_of({"span": each}) for each in ("", "Today", "本周")] == ["today", "today", "week"]
    with pytest.raises(StepInputError):
        span_of({"span": "next year"})


@pytest.mark.parametrize("runner", [None, "U01LIN", {}, {"id": 1}, {"secret": "x"}])
def test_a_runner_is_whom_slack_vouches_for(runner: object) -> None:
    """An id that a builder has typed is none."""
    with pytest.raises(StepInputError):
        runner_of({"runner": runner})
