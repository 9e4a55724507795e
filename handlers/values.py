"""What is worth knowing, from Home to the customers it concerns."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import policy
from bot.domain.need import NeedType
from bot.domain.user import User
from bot.domain.valueitem import ValueItem, ValueType
from bot.errors import FieldError
from bot.services import Services
from bot.text import Text
from bot.views import values as views
from bot.views.blocks import leaves_of, unpacked
from handlers import incoming
from handlers.background import Background
from handlers.forms import refuse, understood


async def open_form(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, text: Text) -> None:
    policy.ensure_passes_on(actor)
    await client.views_open(trigger_id=body["trigger_id"], view=views.form(text))
    await ack()


async def preview(ack: AsyncAck, view: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    """How many customers of whom, before anything is written."""
    item = _item(view)
    try:
        reach = await services.values.preview(actor, item)
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack(response_action="update", view=views.preview(item, reach, text))


async def start(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Writes the follow-ups, and says so in the conversation with the app."""
    await ack(response_action="clear")
    kept = unpacked(view["private_metadata"])
    item = ValueItem(
        id=str(kept["i"]),
        type=ValueType(kept["t"]),
        text=str(kept["x"]),
        industry=str(kept["d"]),
        needs=frozenset(NeedType(each) for each in kept["n"]),
        buyer=str(kept["b"]),
    )
    later(_start(client, services, actor, item, text))


async def _start(client: AsyncWebClient, services: Services, actor: User, item: ValueItem, text: Text) -> None:
    reach = await services.values.start(actor, item)
    await client.chat_postMessage(channel=actor.user_id, text=f"{text('value.started')}\n{views.told(reach, text)}")


def _item(view: dict[str, Any]) -> ValueItem:
    leaves = leaves_of(view)

    def typed(name: str) -> str:
        return incoming.words(leaves[name].get("value") or "").strip()

    with understood():
        needs = frozenset(NeedType(each["value"]) for each in leaves[views.NEEDS].get("selected_options") or ())
        return ValueItem(
            id=view["id"],
            type=ValueType(leaves[views.TYPE]["selected_option"]["value"]),
            text=typed(views.TEXT),
            industry=typed(views.INDUSTRY),
            needs=needs,
            buyer=typed(views.BUYER),
        )


def register(app: AsyncApp) -> None:
    app.action(views.OPEN)(open_form)
    app.view(views.FORM_MODAL)(preview)
    app.view(views.PREVIEW_MODAL)(start)
