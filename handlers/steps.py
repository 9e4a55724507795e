"""Steps of Workflow Builder: find a play, log a note, list what is due. Each ends exactly once, with what it found or
with a sentence that says what to do."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import slack
from bot import text as texts
from bot.domain import steps
from bot.domain.entry import Lang
from bot.domain.usage import Use
from bot.domain.user import User
from bot.errors import FormError
from bot.matching import Decision
from bot.services import Services
from bot.services.playbook import MAX_QUESTION, language_of
from bot.text import Text
from bot.views import steps as views
from handlers import followups, incoming
from handlers.background import Background
from handlers.errors import sentence

logger = logging.getLogger(__name__)

Inputs = dict[str, Any]
Outputs = dict[str, Any]
Work = Callable[[User, Text], Awaitable[Outputs]]
PLAYED = frozenset({Decision.ONE, Decision.SEVERAL})


async def find_play(
    event: dict[str, Any],
    inputs: Inputs,
    context: AsyncBoltContext,
    client: AsyncWebClient,
    services: Services,
    later: Background,
) -> None:
    async def work(actor: User, text: Text) -> Outputs:
        said = incoming.words(steps.needed(inputs, "said", MAX_QUESTION))
        found = await services.playbook.answer(actor, said)
        await services.gaps.asked(actor, found)
        later(services.feedback.count(actor, Use.ASKED, found.played))
        library = await services.playbook.library(actor.team_id)
        lang: Lang = language_of(said, text.lang)
        return views.play(library.entry(found.hits[0].id) if found.decision in PLAYED else None, lang)

    await _run(event, inputs, context, client, services, work)


async def log_note(
    event: dict[str, Any],
    inputs: Inputs,
    context: AsyncBoltContext,
    client: AsyncWebClient,
    services: Services,
    later: Background,
) -> None:
    async def work(actor: User, text: Text) -> Outputs:
        typed = {name: incoming.words(each) if isinstance(each, str) else each for name, each in inputs.items()}
        done = await services.steps.log(actor, str(event["function_execution_id"]), steps.note_of(typed))
        later(client.chat_postMessage(channel=actor.user_id, text=views.logged_for(done, text)))
        return views.logged(done)

    await _run(event, inputs, context, client, services, work)


async def list_due(
    event: dict[str, Any],
    inputs: Inputs,
    context: AsyncBoltContext,
    client: AsyncWebClient,
    services: Services,
    later: Background,
) -> None:
    """The list itself goes to the person alone; the workflow, which may post anywhere, gets numbers."""

    async def work(actor: User, text: Text) -> Outputs:
        services.visits.ensure_allowed(actor)
        span = followups.SPANS[steps.span_of(inputs)]
        items = await services.followups.listed(actor, span)
        title, blocks = await followups.listed(services, actor, span, text)
        later(client.chat_postMessage(channel=actor.user_id, text=title, blocks=blocks, unfurl_links=False))
        return views.due(items, actor.today(services.followups.now()))

    await _run(event, inputs, context, client, services, work)


async def _run(
    event: dict[str, Any],
    inputs: Inputs,
    context: AsyncBoltContext,
    client: AsyncWebClient,
    services: Services,
    work: Work,
) -> None:
    """Slack may tell of a run twice, under another event: the run is claimed, and ended by whoever has it."""
    team_id, execution_id = str(context.team_id), str(event["function_execution_id"])
    delivery = f"step:{execution_id}"
    if not await services.workspaces.claim(team_id, delivery):
        return
    told: str | None = None
    outputs: Outputs = {}
    text = texts.load("en")
    try:
        actor = await services.steps.runner(team_id, steps.runner_of(inputs))
        text = texts.load(actor.lang)
        outputs = await work(actor, text)
    except FormError as error:
        told = " ".join(text(each.key, **each.values) for each in error.faults)
    except Exception as error:  # whatever it is, a run that never ends would hold up the workflow
        told = sentence(error, text)
    web = slack.as_function(client, str(context.function_bot_access_token or client.token))
    try:
        if told is None:
            await web.functions_completeSuccess(function_execution_id=execution_id, outputs=outputs)
        else:
            await web.functions_completeError(function_execution_id=execution_id, error=told)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        logger.warning("a step's end was not taken: %s", type(error).__name__)
        await services.workspaces.settle(team_id, delivery, handled=False)
        raise
    await services.workspaces.settle(team_id, delivery, handled=True)


def register(app: AsyncApp) -> None:
    app.function(steps.FIND_PLAY)(find_play)
    app.function(steps.LOG_NOTE)(log_note)
    app.function(steps.LIST_DUE)(list_due)
