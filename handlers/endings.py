"""The end of a relationship, and going on after all, from the customer's brief."""

from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.dossier import Dossier
from bot.domain.user import User
from bot.errors import FieldError
from bot.services import Services
from bot.text import Text
from bot.views import customers as customer_views
from bot.views import endings as views
from bot.views.blocks import unpacked
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.forms import refuse, typed, understood
from handlers.home import publish_home
from handlers.replies import open_view


async def form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    found, kept = await services.endings.to_settle(actor, action["value"])
    await open_view(client, body, views.form(found, kept, actor.today(services.endings.now()), text))
    await ack()


async def settle(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Sent twice, it is done once."""
    about = unpacked(view["private_metadata"])
    customer_id = str(about.get("c", ""))
    try:
        if about.get("r"):
            found = await services.endings.reopen(actor, customer_id)
        else:
            with understood():
                day = date.fromisoformat(typed(view)[views.ON])
            found = await services.endings.end(actor, customer_id, day)
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack()
    later(_show_due(client, services, actor, found))


async def _show_due(client: AsyncWebClient, services: Services, actor: User, found: Dossier) -> None:
    """To whoever looks after it, and to whoever did it."""
    owner = await services.members.actor(actor.team_id, found.customer.owner_id)
    for person in {each.user_id: each for each in (owner, actor)}.values():
        await refresh_digest(client, services, person, None)
        await publish_home(client, services, person)


def register(app: AsyncApp) -> None:
    app.action(customer_views.END)(form)
    app.view(views.MODAL)(settle)
