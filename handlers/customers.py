"""The brief of a customer."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import policy
from bot.domain.policy import Work
from bot.domain.user import User
from bot.errors import CustomerNotFoundError
from bot.services import Services
from bot.text import Text
from bot.views import cases as case_views
from bot.views import customers as views
from handlers import cases, incoming
from handlers.background import Background
from handlers.replies import replace

COMMAND = "/customer"


async def customer(ack: AsyncAck, command: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    typed = incoming.words(command["text"])
    if not typed:
        await ack(text=text("customer.usage", command=command.get("invoked_as", COMMAND)))
        return
    found = await services.customers.brief_named(actor, typed)
    if policy.may_work(actor, Work.BREAK_GLASS):
        seen = found if isinstance(found, list) else [found.customer]
        with_case = await services.cases.named(actor, typed)
        found = list({each.id: each for each in (*seen, *with_case)}.values())
        if not found:
            await ack(text=text("case.glass"), blocks=case_views.glass_offer(typed, text))
            return
    if not found:
        raise CustomerNotFoundError
    if isinstance(found, list) and len(found) > 1:
        await ack(text=text("customer.which"), blocks=views.which(found, text))
        return
    if isinstance(found, list):
        name, blocks = await cases.brief_blocks(services, actor, found[0].id, text)
    else:
        name, blocks = found.customer.name, await cases.with_cases(services, actor, found, text)
    await ack(text=views.fallback(name, text), blocks=blocks)


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
    name, blocks = await cases.brief_blocks(services, actor, action["value"], text)
    later(replace(body, client, respond, actor, views.fallback(name, text), blocks))


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(customer)
    app.action(re.compile(rf"^{views.SHOW}\b"))(show)
