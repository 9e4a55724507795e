"""Rows of follow-ups: done, not needed, put off, taken back; and the list that somebody asks for."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import text as texts
from bot.domain.daily import SPANS, Span
from bot.domain.finishing import Done, NextStep
from bot.domain.followup import DropReason, DueItem, SnoozeLength, SnoozeReason
from bot.domain.user import User
from bot.domain.visit import ATTEMPTS, Channel
from bot.errors import BotError, FieldError, FollowUpNotFoundError, FormError
from bot.services import Services
from bot.slack import is_at_slack
from bot.text import Text
from bot.views import finishing as forms
from bot.views import followups as views
from bot.views.blocks import Block, escape, leaves_of, unpacked
from handlers import incoming
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.forms import understood
from handlers.home import publish_home
from handlers.replies import open_view

COMMAND: Final = "/followups"

Leaves = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """The row that was clicked: which follow-up, which turn of it, and where the row stands."""

    followup_id: str
    turn: str
    day: str = ""
    query: str = ""
    response_url: str = ""

    @classmethod
    def of(cls, packed: str, body: dict[str, Any]) -> "Row":
        """Anything may come back; what names nothing is not found."""
        found = {name: str(value) for name, value in unpacked(packed).items()}
        url = body.get("response_url") or found.get("u", "")
        return cls(found.get("f", ""), found.get("t", ""), found.get("d", ""), found.get("q", ""), str(url))

    def metadata(self) -> dict[str, str]:
        """For a window, from which the row is brought up to date when it is closed."""
        values = {"f": self.followup_id, "t": self.turn, "d": self.day, "q": self.query}
        return values | ({"u": self.response_url} if self.query else {})


async def followups(ack: AsyncAck, command: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    """Today's list, the week's, or all that is open for one customer; only the person sees it."""
    services.visits.ensure_allowed(actor)
    typed = incoming.words(command["text"])
    span = SPANS.get(typed.lower())
    if span is None:
        found = await services.customers.named(actor, typed)
        if len(found) != 1:
            key = "followup.list_which" if found else "error.customer_not_found"
            names = "、" if text.lang == "zh" else ", "
            await ack(text=text(key, names=names.join(escape(each.name) for each in found[:5])))
            return
    query = span or found[0].id
    title, blocks = await listed(services, actor, query, text)
    await ack(text=title, blocks=blocks)


async def listed(
    services: Services, actor: User, query: str, text: Text, settled: DueItem | None = None
) -> tuple[str, list[Block]]:
    """`settled` is what was just dealt with: it stays in sight, where it can be taken back."""
    today = actor.today(services.followups.now())
    try:
        span = Span(query)
    except ValueError:
        customer, items = await services.followups.of_customer(actor, query)
        title = text("followup.list_customer", customer=escape(customer.name))
    else:
        items = await services.followups.listed(actor, span)
        title = text(f"followup.list_{span}")
    if settled is not None:
        items = [settled, *(item for item in items if item.followup.id != settled.followup.id)]
    return title, views.asked(items, title, query, today, text)


async def done_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Asks for one line; an old row that is settled by now is told so, and brought up to date."""
    row = Row.of(action["value"], body)
    try:
        item = await services.finishing.to_finish(actor, row.followup_id, row.turn)
    except BotError:
        later(_show(client, services, actor, row, text))
        raise
    offer = await services.finishing.offer(actor, item)
    await open_view(client, body, forms.done_form(item, offer, row.metadata(), text))
    await ack()


async def done(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Nothing is acknowledged before it is stored; sent twice it is done once."""
    row = Row.of(view["private_metadata"], {})
    try:
        item = await services.finishing.finish(actor, row.followup_id, row.turn, _done(view))
    except FormError as error:
        await ack(response_action="errors", errors=_at_fields(error.faults, view, text))
    except BotError as error:
        later(_show(client, services, actor, row, text))
        await ack(response_action="errors", errors={forms.LINE: text(error.key, **error.values)})
    else:
        await ack()
        later(_show(client, services, actor, row, text))
        if item.followup.turn == row.turn and item.followup.is_waiting(actor.today(services.followups.now())):
            later(client.chat_postMessage(channel=actor.user_id, text=_did_not_count(item, _done(view).channel, text)))


async def drop(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    row = Row.of(action["block_id"], body)
    await ack()
    try:
        await services.finishing.drop(actor, row.followup_id, row.turn, _reason(action))
    finally:
        later(_show(client, services, actor, row, text))


async def snooze(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Length and reason were picked in one tap; the message it stands in changes in place. A day of one's own choice
    is asked for in a window."""
    row, picked = Row.of(action["block_id"], body), str(action["selected_option"]["value"])
    if picked == views.PICK_DAY:
        item = await services.finishing.to_finish(actor, row.followup_id, row.turn)
        today = actor.today(services.followups.now())
        await open_view(client, body, forms.until_form(item, today, row.metadata(), text))
        await ack()
        return
    await ack()
    length, reason = _chosen(picked)
    try:
        await services.finishing.snooze(actor, row.followup_id, length, reason, row.turn)
    finally:
        later(_show(client, services, actor, row, text))


async def snooze_until(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    row, leaves = Row.of(view["private_metadata"], {}), leaves_of(view)
    try:
        with understood():
            until = _day(leaves, forms.UNTIL)
            reason = SnoozeReason(leaves[forms.REASON]["selected_option"]["value"])
        if until is None:
            raise FieldError(forms.UNTIL, "settings.error_day")
        await services.finishing.snooze(actor, row.followup_id, until, reason, row.turn)
    except BotError as error:
        await ack(response_action="errors", errors={forms.UNTIL: text(error.key, **error.values)})
    else:
        await ack()
        later(_show(client, services, actor, row, text))


async def undo(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    row = Row.of(action["value"], body)
    await ack()
    try:
        await services.finishing.undo(actor, row.followup_id)
    finally:
        later(_show(client, services, actor, row, text))


async def _show(client: AsyncWebClient, services: Services, actor: User, row: Row, text: Text) -> None:
    """Everywhere the row stands: the message of its day, the list that was asked for, Home."""
    await refresh_digest(client, services, actor, row.day or None)
    if row.query and is_at_slack(row.response_url, client.base_url):
        settled = next(iter(await services.followups.items(actor, [row.followup_id])), None)
        title, blocks = await listed(services, actor, row.query, texts.load(actor.lang), settled)
        webhook = AsyncWebhookClient(row.response_url, session=client.session)
        await webhook.send(text=title, blocks=blocks, response_type="ephemeral", replace_original=True)
    await publish_home(client, services, actor)


def _did_not_count(item: DueItem, channel: Channel | None, text: Text) -> str:
    key = "followup.not_reached" if channel in ATTEMPTS else "followup.did_not_count"
    return text(key, customer=escape(item.customer.name), tier=item.customer.tier)


def _done(view: dict[str, Any]) -> Done:
    leaves = leaves_of(view)
    way = (leaves.get(forms.CHANNEL) or {}).get("selected_option")
    with understood():
        return Done(
            form_id=view["id"],
            line=str((leaves.get(forms.LINE) or {}).get("value") or ""),
            channel=Channel(way["value"]) if way else None,
            next=NextStep(str((leaves.get(forms.NEXT) or {}).get("value") or "").strip(), _day(leaves, forms.NEXT_ON)),
        )


def _at_fields(faults: list[FieldError], view: dict[str, Any], text: Text) -> dict[str, str]:
    """A note's faults are told at the line it is made of."""
    known = {"next_step": forms.NEXT, "next_step_on": forms.NEXT_ON}
    shown = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    found = [(known.get(each.field, each.field), text(each.key, **each.values)) for each in faults]
    return {field if field in shown else forms.LINE: told for field, told in found}


def _day(leaves: Leaves, name: str) -> date | None:
    picked = (leaves.get(name) or {}).get("selected_date")
    return date.fromisoformat(picked) if picked else None


def _chosen(value: str) -> tuple[SnoozeLength, SnoozeReason]:
    """Raises FollowUpNotFoundError for a value that none of our menus has."""
    length, _, reason = value.partition("|")
    try:
        return SnoozeLength(length), SnoozeReason(reason)
    except ValueError:
        raise FollowUpNotFoundError from None


def _reason(action: dict[str, Any]) -> DropReason:
    try:
        return DropReason(action["selected_option"]["value"])
    except ValueError:
        raise FollowUpNotFoundError from None


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(followups)
    app.action(re.compile(rf"^{views.DONE}\b"))(done_form)
    app.view(forms.DONE_MODAL)(done)
    app.action(re.compile(rf"^{views.SNOOZE}\b"))(snooze)
    app.view(forms.UNTIL_MODAL)(snooze_until)
    app.action(re.compile(rf"^{views.DROP}\b"))(drop)
    app.action(re.compile(rf"^{views.UNDO}\b"))(undo)
