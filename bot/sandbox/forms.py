"""What a person enters: the state of every element, what a click sends, and what Slack's client checks itself."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from bot.sandbox.composition import offered
from bot.sandbox.messages import Message
from bot.sandbox.shapes import Json
from bot.sandbox.surfaces import blocks_within, elements_of
from bot.sandbox.views import View

Surface = Message | View
Values = dict[str, dict[str, Json]]


class _Field(NamedTuple):
    """Where an element's state stands, where its first value comes from, and what an empty one holds."""

    name: str
    initial: str
    empty: Any = None


FIELDS: Final[Mapping[str, _Field]] = {
    "plain_text_input": _Field("value", "initial_value"),
    "email_text_input": _Field("value", "initial_value"),
    "url_text_input": _Field("value", "initial_value"),
    "number_input": _Field("value", "initial_value"),
    "rich_text_input": _Field("rich_text_value", "initial_value"),
    "static_select": _Field("selected_option", "initial_option"),
    "external_select": _Field("selected_option", "initial_option"),
    "radio_buttons": _Field("selected_option", "initial_option"),
    "users_select": _Field("selected_user", "initial_user"),
    "conversations_select": _Field("selected_conversation", "initial_conversation"),
    "channels_select": _Field("selected_channel", "initial_channel"),
    "datepicker": _Field("selected_date", "initial_date"),
    "timepicker": _Field("selected_time", "initial_time"),
    "datetimepicker": _Field("selected_date_time", "initial_date_time"),
    "multi_static_select": _Field("selected_options", "initial_options", []),
    "multi_external_select": _Field("selected_options", "initial_options", []),
    "checkboxes": _Field("selected_options", "initial_options", []),
    "multi_users_select": _Field("selected_users", "initial_users", []),
    "multi_conversations_select": _Field("selected_conversations", "initial_conversations", []),
    "multi_channels_select": _Field("selected_channels", "initial_channels", []),
    "file_input": _Field("files", "initial_files", []),
}
OPTION_LISTS: Final = ("static_select", "multi_static_select", "checkboxes", "radio_buttons", "overflow")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LINK: Final = re.compile(r"https?://[^\s]+")
MESSAGES: Final = {
    "required": ("请填写此必填字段。", "Please complete this required field."),
    "short": ("请至少输入 {limit} 个字符。", "Enter at least {limit} characters."),
    "long": ("请不要超过 {limit} 个字符。", "Enter no more than {limit} characters."),
    "number": ("请输入数字。", "Enter a number."),
    "whole": ("请输入整数。", "Enter a whole number."),
    "range": ("请输入允许范围内的数字。", "Enter a number within the allowed range."),
    "email": ("请输入有效的邮箱地址。", "Enter a valid email address."),
    "link": ("请输入有效的链接。", "Enter a valid link."),
    "many": ("最多选择 {limit} 项。", "Select no more than {limit} items."),
}


def find_element(surface: Surface, action_id: str, block_id: str | None, value: str | None = None) -> tuple[str, Json]:
    """The block_id and the element a person points at; LookupError when it is not there to be seen."""
    unfurled = [block for each in getattr(surface, "attachments", ()) for block in each.get("blocks") or ()]
    for block in blocks_within([*surface.blocks, *unfurled]):
        if block_id not in (None, block["block_id"]):
            continue
        for element in elements_of(block):
            if element.get("action_id") == action_id and _has_value(element, value):
                return block["block_id"], element
    raise LookupError(f"no element {action_id!r} in block {block_id or '(any)'} there")


def _has_value(element: Json, value: str | None) -> bool:
    return element["type"] != "button" or value in (None, element.get("value"))


def values_of(surface: Surface, given: Values | None = None) -> Values:
    """`state.values`: first values, then what was entered before, then what is entered now, which is remembered."""
    values: Values = {}
    for block in blocks_within(surface.blocks):
        for element in elements_of(block):
            if element["type"] in FIELDS:
                block_id, action_id = block["block_id"], element["action_id"]
                now = (given or {}).get(block_id, {}).get(action_id)
                before = surface.entered.get(block_id, {}).get(action_id)
                leaf = leaf_of(element, now if now is not None else before)
                values.setdefault(block_id, {})[action_id] = leaf
    surface.entered = values
    return values


def leaf_of(element: Json, entered: Json | None) -> Json:
    """One element's state; without an entry its first value."""
    field = FIELDS[element["type"]]
    source, name = (entered, field.name) if entered is not None and field.name in entered else (element, field.initial)
    value = source.get(name)
    if element["type"] == "file_input":
        return {"type": "file_input", "files": value or []}
    return {"type": element["type"], field.name: field.empty if value in (None, "") else value}


def clicked(element: Json, block_id: str, leaf: Json, action_ts: str) -> Json:
    """One entry of `actions` in a block_actions payload."""
    kind = element["type"]
    action: Json = {"action_id": element["action_id"], "block_id": block_id, "type": kind, "action_ts": action_ts}
    if kind in FIELDS or kind == "overflow":
        name = FIELDS[kind].name if kind in FIELDS else "selected_option"
        return action | {name: leaf.get(name)}
    if kind == "feedback_buttons":
        return action | {"value": leaf.get("value")}
    return action | {name: element[name] for name in ("text", "value", "style", "url") if name in element}


def chosen_leaf(element: Json, value: Any, selected: Any, suggested: list[Json]) -> Json:
    """Turns what a test says a person chose into state, refusing options that are not offered."""
    kind = element["type"]
    if kind == "overflow":
        return {"selected_option": _option(offered(element), selected)}
    if kind == "feedback_buttons":
        return {"value": element["negative_button" if selected == "negative" else "positive_button"]["value"]}
    if kind not in FIELDS:
        return {}
    field = FIELDS[kind]
    picked = value if selected is None else selected
    if field.name in ("selected_option", "selected_options") and picked is not None:
        choices = offered(element) if kind in OPTION_LISTS else suggested
        many = field.name == "selected_options"
        picked = [_option(choices, each) for each in picked] if many else _option(choices, picked)
    return {field.name: picked}


def _option(choices: list[Json], wanted: Any) -> Json:
    """By value, or as a whole option; whole options of external selects need no earlier suggestion."""
    if isinstance(wanted, dict):
        if choices and wanted.get("value") not in [each.get("value") for each in choices]:
            raise LookupError(f"option {wanted.get('value')!r} is not offered")
        return wanted
    for each in choices:
        if each.get("value") == wanted:
            return each
    raise LookupError(f"option {wanted!r} is not offered")


def complaints(view: View, values: Values, *, chinese: bool) -> dict[str, str]:
    """What Slack's client says at the field before it sends anything to the app."""
    found: dict[str, str] = {}
    for block in view.blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        complaint = _complaint(block, element, values[block["block_id"]][element["action_id"]])
        if complaint:
            key, limit = complaint
            found[block["block_id"]] = MESSAGES[key][0 if chinese else 1].format(limit=limit)
    return found


def _complaint(block: Json, element: Json, leaf: Json) -> tuple[str, Any] | None:
    value = leaf[FIELDS[element["type"]].name]
    if value in (None, "", []):
        return None if block.get("optional") else ("required", None)
    most = element.get("max_selected_items")
    if most is not None and len(value) > most:
        return "many", most
    if element["type"] == "number_input":
        return _number_complaint(element, str(value))
    return _text_complaint(element, value)


def _text_complaint(element: Json, value: Any) -> tuple[str, Any] | None:
    kind = element["type"]
    if kind == "email_text_input" and not EMAIL.fullmatch(value):
        return "email", None
    if kind == "url_text_input" and not LINK.fullmatch(value):
        return "link", None
    if kind != "plain_text_input":
        return None
    if len(value) < element.get("min_length", 0):
        return "short", element["min_length"]
    longest = element.get("max_length", 3000)
    return ("long", longest) if len(value) > longest else None


def _number_complaint(element: Json, value: str) -> tuple[str, Any] | None:
    try:
        number = float(value)
    except ValueError:
        return "number", None
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "whole", None
    low, high = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
    return None if low <= number <= high else ("range", None)
