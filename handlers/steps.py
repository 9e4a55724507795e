"""Steps of Workflow Builder: find a play, log a note, list what is due. Each ends exactly once, with what it found or
with a sentence that says what to do."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

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

Outputs = dict[str, Any]
PLAYED = frozenset({Decision.ONE, Decision.SEVERAL})


@dataclass(frozen=True, slots=True)
class Run:
    """A step that is carried out for somebody, with what the workflow has filled in."""

    id: str
    inputs: dict[str, Any]
    actor: User
    text: Text
    client: AsyncWebClient
    services: Services
    later: Background


async def find_play(run: Run) -> Outputs:
    actor, services = run.actor, run.services
    said = incoming.words(steps.needed(run.inputs, "said", MAX_QUESTION))
    found = await services.playbook.answer(actor, said)
    await services.gaps.asked(actor, found)
    run.later(services.feedback.count(actor, Use.ASKED, found.played))
    library = await services.playbook.library(actor.team_id)
    lang: Lang = language_of(said, run.text.lang)
    return views.play(library.entry(found.hits[0].id) if found.decision in PLAYED else None, lang)


async def log_note(run: Run) -> Outputs:
    typed = {name: incoming.words(each) if isinstance(each, str) else each for name, each in run.inputs.items()}
    done = await run.services.steps.log(run.actor, run.id, steps.note_of(typed))
    run.later(run.client.chat_postMessage(channel=run.actor.user_id, text=views.logged_for(done, run.text)))
    return views.logged(done)


async def list_due(run: Run) -> Outputs:
    """The list itself goes to the person alone; the workflow, which may post anywhere, gets numbers."""
    actor, services = run.actor, run.services
    services.visits.ensure_allowed(actor)
    span = steps.span_of(run.inputs)
    items = await services.followups.listed(actor, span)
    title, blocks = await followups.listed(services, actor, span, run.text)
    run.later(run.client.chat_postMessage(channel=actor.user_id, text=title, blocks=blocks, unfurl_links=False))
    return views.due(items, actor.today(services.followups.now()))


STEPS: Final[Mapping[str, Callable[[Run], Awaitable[Outputs]]]] = {
    steps.FIND_PLAY: find_play,
    steps.LOG_NOTE: log_note,
    steps.LIST_DUE: list_due,
}


async def step(
    event: dict[str, Any],
    inputs: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
    services: Services,
    later: Background,
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
        work = STEPS[event["function"]["callback_id"]]
        outputs = await work(Run(execution_id, inputs, actor, text, client, services, later))
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
    for callback_id in STEPS:
        app.function(callback_id)(step)
