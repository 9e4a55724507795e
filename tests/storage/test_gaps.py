"""Questions put into gaps: each in one, whoever does it, and taken back with the gap where it was the last."""

from datetime import timedelta

import pytest

from bot.domain.gap import Dismissal
from bot.domain.question import LastAsked
from bot.errors import GapNotFoundError
from bot.storage import keys
from bot.storage.gaps import GapStore
from tests.builders import LIN, TEAM, make_question
from tests.storage.conftest import Stores
from tests.storage.reading import everything

FIRST = make_question()
SECOND = make_question(id="q2", asked_at=FIRST.asked_at + timedelta(hours=1), text="能付比特币吗")


@pytest.fixture
async def store(stores: Stores) -> GapStore:
    """Two questions that wait for being grouped."""
    for question in (FIRST, SECOND):
        await stores.questions.keep(TEAM, question)
    return stores.gaps


async def test_questions_are_grouped_once(store: GapStore) -> None:
    """Another process that has just done the same changes nothing."""
    assert await store.questions.ungrouped(TEAM, 9) == [FIRST, SECOND]
    assert await store.put(TEAM, "q1", "g1")
    assert await store.put(TEAM, "q2", "g1")
    assert not await store.put(TEAM, "q2", "g2")
    assert await store.questions.ungrouped(TEAM, 9) == []
    (gap,) = await store.latest(TEAM, 9)
    assert (gap.id, gap.count, gap.question_ids, gap.last_at) == ("g1", 2, ("q1", "q2"), SECOND.asked_at)
    assert [each.gap_id for each in await store.questions.all(TEAM, gap.question_ids)] == ["g1", "g1"]
    assert await store.latest("T2", 9) == []


async def test_an_answered_gap_takes_no_more(store: GapStore) -> None:
    """Whoever asks the same later asks because the answer is not found; a dismissed one does take its likes."""
    await store.put(TEAM, "q1", "g1")
    await store.change(TEAM, "g1", lambda gap: gap.waiting("cost/a", LIN))
    await store.change(TEAM, "g1", lambda each: each.answered("cost/a", LIN))
    assert await store.latest(TEAM, 9) == []
    assert not await store.put(TEAM, "q2", "g1")
    assert await store.put(TEAM, "q2", "g2")
    await store.change(TEAM, "g2", lambda gap: gap.dismissed(Dismissal.OTHER, LIN))
    assert [gap.id for gap in await store.latest(TEAM, 9)] == ["g2"]


async def test_a_question_taken_back_leaves_nothing(store: GapStore) -> None:
    """The gap goes with its last one; taking it back twice is taking it back."""
    await store.put(TEAM, "q1", "g1")
    await store.put(TEAM, "q2", "g1")
    await store.withdraw(TEAM, "q2")
    assert (await store.get(TEAM, "g1")).question_ids == ("q1",)
    for _ in range(2):
        await store.withdraw(TEAM, "q1")
    assert await store.latest(TEAM, 9) == []
    assert await store.questions.since(TEAM, FIRST.asked_at) == []
    with pytest.raises(GapNotFoundError):
        await store.get(TEAM, "g1")


async def test_a_question_that_is_gone_is_not_grouped(store: GapStore) -> None:
    await store.withdraw(TEAM, "q1")
    assert not await store.put(TEAM, "q1", "g1")
    assert [each.id for each in await store.questions.ungrouped(TEAM, 9)] == ["q2"]


async def test_what_was_typed_is_sealed(store: GapStore) -> None:
    """What was missing and what was replied as well as the question, and what was asked last."""
    typed = {"missing": "confidential gap", "reply": "confidential reply"}
    await store.questions.change(TEAM, "q1", lambda found: found.model_copy(update=typed))
    asked = LastAsked(id="a", asked_at=FIRST.asked_at, text="confidential question", shown=(), near=())
    assert await store.questions.swap_last_asked(TEAM, LIN, asked) is None
    assert "confidential" not in await everything(store.records.redis)
    changed = await store.questions.find(TEAM, "q1")
    assert changed is not None
    assert (changed.missing, changed.reply) == ("confidential gap", "confidential reply")
    assert await store.questions.swap_last_asked(TEAM, LIN, asked) == asked
    assert 0 < await store.records.redis.ttl(keys.last_asked(TEAM, LIN)) <= keys.TTLS["last-asked"]


async def test_nothing_is_changed_that_is_not_there(store: GapStore) -> None:
    with pytest.raises(GapNotFoundError):
        await store.questions.change(TEAM, "q9", lambda found: found)
    with pytest.raises(GapNotFoundError):
        await store.change(TEAM, "g9", lambda found: found)
    assert await store.questions.find(TEAM, "q9") is None
