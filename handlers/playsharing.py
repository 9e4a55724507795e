"""Sharing a play with colleagues: into the channel it was asked in, or one that is picked."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import slack
from bot import text as texts
from bot.domain.usage import Use
from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import playbook as views
from bot.views.blocks import escape, unpacked
from bot.views.sharing import who_reads
from bot.views.shown import Shown
from handlers.background import Background
from handlers.playbook import Message
from handlers.replies import channel_of, post_to, tell


async def share(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    context: AsyncBoltContext,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Posts the play into the channel it was asked in; from a direct message, asks where to."""
    shown = Shown.of(unpacked(action["value"]))
    channel_id = channel_of(body)
    if channel_id is None or channel_id.startswith("D"):
        await client.views_open(trigger_id=body["trigger_id"], view=views.share_modal(shown, text))
        await ack()
        return
    message = await _shared(shown, services, actor)
    await ack()
    later(_post(message, body.get("response_url"), channel_id, client, context, actor, text))
    later(services.feedback.count(actor, Use.SHARED, [shown.entry_id]))


async def share_to(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    client: AsyncWebClient,
    context: AsyncBoltContext,
    actor: User,
    services: Services,
    later: Background,
    text: Text,
) -> None:
    """The form that asked where to share was sent."""
    shown = Shown.of(unpacked(unpacked(view["private_metadata"]).get("s", "")))
    leaf = view["state"]["values"][views.SHARE_TARGET][views.SHARE_TARGET]
    targets = {each["channel_id"]: each["response_url"] for each in body.get("response_urls", ())}
    channel_id = leaf["selected_conversation"]
    message = await _shared(shown, services, actor)
    await ack()
    if await services.workspaces.claim(actor.team_id, f"share:{view['id']}"):
        later(_post_and_tell(message, targets.get(channel_id), channel_id, client, context, actor, text))
        later(services.feedback.count(actor, Use.SHARED, [shown.entry_id]))


async def _post_and_tell(
    message: Message,
    response_url: str | None,
    channel_id: str,
    client: AsyncWebClient,
    context: AsyncBoltContext,
    actor: User,
    text: Text,
) -> None:
    """The window is gone by then, and the channel may not be in sight."""
    if await _post(message, response_url, channel_id, client, context, actor, text) and channel_id.startswith("C"):
        await client.chat_postMessage(channel=actor.user_id, text=text("entry.shared_to", channel=channel_id))


async def _shared(shown: Shown, services: Services, actor: User) -> Message:
    library = await services.playbook.library(actor.team_id)
    entry = library.entry(shown.entry_id)
    today = actor.today(services.playbook.now())
    labels = texts.load(shown.lang)
    blocks = views.shared(entry, shown, library.playbook, labels, today, actor.user_id)
    return Message(f"<@{actor.user_id}>: {escape(views.fallback(entry, shown.lang))}", blocks)


async def _post(
    message: Message,
    response_url: str | None,
    channel_id: str,
    client: AsyncWebClient,
    context: AsyncBoltContext,
    actor: User,
    text: Text,
) -> bool:
    """Where only people of the company read; through the response_url, which works where the app is no member.

    Plays are internal: they hold what we would walk away at.
    """
    audience = await slack.audience(client, actor.team_id, channel_id)
    if not audience.is_inside:
        await tell(client, actor, channel_id, f"{text('entry.share_outside')}\n{who_reads(audience, text)}")
        return False
    if response_url:
        webhook = AsyncWebhookClient(response_url, session=client.session)
        answer = await webhook.send(
            text=message.text, blocks=message.blocks, response_type="in_channel", replace_original=False
        )
        if answer.status_code == 200:
            return True
    return await post_to(client, context, actor, channel_id, message.text, message.blocks, text)


def register(app: AsyncApp) -> None:
    app.action(re.compile(rf"^{views.SHARE}\b"))(share)
    app.view(views.SHARE_MODAL)(share_to)
