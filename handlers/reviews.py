"""The weekly review in the daily message: still right, edit or retire, in place."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import reviews as views
from bot.views.blocks import unpacked
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.entryform import form_of
from handlers.home import publish_home
from handlers.replies import open_view
from handlers.revisions import open_retire


async def verify(
    ack: AsyncAck,
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    later: Background,
) -> None:
    entry_id, day = _row(action)
    await services.revisions.verify(actor, entry_id)
    await ack()
    later(refresh_digest(client, services, actor, day))
    later(publish_home(client, services, actor))


async def edit(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    entry_id, day = _row(action)
    await open_view(client, body, await form_of(entry_id, actor, services, text, day))
    await ack()


async def retire(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    entry_id, day = _row(action)
    await open_retire(entry_id, day, body, client, actor, services, text)
    await ack()


def _row(action: dict[str, Any]) -> tuple[str, str]:
    """The entry, and the day of the message it stands in."""
    values = unpacked(action["value"])
    return str(values.get("e", "")), str(values.get("d", ""))


def register(app: AsyncApp) -> None:
    app.action(re.compile(rf"^{views.VERIFY}\b"))(verify)
    app.action(re.compile(rf"^{views.EDIT}\b"))(edit)
    app.action(re.compile(rf"^{views.RETIRE}\b"))(retire)
