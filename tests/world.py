"""The whole product against the emulator: real HTTP or Socket Mode, a real store, a clock that the test moves."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import SecretStr

import app
from bot import appmanifest
from bot.domain.kinds import Objection
from bot.domain.user import Role
from bot.sandbox import Emulator, Workspace, demo_workspace
from bot.services import Services
from bot.settings import Settings
from bot.storage.connection import connect
from bot.storage.sealing import new_key
from tests.fakes import FixedClock
from tests.loopback import emulated

TEAM = "T0LOCAL"
LIN, CHEN, GRACE, ZHOU, REED = "U01LIN", "U02CHEN", "U03GRACE", "U04ZHOU", "U05REED"

FIELD_KEY = new_key()
"""One for the run, so that several bots can read what the others wrote."""

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-test-token", "xapp-test-token", "test-signing-secret"


PUBLIC_URL = "https://factormate.example.com"
"""What permanent links begin with."""


@dataclass(frozen=True, slots=True, repr=False)
class World:
    """`slack` is driven as a person; `services` and `running` show what the bot made of it.

    Without a repr of all its parts: asyncio spells a fixture's result out several times in every test.
    """

    slack: Emulator
    running: app.Running
    clock: FixedClock
    bot_url: str
    casts: Iterator[int] = field(default_factory=count)
    """Which of its people comes next to a test."""

    @property
    def services(self) -> Services:
        return self.running.services

    async def quiet(self) -> None:
        """Until everything sent is answered, and what follows from it has happened."""
        await self.slack.settled()
        await self.running.later.drain(5)

    def objection(self, entry_id: str) -> Objection:
        entry = self.services.playbook.shipped.entry(entry_id)
        assert isinstance(entry, Objection)
        return entry


async def emptied(store_url: str) -> str:
    """For bots that many tests share: other tests of the same process have left what other keys have sealed."""
    client = await connect(store_url)
    await client.flushdb()
    await client.aclose()
    return store_url


@asynccontextmanager
async def opened_world(
    store_url: str,
    data_dir: Path,
    clock: FixedClock,
    *,
    socket_mode: bool = False,
    metrics_port: int | None = None,
    workspace: Workspace | None = None,
    model_url: str | None = None,
    **emulator: Any,
) -> AsyncIterator[World]:
    """Lin, Chen and Grace are account managers of team East, Zhou leads it, Reed is nobody's.

    A `workspace` brings its own people, of whom the bot knows nothing yet.
    """
    listening = _bound()
    bot_url = f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events"
    slack = Emulator(
        workspace or demo_workspace(),
        appmanifest.with_links(appmanifest.load(), PUBLIC_URL),
        bot_url=None if socket_mode else bot_url,
        signing_secret=SECRET,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        **{"rate_limits": False, **emulator},
    )
    async with emulated(slack):
        settings = Settings(
            _env_file=None,
            slack_bot_token=SecretStr(BOT_TOKEN),
            slack_app_token=SecretStr(APP_TOKEN) if socket_mode else None,
            slack_signing_secret=None if socket_mode else SecretStr(SECRET),
            slack_api_url=f"{slack.base_url}/api/",
            data_dir=data_dir,
            user_limit=1_000_000,  # tests are quicker than people
            workspace_limit=1_000_000,
            public_url=PUBLIC_URL,
            llm_base_url=model_url,
            llm_model=model_url and "test-model",
            llm_api_key=SecretStr("test-key") if model_url else None,
            field_keys=(SecretStr(FIELD_KEY),),
            host="127.0.0.1" if metrics_port else None,
            metrics_port=metrics_port,
        )
        async with app.running_bot(settings, store_url, listening, clock) as running:
            if workspace is None:
                await _staff(running.services)
            yield World(slack, running, clock, bot_url)


async def _staff(services: Services) -> None:
    manager, lead = frozenset({Role.ACCOUNT_MANAGER}), frozenset({Role.TEAM_LEAD})
    for user_id in (LIN, CHEN, GRACE):
        await services.members.set_roles(TEAM, user_id, manager, "East", by="test")
    await services.members.set_roles(TEAM, ZHOU, lead, "East", by="test")
    for user_id in (LIN, CHEN, GRACE, ZHOU):
        await services.nudges.join(TEAM, user_id)


def _bound() -> socket.socket:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    return listening
