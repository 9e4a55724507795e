"""What every listener gets: the services, the actor, the actor's language; and no delivery twice.

Bolt's own kind of middleware: for a function it would gather every argument a listener may have, at each request.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from slack_bolt import BoltResponse
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain import policy
from bot.domain.entry import Lang
from bot.errors import StoreUnavailableError
from bot.services import Services
from handlers.background import Background

T = TypeVar("T")
Next = Callable[[], Awaitable[BoltResponse]]
Workers = Callable[[], Awaitable[int]]
"""How many processes run jobs now."""

STORE_SECONDS: Final = 2.0
"""Slack waits three seconds for an answer; a store that is silent for this long is said to be out of reach."""
ABOUT_PEOPLE: Final = frozenset({"user_change"})
"""Events in which the person named has asked for nothing."""
FAREWELLS: Final = frozenset({"app_uninstalled", "tokens_revoked", "team_access_revoked"})
"""Events after which there is no token to answer with."""
UNASKED: Final = frozenset({"app_home_opened", "link_shared"})
"""Events in which nobody has asked the app for anything."""
LANGUAGES_KEPT: Final = 10_000


class Provide(AsyncMiddleware):
    """The workspace's own client takes the place of Bolt's, which is a plain one made anew for each request, without
    pace or time limit.

    Remembers everybody's language, so that the news of a store out of reach comes in it too.
    """

    def __init__(
        self,
        services: Services,
        later: Background,
        client_for: Callable[[str], Awaitable[AsyncWebClient]],
        others: Mapping[str, Any],
    ) -> None:
        """`others` are what else listeners may ask for, by the name of the parameter."""
        self._provided = {"services": services, "later": later, **others}
        self._client_for = client_for
        self._members = services.members
        self._languages: dict[tuple[str, str], Lang] = {}

    async def async_process(self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Next) -> BoltResponse | None:
        context, languages = req.context, self._languages
        context.update(self._provided)
        event = str((req.body.get("event") or {}).get("type", ""))
        if context.team_id and event not in FAREWELLS:
            context["client"] = await self._client_for(context.team_id)
        if context.team_id and context.user_id and event not in ABOUT_PEOPLE:
            who = (context.team_id, context.user_id)
            context.update(text=texts.load(languages.get(who, "en")), language_is_known=who in languages)
            actor = await in_time(self._members.actor(*who))
            if len(languages) >= LANGUAGES_KEPT:
                languages.clear()
            languages[who] = actor.lang
            context.update(actor=actor, text=texts.load(actor.lang), language_is_known=True)
            if event in UNASKED and (actor.is_outsider or actor.is_guess) and not actor.roles:
                return BoltResponse(status=200)  # there is nothing to see, and nothing was asked
            policy.ensure_insider(actor)
        await next()
        return None


class DropRepeated(AsyncMiddleware):
    """Slack repeats events it had no answer for; networks repeat clicks. The first one counts."""

    def __init__(self, services: Services) -> None:
        self._workspaces = services.workspaces

    async def async_process(self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Next) -> BoltResponse | None:
        delivery_id = _delivery_id(req.body)
        if delivery_id and req.context.team_id:
            if not await in_time(self._workspaces.claim(req.context.team_id, delivery_id)):
                return BoltResponse(status=200)
            req.context["delivery_id"] = delivery_id
        await next()
        return None


async def in_time(reply: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(STORE_SECONDS):
            return await reply
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
