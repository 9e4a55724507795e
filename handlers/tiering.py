"""Why a customer is of its tier, the figures behind it, a tier set by hand, and the lead's answer."""

import re
from datetime import date, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import tierform
from bot.domain.customer import Customer, Tier
from bot.domain.customerform import EditConflictError, marks
from bot.domain.tierrecord import SHORTEST_REASON
from bot.domain.user import User
from bot.errors import FieldError
from bot.services import Services
from bot.text import Text
from bot.views import tiering as views
from bot.views.blocks import unpacked
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.forms import by_field, refuse, typed, understood
from handlers.home import publish_home
from handlers.replies import open_view


async def why(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    found = await services.tiering.explained(actor, action["value"])
    await open_view(client, body, views.explained(found, text))
    await ack()


async def tell_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    found = await services.tiering.to_tell(actor, action["value"])
    values = tierform.values(found.tiering.inputs)
    await open_view(client, body, views.tell_form(found.customer, values, marks(values), text))
    await ack()


async def tell(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """What two people have changed is shown beside what was typed, and nothing is lost."""
    about, given = unpacked(view["private_metadata"]), typed(view)
    customer_id, opened = str(about.get("c", "")), by_field(about, "o")
    try:
        await services.tiering.tell(actor, customer_id, opened, given)
    except FieldError as error:
        await refuse(ack, text, error)
    except EditConflictError as conflict:
        customer = (await services.tiering.to_tell(actor, customer_id)).customer
        seen = opened | marks(conflict.stored)
        await ack(response_action="update", view=views.tell_form(customer, given, seen, text, conflict.stored))
    else:
        await ack()
        later(_shown_again(client, services, actor, customer_id, view, text))


async def set_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    found = await services.tiering.to_set(actor, action["value"])
    last = found.today + timedelta(days=found.rules.override_days)
    await open_view(client, body, views.set_form(found, last, text))
    await ack()


async def set_tier(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    customer_id, given = str(unpacked(view["private_metadata"]).get("c", "")), typed(view)
    with understood():
        tier, until = Tier(given[views.TIER]), date.fromisoformat(given[views.UNTIL])
    try:
        await services.tiering.override(actor, customer_id, tier, _reason(given), until)
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack()
    later(_shown_again(client, services, actor, customer_id, view, text))


async def lift(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    await services.tiering.lift(actor, action["value"])
    found = await services.tiering.explained(actor, action["value"])
    if view := body.get("view"):
        await client.views_update(view_id=view["id"], hash=view["hash"], view=views.explained(found, text))
    await ack()
    later(_show_due(client, services, actor, found.customer))


async def approve(
    ack: AsyncAck,
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """On Home, below what it does to the week."""
    about = unpacked(action["value"])
    customer = await services.tiering.approve(actor, str(about.get("c", "")), str(about.get("a", "")))
    await ack()
    later(_show_due(client, services, actor, customer))


async def decline_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    about = unpacked(action["value"])
    found = await services.tiering.question(actor, str(about.get("c", "")))
    await open_view(client, body, views.decline_form(found, str(about.get("a", "")), text))
    await ack()


async def decline(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    about = unpacked(view["private_metadata"])
    try:
        reason = _reason(typed(view))
    except FieldError as error:
        await refuse(ack, text, error)
        return
    customer = await services.tiering.decline(actor, str(about.get("c", "")), str(about.get("a", "")), reason)
    await ack()
    later(_show_due(client, services, actor, customer))


async def _shown_again(
    client: AsyncWebClient, services: Services, actor: User, customer_id: str, view: dict[str, Any], text: Text
) -> None:
    """The window below the form, and what the tier has changed about the day."""
    found = await services.tiering.explained(actor, customer_id)
    if below := view.get("previous_view_id"):
        await client.views_update(view_id=below, view=views.explained(found, text))
    await _show_due(client, services, actor, found.customer)


async def _show_due(client: AsyncWebClient, services: Services, actor: User, customer: Customer) -> None:
    """With another tier other days are due, for its owner too."""
    people = {actor.user_id: actor, customer.owner_id: await services.members.actor(actor.team_id, customer.owner_id)}
    for person in people.values():
        await refresh_digest(client, services, person, None)
        await publish_home(client, services, person)


def _reason(given: dict[str, str]) -> str:
    """Raises FieldError where hardly anything was typed."""
    typed_reason = given.get(views.REASON, "").strip()
    if len(typed_reason) < SHORTEST_REASON:
        raise FieldError(views.REASON, "tiering.error_reason", count=SHORTEST_REASON)
    return typed_reason


def register(app: AsyncApp) -> None:
    app.action(re.compile(rf"^{views.WHY}\b"))(why)
    app.action(views.TELL)(tell_form)
    app.view(views.TELL_MODAL)(tell)
    app.action(views.SET)(set_form)
    app.view(views.SET_MODAL)(set_tier)
    app.action(views.LIFT)(lift)
    app.action(re.compile(rf"^{views.APPROVE}\b"))(approve)
    app.action(re.compile(rf"^{views.DECLINE}(\.|$)"))(decline_form)
    app.view(views.DECLINE_MODAL)(decline)
