"""What browser tests need: a page of the local workspace on a real emulator, with a tiny bot behind it.

Hooks of the page (data-testid): app (data-ready, data-as), sidebar, app-link, channel-link and person
(data-channel-id, data-user-id), tab-home, tab-messages, home, messages, message (data-ts, data-ephemeral), ephemeral,
message-more, menu-item, composer, send, completion, modal (data-callback-id, data-depth), modal-submit, modal-close,
modal-back, jump, welcome, welcome-try, welcome-close, field-error (data-block-id), select-option and choice
(data-value), calendar-day (data-day), confirm, confirm-ok, confirm-cancel, toast, clock-now, clock-next, view-as,
view-as-option, drawer, thread.
Controls of blocks carry data-action-id and data-block-id.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from playwright.async_api import Browser, Locator, Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import BusinessClock, Emulator, demo_workspace
from tests.loopback import emulated, served
from tests.sandbox.builders import Json, manifest
from tests.sandbox.tiny_bot import SECRET, TinyBot

LIN, GRACE, EAST = "U01LIN", "U03GRACE", "C01EAST"
MODAL = "[data-testid=modal]"
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 720}, "has_touch": True, "is_mobile": True}


@dataclass
class MovableClock:
    at: datetime = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    async def next_working_day(self) -> datetime:
        self.at = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
        return self.at

    async def next_hour(self) -> datetime:
        self.at += timedelta(hours=1)
        return self.at


@dataclass
class World:
    """The emulator, the bot behind it, and the clock the page may move."""

    emulator: Emulator
    bot: TinyBot
    slack: AsyncWebClient
    browser: Browser
    stack: AsyncExitStack
    faults: list[str] = field(default_factory=list)

    async def open(self, user: str = LIN, place: str = EAST, **context: Any) -> Page:
        """A page of its own, ready; whatever goes wrong in it fails the test at its end."""
        made = await self.browser.new_context(**{"viewport": {"width": 1280, "height": 860}} | context)
        self.stack.push_async_callback(made.close)
        page = await made.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self._watch(request.url))
        await page.goto(f"{self.emulator.base_url}/?as={user}#/{place}")
        await expect(page.get_by_test_id("app")).to_have_attribute("data-ready", "true")
        return page

    def _watch(self, url: str) -> None:
        if not url.startswith(self.emulator.base_url):
            self.faults.append(f"the page asked {url}")

    async def say(self, *blocks: Json, channel: str = EAST, text: str = "words") -> None:
        await self.slack.chat_postMessage(channel=channel, text=text, blocks=list(blocks) or None)

    def opens(self, kind: str, view: Json, method: str = "views_open") -> None:
        """The bot answers this by a modal."""

        async def answer(body: Json) -> None:
            await getattr(self.slack, method)(trigger_id=body["trigger_id"], view=view)

        self.bot.on(kind, answer)

    async def next(self, kind: str, count: int = 1) -> Json:
        """The body of the count-th request of this kind."""
        await self.emulator.wait_for(lambda: len(self.bot.got(kind)) >= count)
        return self.bot.got(kind)[count - 1].body

    async def action(self, count: int = 1) -> Json:
        acted: Json = (await self.next("block_actions", count))["actions"][0]
        return acted


@asynccontextmanager
async def opened_world(browser: Browser) -> AsyncIterator[World]:
    """Closed again with a look at what went wrong in its pages."""
    clock, bot = MovableClock(), TinyBot()
    async with AsyncExitStack() as stack:
        emulator = Emulator(
            demo_workspace(),
            manifest(),
            bot_url=await stack.enter_async_context(served(bot.app())) + "/slack/events",
            signing_secret=SECRET,
            bot_token="xoxb-page",
            app_token="xapp-page",
            clock=BusinessClock(clock.now, clock.next_working_day, clock.next_hour),
            rate_limits=False,
        )
        await stack.enter_async_context(emulated(emulator))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        slack = AsyncWebClient("xoxb-page", base_url=f"{emulator.base_url}/api/", session=session)
        world = World(emulator, bot, slack, browser, stack)
        yield world
        assert world.faults == []


def control(page: Page, action_id: str) -> Locator:
    return page.locator(f"[data-action-id={action_id}]")


async def send(page: Page, text: str) -> None:
    await page.get_by_test_id("composer").fill(text)
    await page.keyboard.press("Enter")
