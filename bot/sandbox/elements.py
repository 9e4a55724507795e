"""Checks of Block Kit's elements, and where each may stand (reference, 3.3)."""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sandbox import composition as c
from bot.sandbox.shapes import (
    Check,
    Report,
    any_value,
    at_least_one,
    boolean,
    exactly_one,
    integer,
    listing,
    matching,
    one_of,
    only_on,
    shape,
    string,
    url,
)

PLACEHOLDER: Final = c.plain_text(150)
INPUT_LENGTH: Final = 3000
DECIMAL: Final = re.compile(r"-?\d+(\.\d+)?")
users = string(at_least=1)


def _interactive(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Check) -> Check:
    """Every interactive element has a type and may have an action_id."""
    return shape({"type": any_value, **required}, {"action_id": c.identifier, **(optional or {})}, *rules)


def _is_date(value: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)) and _parses(date.fromisoformat, value)


def _is_time(value: str) -> bool:
    return bool(re.fullmatch(r"\d\d:\d\d", value)) and _parses(time.fromisoformat, value)


def _parses(read: Any, value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


def _is_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


_date = matching(_is_date, "must be a date in the form YYYY-MM-DD")
_time = matching(_is_time, "must be a time in the form HH:mm")
_zone = matching(_is_zone, "must be an IANA time zone")
_decimal = matching(lambda value: bool(DECIMAL.fullmatch(value)), "must be a number in a string")
_ten_digits = integer(10**9, 10**10 - 1)
_focus: dict[str, Check] = {"focus_on_load": boolean}
_typed: dict[str, Check] = {
    "placeholder": PLACEHOLDER,
    "dispatch_action_config": c.dispatch_action_config,
    **_focus,
}
_picked: dict[str, Check] = {"placeholder": PLACEHOLDER, "confirm": c.confirm, **_focus}
_many: dict[str, Check] = {**_picked, "max_selected_items": c.positive}


def _lengths_in_order(low: str, high: str) -> Check:
    def check(report: Report, path: str, value: Any) -> None:
        if value.get(low) is not None and value.get(high) is not None and float(value[low]) > float(value[high]):
            report.add(path, f"{low} must not be greater than {high}")

    return check


def _initial_text_fits(report: Report, path: str, value: Any) -> None:
    text = value.get("initial_value")
    if text is not None and len(text) > value.get("max_length", INPUT_LENGTH):
        report.add(f"{path}/initial_value", f"must be less than {value.get('max_length', INPUT_LENGTH) + 1} characters")


def _no_more_than_allowed(*names: str) -> Check:
    def check(report: Report, path: str, value: Any) -> None:
        most = value.get("max_selected_items")
        if most is not None and any(len(value.get(name) or []) > most for name in names):
            report.add(path, "more initial items than max_selected_items")

    return check


_button = _interactive(
    {"text": c.plain_text(75)},
    {
        "value": string(2000),
        "url": url(c.URL),
        "style": c.style,
        "confirm": c.confirm,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
        "visible_to_user_ids": listing(users, 1, 10),
    },
)
_feedback_button = shape({"text": c.plain_text(75), "value": string(2000)}, {"accessibility_label": string(75)})
_feedback_buttons = _interactive(
    {"positive_button": _feedback_button, "negative_button": _feedback_button}, None, only_on("message")
)
_icon_button = _interactive(
    {"icon": one_of("trash"), "text": c.plain_text(75)},
    {
        "value": string(2000),
        "confirm": c.confirm,
        "accessibility_label": string(75),
        "visible_to_user_ids": listing(users, 1, 10),
    },
    only_on("message"),
)
_workflow_button = _interactive(
    {"text": c.plain_text(75), "workflow": c.workflow},
    {"style": c.style, "accessibility_label": string(75)},
    only_on("message"),
)
_listed: dict[str, Check] = {"options": c.options, "option_groups": c.option_groups}
_one_list = exactly_one("options", "option_groups")
_by_query: dict[str, Check] = {"min_query_length": integer(0, 3000)}
_conversation: dict[str, Check] = {"default_to_current_conversation": boolean, "filter": c.conversation_filter}
_responding: dict[str, Check] = {"response_url_enabled": boolean}

SELECTS: Final[dict[str, Check]] = {
    "static_select": _interactive(
        {}, {**_picked, **_listed, "initial_option": c.select_option}, _one_list, c.initials_are_offered
    ),
    "external_select": _interactive({}, {**_picked, **_by_query, "initial_option": c.select_option}),
    "users_select": _interactive({}, {**_picked, "initial_user": users}),
    "conversations_select": _interactive(
        {}, {**_picked, **_conversation, **_responding, "initial_conversation": string()}
    ),
    "channels_select": _interactive({}, {**_picked, **_responding, "initial_channel": string()}),
}
MULTI_SELECTS: Final[dict[str, Check]] = {
    "multi_static_select": _interactive(
        {},
        {**_many, **_listed, "initial_options": c.options},
        _one_list,
        c.initials_are_offered,
        _no_more_than_allowed("initial_options"),
    ),
    "multi_external_select": _interactive(
        {}, {**_many, **_by_query, "initial_options": c.options}, _no_more_than_allowed("initial_options")
    ),
    "multi_users_select": _interactive(
        {}, {**_many, "initial_users": listing(users, 0, 100)}, _no_more_than_allowed("initial_users")
    ),
    "multi_conversations_select": _interactive(
        {},
        {**_many, **_conversation, "initial_conversations": listing(string(), 0, 100)},
        _no_more_than_allowed("initial_conversations"),
    ),
    "multi_channels_select": _interactive(
        {}, {**_many, "initial_channels": listing(string(), 0, 100)}, _no_more_than_allowed("initial_channels")
    ),
}
_choices = listing(c.choice_option, 1, 10)
_simple_pick: dict[str, Check] = {"confirm": c.confirm, **_focus}
CHOICES: Final[dict[str, Check]] = {
    "checkboxes": _interactive(
        {"options": _choices}, {**_simple_pick, "initial_options": _choices}, c.initials_are_offered
    ),
    "radio_buttons": _interactive(
        {"options": _choices}, {**_simple_pick, "initial_option": c.choice_option}, c.initials_are_offered
    ),
}
DATES: Final[dict[str, Check]] = {
    "datepicker": _interactive({}, {**_picked, "initial_date": _date}),
    "timepicker": _interactive({}, {**_picked, "initial_time": _time, "timezone": _zone}),
}
DATETIME: Final[dict[str, Check]] = {
    "datetimepicker": _interactive({}, {**_simple_pick, "initial_date_time": _ten_digits}, only_on("message", "modal")),
}
BUTTONS: Final[dict[str, Check]] = {
    "button": _button,
    "overflow": _interactive({"options": listing(c.overflow_option, 1, 5)}, {"confirm": c.confirm}),
    "workflow_button": _workflow_button,
}
TEXT_INPUTS: Final[dict[str, Check]] = {
    "plain_text_input": _interactive(
        {},
        {
            **_typed,
            "initial_value": string(INPUT_LENGTH),
            "multiline": boolean,
            "min_length": integer(0, INPUT_LENGTH),
            "max_length": integer(1, INPUT_LENGTH),
        },
        _lengths_in_order("min_length", "max_length"),
        _initial_text_fits,
    ),
    "rich_text_input": _interactive(
        {},
        {**_typed, "initial_value": any_value, "min_lines": integer(1, 100), "max_lines": integer(1, 100)},
        only_on("modal", "home"),
        _lengths_in_order("min_lines", "max_lines"),
    ),
    "number_input": _interactive(
        {"is_decimal_allowed": boolean},
        {**_typed, "initial_value": _decimal, "min_value": _decimal, "max_value": _decimal},
        only_on("modal"),
        _lengths_in_order("min_value", "max_value"),
    ),
    "email_text_input": _interactive({}, {**_typed, "initial_value": string(INPUT_LENGTH)}, only_on("modal")),
    "url_text_input": _interactive({}, {**_typed, "initial_value": string(INPUT_LENGTH)}, only_on("modal")),
    "file_input": _interactive(
        {}, {"filetypes": listing(string(), 1, 100), "max_files": integer(1, 10)}, only_on("modal")
    ),
}
IMAGE: Final[dict[str, Check]] = {
    "image": shape(
        {"type": any_value, "alt_text": string(2000, at_least=1)},
        {"image_url": url(), "slack_file": c.slack_file},
        at_least_one("image_url", "slack_file"),
    ),
}

ACCESSORIES: Final = {**BUTTONS, **SELECTS, **MULTI_SELECTS, **CHOICES, **DATES, **IMAGE}
IN_ACTIONS: Final = {**BUTTONS, **SELECTS, **CHOICES, **DATES, **DATETIME}
"""Multi-selects and text inputs are refused inside an actions block in live probes."""
IN_INPUTS: Final = {**SELECTS, **MULTI_SELECTS, **CHOICES, **DATES, **DATETIME, **TEXT_INPUTS}
IN_CONTEXT_ACTIONS: Final[dict[str, Check]] = {"feedback_buttons": _feedback_buttons, "icon_button": _icon_button}
IN_CONTEXT: Final = IMAGE
