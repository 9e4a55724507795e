"""A start that cannot work ends soon, with one sentence that names what to change, and never with a secret."""

import contextlib
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import aiohttp
import pytest
from redis.asyncio import Redis

import app
from bot import assembly, stores
from bot import settings as setting
from bot.errors import BotError
from bot.storage import keys
from bot.storage.sealing import new_key
from tests import servers
from tests.fakes import half_a_slack
from tests.jobs.office import slack_at
from tests.programs import REAL, environment, launched, running, with_models
from tests.servers import free_ports
from tests.world import BOT_TOKEN, SECRET

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


@pytest.fixture
def folder(data_dir: Path, models_dir: Path) -> Path:
    return with_models(data_dir, models_dir)


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


@pytest.mark.soak
async def test_one_bot_for_a_port_and_a_folder(refusal: Refusal, folder: Path, tmp_path: Path) -> None:
    """It prints one line with one address and answers there; others are told why they cannot start; Ctrl-C ends it."""
    async with running(folder) as product:
        assert product.greeting.count("http") == 1
        assert product.url in product.greeting
        async with aiohttp.ClientSession() as session, session.get(product.url) as page:
            assert "<html" in await page.text()
        code, said = await refusal(tmp_path / "other", {}, product.port)
        assert (code, "PORT" in said, str(product.port) in said) == (1, True, True)
        code, said = await refusal(product.data_dir, {})
        assert (code, "DATA_DIR" in said) == (1, True)
        assert await product.health() == "ok"
        product.interrupt()
        assert await product.end() == (0, "")


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
