"""Starting and stopping, as an operator sees it: real processes, their one sentence, their exit code."""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

import app
from app import CannotListenError
from bot import assembly, demo, slackdoor, stores
from bot import settings as setting
from bot.errors import BotError
from bot.settings import Settings
from bot.storage import keys
from bot.storage.connection import connect
from bot.storage.embedded import EmbeddedStore
from bot.storage.sealing import new_key
from bot.telemetry import logs
from tests import servers
from tests.fakes import FixedClock
from tests.jobs.office import slack_at, until
from tests.programs import Program, Writers, environment, launched, running, stored_notes, with_models
from tests.servers import free_ports
from tests.world import BOT_TOKEN, LIN, SECRET, opened_world

REAL = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SECRET}
LINS = [customer.id for customer in demo.load().customers if customer.owner == LIN][:6]


@pytest.fixture
def folder(data_dir: Path, models_dir: Path) -> Path:
    return with_models(data_dir, models_dir)


@pytest.fixture
async def product(folder: Path) -> AsyncIterator[Program]:
    """The local workspace, ready, with nothing set but its folder and its port."""
    async with running(folder) as program:
        yield program


Refusal = Callable[..., Awaitable[tuple[int, str]]]
"""The exit code and the one sentence of a start that fails."""


async def refused_here(folder: Path, settings: Mapping[str, str], port: int | None = None) -> tuple[int, str]:
    """What app.py does, without a process of its own."""
    port = port or free_ports(1)[0]
    with pytest.MonkeyPatch.context() as patch:
        for name in {*os.environ} - {"PATH"}:
            patch.delenv(name)
        for name, value in environment(folder, port, settings).items():
            patch.setenv(name, value)
        patch.chdir(folder.parent)
        with pytest.raises(BotError) as refused:
            await _start()
    return refused.value.exit_code, f"factormate: {assembly.explained(refused.value)}\n"


async def _start() -> None:
    settings = setting.read()
    with contextlib.closing(app.bound(settings)) as listening, stores.own_store(settings) as (store_url, _):
        async with app.running_bot(settings, store_url, listening):
            pass


async def refused(folder: Path, settings: Mapping[str, str], port: int | None = None) -> tuple[int, str]:
    program = await launched(folder, settings, port)
    return await program.end()


@pytest.fixture(params=[refused_here, pytest.param(refused, marks=pytest.mark.soak)], ids=["here", "process"])
def refusal(request: pytest.FixtureRequest) -> Refusal:
    """Here at every change, as a process in the long tests."""
    attempt: Refusal = request.param

    async def checked(folder: Path, settings: Mapping[str, str], port: int | None = None) -> tuple[int, str]:
        code, said = await attempt(folder, settings, port)
        assert "Traceback" not in said
        assert said.startswith("factormate: ")
        assert said.count("\n") == 1, said
        return code, said

    return checked


async def answers(program: Program) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{program.url}/healthz") as answer:
        return await answer.text()


@pytest.mark.soak
async def test_one_bot_for_a_port_and_a_folder(refusal: Refusal, product: Program, tmp_path: Path) -> None:
    """It prints one line with one address and answers there; others are told why they cannot start; Ctrl-C ends it."""
    assert product.greeting.count("http") == 1
    assert product.url in product.greeting
    async with aiohttp.ClientSession() as session, session.get(product.url) as page:
        assert "<html" in await page.text()
    code, said = await refusal(tmp_path / "other", {}, product.port)
    assert (code, "PORT" in said, str(product.port) in said) == (1, True, True)
    code, said = await refusal(product.data_dir, {})
    assert (code, "DATA_DIR" in said) == (1, True)
    assert await answers(product) == "ok"
    product.interrupt()
    assert await product.end() == (0, "")


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


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        pytest.param({**REAL, "SLACK_BOT_TOKEN": "xoxp-s3cret"}, "SLACK_BOT_TOKEN", id="a malformed token"),
        pytest.param({"SLACK_BOT_TOKEN": "xoxb-s3cret"}, "SLACK_SIGNING_SECRET", id="a missing one"),
        pytest.param({"SLACK_APP_TOKEN": "xapp-s3cret"}, "SLACK_BOT_TOKEN", id="a clash"),
    ],
)
async def test_wrong_settings_are_named_and_never_shown(
    refusal: Refusal, tmp_path: Path, settings: dict[str, str], names: str
) -> None:
    """Exit code 2, the variable's name, what to do; no value, since it may be a secret. (More in test_settings.py.)"""
    code, said = await refusal(tmp_path, settings)
    assert code == 2
    assert names in said
    assert "s3cret" not in said
    assert SECRET not in said


async def test_a_store_that_does_not_answer_is_named(refusal: Refusal, tmp_path: Path) -> None:
    """Soon, with its address but without its password."""
    url = f"redis://:s3cret@127.0.0.1:{free_ports(1)[0]}/0"
    code, said = await refusal(tmp_path, {"REDIS_URL": url, "FIELD_KEYS": new_key(), **REAL})
    assert code == 1
    assert "REDIS_URL" in said
    assert "s3cret" not in said


async def test_the_local_workspace_keeps_out_of_a_real_store(
    refusal: Refusal, folder: Path, redis: Redis, store_url: str
) -> None:
    """A forgotten bot token puts no invented companies among the real ones."""
    await redis.zadd(keys.WORKSPACES, {"T0REAL": 1})
    code, said = await refusal(folder, {"REDIS_URL": store_url, "FIELD_KEYS": new_key()})
    assert code == 1
    assert "SLACK_BOT_TOKEN" in said
    assert await redis.zrange(keys.WORKSPACES, 0, -1) == ["T0REAL"]


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


async def test_unusable_keys_are_named(tmp_path: Path) -> None:
    """By a process of its own at every change."""
    code, said = await refused(tmp_path, {"FIELD_KEYS": "s3cret"})
    assert (code, said.count("\n"), said.startswith("factormate: FIELD_KEYS")) == (2, 1, True)
    assert "s3cret" not in said


@pytest.mark.soak
async def test_another_key_than_the_data_was_sealed_with(refusal: Refusal, folder: Path) -> None:
    """Is told at the start, not when the first note cannot be read; and no new key is made beside a filled store."""
    async with running(folder):
        pass
    code, said = await refusal(folder, {"FIELD_KEYS": new_key()})
    assert code == 1
    assert "none of the keys opens what workspace T0LOCAL has stored" in said
    (folder / "local" / "field-keys").unlink()
    code, said = await refusal(folder, {})
    assert code == 1
    assert str(folder / "local" / "field-keys") in said
    assert not (folder / "local" / "field-keys").exists()


@pytest.mark.parametrize("name", ["local-workspace.json", "clock-offset", "field-keys"])
async def test_a_damaged_file_is_named(refusal: Refusal, folder: Path, name: str) -> None:
    (folder / "local").mkdir()
    (folder / "local" / name).write_bytes(b"\xff\xfe{")
    code, said = await refusal(folder, {})
    assert code == 1
    assert f"{name} is damaged" in said


async def test_a_password_that_the_store_refuses(refusal: Refusal, tmp_path: Path, folder: Path) -> None:
    """Is another thing than a store that is not there."""
    (port,) = free_ports(1)
    with servers.running(tmp_path / "server", port, "--requirepass", "right"):
        url = f"redis://:s3cret@127.0.0.1:{port}/0"
        code, said = await refusal(folder, {"REDIS_URL": url, "FIELD_KEYS": new_key(), **REAL})
    assert code == 1
    assert f"the store at redis://127.0.0.1:{port}/0 refuses the user or the password" in said
    assert "s3cret" not in said


@pytest.mark.soak
async def test_a_command_lets_go_of_the_store_first(folder: Path) -> None:
    """A bot that starts while a command runs the store waits a little."""
    store = EmbeddedStore.start(folder / "local")
    asyncio.get_running_loop().call_later(2, store.stop)
    async with running(folder) as program:
        assert await answers(program) == "ok"


async def test_a_data_folder_that_is_a_file_is_named(refusal: Refusal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, said = await refusal(tmp_path / "file", {})
    assert code == 1
    assert "DATA_DIR" in said


@pytest.mark.parametrize("host", ["203.0.113.1", "no-such-host.invalid"])
async def test_a_host_that_is_not_ours_is_named(refusal: Refusal, tmp_path: Path, host: str) -> None:
    """That is something else than a port that is taken."""
    code, said = await refusal(tmp_path, dict(HOST=host, **REAL))
    assert code == 1
    assert "HOST" in said
    assert "taken" not in said


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


async def test_a_broken_calendar_file_is_named(refusal: Refusal, folder: Path) -> None:
    (folder / "calendar.yml").write_text("working: yes please")
    code, said = await refusal(folder, {})
    assert code == 1
    assert "calendar.yml" in said


async def test_a_token_that_slack_refuses(refusal: Refusal, folder: Path) -> None:
    """With Slack's own reason and the names of the settings."""
    async with slack_at() as slack:
        token = "xoxb-s3cret"
        settings = {**REAL, "SLACK_BOT_TOKEN": token, "SLACK_API_URL": f"{slack.base_url}/api/"}
        code, said = await refusal(folder, settings)
    assert code == 1
    assert "SLACK_BOT_TOKEN" in said
    assert "invalid_auth" in said
    assert "s3cret" not in said


async def test_an_app_token_that_slack_refuses(refusal: Refusal, folder: Path) -> None:
    """Socket Mode is refused after the bot's token was accepted."""
    async with slack_at() as slack:
        settings = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": "xapp-s3cret"}
        code, said = await refusal(folder, settings | {"SLACK_API_URL": f"{slack.base_url}/api/"})
    assert code == 1
    assert "SLACK_APP_TOKEN" in said
    assert "s3cret" not in said


async def test_slack_that_cannot_be_reached(refusal: Refusal, folder: Path) -> None:
    """Which is not the token's fault."""
    (port,) = free_ports(1)
    code, said = await refusal(folder, dict(SLACK_API_URL=f"http://127.0.0.1:{port}/api/", **REAL))
    assert code == 1
    assert f"SLACK_API_URL: Slack can't be reached at http://127.0.0.1:{port}/api/" in said


@asynccontextmanager
async def half_a_slack(**answers: dict[str, Any] | str) -> AsyncIterator[str]:
    """The address of something that has these answers; to whatever else is asked it says nothing at all."""

    async def answer(request: web.Request) -> web.Response:
        said = answers.get(request.match_info["method"].replace(".", "_"))
        if said is None:
            await asyncio.sleep(60)
        return web.json_response(said) if isinstance(said, dict) else web.Response(text=said, content_type="text/html")

    site = web.Application()
    site.router.add_route("*", "/api/{method}", answer)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


async def test_something_that_is_not_slack(refusal: Refusal, folder: Path) -> None:
    """A hotel's page where Slack should be says nothing about the token."""
    async with half_a_slack(auth_test="<html>Please log in</html>") as api_url:
        code, said = await refusal(folder, dict(SLACK_API_URL=api_url, **REAL))
    assert code == 1
    assert f"SLACK_API_URL: Slack can't be reached at {api_url}" in said


@pytest.mark.soak
async def test_a_socket_that_nobody_opens(refusal: Refusal, folder: Path) -> None:
    """Slack answers, but the address it gives for Socket Mode does not: the start ends by itself, and soon."""
    dead = {"ok": True, "url": f"ws://127.0.0.1:{free_ports(1)[0]}/link"}
    known = {
        "ok": True,
        "url": "http://x/",
        "team_id": "T0W",
        "user_id": "UB",
        "bot_id": "BB",
        "team": "b",
        "user": "b",
    }
    async with half_a_slack(auth_test=known, apps_connections_open=dead) as api_url:
        code, said = await refusal(
            folder, {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": "xapp-s3cret", "SLACK_API_URL": api_url}
        )
    assert code == 1
    assert f"SLACK_API_URL: Slack can't be reached at {api_url}" in said


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
        assert await answers(again) == "ok"
        again.interrupt()
        assert await again.end() == (0, "")


def test_a_store_that_is_away_is_told_in_one_line() -> None:
    """Not with the engine's traceback at every try; what goes wrong for good keeps its own."""
    gone = (ConnectionError, ConnectionError("gone"), None)
    passing = logging.makeLogRecord({"levelno": logging.WARNING, "exc_info": gone})
    away = (RedisError, RedisError("gone"), None)
    away_too = logging.makeLogRecord({"levelno": logging.ERROR, "exc_info": away})
    lasting = logging.makeLogRecord({"levelno": logging.ERROR, "exc_info": gone})
    assert all(logs.in_one_line(each) for each in (passing, away_too, lasting))
    assert (passing.exc_info, away_too.exc_info, lasting.exc_info) == (None, None, gone)
