"""Answering where the person is: in place while Slack allows it, else privately in another way."""

from collections.abc import Coroutine
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.user import User
from bot.slack import error_of
from bot.text import Text
from bot.views.blocks import Block, View
from handlers.errors import sentence


async def tell(
    client: AsyncWebClient,
    actor: User,
    channel_id: str | None,
    text: str,
    blocks: list[Block] | None = None,
    thread_ts: str | None = None,
) -> None:
    """Privately: beside the conversation if Slack shows it there, else by direct message (which always arrives)."""
    if channel_id and not channel_id.startswith("D"):
        try:
            await client.chat_postEphemeral(
                channel=channel_id, user=actor.user_id, text=text, blocks=blocks, thread_ts=thread_ts
            )
        except SlackApiError:
            pass
        else:
            return
    await client.chat_postMessage(
        channel=actor.user_id, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
    )


async def replace(
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    text: str,
    blocks: list[Block],
) -> None:
    """Changes the clicked message. A response_url lives 30 minutes and 5 uses; after that, a new message."""
    await _respond(body, client, respond, actor, text, blocks, replace_original=True)


async def add(
    body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, actor: User, text: str, blocks: list[Block]
) -> None:
    """A message of its own below the clicked one, or below the answer to a command."""
    await _respond(body, client, respond, actor, text, blocks, replace_original=False)


async def _respond(
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    text: str,
    blocks: list[Block],
    *,
    replace_original: bool,
) -> None:
    if body.get("response_url"):
        answer = await respond(text=text, blocks=blocks, replace_original=replace_original)
        if answer.status_code == 200:
            return
    await tell(client, actor, channel_of(body), text, blocks)


async def open_view(client: AsyncWebClient, body: dict[str, Any], view: View) -> None:
    """On top of the window that was clicked in, if it was one."""
    if (body.get("view") or {}).get("type") == "modal":
        await client.views_push(trigger_id=body["trigger_id"], view=view)
    else:
        await client.views_open(trigger_id=body["trigger_id"], view=view)


async def post_to(
    client: AsyncWebClient,
    context: AsyncBoltContext,
    actor: User,
    channel_id: str,
    told: str,
    blocks: list[Block],
    text: Text,
) -> bool:
    """As the app; where it is no member, tells the person how to invite it, and answers False."""
    try:
        await client.chat_postMessage(
            channel=channel_id, text=told, blocks=blocks, unfurl_links=False, unfurl_media=False
        )
    except SlackApiError as error:
        hidden = error_of(error) == "channel_not_found"
        why = (
            text("entry.share_hidden")
            if hidden
            else text("entry.share_invite", channel=channel_id, app=_own_name(context))
        )
        await tell(client, actor, channel_id, why)
        return False
    return True


def _own_name(context: AsyncBoltContext) -> str:
    """By which people invite the app; its company may have given it another."""
    return (context.authorize_result and context.authorize_result.user) or "factormate"


def channel_of(body: dict[str, Any]) -> str | None:
    channel = body.get("channel") or {}
    return channel.get("id") or (body.get("container") or {}).get("channel_id")


async def told_work(work: Coroutine[Any, Any, None], channel_id: str, client: AsyncWebClient, text: Text) -> None:
    """Nobody waits for what goes on later, so what stops it is told in the conversation."""
    try:
        await work
    except Exception as error:
        await client.chat_postMessage(channel=channel_id, text=sentence(error, text))
