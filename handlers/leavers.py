"""People who have left, and giving their customers to others."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot import departures
from bot.domain.customer import Customer
from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import leavers as views
from bot.views.blocks import escape, unpacked
from handlers.askers import text_of
from handlers.background import Background
from handlers.home import publish_home


async def changed(
    event: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext, services: Services, later: Background
) -> None:
    """Slack tells of every change of a profile; what was remembered of it is asked for again."""
    user, team_id = event["user"], context.team_id or ""
    await services.members.forget_profile(team_id, user["id"])
    if not user.get("deleted"):
        return
    for departure in await services.leavers.left(team_id, [user["id"]]):
        later(departures.tell(client, services, team_id, departure))


async def reassign(
    ack: AsyncAck,
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    await ack()
    to_id = str(action.get("selected_user") or "")
    customer = await services.leavers.reassign(actor, str(unpacked(action["block_id"]).get("c", "")), to_id)
    later(_told(client, services, actor, customer, text))


async def _told(client: AsyncWebClient, services: Services, actor: User, customer: Customer, text: Text) -> None:
    await publish_home(client, services, actor)
    name = escape(customer.name)
    done = text("leaver.done", customer=name, user=customer.owner_id)
    await client.chat_postMessage(channel=actor.user_id, text=done)
    if customer.owner_id != actor.user_id:
        theirs = await text_of(services, actor.team_id, customer.owner_id)
        told = theirs("leaver.yours", user=actor.user_id, customer=name)
        await client.chat_postMessage(channel=customer.owner_id, text=told)


def register(app: AsyncApp) -> None:
    app.event("user_change")(changed)
    app.action(re.compile(rf"^{views.REASSIGN}\b"))(reassign)
