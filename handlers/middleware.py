"""What every listener gets: the services, the actor, the actor's language; and no delivery twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from slack_bolt import BoltResponse
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain.entry import Lang
from bot.errors import StoreUnavailableError
from bot.services import Services
from handlers.background import Background

Next = Callable[[], Awaitable[None]]

STORE_SECONDS: Final = 2.0
"""Slack waits three seconds for an answer; a store that is silent for this long is said to be out of reach."""
LANGUAGES_KEPT: Final = 10_000


def drop_repeated(services: Services) -> Callable[..., Awaitable[BoltResponse | None]]:
    """Slack repeats events it had no answer for; networks repeat clicks. The first one counts."""

    async def middleware(context: AsyncBoltContext, body: dict[str, Any], next_: Next) -> BoltResponse | None:
        delivery_id = _delivery_id(body)
        if delivery_id and context.team_id:
            async with _in_time():
                is_first = await services.workspaces.claim(context.team_id, delivery_id)
            if not is_first:
                return BoltResponse(status=200)
            context["delivery_id"] = delivery_id
        await next_()
        return None

    return middleware


def provide(services: Services, later: Background, client: AsyncWebClient) -> Callable[..., Awaitable[None]]:
    """`client` takes the place of Bolt's, which is a plain one made anew for each request, without pace or time limit.

    Remembers everybody's language, so that the news of a store out of reach comes in it too.
    """
    languages: dict[tuple[str, str], Lang] = {}

    async def middleware(context: AsyncBoltContext, next_: Next) -> None:
        context.update(services=services, later=later, client=client)
        if context.team_id and context.user_id:
            who = (context.team_id, context.user_id)
            context.update(text=texts.load(languages.get(who, "en")), language_is_known=who in languages)
            async with _in_time():
                actor = await services.members.actor(*who)
            if len(languages) >= LANGUAGES_KEPT:
                languages.clear()
            languages[who] = actor.lang
            context.update(actor=actor, text=texts.load(actor.lang), language_is_known=True)
        await next_()

    return middleware


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(STORE_SECONDS):
            yield
    except TimeoutError:
        raise StoreUnavailableError from None


def _delivery_id(body: dict[str, Any]) -> str | None:
    """Views are not listed: a form sent twice is told by its id where it is saved."""
    if event_id := body.get("event_id"):
        return f"event:{event_id}"
    if body.get("type") == "block_actions" and body.get("actions"):
        action = body["actions"][0]
        return f"action:{body['user']['id']}:{action.get('action_ts')}:{action.get('action_id')}"
    return None
