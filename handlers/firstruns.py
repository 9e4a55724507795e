"""The first steps after the app was installed. Roles and settings are opened by their own listeners."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import firstruns as views


async def how_to_import(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    services.firstruns.ensure_may_import(actor)
    await client.views_open(trigger_id=body["trigger_id"], view=views.import_modal(text))
    await ack()


def register(app: AsyncApp) -> None:
    app.action(views.IMPORT)(how_to_import)
