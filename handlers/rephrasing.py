"""The button that puts a found play into the customer's own words."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import rephrasing as views
from bot.views.blocks import unpacked
from bot.views.shown import Shown
from handlers.background import Background
from handlers.replies import add


async def rephrase(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    await ack()
    shown = Shown.of(unpacked(str(action.get("value", ""))))
    later(_send(body, client, respond, actor, services, text, shown))


async def _send(
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    services: Services,
    text: Text,
    shown: Shown,
) -> None:
    found = await services.rephrasing.rephrase(actor, shown.entry_id, shown.asked, shown.lang, shown.customer_id)
    blocks = views.rephrased(found.line, found.text, text)
    await add(body, client, respond, actor, views.fallback(found.text, text), blocks)


def register(app: AsyncApp) -> None:
    app.action(views.REPHRASE)(rephrase)
