"""A customer's file: its form, its contacts, buyers and finance lines, and handing it over."""

import contextlib
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain.customerform import (
    EditConflictError,
    Part,
    PartForm,
    customer_values,
    marks,
    new_row_id,
    part_values,
    rows_of,
)
from bot.domain.handover import HandOver
from bot.domain.user import User
from bot.errors import CustomerNotFoundError, EscalationGoneError, FieldError
from bot.services import Services
from bot.text import Text
from bot.views import customers as customer_views
from bot.views import dossiers as views
from bot.views.blocks import View, escape, unpacked
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.escalations import refresh
from handlers.forms import by_field, refuse, typed
from handlers.home import publish_home
from handlers.replies import open_view


async def open_edit(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    found = await services.dossiers.to_edit(actor, action["value"])
    values = customer_values(found.customer, found.details)
    await open_view(client, body, views.edit_form(found.customer.id, values, marks(values), text))
    await ack()


async def edit(
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
        await services.dossiers.edit(actor, customer_id, opened, given)
    except FieldError as error:
        await refuse(ack, text, error)
    except EditConflictError as conflict:
        seen = opened | marks(conflict.stored)
        form = views.edit_form(customer_id, given, seen, text, conflict.stored)
        await ack(response_action="update", view=form)
    else:
        await ack()
        later(_show_due(client, services, actor))


async def open_file(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    await open_view(client, body, await _file(services, actor, action["value"], text))
    await ack()


async def open_part(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    about = unpacked(action["value"])
    found, part = await services.dossiers.to_edit(actor, str(about.get("c", ""))), _part(about)
    row = next((each for each in rows_of(found, part) if each.id == about.get("i")), None)
    values = part_values(part, row)
    row_id = row.id if row is not None else new_row_id()
    form = views.part_form(found.customer.id, part, row_id, values, marks(values), text, is_new=row is None)
    await open_view(client, body, form)
    await ack()


async def keep_part(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    about, given = unpacked(view["private_metadata"]), typed(view)
    is_removed = bool(given.pop(views.REMOVE, ""))
    form = PartForm(_part(about), str(about.get("i", "")), by_field(about, "o"), given, is_removed)
    customer_id = str(about.get("c", ""))
    try:
        await services.dossiers.keep_part(actor, customer_id, form)
    except FieldError as error:
        await refuse(ack, text, error)
    except EditConflictError as conflict:
        seen = {**form.opened, **marks(conflict.stored)}
        again = views.part_form(
            customer_id, form.part, form.row_id, given, seen, text, is_new=bool(about.get("n")), stored=conflict.stored
        )
        await ack(response_action="update", view=again)
    else:
        await ack()
        if below := view.get("previous_view_id"):
            later(_show_file(client, services, actor, customer_id, below, text))


async def open_hand_over(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    found = await services.dossiers.to_edit(actor, action["value"])
    await open_view(client, body, views.hand_over_form(found, text))
    await ack()


async def hand_over(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Sent twice it is handed over, and told, once."""
    about = unpacked(view["private_metadata"])
    customer_id, escalated_id = str(about.get("c", "")), str(about.get("e", ""))
    try:
        told = await services.dossiers.hand_over(actor, view["id"], customer_id, typed(view)[views.TO])
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack()
    later(_tell(client, services, actor, told))
    if escalated_id:
        with contextlib.suppress(EscalationGoneError):  # done meanwhile: the customer was handed over all the same
            await services.escalations.reassigned(actor, escalated_id, customer_id)
        later(refresh(client, services, actor.team_id, escalated_id))


async def _tell(client: AsyncWebClient, services: Services, actor: User, told: HandOver) -> None:
    """Whoever takes over, whoever did it, and whoever had the customer."""
    delivery = f"handover:{told.id}"
    if not await services.workspaces.claim(actor.team_id, delivery):
        return
    is_done = False
    try:
        taker = await services.members.actor(actor.team_id, told.to_id)
        found = await services.dossiers.get(taker, told.customer_id)
        brief = await services.customers.brief(taker, told.customer_id)
        text = texts.load(taker.lang)
        blocks = views.received(told, brief, found, text)
        await client.chat_postMessage(
            channel=told.to_id, text=text("handover.received_title"), blocks=blocks, unfurl_links=False
        )
        name = escape(found.customer.name)
        done = texts.load(actor.lang)("handover.done", customer=name, to=told.to_id)
        if actor.user_id != told.to_id:
            await client.chat_postMessage(channel=actor.user_id, text=done)
        owner = await services.members.actor(actor.team_id, told.from_id)
        if told.from_id != actor.user_id:
            line = texts.load(owner.lang)("handover.taken_away", customer=name, by=told.by, to=told.to_id)
            await client.chat_postMessage(channel=told.from_id, text=line)
        is_done = True
    finally:
        await services.workspaces.settle(actor.team_id, delivery, handled=is_done)
    for person in (owner, taker):
        await _show_due(client, services, person)


async def _show_due(client: AsyncWebClient, services: Services, person: User) -> None:
    await refresh_digest(client, services, person, None)
    await publish_home(client, services, person)


async def _show_file(
    client: AsyncWebClient, services: Services, actor: User, customer_id: str, below: str, text: Text
) -> None:
    await client.views_update(view_id=below, view=await _file(services, actor, customer_id, text))


async def _file(services: Services, actor: User, customer_id: str, text: Text) -> View:
    found = await services.dossiers.get(actor, customer_id)
    return views.file(found, text, may_edit=await services.dossiers.may_edit(actor, found.customer))


def _part(about: dict[str, Any]) -> Part:
    """Raises CustomerNotFoundError for what none of our buttons says."""
    if about.get("p") not in list(Part):
        raise CustomerNotFoundError
    return Part(about["p"])


def register(app: AsyncApp) -> None:
    app.action(customer_views.EDIT)(open_edit)
    app.view(views.EDIT_MODAL)(edit)
    app.action(customer_views.FILE)(open_file)
    app.action(re.compile(rf"^{views.PART}\b"))(open_part)
    app.view(views.PART_MODAL)(keep_part)
    app.action(customer_views.HAND_OVER)(open_hand_over)
    app.view(views.HAND_OVER_MODAL)(hand_over)
