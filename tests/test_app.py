"""Starting and stopping, as an operator sees it: real processes, their one sentence, their exit code."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

import app
from app import CannotListenError
from bot import demo, slackdoor, stores
from bot.settings import Settings
from bot.storage.connection import connect
from bot.storage.embedded import EmbeddedStore
from tests.fakes import FixedClock, half_a_slack
from tests.jobs.office import until
from tests.programs import REAL, Program, Writers, launched, running, stored_notes, with_models
from tests.servers import free_ports
from tests.world import BOT_TOKEN, LIN, SECRET, opened_world

LINS = [customer.id for customer in demo.load().customers if customer.owner == LIN][:6]


@pytest.fixture
def folder(data_dir: Path, models_dir: Path) -> Path:
    return with_models(data_dir, models_dir)


@pytest.fixture
async def product(folder: Path) -> AsyncIterator[Program]:
    """The local workspace, ready, with nothing set but its folder and its port."""
    async with running(folder) as program:
        yield program


async def test_nobody_holds_up_the_end(product: Program) -> None:
    """A page that follows the news and a request that was never finished: a quiet end within five seconds."""
    news = f"{product.url}/local/events?as={LIN}"
    async with aiohttp.ClientSession() as session, session.get(news) as stream:
        assert stream.status == 200
        _, half = await asyncio.open_connection("127.0.0.1", product.port)
        half.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n")
        half.write(b"X-Slack-Request-Timestamp: 1\r\nX-Slack-Signature: v0=1\r\n\r\n")
        await half.drain()
        started = time.monotonic()
        product.process.terminate()
        assert await product.end() == (0, "")
        assert time.monotonic() - started < 5
        half.close()


async def test_ctrl_c_while_libraries_are_loaded(folder: Path) -> None:
    """No traceback from the middle of an import."""
    program = await launched(folder, {"PYTHONPROFILEIMPORTTIME": "1"})
    assert program.process.stderr is not None
    while b"yarl" not in await asyncio.wait_for(program.process.stderr.readline(), 30):
        pass
    program.interrupt()
    code, said = await program.end()
    assert code == 130
    assert "Traceback" not in said


async def test_ctrl_c_during_the_start(folder: Path) -> None:
    """Nothing was acknowledged yet; there is no traceback, and the folder is free for the next start."""
    program = await launched(folder, {})
    await until(lambda: asyncio.to_thread((folder / "local" / "store" / "socket").exists))
    program.interrupt()
    code, said = await program.end()
    assert code in (0, 130)
    assert "Traceback" not in said
    EmbeddedStore.start(folder / "local").stop()


@pytest.mark.soak
async def test_trying_it_out_leaves_nothing_in_a_real_installation(folder: Path) -> None:
    """The local workspace has a store of its own."""
    async with running(folder):
        pass
    real = Settings(
        _env_file=None, data_dir=folder, slack_bot_token=SecretStr(BOT_TOKEN), slack_signing_secret=SecretStr(SECRET)
    )
    with stores.store(real) as url:
        client = await connect(url)
        assert await client.dbsize() == 0
        await client.aclose()


@pytest.mark.soak
async def test_a_command_lets_go_of_the_store_first(folder: Path) -> None:
    """A bot that starts while a command runs the store waits a little."""
    store = EmbeddedStore.start(folder / "local")
    asyncio.get_running_loop().call_later(2, store.stop)
    async with running(folder) as program:
        assert await program.health() == "ok"


def test_an_address_of_the_newer_kind() -> None:
    settings = Settings(_env_file=None, host="::1", port=free_ports(1)[0])
    try:
        listening = app.bound(settings)
    except CannotListenError:
        pytest.skip("this machine has no IPv6")
    assert listening.getsockname()[0] == "::1"
    listening.close()
    assert slackdoor.base_url(settings) == f"http://[::1]:{settings.port}"


async def test_a_real_workspace_prints_one_address(store_url: str, models_dir: Path, redis: Redis) -> None:
    """Of the workspace over Socket Mode, for Slack's settings over HTTP."""
    async with opened_world(store_url, models_dir, FixedClock(), socket_mode=True) as world:
        assert world.running.greeting.count("http") == 1
    async with opened_world(store_url, models_dir, FixedClock()) as world:
        assert "http://0.0.0.0:3000/slack/events" in world.running.greeting


async def test_ctrl_c_while_slack_keeps_it_waiting(folder: Path) -> None:
    """A start that hangs is given up at once."""
    async with half_a_slack() as api_url:
        program = await launched(folder, dict(SLACK_API_URL=api_url, **REAL))
        await until(partial(_is_listening, program.port))
        await asyncio.sleep(1)  # the start goes on to ask Slack
        started = time.monotonic()
        program.interrupt()
        assert await program.end() == (0, "")
    assert time.monotonic() - started < 5


async def _is_listening(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def test_ctrl_c_loses_no_acknowledged_note(product: Program) -> None:
    """The whole group is interrupted with saves in flight: a clean exit within five seconds, and all is there."""
    writers = Writers(product, LINS)
    writing = asyncio.create_task(writers.write())
    await writers.have_saved(60)
    started = time.monotonic()
    product.interrupt()
    code, said = await product.end()
    assert time.monotonic() - started < 5
    await writing
    assert (code, said) == (0, "")
    assert writers.refused == []
    notes = await stored_notes(product.data_dir, LINS)
    assert set(writers.acknowledged) - set(notes) == set()
    assert len(set(notes)) == len(notes), "a note was stored twice"


async def test_kill_9_loses_no_acknowledged_note(folder: Path) -> None:
    """Killed the moment after an acknowledgement; the next start finds every note and serves."""
    async with running(folder) as program:
        writers = Writers(program, LINS)
        writing = asyncio.create_task(writers.write())
        await writers.have_saved(40)
        program.kill()
        await program.end()
        await writing
    notes = await stored_notes(folder, LINS)
    assert set(writers.acknowledged) - set(notes) == set()
    async with running(folder, program.port) as again:
        assert await again.health() == "ok"
        again.interrupt()
        assert await again.end() == (0, "")
