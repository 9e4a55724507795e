"""The needs file: opened from a brief or a reminder, and what is heard written into it."""

import re
from datetime import date, timedelta
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.customerform import marks
from bot.domain.need import Confidence, NeedForm, NeedStatus, NeedType
from bot.domain.user import User
from bot.errors import FieldError, NeedNotFoundError
from bot.services import Services
from bot.text import Text
from bot.views import customers as customer_views
from bot.views import followups as followup_views
from bot.views import needs as views
from bot.views.blocks import View, unpacked
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.forms import by_field, refuse, typed, understood
from handlers.home import publish_home
from handlers.replies import open_view

COMPARE_BACK: Final = timedelta(days=30)
"""The two days that are offered first lie so far apart."""


async def open_file(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    await open_view(client, body, await _file(services, actor, str(action["value"]), text))
    await ack()


async def add(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    customer = await services.customers.get(actor, action["value"])
    notes = await services.needs.notes(actor, customer.id)
    await open_view(client, body, views.change_form(customer, None, notes, _today(services, actor), text))
    await ack()


async def menu(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """Of one need: another status, a change, or its history."""
    wanted, _, need_id = action["selected_option"]["value"].partition("|")
    customer_id = str(unpacked(body["view"]["private_metadata"]).get("c", ""))
    found = await services.needs.file(actor, customer_id)
    need = next((each for each in found.needs if each.id == need_id), None)
    if need is None:
        raise NeedNotFoundError
    notes, today = await services.needs.notes(actor, customer_id), _today(services, actor)
    if wanted == views.CHANGE:
        view = views.change_form(found.customer, need, notes, today, text)
    elif wanted in list(NeedStatus):
        view = views.status_form(found, need, NeedStatus(wanted), notes, today, text)
    else:
        view = views.timeline_view(found, need_id, text)
    await open_view(client, body, view)
    await ack()


async def timeline(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    found = await services.needs.file(actor, action["value"])
    await open_view(client, body, views.timeline_view(found, "", text))
    await ack()


async def compare_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    customer = await services.customers.get(actor, action["value"])
    today = _today(services, actor)
    await open_view(client, body, views.compare_form(customer, today - COMPARE_BACK, today, text))
    await ack()


async def compare(ack: AsyncAck, view: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    """The same window shows what differs; other days may be chosen at once."""
    given = typed(view)
    with understood():
        before, after = date.fromisoformat(given["before"]), date.fromisoformat(given["after"])
    customer = await services.customers.get(actor, str(unpacked(view["private_metadata"]).get("c", "")))
    try:
        found = await services.needs.compare(actor, customer.id, before, after)
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack(response_action="update", view=views.compare_form(customer, before, after, text, found))


async def save(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Acknowledged once it is kept; the file below shows it then."""
    with understood():
        form = _form(view)
    try:
        await services.needs.add(actor, form)
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack()
    later(_show(client, services, actor, form.customer_id, view.get("previous_view_id"), text))


async def _show(
    client: AsyncWebClient, services: Services, actor: User, customer_id: str, below: str | None, text: Text
) -> None:
    if below:
        await client.views_update(view_id=below, view=await _file(services, actor, customer_id, text))
    await refresh_digest(client, services, actor, None)
    await publish_home(client, services, actor)


def _form(view: dict[str, Any]) -> NeedForm:
    """Only what was touched is a change: the rest may have been changed by somebody else meanwhile."""
    about, given = unpacked(view["private_metadata"]), typed(view)
    opened = by_field(about, "o")
    mine = marks(given)
    said = {name: given[name] for name in views.FIELDS if name in given and mine[name] != opened.get(name)}
    need_id = str(about.get("n") or "") or None
    if need_id is None:
        said = {name: given[name] for name in views.FIELDS if given.get(name)}
    status = about.get("s") or given.get("status") or None
    return NeedForm(
        form_id=view["id"],
        customer_id=str(about.get("c", "")),
        on=date.fromisoformat(given["on"]),
        sentence=given["sentence"],
        need_id=need_id,
        source_id=given.get("source") or None,
        status=NeedStatus(status) if status else None,
        type=NeedType(said["type"]) if said.get("type") else None,
        statement=said.get("statement"),
        amount=said.get("amount"),
        wanted_by=said.get("wanted_by"),
        why=said.get("why"),
        priority=int(said["priority"]) if said.get("priority") else None,
        confidence=Confidence(said["confidence"]) if said.get("confidence") else None,
    )


async def _file(services: Services, actor: User, customer_id: str, text: Text) -> View:
    return views.file(await services.needs.file(actor, customer_id), _today(services, actor), text)


def _today(services: Services, actor: User) -> date:
    return actor.today(services.needs.now())


def register(app: AsyncApp) -> None:
    app.action(customer_views.NEEDS)(open_file)
    app.action(re.compile(rf"^{followup_views.NEEDS}\b"))(open_file)
    app.action(views.ADD)(add)
    app.action(re.compile(rf"^{views.MENU}\b"))(menu)
    app.action(views.TIMELINE)(timeline)
    app.action(views.COMPARE)(compare_form)
    app.view(views.COMPARE_MODAL)(compare)
    app.view(views.CHANGE_MODAL)(save)
