"""Manifests, blocks and views for the emulator's tests."""

from typing import Any

Json = dict[str, Any]
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "im:history",
    "im:read",
    "im:write",
    "team:read",
    "users:read",
)


def manifest(*without: str, **changes: Any) -> Json:
    """The manifest of an app that uses a bit of everything, without some of its scopes."""
    scopes = [scope for scope in SCOPES if scope not in without]
    events = [event for event, scope in EVENTS.items() if scope in (None, *scopes)]
    base: Json = {
        "display_information": {"name": "factormate"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "slash_commands": [
                {"command": "/visit", "description": "Log a visit", "usage_hint": "[customer]", "should_escape": True},
                {"command": "/plain", "description": "Unescaped", "should_escape": False},
            ],
            "shortcuts": [
                {"name": "Log", "type": "global", "callback_id": "log_visit", "description": "d"},
                {"name": "Ask", "type": "message", "callback_id": "ask_about", "description": "d"},
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "event_subscriptions": {"bot_events": events},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }
    return base | changes


EVENTS = {"app_home_opened": None, "app_mention": "app_mentions:read", "message.im": "im:history"}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "words", **parts: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **parts}


def button(action_id: str = "go", **parts: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": action_id, **parts}


def actions(*elements: Json, **parts: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **parts}


def option(value: str = "v", text: str = "Text", **parts: Any) -> Json:
    return {"text": plain(text), "value": value, **parts}


def options(count: int) -> list[Json]:
    return [option(str(number)) for number in range(count)]


def input_block(element: Json, block_id: str = "b", **parts: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain("Label"), "element": element, **parts}


def text_input(action_id: str = "a", **parts: Any) -> Json:
    return {"type": "plain_text_input", "action_id": action_id, **parts}


def modal(*blocks: Json, **parts: Any) -> Json:
    """With a submit button, as most have."""
    base: Json = {"type": "modal", "callback_id": "form", "title": plain("Title"), "submit": plain("Save")}
    return base | {"blocks": list(blocks) or [section()]} | parts


def home(*blocks: Json, **parts: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section()], **parts}
