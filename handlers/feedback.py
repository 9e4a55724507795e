"""Votes on answers and what was missing; how answers are sent where Slack refuses its own feedback buttons; usage."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.user import User
from bot.services import Services
from bot.slack import error_of
from bot.text import Text
from bot.views import feedback as views
from bot.views import usage as usage_views
from bot.views.blocks import Block, unpacked
from bot.views.shown import Shown
from handlers.background import Background
from handlers.replies import open_view

REFUSED: Final = "invalid_blocks"


async def fitting(services: Services, actor: User, blocks: list[Block]) -> list[Block]:
    """As the workspace takes them, as far as is known: the answer to a command is not told whether it was shown."""
    if views.is_native(blocks) and await services.feedback.is_plain(actor.team_id):
        return views.made_plain(blocks)
    return blocks


async def delivered(
    services: Services, actor: User, blocks: list[Block], send: Callable[[list[Block]], Awaitable[None]]
) -> None:
    """Sends again with plain buttons where Slack refuses its own, and remembers that."""
    wanted = await fitting(services, actor, blocks)
    try:
        await send(wanted)
    except SlackApiError as error:
        if error_of(error) != REFUSED or not views.is_native(wanted):
            raise
        await services.feedback.remember_plain(actor.team_id)
        await send(views.made_plain(wanted))


async def vote(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """A 👎 is counted and filed at once; what was missing may be added in the window."""
    values = unpacked(action["value"])
    shown, is_up = Shown.of(values), values.get("v") == "up"
    entry = (await services.playbook.library(actor.team_id)).entry(shown.entry_id)
    asked = shown.asked or entry.title.in_(shown.lang)
    vote_id = await services.feedback.vote(actor, shown.answer_id, entry.id, asked, is_up=is_up)
    if is_up and (window := body.get("view")):
        await client.views_update(view_id=window["id"], hash=window["hash"], view=views.thanked(window, text))
        await ack()
        return
    if is_up:
        await ack()
        later(respond(text=text("feedback.thanks"), response_type="ephemeral", replace_original=False))
        return
    later(services.gaps.group(actor.team_id))
    await open_view(client, body, views.missing_modal(vote_id, text))
    await ack()


async def missing(ack: AsyncAck, view: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    typed = (view["state"]["values"][views.MISSING][views.MISSING].get("value") or "").strip()
    if typed:
        await services.feedback.missing(actor, str(unpacked(view["private_metadata"]).get("q", "")), typed)
    await ack(response_action="update", view=views.noted_modal(text))


async def usage(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    found = await services.feedback.usage(actor)
    library = await services.playbook.library(actor.team_id)
    view = usage_views.overview(found, library.playbook, text)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def closed(ack: AsyncAck) -> None:
    """Windows that only show something are closed without a further word."""
    await ack()


def register(app: AsyncApp) -> None:
    app.action(re.compile(rf"^{views.VOTE}\b"))(vote)
    app.view(views.MISSING_MODAL)(missing)
    app.view(views.NOTED_MODAL)(closed)
    app.action(usage_views.OPEN)(usage)
    app.view(usage_views.MODAL)(closed)
