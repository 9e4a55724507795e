"""Putting a follow-up off."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.followup import SnoozeLength, SnoozeReason
from bot.domain.user import User
from bot.errors import FollowUpNotFoundError
from bot.services import Services
from bot.views import followups as views
from bot.views.blocks import unpacked
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.home import publish_home


async def snooze(
    ack: AsyncAck,
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    later: Background,
) -> None:
    """Length and reason were picked in one tap; the message it stands in changes in place."""
    await ack()
    row = unpacked(action["block_id"])
    length, reason = _chosen(action["selected_option"]["value"])
    await services.followups.snooze(actor, str(row.get("f", "")), length, reason)
    later(_show(client, services, actor, str(row.get("d", ""))))


def _chosen(value: str) -> tuple[SnoozeLength, SnoozeReason]:
    """Raises FollowUpNotFoundError for a value that none of our menus has."""
    length, _, reason = value.partition("|")
    try:
        return SnoozeLength(length), SnoozeReason(reason)
    except ValueError:
        raise FollowUpNotFoundError from None


async def _show(client: AsyncWebClient, services: Services, actor: User, day: str) -> None:
    await refresh_digest(client, services, actor, day or None)
    await publish_home(client, services, actor)


def register(app: AsyncApp) -> None:
    app.action(re.compile(rf"^{views.SNOOZE}\b"))(snooze)
