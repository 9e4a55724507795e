"""Servers that are measured, each a process of its own, and what they take for Slack."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self

from aiohttp import web
from pydantic import SecretStr

from bench.requests import SECRET, TEAM
from bot.settings import Settings
from bot.storage.sealing import new_key

SERVER_CORE: Final = 0
LOAD_CORE: Final = 1
MODELS: Final = Path(__file__).parent.parent / "artifacts" / "models"
TOKEN: Final = "xoxb-bench"
REPLY_PATH: Final = "/response/bench"
"""Where what follows an answer is sent, at the stand-in."""
_ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "auth.test": {"url": "http://bench/", "team_id": TEAM, "user_id": "UB", "bot_id": "BB", "team": "b", "user": "b"},
    "users.info": {"user": {"locale": "zh-CN", "tz": "Asia/Shanghai", "profile": {}}},
    "conversations.open": {"channel": {"id": "D0BENCH"}},
    "chat.postMessage": {"channel": "D0BENCH", "ts": "1.000001"},
    "views.open": {"view": {"id": "V0BENCH", "hash": "1.2"}},
}


class Server:
    """A process of its own on the server core, which has said that it is ready."""

    def __init__(self, port: int, arguments: list[str], environment: dict[str, str]) -> None:
        self.port = port
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
        )
        assert self._process.stdout is not None
        if "ready" not in self._process.stdout.readline():
            raise RuntimeError(f"{arguments} did not start")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def settings_for(store_url: str, folder: Path, **others: Any) -> Settings:
    """Of a bot for one workspace, unless others are given; its matcher is trained once for all that is measured."""
    MODELS.mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir()
    (folder / "data" / "models").symlink_to(MODELS)
    return Settings(
        _env_file=None,
        slack_signing_secret=SecretStr(SECRET),
        redis_url=SecretStr(store_url),
        field_keys=(SecretStr(new_key()),),
        data_dir=folder / "data",
        **({"slack_bot_token": SecretStr(TOKEN)} | others),
    )


def environment_for(settings: Settings, port: int, slack_port: int) -> dict[str, str]:
    """The same for one workspace, as a process of its own is told it."""
    assert settings.redis_url is not None
    return {
        "USER_LIMIT": "100000000",  # all the load is one person's
        "WORKSPACE_LIMIT": "100000000",
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{slack_port}/api/",
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "FIELD_KEYS": settings.field_keys[0].get_secret_value(),
        "DATA_DIR": str(settings.data_dir),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }


@asynccontextmanager
async def slack_stand_in(port: int) -> AsyncIterator[None]:
    """Agrees to whatever the bot asks or sends."""

    async def method(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, **_ANSWERS.get(request.match_info["method"], {})})

    async def reply(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    site = web.Application()
    site.router.add_route("*", "/api/{method}", method)
    site.router.add_post(REPLY_PATH, reply)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()
