"""Who speaks for the app in a workspace: the operator's token for the one, or each workspace's own by its installation.

Listeners, jobs and commands all ask here for their client. A request costs no `auth.test`, and a look at the store only
once in a while.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.web.async_client import AsyncWebClient

from bot import slack, slackdoor
from bot.domain.installation import Installation
from bot.domain.user import Profile
from bot.errors import NotInstalledError, StoreUnavailableError
from bot.renewals import Renewals
from bot.services.installations import InstallationService
from bot.settings import Settings

STORE_SECONDS: Final = 2.0
"""Slack waits three seconds for an answer."""
MOST_CLIENTS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Clients:
    """Of one workspace; kept, since they know what they have posted lately."""

    patient: AsyncWebClient
    """Repeats after a lost connection and after 429."""
    once: AsyncWebClient
    """Never repeats by itself: for what must not be posted twice."""
    named: str | None = None
    """The workspace, where the token alone does not tell it."""

    def use(self, token: str) -> None:
        self.patient.token = self.once.token = token


class Speakers(AsyncAuthorize, ABC):
    """Called by Bolt to authorise a request."""

    def __init__(self, default_tz: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._default_tz = default_tz

    async def client_for(self, team_id: str) -> AsyncWebClient:
        """Raises NotInstalledError."""
        return (await self._clients(team_id)).patient

    async def once_client_for(self, team_id: str) -> AsyncWebClient:
        """Raises NotInstalledError."""
        return (await self._clients(team_id)).once

    @abstractmethod
    async def _clients(self, team_id: str) -> Clients:
        """Raises NotInstalledError."""

    @abstractmethod
    async def served(self) -> Collection[str]:
        """The workspaces this process may speak in."""

    async def profile(self, team_id: str, user_id: str) -> Profile | None:
        """What Slack says about a person; None where it does not answer, or is not ours to ask."""
        try:
            client = await self.client_for(team_id)
        except NotInstalledError:
            return None
        return await slack.profile(client, team_id, user_id, self._default_tz)


class OneToken(Speakers):
    """The operator's token, for the workspace it belongs to; known once Slack has told which that is."""

    def __init__(self, clients: Clients, default_tz: str) -> None:
        super().__init__(default_tz)
        self._own = clients
        self._identity: asyncio.Future[AuthorizeResult] = asyncio.get_running_loop().create_future()

    async def identify(self) -> AuthorizeResult:
        """Raises SlackRefusedError or SlackUnreachableError."""
        found = await slackdoor.identify(self._own.patient)
        self._identity.set_result(found)
        return found

    async def __call__(self, **_: Any) -> AuthorizeResult:
        return await self._identity

    async def _clients(self, team_id: str) -> Clients:
        return self._own

    async def served(self) -> Collection[str]:
        return {str((await self._identity).team_id)}


class Installed(Speakers):
    """Every workspace with the token of its installation, or of its organisation's."""

    def __init__(
        self,
        installations: InstallationService,
        renewals: Renewals,
        api_url: str,
        session: aiohttp.ClientSession,
        default_tz: str,
    ) -> None:
        super().__init__(default_tz)
        self._installations, self._renewals = installations, renewals
        self._api_url, self._session = api_url, session
        self._kept: dict[str, Clients] = {}

    async def __call__(
        self, *, context: Any, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: Any
    ) -> AuthorizeResult | None:
        """None: Bolt tells the person that the app is not installed there."""
        if not team_id:
            return None
        try:
            async with asyncio.timeout(STORE_SECONDS):
                found = await self._find(team_id, enterprise_id if context.is_enterprise_install else None)
        except TimeoutError:
            raise StoreUnavailableError from None
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=found.enterprise_id,
            team_id=team_id,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user_id,
            bot_token=found.token,
            bot_scopes=found.scopes,
            user_id=user_id,
        )

    async def served(self) -> Collection[str]:
        return await self._installations.served()

    async def drain(self, seconds: float) -> None:
        """At the end of the process."""
        await self._renewals.drain(seconds)

    async def _find(self, team_id: str, organisation_id: str | None = None) -> Installation | None:
        found = await self._installations.find(team_id, organisation_id)
        return await self._renewals.fresh(found) if found else None

    async def _clients(self, team_id: str) -> Clients:
        found = await self._find(team_id)
        if found is None:
            self._kept.pop(team_id, None)
            raise NotInstalledError(team_id=team_id)
        clients = self._kept.get(team_id)
        # Of a whole organisation's token Slack has to be told which of its workspaces is meant.
        named = team_id if found.is_org_wide else None
        if clients is None or clients.named != named:
            if len(self._kept) >= MOST_CLIENTS:
                self._kept.clear()
            clients = self._kept[team_id] = _made(found.token, self._api_url, self._session, named)
        clients.use(found.token)
        return clients


def of(settings: Settings, session: aiohttp.ClientSession, installations: InstallationService) -> OneToken | Installed:
    return installed(settings, session, installations) if settings.uses_oauth else one_token(settings, session)


def one_token(settings: Settings, session: aiohttp.ClientSession) -> OneToken:
    access = slackdoor.SlackAccess.of(settings)
    return OneToken(_made(access.bot_token, access.api_url, session), settings.default_tz)


def installed(settings: Settings, session: aiohttp.ClientSession, installations: InstallationService) -> Installed:
    renewals = Renewals(
        installations,
        slack.digest_client("", settings.slack_api_url, session),
        settings.slack_client_id or "",
        settings.slack_client_secret.get_secret_value() if settings.slack_client_secret else "",
    )
    return Installed(installations, renewals, settings.slack_api_url, session, settings.default_tz)


def _made(token: str, api_url: str, session: aiohttp.ClientSession, team_id: str | None = None) -> Clients:
    return Clients(
        patient=slack.client(token, api_url, session, team_id),
        once=slack.digest_client(token, api_url, session, team_id=team_id),
        named=team_id,
    )
