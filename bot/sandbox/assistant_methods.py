"""`assistant.threads.*`: what may be clicked on in a conversation with the app (reference, 5.6)."""

from typing import Any, Final

from bot.sandbox.asking import Ask, Method
from bot.sandbox.errors import ApiError, refused_blocks
from bot.sandbox.shapes import Json
from bot.sandbox.workspace import has_agent_view

MAX_PROMPTS: Final = 4
TITLE_LIMIT: Final = 255


def set_suggested_prompts(ask: Ask) -> Json:
    """In the conversation, or in one of its threads; they take the place of those before."""
    if not has_agent_view(ask.state.manifest):
        raise ApiError("not_enabled")
    place = ask.own_place(ask.args.needed("channel_id", "channel_not_found"))
    if place.kind != "im":
        raise ApiError("channel_not_found")
    thread_ts = ask.args.text("thread_ts")
    if thread_ts and ask.state.messages.find(place.id, thread_ts) is None:
        raise ApiError("thread_not_found")
    prompts = ask.args.structure("prompts", "invalid_arguments")
    if problems := _problems(prompts):
        raise refused_blocks("invalid_arguments", problems)
    ask.state.suggest(place.id, thread_ts, ask.args.text("title"), prompts)
    return {"ok": True}


def _problems(prompts: Any) -> list[str]:
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= MAX_PROMPTS:
        return [f"[ERROR] prompts must be 1 to {MAX_PROMPTS}"]
    return [
        f"[ERROR] prompts/{number}/{name} must be a text of at most {limit} characters"
        for number, each in enumerate(prompts)
        for name, limit in (("title", TITLE_LIMIT), ("message", 4000))
        if not isinstance(each, dict) or not isinstance(each.get(name), str) or not 0 < len(each[name]) <= limit
    ]


METHODS = {"assistant.threads.setSuggestedPrompts": Method(set_suggested_prompts, 50, ("assistant:write",))}
