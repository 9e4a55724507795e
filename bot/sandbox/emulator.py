"""A look-alike of Slack on localhost: one object that tests and `make run` put between a person and the bot."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp
from aiohttp import web

from bot.sandbox.deliveries import RETRY_DELAYS, Deliveries, HttpLine, Kind, Line
from bot.sandbox.events import EventFeed, check_event_scopes
from bot.sandbox.faults import Faults
from bot.sandbox.file_methods import FileApi
from bot.sandbox.grants import Grants
from bot.sandbox.local_api import LocalApi, guarded
from bot.sandbox.pace import Pace
from bot.sandbox.payloads import Payloads
from bot.sandbox.person import ActingPerson
from bot.sandbox.recorded import Call, Delivery
from bot.sandbox.reply_urls import ReplyUrls
from bot.sandbox.shapes import Json
from bot.sandbox.snapshot import Snapshot
from bot.sandbox.sockets import SocketHub
from bot.sandbox.state import State
from bot.sandbox.web_api import WebApi
from bot.sandbox.workspace import BusinessClock, Workspace

T = TypeVar("T")
PAGE: Final = Path(__file__).parent / "page"


class Emulator:
    """Set `base_url` once the port is known; with `bot_url` None everything goes over Socket Mode."""

    def __init__(
        self,
        workspace: Workspace,
        manifest: dict[str, Any],
        *,
        bot_url: str | None,
        signing_secret: str,
        bot_token: str,
        app_token: str,
        clock: BusinessClock | None = None,
        snapshot: Path | None = None,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        rate_limits: bool = True,
        timer: Callable[[], float] = time.time,
    ) -> None:
        """`timer` is what handles and rate limits expire by; signatures always carry the real time."""
        check_event_scopes(manifest)
        self.workspace = workspace
        self.base_url = ""
        self.bot_url = bot_url
        self.faults = Faults()
        self.state = State(workspace, manifest, timer=timer, clock=clock)
        self.grants = Grants(bot_token, timer)
        self._secret = signing_secret
        self._session: aiohttp.ClientSession | None = None
        self._people: dict[str, ActingPerson] = {}
        changes = self.state.changes
        self._sockets = SocketHub(workspace.app_id, lambda: self.base_url, changes.touch)
        self._courier = Deliveries(self._line, retry_delays, changes.touch)
        self._feed = EventFeed(self.state, self._payloads, self._courier.tell)
        self.state.announce = self._feed.message
        self._web_api = WebApi(
            self.state,
            grants=self.grants,
            app_token=app_token,
            faults=self.faults,
            pace=Pace(timer, enabled=rate_limits),
            open_socket=self._sockets.issue_url,
            base_url=lambda: self.base_url,
        )
        self._files = FileApi(self.state, self.grants)
        self._reply_urls = ReplyUrls(self.state, self._web_api, self.faults)
        self._snapshot = Snapshot(snapshot, self.state) if snapshot else None

    # serving

    def mount(self, app: web.Application) -> None:
        """Adds the Web API, reply addresses, the socket, the page and the page's API."""
        app.add_routes(
            [
                web.post("/api/{method}", self._web_api.handle),
                web.get("/api/{method}", self._web_api.handle),
                web.post("/response/{ticket}", self._reply_urls.handle),
                web.get("/socket/{ticket}", self._sockets.handle),
                web.get("/", guarded(_index)),
                *self._files.routes(),
                *LocalApi(self.state, self.person).routes(),
            ]
        )
        app.router.add_static("/static", PAGE)
        app.on_response_prepare.append(_for_this_page_only)
        app.on_shutdown.append(self._end_streams)

    async def start(self) -> None:
        self._session = aiohttp.ClientSession()
        if self._snapshot:
            self._snapshot.load()
            self._courier.in_background(self._snapshot.keep())

    async def close(self) -> None:
        self._web_api.close()
        self.state.changes.end()
        await self._courier.close()
        await self._sockets.close()
        if self._session:
            await self._session.close()
        if self._snapshot:
            self._snapshot.save()

    async def _end_streams(self, app: web.Application) -> None:
        """A server waits for open responses; these would never end by themselves."""
        self._web_api.close()
        self.state.changes.end()
        await self._sockets.close()

    # acting

    def person(self, user_id: str) -> ActingPerson:
        if user_id not in self._people:
            person = self.workspace.get_person(user_id)
            self._people[user_id] = ActingPerson(person, self.state, self._courier, self._payloads, self._feed)
        return self._people[user_id]

    def deactivate(self, user_id: str) -> None:
        """Closes the account: listed as deleted from now on, and the app hears of it."""
        self.state.set_active(user_id, is_active=False)
        self._feed.account_changed(self.workspace.get_person(user_id))

    def uninstall(self, *, tell: bool = True) -> None:
        """An admin takes the app out: its tokens are dead, and it hears of both, in whichever order."""
        self.grants.revoke_all()
        if tell:
            self.tell_uninstalled()

    def tell_uninstalled(self, happened_at: float | None = None) -> None:
        """The news, which Slack sends again for hours to an app that was not there."""
        self._feed.uninstalled(happened_at)

    def withdraw(self) -> None:
        """The organisation takes the workspace out and goes on with the others."""
        self._feed.access("team_access_revoked")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A call of the Web API that came in by another address."""
        return await self._web_api.handle(request)

    def set_status(self, user_id: str, emoji: str = "", text: str = "", expiration: int = 0) -> None:
        """What the person shows beside the name, until `expiration` (seconds since 1970; 0: for good)."""
        status = {"status_emoji": emoji, "status_text": text, "status_expiration": expiration}
        self.state.statuses[user_id] = status
        self._feed.account_changed(self.workspace.get_person(user_id))

    async def deliver(self, kind: Kind, body: Json) -> Delivery:
        """Any body, signed as Slack would: for forged and broken payloads."""
        return await self._courier.ask(kind, body)

    def deliver_twice(self, kind: str, *, together: bool = False) -> None:
        """The next `command`, `interaction`, `event`, or payload of that `type` arrives again, as it was.

        After the first was answered, or with `together` while that is still at work.
        """
        self._courier.duplicates.add(kind, together=together)

    async def refresh_sockets(self, warning_seconds: float = 0.0) -> None:
        """Slack's regular reconnect: all websockets are warned, asked to go, and closed."""
        await self._sockets.refresh(warning_seconds)

    # looking

    @property
    def calls(self) -> list[Call]:
        """Every Web API call and response_url post (as method `response_url`), in order."""
        return self._web_api.calls

    @property
    def deliveries(self) -> list[Delivery]:
        return self._courier.sent

    @property
    def connected_sockets(self) -> int:
        return self._sockets.connected

    async def wait_for(self, condition: Callable[[], T | None], timeout: float = 5.0) -> T:
        """The first true answer of the condition, asked again at every change; TimeoutError if none comes."""
        return await self.state.changes.wait_for(condition, timeout)

    async def settled(self, timeout: float = 5.0) -> None:
        """Until the app has answered everything sent so far (later retries aside)."""
        await self.wait_for(lambda: self._courier.in_flight == 0, timeout)

    def _payloads(self) -> Payloads:
        return Payloads(self.state, self.base_url)

    def _line(self) -> Line:
        if self.bot_url is None:
            return self._sockets
        return HttpLine(self.bot_url, self._secret, self._open_session)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("await emulator.start() first")
        return self._session


async def _index(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(PAGE / "index.html")


async def _for_this_page_only(request: web.Request, response: web.StreamResponse) -> None:
    """A page from before an update would talk to the emulator of after it; one around it would lead clicks astray."""
    if request.path == "/" or request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-cache")
        response.headers.setdefault("Content-Security-Policy", "frame-ancestors 'none'")
