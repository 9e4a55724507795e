"""What a person sees in a message or a window, and how a test points at a part of it."""

import re
from collections.abc import Iterator
from typing import Any

from bot.sandbox import ActingPerson, Message, View

Json = dict[str, Any]
Surface = Message | View


def shown(surface: Surface) -> str:
    """All words on it, labels of buttons and options included."""
    return "\n".join(_texts(surface.blocks))


def prose(surface: Surface) -> str:
    """The words to be read, without those of buttons, menus and fields."""
    return "\n".join(
        _texts([each for each in surface.blocks if each["type"] not in ("actions", "context_actions", "input")])
    )


def due_part(home: View) -> str:
    """What Home lists for today, without what stands below it."""
    return re.split("本周还有|Later this week|我的客户|My customers", shown(home))[0]


def elements(surface: Surface) -> list[Json]:
    found: list[Json] = []
    for block in surface.blocks:
        found += [block[name] for name in ("element", "accessory") if name in block]
        found += block["elements"] if block["type"] in ("actions", "context_actions") else []
    return found


def element(surface: Surface, kind: str, row: int = 0) -> Json:
    """The element of that action, whatever its row number; the row-th of several."""
    return [each for each in elements(surface) if each["action_id"].split(".")[0] == kind][row]


def has(surface: Surface, kind: str) -> bool:
    return any(each["action_id"].split(".")[0] == kind for each in elements(surface))


def labels(surface: Surface) -> list[str]:
    return [each["text"]["text"] for each in elements(surface) if each["type"] == "button"]


def options(found: Json) -> list[Json]:
    """Of a menu, groups or not."""
    groups = found.get("option_groups") or [{"options": found.get("options", [])}]
    return [option for group in groups for option in group["options"]]


async def press(person: ActingPerson, surface: Surface, kind: str, row: int = 0, **choice: Any) -> int:
    """Clicks the row-th element of that action."""
    return await person.press(surface, element(surface, kind, row)["action_id"], **choice)


def block_id(view: View, field: str) -> str:
    """Of the field; ids may carry more after a colon."""
    return next(str(each["block_id"]) for each in view.blocks if each["block_id"].split(":")[0] == field)


def fields(view: View) -> list[str]:
    return [each["block_id"].split(":")[0] for each in view.blocks if each["type"] == "input"]


def field(view: View, name: str) -> Json:
    """The element of a field."""
    found: Json = next(each["element"] for each in view.blocks if each.get("block_id") == block_id(view, name))
    return found


def entered(view: View, **values: Any) -> dict[str, dict[str, Json]]:
    """What a person types or picks, by field, as the window sends it."""
    given: dict[str, dict[str, Json]] = {}
    for name, value in values.items():
        found = field(view, name)
        given.setdefault(block_id(view, name), {})[found["action_id"]] = _leaf(found, value)
    return given


def _leaf(found: Json, value: Any) -> Json:
    match found["type"]:
        case "plain_text_input" | "number_input":
            return {"value": value}
        case "datepicker":
            return {"selected_date": value}
        case "multi_users_select":
            return {"selected_users": value}
        case "users_select":
            return {"selected_user": value}
        case "multi_users_select":
            return {"selected_users": value}
        case "static_select" | "external_select":
            return {"selected_option": value if isinstance(value, dict) else _option(found, value)}
        case "conversations_select":
            return {"selected_conversation": value}
        case _:
            return {"selected_options": [_option(found, each) for each in value]}


def _option(found: Json, value: str) -> Json:
    return next(each for each in options(found) if each["value"] == value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text", "text"):
            yield value["text"]
        else:
            yield from _texts(list(value.values()))
