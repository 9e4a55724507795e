"""The app's own conversation: what is typed there is a question, or a further one about the play just shown."""

import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain.assistant import Talk, Wanted, asks_further, further, goes_on, is_thanks
from bot.domain.user import User
from bot.matching import OBJECTIONS
from bot.services import Services
from bot.services.assistant import NO_THREAD
from bot.text import Text
from bot.views import assistant as views
from bot.views.blocks import Block, section
from bot.views.shown import Shown
from handlers import feedback, incoming, playbook
from handlers.background import Background
from handlers.playbook import Message

logger = logging.getLogger(__name__)


async def opened(
    event: dict[str, Any], client: AsyncWebClient, actor: User | None, text: Text, later: Background
) -> None:
    """The Messages tab: what one may ask, for a click."""
    if actor is not None:
        later(_suggest(client, event["channel"], None, views.first_prompts(text), text))


async def is_messages_tab(event: dict[str, Any]) -> bool:
    return event.get("tab") == "messages"


async def direct_message(
    event: dict[str, Any],
    client: AsyncWebClient,
    actor: User | None,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Answered where it was asked: in its thread, or in the conversation itself. Nobody else reads here, so the answer
    may be an ordinary message."""
    if event.get("channel_type") != "im" or event.get("bot_id") or event.get("subtype") or actor is None:
        return
    channel_id, thread_ts = str(event["channel"]), event.get("thread_ts")
    thread = str(thread_ts or NO_THREAD)
    typed = str(event.get("text") or "")
    said = incoming.words(typed)
    if is_thanks(said):
        await client.chat_postMessage(channel=channel_id, thread_ts=thread_ts, text=text("assistant.welcome"))
        return
    talk = await services.assistant.about(actor, thread)
    ask = asks_further(said)
    message = await _further(services, actor, text, talk, ask) if talk and ask else None
    if talk is None and ask and not (await services.playbook.answer(actor, said, OBJECTIONS)).played:
        # Nobody can know what is meant: not even an editor, who would be asked about it.
        message = Message(text("assistant.which"), [section(text("assistant.which"))])
    if message is None:
        customer_id = talk.customer_id if talk and thread_ts else ""
        message = await playbook.answer(services, actor, text, typed, playbook.COMMAND, later, customer_id=customer_id)
        if talk and message.shown and message.shown.entry_id == talk.entry_id and goes_on(said):
            ask = Wanted.INSIST
            message = await _further(services, actor, text, talk, ask) or message
    answered = message
    posted: list[str] = []

    async def post(blocks: list[Block]) -> None:
        sent = await client.chat_postMessage(
            channel=channel_id,
            thread_ts=thread_ts,
            text=answered.text,
            blocks=blocks,
            unfurl_links=False,
            unfurl_media=False,
        )
        posted.append(str(sent["ts"]))

    await feedback.delivered(services, actor, answered.blocks, post)
    if answered.shown is None:
        await services.assistant.lose(actor, thread)
        return
    insisted = talk.insisted if talk and ask and talk.entry_id == answered.shown.entry_id else 0
    now = Talk(
        entry_id=answered.shown.entry_id,
        lang=answered.shown.lang,
        customer_id=answered.shown.customer_id,
        insisted=insisted + (ask is Wanted.INSIST),
    )
    # Whoever goes on in a thread below the question or below the answer means the same play.
    beside = () if thread_ts else (str(event["ts"]), *posted)
    await services.assistant.turn_to(actor, [thread, *beside], now)
    if thread_ts:
        later(_suggest(client, channel_id, thread, views.prompts(texts.load(now.lang)), text))


async def _further(services: Services, actor: User, text: Text, talk: Talk, ask: Wanted) -> Message | None:
    """None where the play is gone meanwhile."""
    library = await services.playbook.library(actor.team_id)
    entry = library.playbook.find(talk.entry_id)
    if entry is None:
        return None
    customer = await services.customers.known(actor, talk.customer_id)
    shown = Shown(entry.id, talk.lang, customer_id=customer.id if customer else "")
    found = further(entry, ask, talk.insisted)
    blocks = views.answer(entry, ask, found, shown, library.playbook, text, customer)
    return Message(views.fallback(entry, ask, talk.lang, text), blocks, shown)


async def _suggest(
    client: AsyncWebClient, channel_id: str, thread_ts: str | None, prompts: Sequence[views.Prompt], text: Text
) -> None:
    """Help that may be missing: where Slack refuses, people type."""
    try:
        await client.assistant_threads_setSuggestedPrompts(
            channel_id=channel_id,
            thread_ts=thread_ts,
            title=text("assistant.prompts"),
            prompts=[dict(each) for each in prompts],
        )
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        logger.info("prompts are not shown: %s", type(error).__name__)


def register(app: AsyncApp) -> None:
    app.event("app_home_opened", matchers=[is_messages_tab])(opened)
    app.event("message")(direct_message)
