"""New tokens for old ones where tokens rotate: each refresh token is spent once, by one replica.

The old token works to its end, so whoever needs one meanwhile goes on with it; only where it has ended is the new one
waited for. Between Slack's answer and its being stored lies what cannot be made safe: who dies there has spent the
refresh token, and the workspace has to install the app again once the token ends.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.installation import Installation
from bot.errors import StoreUnavailableError
from bot.services.installations import InstallationService
from bot.slack import error_of

WAIT_SECONDS: Final = 1.5
"""For another replica to get the new token, within the three seconds Slack waits for an answer."""
LOOK_SECONDS: Final = 0.1
KEEP_TRIES: Final = 20
"""A new token is too precious to be given up with the first fault of the store."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Renewals:
    """`client` never repeats by itself: the second try would find the refresh token spent."""

    installations: InstallationService
    client: AsyncWebClient
    client_id: str
    client_secret: str = field(repr=False)
    under_way: dict[str, asyncio.Task[Installation]] = field(default_factory=dict)

    async def fresh(self, installation: Installation) -> Installation:
        """With a token that works, as far as Slack gives one."""
        now = self.installations.wall()
        if not installation.is_to_be_renewed(now):
            return installation
        task = self._under_way(installation)
        return await asyncio.shield(task) if installation.is_spent(now) else installation

    def _under_way(self, installation: Installation) -> asyncio.Task[Installation]:
        home_id = installation.home_id
        task = self.under_way.get(home_id)
        if task is None:
            task = self.under_way[home_id] = asyncio.create_task(self._renewed(installation))
            task.add_done_callback(lambda done: self._done(home_id, done))
        return task

    def _done(self, home_id: str, task: asyncio.Task[Installation]) -> None:
        self.under_way.pop(home_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("the token of %s was not renewed: %s", home_id, type(error).__name__)

    async def _renewed(self, installation: Installation) -> Installation:
        store, home_id, holder = self.installations.store, installation.home_id, token_hex(8)
        if not await store.lease_renewal(home_id, holder):
            is_spent = installation.is_spent(self.installations.wall())
            return await self._from_another(installation) if is_spent else installation
        current = await store.of(home_id)
        if current is None or not current.is_to_be_renewed(self.installations.wall()):
            await store.release_renewal(home_id, holder)
            self.installations.forget(home_id)
            return current or installation
        try:
            after = await self._asked(current)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            # The lease is kept to its end: Slack is asked again after that, not with every request.
            reason = error_of(error) if isinstance(error, SlackApiError) else type(error).__name__
            logger.error("Slack gives no new token for %s: %s", home_id, reason)
            return current
        kept = await self._kept(current, after)
        await store.release_renewal(home_id, holder)
        return kept

    async def _asked(self, current: Installation) -> Installation:
        answer: Any = await self.client.oauth_v2_access(
            client_id=self.client_id,
            client_secret=self.client_secret,
            grant_type="refresh_token",
            refresh_token=current.refresh_token,
        )
        ends_at = self.installations.wall() + timedelta(seconds=int(answer["expires_in"]))
        return current.renewed(str(answer["access_token"]), str(answer["refresh_token"]), ends_at)

    async def _kept(self, current: Installation, after: Installation) -> Installation:
        for _ in range(KEEP_TRIES):
            try:
                return await self.installations.renewed(current, after)
            except StoreUnavailableError:
                await asyncio.sleep(1)
        return await self.installations.renewed(current, after)

    async def _from_another(self, installation: Installation) -> Installation:
        """What the replica that holds the lease gets; the old one, if that takes too long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + WAIT_SECONDS
        while loop.time() < until:
            found = await self.installations.store.of(installation.home_id)
            if found is not None and found.token != installation.token:
                self.installations.forget(installation.home_id)
                return found
            await asyncio.sleep(LOOK_SECONDS)
        return installation

    async def drain(self, seconds: float) -> None:
        """At the end of a process: what was asked of Slack is kept."""
        if self.under_way:
            await asyncio.wait(set(self.under_way.values()), timeout=seconds)
