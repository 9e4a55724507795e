"""Votes: once for a person and an answer, and a 👎 is filed. Usage: for editors, without names."""

from datetime import timedelta

import pytest

from bot.domain.question import Question, Reason
from bot.domain.usage import Use
from bot.errors import GapNotFoundError, NotEditorError
from tests.builders import TEAM
from tests.fakes import FixedClock
from tests.services.conftest import CHEN, LIN, Desk

FEE = "cost/fee-too-high"


async def vote(desk: Desk, *, is_up: bool, by: str = LIN, answer: str = "a1") -> str:
    actor = await desk.actor(by)
    vote_id = await desk.services.feedback.vote(actor, answer, FEE, "嫌费率高", is_up=is_up)
    await desk.services.gaps.group(TEAM)
    return vote_id


async def filed(desk: Desk) -> list[Question]:
    return await desk.services.gaps.questions.since(TEAM, desk.clock() - timedelta(days=9))


async def counts(desk: Desk) -> dict[Use, int]:
    (usage,) = await desk.services.feedback.usage(await desk.edits())
    return {use: count for use, count in usage.counts.items() if count}


async def test_a_vote_counts_once_for_a_person_and_an_answer(desk: Desk) -> None:
    await desk.services.feedback.count(await desk.actor(), Use.ASKED, [FEE])
    for by, answer in ((LIN, "a1"), (LIN, "a1"), (CHEN, "a1"), (LIN, "a2")):
        await vote(desk, is_up=True, by=by, answer=answer)
    assert await counts(desk) == {Use.ASKED: 1, Use.UP: 3}
    assert await filed(desk) == []


async def test_changing_ones_mind_replaces_the_vote(desk: Desk) -> None:
    """With the 👎 goes the question it was filed with, and comes back with it."""
    await desk.services.feedback.count(await desk.actor(), Use.ASKED, [FEE])
    for is_up, number in ((False, 1), (False, 1), (True, 0), (False, 1)):
        await vote(desk, is_up=is_up)
        assert await counts(desk) == {Use.ASKED: 1, Use.UP if is_up else Use.DOWN: 1}
        assert len(await filed(desk)) == number
        assert len(await desk.services.gaps.open(await desk.edits())) == number


async def test_a_thumbs_down_is_filed_with_what_was_missing(desk: Desk) -> None:
    """Masked like the question, and nobody else can add to it."""
    await desk.create("远大纺织")
    vote_id = await vote(desk, is_up=False)
    await desk.services.feedback.missing(await desk.actor(), vote_id, "远大纺织问的是提前还款，打13912345678")
    with pytest.raises(GapNotFoundError):
        await desk.services.feedback.missing(await desk.actor(CHEN), vote_id, "x")
    (question,) = await filed(desk)
    assert (question.reason, question.shown_id, question.text) == (Reason.DOWN, FEE, "嫌费率高")
    assert question.missing == "•••问的是提前还款，打•••"


async def test_usage_is_for_editors(desk: Desk) -> None:
    with pytest.raises(NotEditorError):
        await desk.services.feedback.usage(await desk.actor())


@pytest.mark.parametrize(
    ("earlier", "now", "counted"),
    [("2026-02-27", "2026-03-02", 2), ("2025-12-31", "2026-01-02", 2), ("2025-12-31", "2026-02-02", 1)],
)
async def test_usage_is_of_this_month_and_the_last(
    desk: Desk, clock: FixedClock, earlier: str, now: str, counted: int
) -> None:
    for day in (earlier, now):
        clock.set(f"{day}T09:00:00+08:00")
        await desk.services.feedback.count(await desk.actor(), Use.SHARED, [FEE])
    assert await counts(desk) == {Use.SHARED: counted}


async def test_slacks_refusal_is_remembered(desk: Desk) -> None:
    await desk.services.feedback.remember_plain(TEAM)
    assert await desk.services.feedback.is_plain(TEAM)
