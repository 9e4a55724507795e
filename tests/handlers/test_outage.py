"""The store falls silent: people hear of it in time and in their language, and nothing typed is lost."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from bot.sandbox import ActingPerson, Workspace
from bot.storage.embedded import EmbeddedStore
from tests.conftest import must_start_in_ci
from tests.fakes import FixedClock
from tests.handlers.cast import Cast
from tests.handlers.conftest import NOW
from tests.handlers.reading import entered, prose
from tests.world import TEAM, World, opened_world


@pytest.fixture(scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """One that may be stopped."""
    with must_start_in_ci():
        store = EmbeddedStore.start(tmp_path_factory.mktemp("outage"))
    yield store
    store.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running_world(own_store: EmbeddedStore, models_dir: Path, people_for_all: Workspace) -> AsyncIterator[World]:
    """Takes the place of the bot on the run's store."""
    async with opened_world(own_store.url, models_dir, FixedClock(NOW), workspace=people_for_all) as world:
        yield world


@contextmanager
def silent(store: EmbeddedStore) -> Iterator[None]:
    """Connected, but answering nothing until the end of the block."""
    assert store.pid is not None
    os.kill(store.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(store.pid, signal.SIGCONT)


async def test_note_survives_a_silent_store(
    world: World, own_store: EmbeddedStore, cast: Cast, lin: ActingPerson
) -> None:
    """The form stays with its text, a sentence and a number; Save works once the store is back, and stores it once."""
    customer = await cast.customer(lin)
    await lin.command("/visit", "远大纺织 嫌费率高")
    view = lin.views()[-1]
    with silent(own_store):
        result = await lin.submit(view, entered(view, note="很长的记录"))
    (told,) = result.errors.values()
    assert "编号" in told
    assert "内容都还在" in told
    assert lin.views() == [view]
    assert view.entered["note"]["note"]["value"] == "很长的记录"
    assert (await lin.submit(view)).closed
    await world.slack.wait_for(lambda: [m for m in lin.dm_messages() if m.is_bot and "很长的记录" in prose(m)])
    (saved,) = await world.services.visits.store.latest(TEAM, customer.id, 10)
    assert saved.note == "很长的记录"


async def test_command_is_answered_within_slacks_patience(
    world: World, own_store: EmbeddedStore, lin: ActingPerson, east: str
) -> None:
    """A sentence in the person's language instead of Slack's «operation_timeout»; afterwards all is well."""
    await lin.command("/objection", "客户嫌费率高", east)
    with silent(own_store):
        assert await lin.command("/customer", "远大纺织", east) == 200
    assert "数据库暂时连不上" in lin.messages(east)[-1].text
    await lin.command("/objection", "客户嫌费率高", east)
    assert "这样说" in prose(lin.messages(east)[-1])


@pytest.mark.soak
async def test_question_by_dm_is_told_to_be_asked_again(
    world: World, own_store: EmbeddedStore, lin: ActingPerson
) -> None:
    """An event has no place for an answer, so the sentence comes as a message."""
    await lin.dm("客户嫌费率高")
    await world.slack.wait_for(lambda: len(lin.dm_messages()) == 2)
    with silent(own_store):
        await lin.dm("银行更便宜")
        told = await world.slack.wait_for(lambda: next(iter(lin.dm_messages()[3:]), None))
    assert "数据库暂时连不上" in told.text
