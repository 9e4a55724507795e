"""The visit form while it is open: what is read in it, picking a customer, drafts, and closing it unsaved."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.draft import NEW, Draft
from bot.domain.user import User
from bot.domain.visit import Channel, Visit
from bot.errors import CustomerNotFoundError, DraftNotFoundError, OutdatedError, VisitNotFoundError
from bot.services import Services
from bot.slack import error_of
from bot.text import Text
from bot.views import visitform as views
from bot.views import visitheard, visitnotices
from bot.views.blocks import Block, View, unpacked
from bot.views.visitfilled import Filled, filled
from handlers.background import Background
from handlers.forms import understood

QUIET_SECONDS: Final = 0.4
"""After the last key, so that a note is read when somebody stops to think rather than at every letter."""

_GONE: Final = frozenset({"hash_conflict", "not_found"})
"""The window has changed or is closed: what it shows now is newer than what was to be put there."""

Origin = dict[str, str]


def origin_of(view: Mapping[str, Any]) -> Origin:
    """Raises OutdatedError."""
    origin = {name: str(value) for name, value in unpacked(view["private_metadata"]).items()}
    with understood():
        int(origin.get("r", 0))
        if "i" in origin:
            datetime.fromisoformat(origin["t"])
    return origin


async def open_form(
    client: AsyncWebClient,
    trigger_id: str,
    services: Services,
    actor: User,
    text: Text,
    later: Background,
    draft: Draft,
    more: Mapping[str, str] | None = None,
    saved: Visit | None = None,
) -> None:
    """The window first, since its trigger lives three seconds; then what its words seem to say."""
    state = await fresh_state(draft, more or {}, services, actor, saved=saved)
    opened = await client.views_open(trigger_id=trigger_id, view=await drawn(state, services, actor, text))
    later(fill(opened["view"], state, client, services, actor, text))


async def fresh_state(
    draft: Draft,
    more: Mapping[str, str],
    services: Services,
    actor: User,
    notices: Sequence[Block] = (),
    saved: Visit | None = None,
) -> views.Form:
    """Of a form to be shown. `i` and `t` are its draft and when it was begun, `o` objections it begins with."""
    origin = {"i": uuid.uuid4().hex, "t": services.visits.now().isoformat(), **more}
    origin["o"] = ",".join(draft.objection_ids)
    drafts = [] if saved else await services.drafts.latest(actor)
    state = await _state(_begun(draft, actor, services), origin, services, actor, stored=saved)
    return replace(state, drafts=drafts, notices=notices)


async def fill(
    view: Mapping[str, Any], state: views.Form, client: AsyncWebClient, services: Services, actor: User, text: Text
) -> None:
    """Of a form that has just been shown: keeps its words as a draft, and puts in what they seem to say."""
    origin, draft = dict(state.origin or {}), state.draft
    if not draft.is_worth_keeping:
        return
    started_at = datetime.fromisoformat(origin["t"])
    if state.stored is None:
        await services.drafts.keep(actor, str(view["id"]), origin["i"], started_at, draft)
    shown = draft.fields()
    found = await _suggested(draft, origin, shown, frozenset(shown), services, actor, state)
    if found is not None:
        await put(view, found, client, services, actor, text)


async def _suggested(
    draft: Draft,
    origin: Origin,
    shown: Mapping[str, str],
    untouched: frozenset[str],
    services: Services,
    actor: User,
    state: views.Form,
) -> views.Form | None:
    """The form with what was read in it; None where it shows all of that already."""
    given = filter(None, origin.get("o", "").split(","))
    started_at = datetime.fromisoformat(origin["t"])
    found = await services.drafts.suggest(actor, draft, started_at, untouched, given, state.stored)
    is_first = state.shown is None and found.words
    if not (found.changed or is_first or found.draft.choices != draft.choices):
        return None
    left = {name: value for name, value in shown.items() if name not in found.changed}
    steps = state.steps
    if "customer" in found.changed and found.draft.customer is not None:
        steps = await services.customers.open_steps(actor, found.draft.customer.id)
    return replace(state, draft=found.draft, shown=left, words=found.words, other_on=found.other_on, steps=steps)


async def put(
    view: Mapping[str, Any], state: views.Form, client: AsyncWebClient, services: Services, actor: User, text: Text
) -> Mapping[str, Any] | None:
    """Into the window as it was, or not at all: then None."""
    shown = await drawn(state, services, actor, text)
    try:
        updated = await client.views_update(view_id=view["id"], hash=view["hash"], view=shown)
    except SlackApiError as error:
        if error_of(error) not in _GONE:
            raise
        return None
    found: Mapping[str, Any] = updated["view"]
    return found


async def drawn(state: views.Form, services: Services, actor: User, text: Text) -> View:
    library = await services.playbook.library(actor.team_id)
    return views.form(replace(state, zone=ZoneInfo(actor.tz)), library.playbook, text)


async def as_it_stands(view: Mapping[str, Any], services: Services, actor: User) -> tuple[views.Form, Filled]:
    """A window that is open. Raises CustomerNotFoundError when the customer picked is none that the actor sees."""
    origin = origin_of(view)
    with understood():
        found = filled(view)
    saved = await services.visits.get(actor, origin["v"]) if "v" in origin else None
    whom = saved.customer_id if saved else found.customer
    draft = found.draft
    if whom and not whom.startswith(NEW):
        customer = await services.customers.get(actor, whom)
        draft = replace(draft, customer=customer, customer_name=customer.name)
    state = await _state(draft, origin, services, actor, stored=saved)
    ticked = frozenset(found.done) or state.ticked
    notices = visitnotices.notices(view)
    return replace(state, shown=found.shown, ticked=ticked, notices=notices), replace(found, draft=draft)


async def _state(
    draft: Draft,
    origin: Origin,
    services: Services,
    actor: User,
    stored: Visit | None = None,
) -> views.Form:
    steps = []
    if draft.customer is not None and stored is None:
        steps = await services.customers.open_steps(actor, draft.customer.id)
    today = actor.today(services.visits.now())
    ticked = frozenset({origin.get("f", "")})
    return views.Form(draft, today, steps, ticked, origin, stored=stored)


def _begun(draft: Draft, actor: User, services: Services) -> Draft:
    """A visit is of today and in person until something says otherwise."""
    today = actor.today(services.visits.now())
    return replace(draft, on=draft.on or today, channel=draft.channel or Channel.VISIT)


# what happens in the window


async def suggest(ack: AsyncAck, body: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    """The type-ahead of the customer field: at most Slack's 100 options, creating one among them."""
    typed = str(body.get("value") or "")
    await ack(options=views.suggestions(await services.customers.suggest(actor, typed), typed, text))


async def customer_picked(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    """Shows the fields of a new customer, or the open steps of a known one."""
    state, _ = await as_it_stands(body["view"], services, actor)
    await put(body["view"], state, client, services, actor, text)
    await ack()


async def changed(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """The note was typed in, or something that was heard ticked: kept, and read again, once the person pauses."""
    await ack()
    view = body["view"]
    later.once_quiet(view["id"], QUIET_SECONDS, lambda: _reread(view, client, services, actor, text))


async def _reread(view: Mapping[str, Any], client: AsyncWebClient, services: Services, actor: User, text: Text) -> None:
    try:
        state, found = await as_it_stands(view, services, actor)
    except (CustomerNotFoundError, VisitNotFoundError):
        return  # saving will say so
    origin = dict(state.origin or {})
    await _keep(view, state, services, actor)
    news = await _suggested(state.draft, origin, found.shown, found.untouched, services, actor, state)
    if news is not None:
        await put(view, news, client, services, actor, text)


async def _keep(view: Mapping[str, Any], state: views.Form, services: Services, actor: User) -> None:
    origin = dict(state.origin or {})
    if origin.get("i"):
        started_at, version = datetime.fromisoformat(origin["t"]), int(origin.get("r", 0))
        await services.drafts.keep(actor, str(view["id"]), origin["i"], started_at, state.draft, state.stored, version)


async def closed(ack: AsyncAck, view: dict[str, Any], actor: User, services: Services, later: Background) -> None:
    """Closed without saving: what Slack still knows of it is kept."""
    await ack()
    later.forget(view["id"])
    if view["state"]["values"]:
        await keep(view, services, actor)


async def keep(view: Mapping[str, Any], services: Services, actor: User) -> None:
    """As a draft, with what stands in the window."""
    try:
        state, _ = await as_it_stands(view, services, actor)
    except (CustomerNotFoundError, VisitNotFoundError, OutdatedError):
        return  # no form that was filled in here
    await _keep(view, state, services, actor)


async def continue_draft(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """In the same window, with what was begun."""
    await ack()
    view = body["view"]
    later.forget(view["id"])
    try:
        kept = await services.drafts.resume(actor, action["value"])
        saved = await services.visits.get(actor, kept.visit_id) if kept.visit_id else None
    except (DraftNotFoundError, VisitNotFoundError):
        await _without(view, action["value"], text("error.draft_not_found"), client, actor, services, text)
        return
    begun = origin_of(view)
    # Fields of other ids: what stands in the window must not hide what was kept.
    origin = {"i": kept.id, "t": kept.started_at.isoformat(), "w": kept.id[:6], "o": ""}
    origin |= {name: begun[name] for name in ("e", "d") if name in begun}
    if saved is not None:
        origin |= {"v": saved.id, "r": str(kept.version)}
    state = await _state(_begun(kept.draft, actor, services), origin, services, actor, stored=saved)
    shown = state.draft.fields()
    state = await _suggested(state.draft, origin, shown, frozenset(), services, actor, state) or state
    await put(view, state, client, services, actor, text)


async def discard_draft(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    await ack()
    await services.drafts.discard(actor, action["value"])
    await _without(body["view"], action["value"], "", client, actor, services, text)


async def _without(
    view: Mapping[str, Any],
    draft_id: str,
    told: str,
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """The window with the other drafts."""
    state, _ = await as_it_stands(view, services, actor)
    gone = (draft_id, origin_of(view).get("i"))
    left = [each for each in await services.drafts.latest(actor) if each.id not in gone]
    notices = [visitnotices.notice(told)] if told else []
    await put(view, replace(state, drafts=left, notices=notices), client, services, actor, text)


def register(app: AsyncApp) -> None:
    app.options(views.CUSTOMER)(suggest)
    app.action(views.CUSTOMER)(customer_picked)
    app.action(re.compile(rf"^({views.NOTE}$|{visitheard.HEARD}\b)"))(changed)
    app.action(re.compile(rf"^{views.CONTINUE}\b"))(continue_draft)
    app.action(re.compile(rf"^{views.DISCARD}\b"))(discard_draft)
    app.view_closed(views.MODAL)(closed)
