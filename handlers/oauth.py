"""Installing the app by OAuth: Bolt's own flow on our stores, with pages that say what to do next."""

import logging
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import quote, urlsplit

import aiohttp
from aiohttp import web
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain.installation import Installation
from bot.errors import BotError, NotInvitedError
from bot.services import Services
from bot.services.installations import InstallationService
from bot.telemetry.logs import without_text
from bot.views import install as views

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
COOKIE: Final = "__Host-factormate-install"
"""With this prefix browsers take it only from here, by https, for the whole host and for no other."""
STATE_SECONDS: Final = 600
_HOME: Final = re.compile(r"[TE][A-Z0-9]{2,20}", re.ASCII)
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_BOTH: Final = tuple(texts.load(lang) for lang in ("zh", "en"))

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """The app as Slack knows it, and where people reach it."""

    client_id: str
    client_secret: str
    public_url: str
    scopes: tuple[str, ...]
    api_url: str

    @property
    def authorize_url(self) -> str:
        """Beside the Web API, as Slack's own is."""
        return f"{self.api_url.removesuffix('/').removesuffix('/api')}/oauth/v2/authorize"


class StateStore(AsyncOAuthStateStore):
    """In the store that all replicas share: whichever gets the answer finds what another has begun."""

    def __init__(self, installations: InstallationService) -> None:
        self._store = installations.store

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        state = token_urlsafe(32)
        await self._store.issue_state(state)
        return state

    async def async_consume(self, state: str) -> bool:
        return await self._store.consume_state(state)


class InstallationStore(AsyncInstallationStore):
    """Keeps what Bolt's flow has got; requests and jobs find it by `bot/speakers.py`."""

    def __init__(self, services: Services, client: AsyncWebClient) -> None:
        self._services, self._client = services, client

    async def async_save(self, installation: SlackInstallation) -> None:
        found = _taken(installation, self._services.installations.wall())
        await self._services.installations.ensure_invited(found)
        team_ids = await self._teams(found) if found.is_org_wide else [found.home_id]
        await self._services.installations.install(found, team_ids, by=installation.user_id)
        await self._services.firstruns.installed(team_ids[0], installation.user_id, found.installed_at)
        logger.info("installed in %s (%s workspaces)", found.home_id, len(team_ids))

    async def _teams(self, installation: Installation) -> list[str]:
        """The workspaces of the organisation that were given the app so far; others follow as they are added."""
        found: list[str] = []
        cursor: str | None = None
        while cursor != "":
            answer: Any = await self._client.auth_teams_list(token=installation.token, cursor=cursor, limit=100)
            found += [str(each["id"]) for each in answer.get("teams") or ()]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        return found


def _taken(found: SlackInstallation, now: datetime) -> Installation:
    """Raises BoltError for what is no installation of a bot."""
    home_id = found.enterprise_id if found.is_enterprise_install else found.team_id
    if not home_id or not found.bot_token or not found.bot_id or not found.bot_user_id:
        raise BoltError("Slack's answer names no bot")
    ends = found.bot_token_expires_at
    return Installation(
        home_id=home_id,
        name=(found.enterprise_name if found.is_enterprise_install else found.team_name) or "",
        enterprise_id=found.enterprise_id,
        app_id=found.app_id or "",
        bot_id=found.bot_id,
        bot_user_id=found.bot_user_id,
        scopes=tuple(found.bot_scopes or ()),
        installed_at=now,
        token=found.bot_token,
        refresh_token=found.bot_refresh_token or "",
        expires_at=datetime.fromtimestamp(ends, UTC) if ends and found.bot_refresh_token else None,
    )


class UninvitedError(BoltError):
    """As Bolt's flow knows it; `home_id` is told on the page, for whoever may allow it, and whether the app is out of
    that Slack again."""

    def __init__(self, home_id: object, *, is_out: bool) -> None:
        super().__init__("not invited")
        self.home_id, self.is_out = str(home_id), is_out


class Flow(AsyncOAuthFlow):
    """Bolt's, which for a `team` takes whatever the address says, and knows no answer to a Slack out of reach."""

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        asked = (request.query.get("team") or [""])[0]
        generator = self.settings.authorize_url_generator
        return str(generator.generate(state=quote(state), team=asked if _HOME.fullmatch(asked) else None))

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        return views.begin_page(url, _BOTH)

    async def run_installation(self, code: str) -> SlackInstallation | None:
        try:
            return await super().run_installation(code)
        except (aiohttp.ClientError, TimeoutError) as error:
            logger.warning("Slack did not answer about an installation: %s", type(error).__name__)
            return None

    async def store_installation(self, request: AsyncBoltRequest, installation: SlackInstallation) -> None:
        try:
            await super().store_installation(request, installation)
        except NotInvitedError as error:
            logger.warning("%s is not in ALLOWED_WORKSPACES and was not installed", error.values["home_id"])
            is_out = await self._give_back(installation)
            raise UninvitedError(error.values["home_id"], is_out=is_out) from error
        except BotError as error:
            logger.error("an installation was not stored: %s", type(error).__name__)
            raise BoltError("not stored") from error

    async def _give_back(self, installation: SlackInstallation) -> bool:
        """Slack has installed the app by now: it must not stand there without anybody behind it."""
        try:
            await self.client.apps_uninstall(
                client_id=self.settings.client_id,
                client_secret=self.settings.client_secret,
                token=installation.bot_token,
            )
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            logger.warning("Slack did not take an installation back: %s", type(error).__name__)
            return False
        return True


def flow(app: OAuthApp, services: Services, client: AsyncWebClient) -> Flow:
    """`client` has no token; Bolt gives it the one it has just got."""
    quiet = logging.getLogger("factormate.bolt")  # above warnings, in which Bolt quotes the code
    settings = AsyncOAuthSettings(
        client_id=app.client_id,
        client_secret=app.client_secret,
        scopes=app.scopes,
        user_scopes=(),
        redirect_uri=f"{app.public_url}{REDIRECT}",
        install_path=INSTALL,
        redirect_uri_path=REDIRECT,
        authorization_url=app.authorize_url,
        installation_store=InstallationStore(services, client),
        state_store=StateStore(services.installations),
        state_cookie_name=COOKIE,
        state_expiration_seconds=STATE_SECONDS,
        callback_options=AsyncCallbackOptions(success=_succeeded, failure=_failed),
        logger=quiet,
    )
    return Flow(client=client, logger=quiet, settings=settings)


async def _succeeded(args: AsyncSuccessArgs) -> BoltResponse:
    found = args.installation
    address = f"slack://app?team={quote(found.team_id or '')}&id={quote(found.app_id or '')}"
    if found.is_enterprise_install:
        address = f"https://app.slack.com/client/{quote(found.enterprise_id or '')}"
    name = (found.enterprise_name if found.is_enterprise_install else found.team_name) or ""
    return _page(200, views.done_page(name, address, _BOTH), args.settings)


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    if isinstance(args.error, UninvitedError):
        page = views.uninvited_page(args.error.home_id, args.error.is_out, args.settings.install_path, _BOTH)
        return _page(403, page, args.settings)
    if args.reason not in ("access_denied", "invalid_state", "invalid_browser"):
        logger.warning("an installation failed (HTTP %s)", args.suggested_status_code)
    page = views.failed_page(args.reason, args.settings.install_path, _BOTH)
    return _page(args.suggested_status_code, page, args.settings)


def _page(status: int, html: str, settings: AsyncOAuthSettings) -> BoltResponse:
    """The cookie has done its work."""
    gone = settings.state_utils.build_set_cookie_for_deletion()
    return BoltResponse(status=status, body=html, headers={"Set-Cookie": [gone]})


Handle = Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]


def mount(site: web.Application, flow_: Flow, public_url: str) -> None:
    """Two addresses for browsers. Not for HEAD: programs that look ahead ask so, and would begin something."""
    site.router.add_get(INSTALL, _answering(flow_.handle_installation, public_url), allow_head=False)
    site.router.add_get(REDIRECT, _answering(flow_.handle_callback, public_url), allow_head=False)


def _answering(step: Callable[[AsyncBoltRequest], Coroutine[Any, Any, BoltResponse]], public_url: str) -> Handle:
    host = urlsplit(public_url).netloc.lower()

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.host.lower() != host:  # the cookie would be set for another host than Slack sends people back to
            page = views.failed_page("wrong_host", f"{public_url}{INSTALL}", _BOTH)
            return _response(BoltResponse(status=400, body=page))
        query = request.query_string
        try:
            answer = await step(AsyncBoltRequest(body="", query=query, headers=dict(request.headers), mode="http"))
        except Exception as error:  # a store out of reach, an answer that Slack never gives: a page all the same
            logger.error("installing failed: %s", without_text(error))
            answer = BoltResponse(status=503, body=views.failed_page("storage_error", INSTALL, _BOTH))
        return _response(answer)

    return handle


def _response(answer: BoltResponse) -> web.Response:
    response = web.Response(status=answer.status, text=answer.body, content_type="text/html", headers=HEADERS)
    for cookie in answer.headers.get("set-cookie") or answer.headers.get("Set-Cookie") or ():
        response.headers.add("Set-Cookie", cookie)
    return response
