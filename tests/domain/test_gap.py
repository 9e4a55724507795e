"""Gaps: what joins, what closes them, and what those who look after them see first."""

from datetime import date, timedelta

import pytest

from bot.domain.gap import QUESTIONS_KEPT, Dismissal, Gap, GapRow, GapState, most_asked
from bot.domain.question import Question, Reason
from bot.errors import GapClosedError
from tests.builders import LIN, make_question

ASKED = make_question()


def make_gap(*questions: Question) -> Gap:
    gap = Gap(id="g1", opened_at=ASKED.asked_at, last_at=ASKED.asked_at)
    for question in questions or (ASKED,):
        gap = gap.joined(question)
    return gap


def test_questions_join_and_leave() -> None:
    """The count goes on where the older ones are no longer listed."""
    later = ASKED.asked_at + timedelta(hours=1)
    asked = [make_question(id=f"q{each}", asked_at=later) for each in range(QUESTIONS_KEPT + 5)]
    gap = make_gap(*asked)
    assert (gap.count, len(gap.question_ids), gap.last_at) == (QUESTIONS_KEPT + 5, QUESTIONS_KEPT, later)
    assert gap.question_ids[-1] == asked[-1].id
    assert gap.without(asked[-1].id).question_ids[-1] == asked[-2].id


def test_an_answer_waits_and_then_holds() -> None:
    """Sent back, it is open again; another answer may take the place of one that waits."""
    waiting = make_gap().waiting("cost/a", LIN)
    assert (waiting.state, waiting.entry_id, waiting.closed_by) == (GapState.WAITING, "cost/a", LIN)
    assert waiting.waiting("cost/b", LIN).entry_id == "cost/b"
    assert waiting.answered("cost/a", LIN).state is GapState.ANSWERED
    assert not waiting.answered("cost/a", LIN).takes_likes
    assert (waiting.reopened().state, waiting.reopened().entry_id) == (GapState.OPEN, None)
    with pytest.raises(GapClosedError):
        waiting.answered("cost/a", LIN).answered("cost/b", LIN)


def test_what_was_approved_answers_also_a_gap_that_does_not_wait() -> None:
    """It was opened again for another answer's sake, or the process died before it began to wait."""
    found = make_gap().answered("cost/a", LIN)
    assert (found.state, found.entry_id, found.closed_by) == (GapState.ANSWERED, "cost/a", LIN)
    assert make_gap().waiting("cost/b", "U9").answered("cost/a", LIN).closed_by == "U9"


@pytest.mark.parametrize("state", [GapState.ANSWERED, GapState.DISMISSED])
def test_a_closed_gap_is_not_closed_again(state: GapState) -> None:
    """The second to press is told."""
    gap = make_gap().model_copy(update={"state": state})
    with pytest.raises(GapClosedError):
        gap.waiting("cost/a", LIN)
    with pytest.raises(GapClosedError):
        gap.dismissed(Dismissal.OTHER, LIN)
    with pytest.raises(GapClosedError):
        gap.assigned(LIN, date(2026, 3, 9))


def test_a_dismissed_gap_takes_its_likes() -> None:
    """They do not come up again."""
    gap = make_gap().dismissed(Dismissal.OUT_OF_SCOPE, LIN)
    assert gap.takes_likes
    assert gap.joined(make_question(id="q2")).state is GapState.DISMISSED


def test_the_most_asked_come_first_then_the_latest() -> None:
    often = make_gap(ASKED, ASKED).model_copy(update={"id": "often"})
    late = make_gap().model_copy(update={"id": "late", "last_at": ASKED.asked_at + timedelta(days=1)})
    assert [gap.id for gap in sorted([make_gap(), late, often], key=most_asked)] == ["often", "late", "g1"]


def test_a_row_suggests_where_those_who_asked_got_to() -> None:
    """Each wording is shown once."""
    found = [make_question(found_id=each) for each in ("cost/a", "cost/b", "cost/b", None)]
    row = GapRow(make_gap(), [*found, make_question(text="另一问", missing="少了提前还款")])
    assert row.suggested_id == "cost/b"
    assert row.examples == [ASKED.text, "另一问"]
    assert row.missing == ["少了提前还款"]
    assert GapRow(make_gap(), [ASKED]).suggested_id is None


def test_a_vote_is_not_overwritten_by_what_came_after() -> None:
    """A question without a play remembers what the person found."""
    assert ASKED.led_to("cost/a", Reason.BROWSED).found_id == "cost/a"
    down = make_question(reason=Reason.DOWN)
    assert down.led_to("cost/a", Reason.REPHRASED) == down
