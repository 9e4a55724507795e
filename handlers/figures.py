"""The key figures, for leads and admins: as a command's message, and from Home in a window."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import policy
from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import figures as views
from handlers.background import Background
from handlers.replies import told_work


async def kpi(
    ack: AsyncAck, client: AsyncWebClient, actor: User, services: Services, text: Text, later: Background
) -> None:
    """Going through everything takes longer than Slack waits."""
    policy.ensure_sees_figures(actor)
    await ack(text=text("kpi.begun"))
    later(told_work(_send(client, services, actor, text), actor.user_id, client, text))


async def _send(client: AsyncWebClient, services: Services, actor: User, text: Text) -> None:
    found = await services.figures.asked(actor)
    await client.chat_postMessage(channel=actor.user_id, text=text("kpi.title"), blocks=views.blocks(found, text))


async def show(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    policy.ensure_sees_figures(actor)
    opened = await client.views_open(trigger_id=body["trigger_id"], view=views.working(text))
    await ack()
    later(told_work(_fill(client, services, actor, opened["view"]["id"], text), actor.user_id, client, text))


async def _fill(client: AsyncWebClient, services: Services, actor: User, view_id: str, text: Text) -> None:
    found = await services.figures.asked(actor)
    await client.views_update(view_id=view_id, view=views.window(found, text))


def register(app: AsyncApp) -> None:
    app.action(views.OPEN)(show)
