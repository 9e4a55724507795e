"""Questions that no play fitted."""

from datetime import timedelta

import pytest

from bot.storage import keys
from bot.storage.sealing import FieldKeysError
from tests.builders import TEAM, make_question
from tests.storage.conftest import Stores
from tests.storage.reading import everything


async def test_questions_are_kept_for_the_editors(stores: Stores) -> None:
    """Those since a moment, oldest first."""
    first = make_question()
    second = make_question(id="q2", asked_at=first.asked_at + timedelta(hours=1), text="你们收不收商票")
    for question in (second, first):
        await stores.questions.keep(TEAM, question)
    assert await stores.questions.since(TEAM, first.asked_at) == [first, second]
    assert await stores.questions.since(TEAM, second.asked_at) == [second]


async def test_a_question_cannot_be_read_in_the_store(stores: Stores) -> None:
    """It may name a customer."""
    await stores.questions.keep(TEAM, make_question(text="confidential question"))
    assert "confidential" not in await everything(stores.redis)


async def test_a_question_moved_to_another_workspace_does_not_open(stores: Stores) -> None:
    """It is sealed for its place."""
    await stores.questions.keep(TEAM, make_question())
    await stores.questions.keep("T2", make_question())
    stolen = await stores.redis.get(keys.question(TEAM, "q1"))
    assert stolen is not None
    await stores.redis.set(keys.question("T2", "q1"), stolen)
    with pytest.raises(FieldKeysError):
        await stores.questions.since("T2", make_question().asked_at)
