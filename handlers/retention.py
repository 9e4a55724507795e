"""How long things are kept, settled by admins from Home."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.user import User
from bot.domain.workspace import Retention
from bot.errors import FieldError
from bot.services import Services
from bot.text import Text
from bot.views import retention as views
from bot.views.blocks import unpacked
from handlers.forms import refuse, typed


async def form(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    kept = await services.retention.settled(actor)
    await client.views_open(trigger_id=body["trigger_id"], view=views.form(kept.typed, text))
    await ack()


async def settle(ack: AsyncAck, view: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    """Where it erases something, only the second time it is sent, with the same days."""
    given = typed(view)
    try:
        wanted = Retention.of(given)
    except FieldError as error:
        await refuse(ack, text, error)
        return
    lost = await services.retention.would_erase(actor, wanted)
    if any(lost) and unpacked(view["private_metadata"]).get("a") != wanted.model_dump(mode="json"):
        await ack(response_action="update", view=views.form(given, text, wanted, lost))
        return
    await services.retention.change(actor, wanted)
    await ack()


def register(app: AsyncApp) -> None:
    app.action(views.OPEN)(form)
    app.view(views.MODAL)(settle)
