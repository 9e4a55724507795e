"""Noticing that people have left: a roll call some times a day, in case Slack's event got lost, and telling of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.services import Services
from bot.services.leavers import Departure

PAGE: Final = 200
PAGE_SECONDS: Final = 3.1
"""Slack takes about 20 calls of users.list a minute."""

logger = logging.getLogger(__name__)


async def tell(client: AsyncWebClient, services: Services, team_id: str, departure: Departure) -> None:
    """Whoever hands the customers on hears of it once, however often Slack tells; Home has the list."""
    if not departure.customers:
        return
    delivery = f"left:{departure.user_id}"
    if not await services.workspaces.claim(team_id, delivery):
        return
    for user_id in sorted(departure.inbox_ids):
        text = texts.load((await services.members.actor(team_id, user_id)).lang)
        told = text("leaver.told", user=departure.user_id, count=departure.customers)
        await client.chat_postMessage(channel=user_id, text=told)
    await services.workspaces.settle(team_id, delivery, handled=True)


@dataclass(frozen=True, slots=True)
class RollCall:
    services: Services
    client_for: Callable[[str], Awaitable[AsyncWebClient]]
    page: int = PAGE
    pause: float = PAGE_SECONDS

    async def __call__(self, team_id: str) -> bool:
        """Asks Slack who is still there; False where it did not tell to the end."""
        client = await self.client_for(team_id)
        deactivated: list[str] = []
        cursor = None
        try:
            while cursor != "":
                if cursor is not None:
                    await asyncio.sleep(self.pause)
                answer = await client.users_list(limit=self.page, cursor=cursor)
                people: list[dict[str, Any]] = answer.get("members") or []
                deactivated += [each["id"] for each in people if each.get("deleted")]
                cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            for departure in await self.services.leavers.left(team_id, deactivated):
                await tell(client, self.services, team_id, departure)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            logger.warning("the roll call was cut short: %s", type(error).__name__)
            return False
        return True
