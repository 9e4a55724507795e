"""Checks of Block Kit's everyday blocks, and the table of all block types (reference, 3.2)."""

from typing import Any, Final

from bot.sandbox import composition as c
from bot.sandbox import elements
from bot.sandbox.rich_blocks import RICH_BLOCKS, block_shape
from bot.sandbox.shapes import (
    Check,
    Report,
    at_least_one,
    boolean,
    by_type,
    listing,
    one_of,
    only_on,
    string,
    url,
)


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
    "section": block_shape(
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
    "header": block_shape({"text": c.plain_text(150)}),
    "context": block_shape({"elements": listing(_context_part, 1, 10)}),
    "actions": block_shape(
        {"elements": listing(by_type(elements.IN_ACTIONS), 1, 25)}, None, _reply_links_stay_in_modals
    ),
    "context_actions": block_shape(
        {"elements": listing(by_type(elements.IN_CONTEXT_ACTIONS), 1, 5)}, None, only_on("message")
    ),
    "divider": block_shape({}),
    "image": block_shape(
        {"alt_text": string(2000, at_least=1)},
        {"image_url": url(), "slack_file": c.slack_file, "title": c.plain_text(2000)},
        at_least_one("image_url", "slack_file"),
    ),
    "input": block_shape(
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
    "container": block_shape(
        {"child_blocks": _container_children},
        {
            "title": c.plain_text(150),
            "rich_text_title": RICH_BLOCKS["rich_text"],
            "subtitle": c.plain_text(150),
            "width": one_of("narrow", "standard", "wide", "full"),
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
