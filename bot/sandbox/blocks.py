"""Checks of Block Kit's everyday blocks, and the table of all block types (reference, 3.2)."""

from typing import Any, Final

from bot.sandbox import composition as c
from bot.sandbox import elements
from bot.sandbox.rich_blocks import RICH_BLOCKS
from bot.sandbox.shapes import (
    Check,
    Report,
    any_value,
    at_least_one,
    boolean,
    by_type,
    listing,
    only_on,
    shape,
    string,
    url,
)


def _block(required: dict[str, Check], optional: dict[str, Check] | None = None, *rules: Check) -> Check:
    """Every block has a type and may have a block_id."""
    return shape({"type": any_value, **required}, {"block_id": c.identifier, **(optional or {})}, *rules)


def _not_for_files(report: Report, path: str, value: Any) -> None:
    if value.get("dispatch_action") and value["element"]["type"] == "file_input":
        report.add(path, "dispatch_action is not available with file_input")


def _reply_links_stay_in_modals(report: Report, path: str, value: Any) -> None:
    """`response_url_enabled` works in the input blocks of a modal only."""
    element = value.get("element") or value.get("accessory") or {}
    candidates = [element, *(value.get("elements") or [])]
    allowed = report.surface == "modal" and value["type"] == "input"
    if not allowed and any(isinstance(each, dict) and each.get("response_url_enabled") for each in candidates):
        report.add(path, "response_url_enabled is only available in input blocks of modals")


_context_part = by_type(
    {
        **elements.IN_CONTEXT,
        "plain_text": c.any_text(),
        "mrkdwn": c.any_text(),
    }
)

EVERYDAY: Final[dict[str, Check]] = {
    "section": _block(
        {},
        {
            "text": c.any_text(c.TEXT),
            "fields": listing(c.any_text(2000), 1, 10),
            "accessory": by_type(elements.ACCESSORIES),
            "expand": boolean,
        },
        at_least_one("text", "fields"),
        _reply_links_stay_in_modals,
    ),
    "header": _block({"text": c.plain_text(150)}),
    "context": _block({"elements": listing(_context_part, 1, 10)}),
    "actions": _block({"elements": listing(by_type(elements.IN_ACTIONS), 1, 25)}, None, _reply_links_stay_in_modals),
    "context_actions": _block(
        {"elements": listing(by_type(elements.IN_CONTEXT_ACTIONS), 1, 5)}, None, only_on("message")
    ),
    "divider": _block({}),
    "image": _block(
        {"alt_text": string(2000, at_least=1)},
        {"image_url": url(), "slack_file": c.slack_file, "title": c.plain_text(2000)},
        at_least_one("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": c.plain_text(2000), "element": by_type(elements.IN_INPUTS)},
        {"hint": c.plain_text(2000), "optional": boolean, "dispatch_action": boolean},
        _not_for_files,
        _reply_links_stay_in_modals,
    ),
}

CONTAINER_CHILDREN: Final = ("actions", "context", "divider", "image", "header", "input", "section")


def _container_children(report: Report, path: str, value: Any) -> None:
    """Declared here since a container holds everyday blocks; containers do not nest."""
    inner = {name: EVERYDAY[name] for name in CONTAINER_CHILDREN}
    inner |= {name: RICH_BLOCKS[name] for name in ("rich_text", "table", "video")}
    listing(by_type(inner), 1, 10)(report, path, value)


def _no_divider_when_collapsed(report: Report, path: str, value: Any) -> None:
    if value.get("has_header_divider") and (value.get("is_collapsible") or value.get("default_collapsed")):
        report.add(path, "has_header_divider is not available on a collapsible container")


CONTAINER: Final[dict[str, Check]] = {
    "container": _block(
        {"child_blocks": _container_children},
        {
            "title": c.plain_text(150),
            "rich_text_title": RICH_BLOCKS["rich_text"],
            "subtitle": c.plain_text(150),
            "width": lambda report, path, value: (
                None
                if value in ("narrow", "standard", "wide", "full")
                else report.add(path, "must be one of: narrow, standard, wide, full")
            ),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        only_on("message"),
        at_least_one("title", "rich_text_title"),
        _no_divider_when_collapsed,
    ),
}

BLOCKS: Final[dict[str, Check]] = {**EVERYDAY, **RICH_BLOCKS, **CONTAINER}
block = by_type(BLOCKS)
