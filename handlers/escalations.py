"""What leads do about what they are asked; each click is harmless twice, late, and after somebody else's."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain.escalation import Escalation, EscalationItem
from bot.domain.user import User
from bot.errors import EscalationAnsweredError, EscalationGoneError, FieldError
from bot.services import Services
from bot.text import Text
from bot.views import dossiers as dossier_views
from bot.views import escalations as views
from bot.views.blocks import leaves_of, unpacked
from handlers import incoming
from handlers.background import Background
from handlers.forms import refuse, understood
from handlers.replies import open_view

Answer = Callable[[User, str, str], Awaitable[Escalation]]


async def take(
    ack: AsyncAck, action: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, later: Background
) -> None:
    await ack()
    await _answer(client, services, actor, action["value"], services.escalations.take, later)


async def nudge(
    ack: AsyncAck, action: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, later: Background
) -> None:
    await ack()
    await _answer(client, services, actor, action["value"], services.escalations.nudge, later)


async def _answer(
    client: AsyncWebClient, services: Services, actor: User, value: str, answer: Answer, later: Background
) -> None:
    followup_id, began = _named(value)
    try:
        await answer(actor, followup_id, began)
    finally:  # an old message shows what became of it, whoever did it
        later(refresh(client, services, actor.team_id, followup_id))


async def reassign_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    item = await _to_change(client, services, actor, action["value"], later)
    found = await services.dossiers.to_edit(actor, item.customer.id)
    await open_view(client, body, dossier_views.hand_over_form(found, text, item.followup.id))
    await ack()


async def quiet_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    item = await _to_change(client, services, actor, action["value"], later)
    await open_view(client, body, views.quiet_modal(item, text))
    await ack()


async def _to_change(
    client: AsyncWebClient, services: Services, actor: User, value: str, later: Background
) -> EscalationItem:
    """Before a form is opened in vain; an old message then shows what became of it."""
    followup_id, began = _named(value)
    try:
        return await services.escalations.to_change(actor, followup_id, began)
    except (EscalationAnsweredError, EscalationGoneError):
        later(refresh(client, services, actor.team_id, followup_id))
        raise


async def quiet(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    followup_id, began = _named(view["private_metadata"])
    leaves = leaves_of(view)
    with understood():
        until = date.fromisoformat(leaves[views.UNTIL]["selected_date"])
        reason = incoming.words(leaves[views.REASON].get("value") or "")
    try:
        if not reason:
            raise FieldError(views.REASON, "escalation.error_reason")
        await services.escalations.quiet(actor, followup_id, began, until, reason)
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack()
    later(refresh(client, services, actor.team_id, followup_id))


async def refresh(client: AsyncWebClient, services: Services, team_id: str, followup_id: str) -> None:
    """Brings every message about it up to date, each in its reader's language."""
    for notice in await services.escalations.messages(team_id, followup_id):
        reader = await services.members.actor(team_id, notice.user_id)
        item = await services.escalations.item(reader, notice)
        if item is None or not notice.channel_id or not notice.message_ts:
            continue
        text = texts.load(reader.lang)
        try:
            await client.chat_update(
                channel=notice.channel_id,
                ts=notice.message_ts,
                text=views.fallback(item, text),
                blocks=views.asked(item, text),
            )
        except SlackApiError:  # deleted, or too old to be changed: what counts is kept
            continue


def _named(value: str) -> tuple[str, str]:
    row = unpacked(value)
    return str(row.get("f", "")), str(row.get("b", ""))


def register(app: AsyncApp) -> None:
    app.action(views.TAKE)(take)
    app.action(views.NUDGE)(nudge)
    app.action(views.REASSIGN)(reassign_form)
    app.action(views.QUIET)(quiet_form)
    app.view(views.QUIET_MODAL)(quiet)
