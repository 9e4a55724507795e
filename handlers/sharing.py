"""Sharing a customer to a channel."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot import slack
from bot.domain.brief import Brief
from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import sharing as views
from bot.views.blocks import escape, unpacked
from handlers.background import Background
from handlers.forms import understood
from handlers.replies import open_view, post_to


async def form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    found = await services.customers.to_share(actor, action["value"])
    await open_view(client, body, views.form(found, None, actor.user_id, text))
    await ack()


async def picked(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """Shows who would read it there."""
    await ack()
    view = body["view"]
    found = await services.customers.to_share(actor, _customer_id(view))
    audience = await slack.audience(client, actor.team_id, action["selected_conversation"])
    changed = views.form(found, audience, actor.user_id, text)
    await client.views_update(view_id=view["id"], hash=view["hash"], view=changed)


async def share(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    context: AsyncBoltContext,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Looks again: where somebody has come or gone since the preview, that is shown instead."""
    found = await services.customers.to_share(actor, _customer_id(view))
    with understood():
        channel_id = str(view["state"]["values"][views.TARGET][views.TARGET]["selected_conversation"])
    audience = await slack.audience(client, actor.team_id, channel_id)
    if not audience.is_inside or audience.mark != unpacked(view["private_metadata"]).get("m"):
        await ack(response_action="update", view=views.form(found, audience, actor.user_id, text))
        return
    await ack()
    if await services.workspaces.claim(actor.team_id, f"share:{view['id']}"):
        await services.customers.shared(actor, found.customer.id)
        later(_post(found, channel_id, view["id"], client, context, actor, services, text))


async def _post(
    found: Brief,
    channel_id: str,
    view_id: str,
    client: AsyncWebClient,
    context: AsyncBoltContext,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    told = text("share.fallback", user=actor.user_id, customer=escape(found.customer.name))
    is_posted = await post_to(client, context, actor, channel_id, told, views.posted(found, actor.user_id, text), text)
    if is_posted:
        await client.chat_postMessage(channel=actor.user_id, text=text("entry.shared_to", channel=channel_id))
    await services.workspaces.settle(actor.team_id, f"share:{view_id}", handled=is_posted)


def _customer_id(view: dict[str, Any]) -> str:
    return str(unpacked(view["private_metadata"]).get("c", ""))


def register(app: AsyncApp) -> None:
    app.action(views.SHARE)(form)
    app.action(views.TARGET)(picked)
    app.view(views.MODAL)(share)
