"""Logging a visit: the form, its type-ahead, and saving it."""

import asyncio
import re
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.customer import CustomerName, Tier
from bot.domain.entry import Kind
from bot.domain.note import Draft, NewCustomer, Recorded, VisitForm
from bot.domain.usage import Use
from bot.domain.user import User
from bot.domain.visit import NOTE_LIMIT, Channel
from bot.errors import CustomerExistsError, CustomerNotFoundError, FieldError, NotAllowedError
from bot.services import Services
from bot.text import Text
from bot.views import customers as customer_views
from bot.views import followups as followup_views
from bot.views import home as home_views
from bot.views import playbook as playbook_views
from bot.views import visits as views
from bot.views.blocks import escape, unpacked
from bot.views.playbook import Shown
from handlers import errors, incoming
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.home import publish_home

COMMAND = "/visit"
SAVE_SECONDS = 2.2
"""Slack gives a form three seconds; a store that needs longer lets the person press Save again."""

_NAME = TypeAdapter(CustomerName)


async def visit(
    ack: AsyncAck,
    command: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    draft = await services.visits.draft(actor, incoming.words(command["text"]))
    await open_form(client, command["trigger_id"], services, actor, text, draft)
    await ack()
    if rest := draft.note[NOTE_LIMIT:]:
        told = text("visit.cut", limit=NOTE_LIMIT)
        later(client.chat_postMessage(channel=actor.user_id, text=told, blocks=views.kept(told, rest)))


async def open_form(
    client: AsyncWebClient,
    trigger_id: str,
    services: Services,
    actor: User,
    text: Text,
    draft: Draft,
    origin: dict[str, str] | None = None,
) -> None:
    steps = await services.customers.open_steps(actor, draft.customer.id) if draft.customer else []
    ticked = frozenset({(origin or {}).get("f", "")})
    today = actor.today(services.visits.now())
    state = views.Form(draft, today, steps, ticked, {**(origin or {}), "o": ",".join(draft.objection_ids)})
    library = await services.playbook.library(actor.team_id)
    await client.views_open(trigger_id=trigger_id, view=views.form(state, library.playbook, text))


async def from_answer(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """The objection just answered is filled in, and the customer if it was asked for one."""
    services.visits.ensure_allowed(actor)
    shown = Shown.of(unpacked(action["value"]))
    entry = (await services.playbook.library(actor.team_id)).entry(shown.entry_id)
    customer = await services.customers.known(actor, shown.customer_id)
    draft = Draft(
        customer=customer,
        customer_name=customer.name if customer else "",
        objection_ids=(entry.id,) if entry.KIND is Kind.OBJECTION else (),
    )
    await open_form(client, body["trigger_id"], services, actor, text, draft, {"e": entry.id})
    await ack()


async def from_customer(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    services.visits.ensure_allowed(actor)
    found = await services.customers.get(actor, action["value"])
    await open_form(client, body["trigger_id"], services, actor, text, Draft(found, found.name))
    await ack()


async def from_followup(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """From a row of the daily message or Home; saving ticks the row off."""
    origin = {name: str(value) for name, value in unpacked(action["value"]).items()}
    followup = await services.followups.get(actor, origin.get("f", ""))
    found = await services.customers.get(actor, followup.customer_id)
    await open_form(client, body["trigger_id"], services, actor, text, Draft(found, found.name), origin)
    await ack()


async def from_home(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    services.visits.ensure_allowed(actor)
    await open_form(client, body["trigger_id"], services, actor, text, Draft())
    await ack()


async def suggest(ack: AsyncAck, body: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    """The type-ahead of the customer field: at most Slack's 100 options, creating one among them."""
    typed = str(body.get("value") or "")
    await ack(options=views.suggestions(await services.customers.suggest(actor, typed), typed, text))


async def customer_picked(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """Shows the fields of a new customer, or the open steps of a known one."""
    view = body["view"]
    chosen = (action.get("selected_option") or {}).get("value", "")
    origin = {name: str(value) for name, value in unpacked(view["private_metadata"]).items()}
    draft = Draft(objection_ids=tuple(filter(None, origin.get("o", "").split(","))))
    steps = []
    if chosen.startswith(views.NEW):
        draft = replace(draft, customer_name=chosen.removeprefix(views.NEW))
    elif chosen:
        found = await services.customers.get(actor, chosen)
        draft = replace(draft, customer=found, customer_name=found.name)
        steps = await services.customers.open_steps(actor, found.id)
    today = actor.today(services.visits.now())
    state = views.Form(draft, today, steps, frozenset({origin.get("f", "")}), origin)
    library = await services.playbook.library(actor.team_id)
    form = views.form(state, library.playbook, text)
    await client.views_update(view_id=view["id"], hash=view["hash"], view=form)
    await ack()


async def save(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Nothing is acknowledged before it is stored; whatever goes wrong, the form stays with what was typed."""
    values = view["state"]["values"]
    blocks = {
        block["block_id"].split(":")[0]: block["block_id"] for block in view["blocks"] if block["type"] == "input"
    }
    try:
        form = _form(view["id"], values)
        async with asyncio.timeout(SAVE_SECONDS):
            recorded = await services.visits.save(actor, form)
    except FieldError as error:
        await ack(response_action="errors", errors={blocks[error.field]: text(error.key, **error.values)})
    except CustomerExistsError as error:
        field = "new_name" if "new_name" in blocks else "customer"
        await ack(response_action="errors", errors={blocks[field]: text("visit.error_exists", **error.values)})
    except CustomerNotFoundError:
        await ack(response_action="errors", errors={blocks["customer"]: text("visit.error_customer_gone")})
    except NotAllowedError as error:
        await ack(response_action="errors", errors={blocks["note"]: text(error.key)})
    except Exception as error:
        told = text("visit.keep_trying", incident=errors.incident(error))
        await ack(response_action="errors", errors={blocks["note"]: told})
    else:
        await ack()
        later(_confirm(recorded, isinstance(form.customer, NewCustomer), view, client, actor, services, text))


async def _confirm(
    recorded: Recorded,
    created: bool,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    origin = unpacked(view["private_metadata"])
    # Not asked of `is_new`: the first try may have been stored without its answer, or this message, getting through.
    confirmation = f"confirmation:{recorded.visit.id}"
    if await services.workspaces.claim(actor.team_id, confirmation):
        today = actor.today(services.visits.now())
        library = await services.playbook.library(actor.team_id)
        blocks = views.saved(recorded, created, library.playbook, text, today)
        name = escape(recorded.customer.name)
        channel = text(f"visit.channel_{recorded.visit.channel}")
        told = text("visit.saved", customer=name, channel=channel, on=recorded.visit.on)
        await client.chat_postMessage(channel=actor.user_id, text=told, blocks=blocks, unfurl_links=False)
        await services.workspaces.settle(actor.team_id, confirmation, handled=True)
        if entry_id := origin.get("e"):
            await services.feedback.count(actor, Use.VISIT, [str(entry_id)])
    day = origin.get("d")
    await refresh_digest(client, services, actor, day or None)
    await publish_home(client, services, actor)


def _form(view_id: str, values: dict[str, dict[str, dict[str, Any]]]) -> VisitForm:
    """Raises FieldError for what the form itself could not check."""
    leaves = {action_id: leaf for block in values.values() for action_id, leaf in block.items()}
    note = (leaves["note"].get("value") or "").strip()
    if not note:
        raise FieldError("note", "visit.error_note")
    due = leaves["next_step_on"].get("selected_date")
    return VisitForm(
        form_id=view_id,
        customer=_customer(leaves),
        on=date.fromisoformat(leaves["on"]["selected_date"]),
        channel=Channel(leaves["channel"]["selected_option"]["value"]),
        note=note,
        objection_ids=tuple(each["value"] for each in leaves["objections"].get("selected_options") or ()),
        next_step=(leaves["next_step"].get("value") or "").strip() or None,
        next_step_on=date.fromisoformat(due) if due else None,
        done_followup_ids=tuple(each["value"] for each in leaves.get("done", {}).get("selected_options") or ()),
    )


def _customer(leaves: dict[str, dict[str, Any]]) -> str | NewCustomer:
    chosen = (leaves[views.CUSTOMER].get("selected_option") or {}).get("value")
    if not chosen:
        raise FieldError("customer", "visit.error_customer")
    if not chosen.startswith(views.NEW):
        return str(chosen)
    typed = leaves.get("new_name", {}).get("value") or chosen.removeprefix(views.NEW)
    try:
        name = _NAME.validate_python(typed)
    except ValidationError:
        raise FieldError("new_name" if "new_name" in leaves else "customer", "visit.error_name") from None
    tier = (leaves.get("new_tier", {}).get("selected_option") or {}).get("value", Tier.B)
    return NewCustomer(name, Tier(tier), (leaves.get("new_industry", {}).get("value") or "").strip())


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(visit)
    app.options(views.CUSTOMER)(suggest)
    app.view(views.MODAL)(save)
    app.action(views.CUSTOMER)(customer_picked)
    app.action(re.compile(rf"^{playbook_views.VISIT}\b"))(from_answer)
    app.action(re.compile(rf"^{followup_views.LOG}\b"))(from_followup)
    app.action(customer_views.LOG)(from_customer)
    app.action(home_views.LOG)(from_home)
