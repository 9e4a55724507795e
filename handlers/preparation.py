"""/prep: one page before a meeting."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.user import User
from bot.errors import CustomerNotFoundError
from bot.services import Services
from bot.text import Text
from bot.views import customers as customer_views
from bot.views import objections as objection_views
from bot.views import preparation as views
from bot.views.blocks import escape, unpacked
from handlers import incoming
from handlers.background import Background
from handlers.replies import replace

COMMAND = "/prep"


async def prep(ack: AsyncAck, command: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    typed = incoming.words(command["text"])
    if not typed:
        await ack(text=text("prep.usage", command=command.get("invoked_as", COMMAND)))
        return
    found = await services.customers.named(actor, typed)
    if not found:
        raise CustomerNotFoundError
    if len(found) > 1:
        await ack(text=text("customer.which"), blocks=customer_views.which(found, text, customer_views.PREPARE))
        return
    page = await services.preparations.prepare(actor, found[0].id)
    title = text("prep.title", customer=escape(page.brief.customer.name))
    await ack(text=title, blocks=views.page(page, text))


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
    """One of several customers was picked, or the brief asked for the page."""
    await ack()
    page = await services.preparations.prepare(actor, action["value"])
    title = text("prep.title", customer=escape(page.brief.customer.name))
    later(replace(body, client, respond, actor, title, views.page(page, text)))


async def mark(
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
    """Whether the play held against an objection of a note; the page shows it then."""
    about = unpacked(action["value"])
    held = str(action["action_id"]) == objection_views.HELD
    visit_id, entry_id = str(about.get("v", "")), str(about.get("e", ""))
    customer_id = await services.objections.mark(actor, visit_id, entry_id, held=held)
    await ack()
    page = await services.preparations.prepare(actor, customer_id)
    title = text("prep.title", customer=escape(page.brief.customer.name))
    later(replace(body, client, respond, actor, title, views.page(page, text)))


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(prep)
    app.action(re.compile(rf"^{customer_views.PREPARE}\b"))(show)
    app.action(objection_views.HELD)(mark)
    app.action(objection_views.FAILED)(mark)
