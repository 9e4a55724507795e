"""Logging a visit: the ways into the form, saving it, and changing what was saved."""

import asyncio
import re
from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.customer import NewCustomer
from bot.domain.draft import Draft
from bot.domain.entry import Kind
from bot.domain.heard import PROMISES
from bot.domain.note import Recorded, VisitForm
from bot.domain.quality import Advice, AdviceKind
from bot.domain.usage import Use
from bot.domain.user import User
from bot.domain.visit import NOTE_LIMIT, PASTED_LIMIT
from bot.errors import (
    CustomerNotFoundError,
    FormError,
    NotAllowedError,
    OutdatedError,
    VisitChangedError,
    VisitNotFoundError,
)
from bot.services import Services
from bot.text import Text
from bot.views import customers as customer_views
from bot.views import followups as followup_views
from bot.views import home as home_views
from bot.views import playbook as playbook_views
from bot.views import visitfilled, visitform, visitnotices
from bot.views import visits as views
from bot.views.blocks import escape, unpacked
from bot.views.shown import Shown
from handlers import errors, incoming
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.forms import understood
from handlers.home import publish_home
from handlers.visitform import Origin, as_it_stands, drawn, fill, fresh_state, keep, open_form, origin_of, put

COMMAND = "/visit"
FROM_MESSAGE: Final = "visit_from_message"
SAVE_SECONDS = 2.2
"""Slack gives a form three seconds; a store that needs longer lets the person press Save again."""
THREAD_MESSAGES: Final = 200
"""Of a thread; more than any note is made of."""


async def visit(
    ack: AsyncAck,
    command: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    typed = incoming.words(command["text"])
    draft = await services.visits.draft(actor, typed)
    rest = ""
    if len(draft.note) > NOTE_LIMIT:
        draft, rest = replace(draft, note="", pasted=draft.note[:PASTED_LIMIT]), draft.note[PASTED_LIMIT:]
    await open_form(client, command["trigger_id"], services, actor, text, later, draft)
    await ack()
    _send_rest(rest, client, actor, text, later)


def _send_rest(rest: str, client: AsyncWebClient, actor: User, text: Text, later: Background) -> None:
    """What is longer than anything a form holds, so that nothing is lost."""
    if rest:
        told = text("visit.cut", limit=PASTED_LIMIT)
        later(client.chat_postMessage(channel=actor.user_id, text=told, blocks=views.kept(told, rest)))


async def from_message(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """A message, or the thread it stands in, becomes the note."""
    services.visits.ensure_allowed(actor)
    message = body["message"]
    words = incoming.words(message.get("text") or "")
    if thread_ts := message.get("thread_ts"):
        # There is nothing to type in before the thread is there: its words would take the place of what was typed.
        opened = await client.views_open(trigger_id=body["trigger_id"], view=views.waiting(text))
        await ack()
        channel_id = body["channel"]["id"]
        later(_from_thread(opened["view"], channel_id, thread_ts, words, client, services, actor, text, later))
        return
    draft = Draft.pasted_from(words)
    await open_form(client, body["trigger_id"], services, actor, text, later, draft)
    await ack()
    _send_rest(words[PASTED_LIMIT:], client, actor, text, later)


async def _from_thread(
    view: dict[str, Any],
    channel_id: str,
    thread_ts: str,
    words: str,
    client: AsyncWebClient,
    services: Services,
    actor: User,
    text: Text,
    later: Background,
) -> None:
    """The one message where Slack does not let the app read the thread, and the form says so."""
    notices = []
    try:
        found = await client.conversations_replies(channel=channel_id, ts=thread_ts, limit=THREAD_MESSAGES)
    except (SlackApiError, aiohttp.ClientError, TimeoutError):
        notices = [visitnotices.notice(text("visit.only_message"))]
    else:
        said = [incoming.words(each.get("text") or "") for each in found["messages"]]
        words = "\n".join(filter(None, said)) or words
        if found.get("has_more"):
            notices = [visitnotices.notice(text("visit.thread_cut", count=THREAD_MESSAGES))]
    state = await fresh_state(Draft.pasted_from(words), {}, services, actor, notices=notices)
    if (shown := await put(view, state, client, services, actor, text)) is not None:
        await fill(shown, state, client, services, actor, text)
    _send_rest(words[PASTED_LIMIT:], client, actor, text, later)


async def from_answer(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
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
    await open_form(client, body["trigger_id"], services, actor, text, later, draft, {"e": entry.id})
    await ack()


async def from_customer(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    services.visits.ensure_allowed(actor)
    found = await services.customers.get(actor, action["value"])
    await open_form(client, body["trigger_id"], services, actor, text, later, Draft(found, found.name))
    await ack()


async def from_followup(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """From a row of the daily message or Home; saving ticks the row off."""
    origin = {name: str(value) for name, value in unpacked(action["value"]).items()}
    followup = await services.followups.get(actor, origin.get("f", ""))
    found = await services.customers.get(actor, followup.customer_id)
    await open_form(client, body["trigger_id"], services, actor, text, later, Draft(found, found.name), origin)
    await ack()


async def from_home(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    services.visits.ensure_allowed(actor)
    await open_form(client, body["trigger_id"], services, actor, text, later, Draft())
    await ack()


async def edit(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """A saved note, from its confirmation or the customer's brief."""
    services.visits.ensure_allowed(actor)
    saved = await services.visits.get(actor, action["value"])
    found = await services.customers.get(actor, saved.customer_id)
    more = {"v": saved.id, "r": str(saved.version)}
    await open_form(client, body["trigger_id"], services, actor, text, later, Draft.of(saved, found), more, saved=saved)
    await ack()


async def history(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """Every version of a note, on top of the window it is changed in."""
    versions = await services.visits.history(actor, action["value"])
    await client.views_push(trigger_id=body["trigger_id"], view=views.history(versions, ZoneInfo(actor.tz), text))
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
    try:
        form = _form(view)
        async with asyncio.timeout(SAVE_SECONDS):
            if advice := await _advice(form, origin_of(view), services, actor):
                later(keep(view, services, actor))
                await ack(response_action="update", view=await _advised(view, advice, services, actor, text))
                return
            recorded = await _saved(form, origin_of(view), services, actor)
    except OutdatedError:
        raise
    except VisitChangedError as error:
        await ack(response_action="update", view=await _conflict(view, error, services, actor, text))
    except Exception as error:
        later(keep(view, services, actor))
        await ack(response_action="errors", errors=_faults(error, view, text))
    else:
        later.forget(view["id"])
        await ack()
        later(_confirm(recorded, isinstance(form.customer, NewCustomer), view, client, actor, services, text))


def _faults(error: Exception, view: dict[str, Any], text: Text) -> dict[str, str]:
    """What to say at which field."""
    if isinstance(error, FormError):
        blocks = visitfilled.block_ids(view, visitfilled.filled(view).draft.chosen(*PROMISES))
        return {blocks.get(each.field, blocks["note"]): text(each.key, **each.values) for each in error.faults}
    blocks = visitfilled.block_ids(view)
    if isinstance(error, CustomerNotFoundError | VisitNotFoundError):
        return {blocks.get("customer", blocks["note"]): text("visit.error_customer_gone")}
    if isinstance(error, NotAllowedError):
        return {blocks["note"]: text(error.key)}
    return {blocks["note"]: text("visit.keep_trying", incident=errors.incident(error))}


async def _advice(form: VisitForm, origin: Origin, services: Services, actor: User) -> list[Advice]:
    """Once for a form (`g`). That a next step is missing is said after saving: the next contact is set all the same."""
    if "g" in origin:
        return []
    found = await services.visits.advice(actor, form, origin.get("v", ""))
    return found if any(each.kind is not AdviceKind.NO_NEXT_STEP for each in found) else []


async def _advised(
    view: dict[str, Any], advice: list[Advice], services: Services, actor: User, text: Text
) -> dict[str, Any]:
    """The same form with the advice above it."""
    state, _ = await as_it_stands(view, services, actor)
    origin = {**origin_of(view), "g": "1"}
    notices = visitnotices.advised(advice, text)
    return await drawn(replace(state, origin=origin, notices=notices), services, actor, text)


async def _saved(form: VisitForm, origin: Origin, services: Services, actor: User) -> Recorded:
    if "v" not in origin:
        return await services.visits.save(actor, form)
    return await services.visits.revise(actor, origin["v"], int(origin["r"]), form)


async def _conflict(
    view: dict[str, Any], error: VisitChangedError, services: Services, actor: User, text: Text
) -> dict[str, Any]:
    """Both texts: the other one above, one's own where it was typed. Saving again puts it on top."""
    state, _ = await as_it_stands(view, services, actor)
    stored = error.stored
    origin = {**origin_of(view), "r": str(stored.version)}
    notices = views.changed_meanwhile(stored, ZoneInfo(actor.tz), text)
    return await drawn(replace(state, origin=origin, stored=stored, notices=notices), services, actor, text)


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
    confirmation = f"confirmation:{recorded.visit.id}:{recorded.visit.version}"
    if await services.workspaces.claim(actor.team_id, confirmation):
        today = actor.today(services.visits.now())
        library = await services.playbook.library(actor.team_id)
        blocks = views.saved(recorded, created, library.playbook, text, today)
        name = escape(recorded.customer.name)
        channel = text(f"visit.channel_{recorded.visit.channel}")
        key = "visit.saved" if recorded.visit.version == 1 else "visit.saved_change"
        told = text(key, customer=name, channel=channel, on=recorded.visit.on)
        await client.chat_postMessage(channel=actor.user_id, text=told, blocks=blocks, unfurl_links=False)
        await services.workspaces.settle(actor.team_id, confirmation, handled=True)
        if entry_id := origin.get("e"):
            await services.feedback.count(actor, Use.VISIT, [str(entry_id)])
    day = origin.get("d")
    await refresh_digest(client, services, actor, day or None)
    await publish_home(client, services, actor)


def _form(view: dict[str, Any]) -> VisitForm:
    """Raises OutdatedError."""
    with understood():
        found = visitfilled.filled(view)
        visitfilled.block_ids(view)  # where faults are told
    draft = found.draft
    return VisitForm(
        form_id=view["id"],
        customer=found.new or found.customer,
        on=found.on,
        channel=found.channel,
        note=draft.note.strip(),
        objection_ids=draft.objection_ids,
        next_step=draft.next_step.strip() or None,
        next_step_on=draft.next_step_on,
        done_followup_ids=found.done,
        pasted=draft.pasted,
        facts=draft.facts(),
        needs=draft.needs(),
        undecided=found.undecided,
        draft_id=origin_of(view).get("i", ""),
        keeps=found.kept,
    )


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(visit)
    app.view(visitform.MODAL)(save)
    app.shortcut(FROM_MESSAGE)(from_message)
    app.action(re.compile(rf"^{playbook_views.VISIT}\b"))(from_answer)
    app.action(re.compile(rf"^{followup_views.LOG}\b"))(from_followup)
    app.action(customer_views.LOG)(from_customer)
    app.action(home_views.LOG)(from_home)
    app.action(re.compile(rf"^{views.EDIT}\b"))(edit)
    app.action(visitform.HISTORY)(history)
