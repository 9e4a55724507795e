"""The risk flag, set and cleared by risk."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.customer import Customer, Risk
from bot.domain.user import User
from bot.errors import FieldError
from bot.services import Services
from bot.text import Text
from bot.views import riskflags as views
from bot.views.blocks import unpacked
from handlers.askers import text_of
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.forms import refuse, typed, understood
from handlers.home import publish_home
from handlers.replies import open_view


async def set_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    found = await services.riskflags.to_set(actor, action["value"])
    await open_view(client, body, views.form(found, text))
    await ack()


async def set_flag(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Who answers for the customer is told once, however often the form is sent."""
    customer_id, given = str(unpacked(view["private_metadata"]).get("c", "")), typed(view)
    with understood():
        reason, risk = given[views.REASON], Risk(given[views.RISK])
    try:
        customer, is_new = await services.riskflags.set(actor, view["id"], customer_id, risk, reason)
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack()
    if is_new:
        later(_told(client, services, actor, customer, reason))


async def _told(client: AsyncWebClient, services: Services, actor: User, customer: Customer, reason: str) -> None:
    """Another flag makes other days due."""
    for user_id in sorted(await services.cases.told_ids(actor.team_id, customer) - {actor.user_id}):
        line = views.told(customer, actor.user_id, reason, await text_of(services, actor.team_id, user_id))
        await client.chat_postMessage(channel=user_id, text=line, unfurl_links=False, unfurl_media=False)
        person = await services.members.actor(actor.team_id, user_id)
        await refresh_digest(client, services, person, None)
        await publish_home(client, services, person)


def register(app: AsyncApp) -> None:
    app.action(views.SET)(set_form)
    app.view(views.SET_MODAL)(set_flag)
