"""Who sends more than people do is asked to wait; what was typed stays where it was."""

from slack_bolt import BoltResponse
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.services import Services
from handlers.middleware import Next, in_time


class Limit(AsyncMiddleware):
    """After the person is known, whose language it is told in. Closing a window is always heard: that keeps drafts."""

    def __init__(self, services: Services) -> None:
        self._limits = services.limits

    async def async_process(self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Next) -> BoltResponse | None:
        context, kind = req.context, req.body.get("type")
        if "actor" in context and kind != "view_closed":
            is_typing = kind == "block_suggestion" or (
                kind == "block_actions" and req.body["actions"][0]["type"] == "plain_text_input"
            )
            team_id, user_id = context.team_id or "", context.user_id or ""
            if untold := self._limits.admit(team_id, user_id, is_typing=is_typing):
                await in_time(self._limits.tell(untold))
        await next()
        return None
