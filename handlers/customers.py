"""The brief of a customer."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.user import User
from bot.errors import CustomerNotFoundError
from bot.services import Services
from bot.text import Text
from bot.views import customers as views
from bot.views.blocks import escape
from handlers import incoming
from handlers.background import Background
from handlers.replies import replace

COMMAND = "/customer"


async def customer(ack: AsyncAck, command: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    typed = incoming.words(command["text"])
    if not typed:
        await ack(text=text("customer.usage", command=command.get("invoked_as", COMMAND)))
        return
    found = await services.customers.brief_named(actor, typed)
    if not found:
        raise CustomerNotFoundError
    if isinstance(found, list):
        await ack(text=text("customer.which"), blocks=views.which(found, text))
        return
    await ack(text=f"{text('customer.title')}: {escape(found.customer.name)}", blocks=views.brief(found, text))


async def show(
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
    """One of several customers was picked."""
    await ack()
    brief = await services.customers.brief(actor, action["value"])
    title = f"{text('customer.title')}: {escape(brief.customer.name)}"
    later(replace(body, client, respond, actor, title, views.brief(brief, text)))


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(customer)
    app.action(re.compile(rf"^{views.SHOW}\b"))(show)
