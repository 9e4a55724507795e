"""Commands, in this process or as real ones, and a company whose Slack is the emulator."""

import asyncio
import contextlib
import io
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

import app
from bot import appmanifest, assembly
from bot.cli.main import main
from bot.domain.user import Profile, Role
from bot.sandbox import Emulator, demo_workspace
from bot.services import Services
from bot.settings import Settings
from bot.storage.sealing import new_key
from tests.fakes import FixedClock
from tests.loopback import emulated
from tests.servers import free_ports
from tests.world import APP_TOKEN, BOT_TOKEN, CHEN, LIN, TEAM

ROOT = Path(app.__file__).parent
PATIENCE = 90


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


class Bot:
    """`python -m bot`, from another folder than the project's and with no environment but what is said here.

    In a thread of this process, which takes a tenth of the time that a process of its own needs to import everything.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "DATA_DIR": str(folder / "data"),
            "PORT": str(free_ports(1)[0]),
        }
        self._turn = asyncio.Lock()
        """Folder, environment and streams are the whole process's."""

    async def __call__(self, *arguments: str, **environment: str) -> Ran:
        async with self._turn:
            return await asyncio.to_thread(self._run, arguments, {**self.environment, **environment})

    def file(self, name: str, content: str, encoding: str = "utf-8") -> str:
        """Written where the commands run; the name to give them."""
        (self.folder / name).write_text(content, encoding=encoding)
        return name

    def _run(self, arguments: tuple[str, ...], environment: dict[str, str]) -> Ran:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with (
            _as_at_its_start(["bot", *arguments], environment),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        return Ran(int(ended.value.code or 0), _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextlib.contextmanager
def _as_at_its_start(argv: list[str], environment: dict[str, str]) -> Iterator[None]:
    """Afterwards everything is as it was: what a command settles about its process holds for it alone."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = []
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", argv)
            for name in {*os.environ} - {*environment}:
                patch.delenv(name)
            for name, value in environment.items():
                patch.setenv(name, value)
            yield
    finally:
        root.handlers, root.level = handlers, level


class Processes(Bot):
    """The same as real processes."""

    async def __call__(self, *arguments: str, **environment: str) -> Ran:
        return await self.python("-m", "bot", *arguments, **environment)

    async def python(self, *arguments: str, **environment: str) -> Ran:
        process = await self.start(*arguments, **environment)
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
        return Ran(process.returncode or 0, out.decode(), err.decode())

    async def start(self, *arguments: str, **environment: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=self.folder,
            env={**self.environment, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )


@pytest.fixture(params=[Bot, pytest.param(Processes, marks=pytest.mark.soak)], ids=["here", "process"])
def bot(request: pytest.FixtureRequest, tmp_path: Path) -> Bot:
    """Here at every change, as processes in the long tests."""
    made: Bot = request.param(tmp_path)
    return made


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    """For what only a process of its own can show."""
    return Processes(tmp_path)


@dataclass(frozen=True, slots=True)
class Company:
    """A workspace in the store, and `environment`, which lets commands find that store and this Slack."""

    slack: Emulator
    services: Services
    environment: dict[str, str]


@pytest.fixture
async def company(redis: Redis, store_url: str, tmp_path: Path) -> AsyncIterator[Company]:
    """Lin and Chen are account managers since 2026-03-02; Slack knows more people than the company has set up."""
    key = new_key()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(running_slack())
        settings = Settings(_env_file=None, data_dir=tmp_path / "data", field_keys=(SecretStr(key),))
        core = await stack.enter_async_context(assembly.core(settings, store_url, answers=False))
        services = core.services(FixedClock("2026-03-02T09:00:00+08:00"), _in_shanghai)
        await services.workspaces.open(TEAM)
        for user_id in (LIN, CHEN):
            await services.members.set_roles(TEAM, user_id, frozenset({Role.ACCOUNT_MANAGER}), "East", by="test")
        yield Company(
            slack,
            services,
            {
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_APP_TOKEN": APP_TOKEN,
                "SLACK_API_URL": f"{slack.base_url}/api/",
                "REDIS_URL": store_url,
                "FIELD_KEYS": key,
            },
        )


async def _in_shanghai(team_id: str, user_id: str) -> Profile:
    return Profile(name=user_id, locale="zh-CN", tz="Asia/Shanghai")


@asynccontextmanager
async def running_slack(manifest: dict[str, Any] | None = None) -> AsyncIterator[Emulator]:
    """The emulator on a port of its own; `manifest` may be another one than the app's."""
    slack = Emulator(
        demo_workspace(),
        manifest or appmanifest.load(),
        bot_url=None,
        signing_secret="unused",
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        rate_limits=False,
    )
    async with emulated(slack):
        yield slack
