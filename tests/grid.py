"""Several workspaces that install the app by OAuth from one bot, or from several bots on one store."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr

import app
from bot import appmanifest
from bot.cli import manifest
from bot.sandbox import Emulator, OAuthDesk, demo_workspace
from bot.settings import Settings
from bot.storage import keys
from handlers import oauth
from tests.fakes import FixedClock
from tests.loopback import served
from tests.world import APP_TOKEN, FIELD_KEY, SECRET, _bound

EAST, WEST, ORG = "T0EAST", "T0WEST", "E0GRID"
CLIENT_ID, CLIENT_SECRET = "12.34", "test-client-secret"


@dataclass(frozen=True, slots=True)
class Page:
    status: int
    text: str
    headers: Any
    cookie: str = ""

    @property
    def link(self) -> str:
        """Where its button goes."""
        found = re.search(r'href="([^"]+)"', self.text)
        assert found, self.text
        return found[1].replace("&amp;", "&")


@dataclass(frozen=True, slots=True, repr=False)
class Grid:
    desk: OAuthDesk
    bots: list[app.Running]
    urls: list[str]
    bot_settings: Settings
    clock: FixedClock
    session: aiohttp.ClientSession

    async def clean(self) -> None:
        """As before anybody installed anything."""
        redis = self.bots[0].services.workspaces.store.redis
        async for key in redis.scan_iter(match=f"{keys.PREFIX}:*"):
            await redis.delete(key)
        for bot in self.bots:
            bot.services.installations.memory.found.clear()
            bot.services.installations.forget("")
        for slack in self.desk.workspaces.values():
            slack.grants.revoke_all()
            slack.state.organisation = ""
            slack.faults.clear()
        self.desk.rotates, self.desk.exchanges = False, 0

    @property
    def east(self) -> Emulator:
        return self.desk.workspaces[EAST]

    @property
    def west(self) -> Emulator:
        return self.desk.workspaces[WEST]

    async def get(self, address: str, cookie: str = "", **headers: str) -> Page:
        """As a browser would that keeps its cookies by itself."""
        if cookie:
            headers["Cookie"] = cookie
        async with self.session.get(address, headers=headers, allow_redirects=False) as answer:
            text = await answer.text()
            set_cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
            return Page(answer.status, text, answer.headers, set_cookie)

    async def begin(self, bot: int = 0) -> Page:
        return await self.get(f"{self.urls[bot]}{oauth.INSTALL}")

    async def agreed(self, begun: Page, home: str = EAST, user_id: str = "") -> str:
        """Where Slack sends the browser back to, once somebody has chosen `home`; an empty one cancels. Without a
        `user_id` it is an admin of that Slack."""
        shown = await self.get(begun.link)
        assert shown.status == 200, shown.text
        allowed = await self.get(begun.link.replace("/authorize?", "/allow?") + f"&home={home}&user={user_id}")
        return str(allowed.headers["Location"])

    async def install(self, home: str = EAST, user_id: str = "") -> Page:
        begun = await self.begin()
        return await self.get(await self.agreed(begun, home, user_id), begun.cookie)


@asynccontextmanager
async def opened_grid(
    store_url: str,
    data_dir: Path,
    clock: FixedClock,
    bots: int,
    allowed: frozenset[str] = frozenset(),
    socket_mode: bool = False,
) -> AsyncIterator[Grid]:
    """Slack tells the first bot what happens in its workspaces."""
    async with AsyncExitStack() as stack:
        listening = [_bound() for _ in range(bots)]
        urls = [f"http://127.0.0.1:{each.getsockname()[1]}" for each in listening]
        told = manifest.for_many(
            appmanifest.load() if socket_mode else manifest.over_http(appmanifest.load(), urls[0]), urls[0]
        )
        front, slacks = web.Application(), []
        for team_id, name in ((EAST, "华东保理"), (WEST, "华西保理")):
            workspace = replace(demo_workspace(), team_id=team_id, team_name=name)
            slack = Emulator(
                workspace,
                told,
                bot_url=None if socket_mode else f"{urls[0]}/slack/events",
                signing_secret=SECRET,
                bot_token="",
                app_token=APP_TOKEN,
                rate_limits=False,
            )
            site = web.Application()
            slack.mount(site)
            front.add_subapp(f"/{team_id}", site)
            slacks.append(slack)
        desk = OAuthDesk(
            slacks,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            redirect_uri=f"{urls[0]}{oauth.REDIRECT}",
            organisation=ORG,
        )
        desk.mount(front)
        address = await stack.enter_async_context(served(front))
        for slack in slacks:  # one address for all, as Slack's is: what is answered later goes there, too
            slack.base_url = f"{address}/{slack.state.workspace.team_id}"
            await slack.start()
            stack.push_async_callback(slack.close)
        running = []
        for socket_ in listening:
            settings = Settings(
                _env_file=None,
                slack_client_id=CLIENT_ID,
                slack_client_secret=SecretStr(CLIENT_SECRET),
                slack_signing_secret=None if socket_mode else SecretStr(SECRET),
                slack_app_token=SecretStr(APP_TOKEN) if socket_mode else None,
                slack_api_url=f"{address}/api/",
                public_url=urls[0],
                allowed_workspaces=allowed,
                data_dir=data_dir,
                field_keys=(SecretStr(FIELD_KEY),),
            )
            running.append(await stack.enter_async_context(app.running_bot(settings, store_url, socket_, clock)))
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        yield Grid(desk, running, urls, settings, clock, session)
