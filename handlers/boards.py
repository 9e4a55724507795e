"""The lists of Home: which tab, which page, which of them; and what there is to do with a customer in them."""

import re
from enum import StrEnum
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.customer import Tier
from bot.domain.draft import Draft
from bot.domain.followup import Colour
from bot.domain.home import Choice, Section, Tab, Trouble
from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import boards as views
from bot.views import preparation as preparation_views
from bot.views.blocks import Block, View, unpacked
from handlers import cases
from handlers.background import Background
from handlers.home import publish_home
from handlers.replies import open_view
from handlers.visitform import open_form

E = TypeVar("E", bound=StrEnum)


async def tab(ack: AsyncAck, action: dict[str, Any], client: AsyncWebClient, actor: User, services: Services) -> None:
    """Remembered until the person picks another one."""
    await ack()
    await _look(client, services, actor, actor.home.on(_known(Tab, unpacked(action["value"]).get("tab"))))


async def turn(ack: AsyncAck, action: dict[str, Any], client: AsyncWebClient, actor: User, services: Services) -> None:
    await ack()
    value = unpacked(action["value"])
    section, page = _known(Section, value.get("section")), str(value.get("page"))
    if section is not None and page.isdecimal():
        await _look(client, services, actor, actor.home.turned(section, int(page)))


async def narrow(
    ack: AsyncAck, action: dict[str, Any], client: AsyncWebClient, actor: User, services: Services
) -> None:
    """By colour or by trouble; an empty value is all of them."""
    await ack()
    value = unpacked(action["value"])
    choice = actor.home
    if "colour" in value:
        choice = choice.narrowed(colour=_known(Colour, value["colour"]))
    elif "trouble" in value:
        choice = choice.narrowed(trouble=_known(Trouble, value["trouble"]))
    await _look(client, services, actor, choice)


async def tier(ack: AsyncAck, action: dict[str, Any], client: AsyncWebClient, actor: User, services: Services) -> None:
    await ack()
    picked = _known(Tier, action["selected_option"]["value"])
    await _look(client, services, actor, actor.home.narrowed(tier=picked))


def _known(kind: type[E], value: object) -> E | None:
    """None for all of them, as for what none of our buttons says."""
    return kind(str(value)) if value in list(kind) else None


async def _look(client: AsyncWebClient, services: Services, actor: User, choice: Choice) -> None:
    await publish_home(client, services, await services.members.look(actor, choice))


async def menu(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """What is done with a customer of a list."""
    what, _, customer_id = str(action["selected_option"]["value"]).partition("|")
    if what == views.LOG_IT:
        services.visits.ensure_allowed(actor)
        found = await services.customers.get(actor, customer_id)
        await open_form(client, body["trigger_id"], services, actor, text, later, Draft(found, found.name))
    elif what == views.PREPARE_IT:
        await open_view(client, body, await _prepared(services, actor, customer_id, text))
    else:
        _, blocks = await cases.brief_blocks(services, actor, customer_id, text)
        await open_view(client, body, views.page_modal(text("customer.title"), blocks, text))
    await ack()


async def prepare(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    services.visits.ensure_allowed(actor)
    await open_view(client, body, views.prepare_modal(text))
    await ack()


async def suggest(ack: AsyncAck, body: dict[str, Any], actor: User, services: Services) -> None:
    """The type-ahead of whom one is going to meet."""
    found = await services.customers.suggest(actor, str(body.get("value") or ""))
    await ack(options=views.customer_options(found))


async def pick(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """The page takes the place of the question."""
    page = await _prepared(services, actor, str(action["selected_option"]["value"]), text)
    await client.views_update(view_id=body["view"]["id"], view=page)
    await ack()


async def _prepared(services: Services, actor: User, customer_id: str, text: Text) -> View:
    found = await services.preparations.prepare(actor, customer_id)
    blocks: list[Block] = preparation_views.page(found, text)
    return views.page_modal(text("board.prepare"), blocks, text)


def register(app: AsyncApp) -> None:
    app.action(re.compile(rf"^{views.TAB}\b"))(tab)
    app.action(re.compile(rf"^{views.TURN}\b"))(turn)
    app.action(re.compile(rf"^{views.NARROW}\b"))(narrow)
    app.action(views.TIER)(tier)
    app.action(re.compile(rf"^{views.MENU}\b"))(menu)
    app.action(views.PREPARE)(prepare)
    app.options(views.PICK)(suggest)
    app.action(views.PICK)(pick)
