"""What every listener gets: the services, the actor, the actor's language; and no delivery twice."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.context.async_context import AsyncBoltContext

from bot import text as texts
from bot.services import Services
from handlers.background import Background

Next = Callable[[], Awaitable[None]]


def drop_repeated(services: Services) -> Callable[..., Awaitable[BoltResponse | None]]:
    """Slack repeats events it had no answer for; networks repeat clicks. The first one counts."""

    async def middleware(context: AsyncBoltContext, body: dict[str, Any], next_: Next) -> BoltResponse | None:
        delivery_id = _delivery_id(body)
        if delivery_id and context.team_id:
            if not await services.workspaces.claim(context.team_id, delivery_id):
                return BoltResponse(status=200)
            context["delivery_id"] = delivery_id
        await next_()
        return None

    return middleware


def provide(services: Services, later: Background) -> Callable[..., Awaitable[None]]:
    async def middleware(context: AsyncBoltContext, next_: Next) -> None:
        context.update(services=services, later=later)
        if context.team_id and context.user_id:
            actor = await services.members.actor(context.team_id, context.user_id)
            context.update(actor=actor, text=texts.load(actor.lang))
        await next_()

    return middleware


def _delivery_id(body: dict[str, Any]) -> str | None:
    """Views are not listed: a form sent twice is told by its id where it is saved."""
    if event_id := body.get("event_id"):
        return f"event:{event_id}"
    if body.get("type") == "block_actions" and body.get("actions"):
        action = body["actions"][0]
        return f"action:{body['user']['id']}:{action.get('action_ts')}:{action.get('action_id')}"
    return None
