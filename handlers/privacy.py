"""What is kept about oneself: /factormate privacy, one's own data as a file, and whom to ask."""

import json
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import privacy as views
from handlers.background import Background
from handlers.replies import add, told_work


async def privacy(ack: AsyncAck, services: Services, text: Text) -> None:
    await ack(
        text=text("privacy.notice"), blocks=views.notice(text, services.links.docs, rephrases=services.rephrasing.is_on)
    )


async def export(
    ack: AsyncAck,
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """The file comes to the conversation with the app, which nobody else reads."""
    await ack()
    later(told_work(_send(client, actor, services, text), actor.user_id, client, text))


async def _send(client: AsyncWebClient, actor: User, services: Services, text: Text) -> None:
    async with services.privacy.own(actor) as held:
        if held is None:
            await client.chat_postMessage(channel=actor.user_id, text=text("privacy.export_again"))
            return
        opened = await client.conversations_open(users=actor.user_id)
        name = f"factormate-{actor.user_id}.json"
        await client.files_upload_v2(
            filename=name,
            title=name,
            content=json.dumps(held, ensure_ascii=False, indent=2).encode(),
            channel=opened["channel"]["id"],
            initial_comment=text("privacy.export_done", count=len(held)),
        )


async def ask(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    told = views.whom_to_ask(await services.members.admin_ids(actor.team_id), text)
    await ack()
    later(add(body, client, respond, actor, told, []))


async def read(ack: AsyncAck) -> None:
    """Slack tells of a click on a link, too."""
    await ack()


def register(app: AsyncApp) -> None:
    app.action(views.EXPORT)(export)
    app.action(views.ASK)(ask)
    app.action(views.READ)(read)
