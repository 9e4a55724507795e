"""Slack's side of installing an app by OAuth, in front of one or more workspaces (reference, 5.5).

Each workspace is an emulator at an address of its own. Here are the page on which somebody agrees, the exchange of
codes and refresh tokens, and the Web API, which finds the workspace by the token.
"""

import secrets
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.args import Args, read_args
from bot.sandbox.emulator import Emulator
from bot.sandbox.errors import ApiError
from bot.sandbox.grants import LIFE_SECONDS, Grant
from bot.sandbox.shapes import Json
from bot.sandbox.workspace import bot_scopes


@dataclass(slots=True)
class _Code:
    homes: list[Emulator]
    user_id: str
    is_org_wide: bool
    is_used: bool = False


class OAuthDesk:
    """`organisation`: the Enterprise Grid that all of the workspaces belong to, which can install the app at once."""

    def __init__(
        self,
        workspaces: Sequence[Emulator],
        *,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        rotates: bool = False,
        organisation: str = "",
    ) -> None:
        self.workspaces = {each.workspace.team_id: each for each in workspaces}
        self.exchanges = 0
        """How often a refresh token was spent, or tried."""
        self._client_id, self._client_secret, self._redirect_uri = client_id, client_secret, redirect_uri
        self.rotates, self._organisation = rotates, organisation
        self._codes: dict[str, _Code] = {}
        self._org_tokens: set[str] = set()

    def mount(self, app: web.Application) -> None:
        app.add_routes(
            [
                web.get("/oauth/v2/authorize", self._ask),
                web.get("/oauth/v2/allow", self._allow),
                web.post("/api/{method}", self._call),
                web.get("/api/{method}", self._call),
            ]
        )

    def uninstall(self, team_id: str, *, delay_news: bool = False) -> None:
        """Somebody takes the app out of the workspace: its tokens are dead at once, and the app is told."""
        self.workspaces[team_id].uninstall(tell=not delay_news)

    # the page

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        """What the browser shows: who may be installed where, and to say no."""
        query = dict(request.query)
        if query.get("client_id") != self._client_id or query.get("redirect_uri") != self._redirect_uri:
            return web.Response(status=400, text="invalid client_id or redirect_uri")
        homes = [*self.workspaces, *([self._organisation] if self._organisation else [])]
        links = [f"/oauth/v2/allow?{urlencode({**query, 'home': home})}" for home in (*homes, "")]
        rows = "".join(
            f'<p><a href="{escape(link)}">{escape(home) or "cancel"}</a></p>'
            for home, link in zip((*homes, ""), links, strict=True)
        )
        return web.Response(
            text=f"<!doctype html><h1>{escape(query.get('scope', ''))}</h1>{rows}", content_type="text/html"
        )

    async def _allow(self, request: web.Request) -> web.StreamResponse:
        """Goes back to the app with a code, or with the news that nobody agreed."""
        query, back = request.query, {"state": request.query.get("state", "")}
        home = query.get("home", "")
        if not home:
            back["error"] = "access_denied"
        else:
            is_org_wide = home == self._organisation
            homes = list(self.workspaces.values()) if is_org_wide else [self.workspaces[home]]
            user_id = query.get("user") or next(each.id for each in homes[0].workspace.people if each.is_admin)
            back["code"] = secrets.token_hex(8)
            self._codes[back["code"]] = _Code(homes, user_id, is_org_wide)
        raise web.HTTPFound(f"{self._redirect_uri}?{urlencode(back)}")

    # the Web API

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            args = await read_args(request)
            if method == "oauth.v2.access":
                return web.json_response(self._access(request, args))
            emulator = self._home_of(_token(request, args), args)
            if method == "apps.uninstall":
                return web.json_response(self._taken_out(request, args))
            if method == "auth.teams.list":
                return web.json_response(self._teams())
        except ApiError as error:
            return web.json_response(error.answer())
        return await emulator.answer(request)

    def _access(self, request: web.Request, args: Args) -> Json:
        client_id, client_secret = _client(request, args)
        if client_id != self._client_id:
            raise ApiError("invalid_client_id")
        if client_secret != self._client_secret:
            raise ApiError("bad_client_secret")
        if args.text("grant_type") == "refresh_token":
            self.exchanges += 1
            return self._renewed(args.text("refresh_token"))
        if args.text("redirect_uri") != self._redirect_uri:
            raise ApiError("bad_redirect_uri")
        code = self._codes.get(args.text("code"))
        if code is None:
            raise ApiError("invalid_code")
        if code.is_used:
            raise ApiError("code_already_used")
        code.is_used = True
        return self._installed(code)

    def _installed(self, code: _Code) -> Json:
        first = code.homes[0]
        grant = first.grants.issue(rotates=self.rotates)
        for each in code.homes:
            each.grants.take(grant)
            each.state.organisation = self._organisation if code.is_org_wide else ""
        if code.is_org_wide:
            self._org_tokens.add(grant.token)
        workspace = first.workspace
        enterprise = {"id": self._organisation, "name": "Grid"} if self._organisation else None
        return _granted(grant) | {
            "app_id": workspace.app_id,
            "authed_user": {"id": code.user_id},
            "scope": ",".join(bot_scopes(first.state.manifest)),
            "bot_user_id": workspace.bot_user_id,
            "team": None if code.is_org_wide else {"id": workspace.team_id, "name": workspace.team_name},
            "enterprise": enterprise,
            "is_enterprise_install": code.is_org_wide,
        }

    def _taken_out(self, request: web.Request, args: Args) -> Json:
        """By the app itself, from wherever the token is good."""
        if _client(request, args) != (self._client_id, self._client_secret):
            raise ApiError("invalid_client_id")
        token = _token(request, args)
        for each in self.workspaces.values():
            if each.grants.is_good(token):
                each.uninstall()
        return {"ok": True}

    def _renewed(self, refresh_token: str) -> Json:
        for emulator in self.workspaces.values():
            grant = emulator.grants.spend(refresh_token)
            if grant is not None:
                if emulator.state.organisation:
                    self._org_tokens.add(grant.token)
                    for each in self.workspaces.values():
                        each.grants.take(grant)
                return _granted(grant)
        raise ApiError("invalid_refresh_token")

    def _home_of(self, token: str, args: Args) -> Emulator:
        """An organisation's token is good in all of its workspaces: the call says in which."""
        known: list[Emulator] = [each for each in self.workspaces.values() if each.grants.has(token)]
        if not known:
            return next(iter(self.workspaces.values()))  # which refuses it
        if token in self._org_tokens and args.text("team_id"):
            return self.workspaces[args.text("team_id")]
        return known[0]

    def _teams(self) -> Json:
        teams = [{"id": each.workspace.team_id, "name": each.workspace.team_name} for each in self.workspaces.values()]
        return {"ok": True, "teams": teams, "response_metadata": {"next_cursor": ""}}


def _granted(grant: Grant) -> Json:
    granted: Json = {"ok": True, "access_token": grant.token, "token_type": "bot"}  # nosec B105
    if grant.ends_at is not None:
        granted |= {"refresh_token": grant.refresh_token, "expires_in": LIFE_SECONDS}
    return granted


def _client(request: web.Request, args: Args) -> tuple[str, str]:
    """By HTTP's own way, as the SDK does it, or among the arguments."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        client_id, _, secret = b64decode(given).decode().partition(":")
        return client_id, secret
    return args.text("client_id"), args.text("client_secret")


def _token(request: web.Request, args: Args) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else args.text("token")
