"""Checks of Block Kit's composition objects: texts, options, confirm dialogs, filters (reference, 3.3)."""

from typing import Any, Final

from bot.sandbox.shapes import (
    Check,
    Report,
    any_value,
    at_least_one,
    boolean,
    by_type,
    integer,
    listing,
    one_of,
    shape,
    string,
    url,
)

TEXT: Final = 3000
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OPTIONS: Final = 100
URL: Final = 3000
IDENTIFIER: Final = 255

identifier = string(IDENTIFIER, at_least=1)
style = one_of("primary", "danger")


def plain_text(limit: int = TEXT) -> Check:
    return by_type({"plain_text": _text_object(limit, {"emoji": boolean})})


def any_text(limit: int = TEXT) -> Check:
    return by_type(
        {
            "plain_text": _text_object(limit, {"emoji": boolean}),
            "mrkdwn": _text_object(limit, {"verbatim": boolean}),
        }
    )


def _text_object(limit: int, extras: dict[str, Check]) -> Check:
    return shape({"type": any_value, "text": string(limit, at_least=1)}, extras)


def option(text: Check, *, may_link: bool = False) -> Check:
    links = {"url": url(URL)} if may_link else {}
    return shape(
        {"text": text, "value": string(OPTION_VALUE, at_least=1)},
        {"description": text, **links},
    )


select_option = option(plain_text(OPTION_TEXT))
overflow_option = option(plain_text(OPTION_TEXT), may_link=True)
choice_option = option(any_text(OPTION_TEXT))
"""Only checkboxes and radio buttons may use mrkdwn in their options."""

options = listing(select_option, 1, OPTIONS)
option_groups = listing(shape({"label": plain_text(75), "options": options}), 1, OPTIONS)

confirm = shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": style},
)

conversation_filter = shape(
    {},
    {
        "include": listing(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_bot_users": boolean,
        "exclude_external_shared_channels": boolean,
    },
    at_least_one("include", "exclude_bot_users", "exclude_external_shared_channels"),
)

dispatch_action_config = shape(
    {}, {"trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
)

workflow = shape({"trigger": shape({"url": url(URL)}, {"customizable_input_parameters": listing(any_value, 0, 100)})})

slack_file = shape({}, {"id": string(), "url": url()}, at_least_one("id", "url"))

positive = integer(1, 10**6)


def offered(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The options of a select, in or out of groups."""
    groups = value.get("option_groups") or [value]
    return [each for group in groups for each in group.get("options") or []]


def initials_are_offered(report: Report, path: str, value: Any) -> None:
    """What is chosen at first must be among the options, word for word."""
    choices = offered(value)
    chosen = value.get("initial_options") or ([value["initial_option"]] if value.get("initial_option") else [])
    if any(_bare(each) not in [_bare(choice) for choice in choices] for each in chosen):
        report.add(path, "initial option(s) must match an option exactly")


def _bare(option: dict[str, Any]) -> tuple[object, object]:
    """`emoji: true` may be spelled out or left out."""
    return option.get("value"), (option.get("text") or {}).get("text")


def suggestions(report: Report, path: str, value: Any) -> None:
    """The answer to an options load: options or groups, at most 100 of them, and none is fine."""
    many = listing(select_option, 0, OPTIONS)
    groups = listing(shape({"label": plain_text(75), "options": many}), 0, OPTIONS)
    shape({}, {"options": many, "option_groups": groups})(report, path, value)
    if isinstance(value, dict) and ("options" in value) == ("option_groups" in value):
        report.add(path, "must define exactly one of: options, option_groups")
