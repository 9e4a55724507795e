"""/find: notes, customers and next steps by what is written in them."""

import re
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.search import Kind
from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import customers as customer_views
from bot.views import search as views
from bot.views.blocks import unpacked
from handlers import incoming
from handlers.background import Background
from handlers.replies import add, replace

COMMAND = "/find"
PATIENCE: Final = 1.2
"""Seconds; what takes longer follows by itself, since Slack waits three seconds for a command."""


async def find(
    ack: AsyncAck,
    command: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    typed = incoming.words(command["text"])
    if not incoming.has_words(typed):
        await ack(text=text("search.usage", command=command.get("invoked_as", COMMAND)))
        return
    found = await services.search.find(actor, typed, patience=PATIENCE)
    if found is None:
        await ack(text=text("search.reading"))
        later(_follow(command, client, respond, actor, services, text, typed))
        return
    await ack(text=views.title(found, text), blocks=views.page(found, text))


async def _follow(
    command: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    services: Services,
    text: Text,
    typed: str,
) -> None:
    found = await services.search.find(actor, typed)
    if found is not None:
        await add(command, client, respond, actor, views.title(found, text), views.page(found, text))


async def turn(
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
    """To older hits or back."""
    await ack()
    asked = unpacked(action["value"])
    later(_turned(body, client, respond, actor, services, text, asked))


async def _turned(
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    services: Services,
    text: Text,
    asked: dict[str, Any],
) -> None:
    first = asked.get("f")
    found = await services.search.find(actor, str(asked.get("q")), max(0, first) if isinstance(first, int) else 0)
    if found is not None:
        await replace(body, client, respond, actor, views.title(found, text), views.page(found, text))


async def open_hit(
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
    """The brief of a hit's customer, and the note if it is one; what was found stays as it is."""
    await ack()
    asked = unpacked(action["value"])
    brief = await services.customers.brief(actor, str(asked.get("c")))
    note = None
    if asked.get("k") == Kind.NOTE:
        note = await services.search.note(actor, brief.customer.id, str(asked.get("i")))
    title = customer_views.fallback(brief.customer.name, text)
    later(add(body, client, respond, actor, title, views.opened(brief, note, text)))


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(find)
    app.action(re.compile(rf"^{views.TURN}\b"))(turn)
    app.action(re.compile(rf"^{views.OPEN}\b"))(open_hit)
