"""A running emulator, a tiny bot behind it, and Slack's own client in front of it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Emulator, demo_workspace
from tests.sandbox.builders import manifest
from tests.sandbox.tiny_bot import SECRET, TinyBot

BOT_TOKEN = "xoxb-local"
APP_TOKEN = "xapp-local"
Start = Callable[..., Any]


class FakeTimer:
    """The time by which handles expire and rates recover; stands still until moved."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def timer() -> FakeTimer:
    return FakeTimer()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[web.Application], Any]]:
    """Serves an application on a free port until the test ends; gives its address."""
    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in reversed(runners):
        await runner.cleanup()


@pytest.fixture
async def bot() -> TinyBot:
    return TinyBot()


@pytest.fixture
async def start(serve: Callable[[web.Application], Any], bot: TinyBot, timer: FakeTimer) -> AsyncIterator[Start]:
    """Starts an emulator in front of the tiny bot; keywords go to Emulator, `socket=True` leaves the bot's URL out."""
    running: list[Emulator] = []

    async def begin(*, socket: bool = False, **options: Any) -> Emulator:
        bot_url = None if socket else await serve(bot.app()) + "/slack/events"
        settings: dict[str, Any] = {"workspace": demo_workspace(), "manifest": manifest(), "timer": timer} | options
        emulator = Emulator(
            settings.pop("workspace"),
            settings.pop("manifest"),
            bot_url=bot_url,
            signing_secret=SECRET,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            **settings,
        )
        app = web.Application()
        emulator.mount(app)
        emulator.base_url = await serve(app)
        await emulator.start()
        running.append(emulator)
        return emulator

    yield begin
    for emulator in running:
        await emulator.close()


@pytest.fixture
async def emulator(start: Start) -> Emulator:
    running: Emulator = await start()
    return running


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def slack(emulator: Emulator, session: ClientSession) -> AsyncWebClient:
    """What the bot uses to call Slack, without retries of its own."""
    return client_for(emulator, session)


def client_for(emulator: Emulator, session: ClientSession, token: str = BOT_TOKEN) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=f"{emulator.base_url}/api/", session=session, retry_handlers=[])
