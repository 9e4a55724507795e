"""Checks of whole messages and views: block counts, unique ids, what a kind of view must and may have (3.1)."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from bot.sandbox import composition as c
from bot.sandbox.blocks import block
from bot.sandbox.shapes import Check, Json, Report, any_value, boolean, listing, one_of, shape, size_in_bytes, string

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
VIEW_BYTES: Final = 250_000
MARKDOWN_TOTAL: Final = 12_000
PRIVATE_METADATA: Final = 3000
VIEW_TEXT: Final = 24
INNER_BLOCKS: Final = ("child_blocks", "tasks")


def check_message_blocks(blocks: Any) -> list[str]:
    """What Slack would complain about in the blocks of a message."""
    report = Report("message")
    listing(block, 0, MESSAGE_BLOCKS)(report, "/blocks", blocks)
    if not report.problems:
        _check_ids(report, "/blocks", blocks)
        _check_families(report, blocks)
    return report.problems


def check_view(view: Any, *, home: bool) -> list[str]:
    """What Slack would complain about in a view to be opened, pushed, updated or published."""
    report = Report("home" if home else "modal")
    (_home if home else _modal)(report, "/view", view)
    if not report.problems:
        _check_ids(report, "/view/blocks", view["blocks"])
        _check_focus(report, view["blocks"])
    return report.problems


def is_too_large(view: Json) -> bool:
    return size_in_bytes(view) > VIEW_BYTES


def blocks_within(blocks: list[Json]) -> Iterator[Json]:
    """All blocks, those inside containers too."""
    for each in blocks:
        yield each
        for name in INNER_BLOCKS:
            yield from each.get(name) or []


def elements_of(each: Json) -> list[Json]:
    """The interactive elements that stand directly in one block."""
    single = [each[name] for name in ("accessory", "element") if isinstance(each.get(name), dict)]
    several = each.get("elements") if each["type"] in ("actions", "context_actions") else None
    cards = each.get("elements") if each["type"] == "carousel" else [each] if each["type"] == "card" else None
    buttons = [button for card in cards or [] for button in card.get("actions") or []]
    return [element for element in [*single, *(several or []), *buttons] if element["type"] != "image"]


def _check_ids(report: Report, path: str, blocks: list[Json]) -> None:
    everything = list(blocks_within(blocks))
    block_ids = Counter(each["block_id"] for each in everything if each.get("block_id"))
    action_ids = Counter(
        element["action_id"] for each in everything for element in elements_of(each) if element.get("action_id")
    )
    for kind, ids in (("block_id", block_ids), ("action_id", action_ids)):
        for name, count in ids.items():
            if count > 1:
                report.add(path, f"{kind} {name!r} already exists")


def _check_families(report: Report, blocks: list[Json]) -> None:
    kinds = Counter(each["type"] for each in blocks_within(blocks))
    if kinds["table"] + kinds["data_table"] > 1:
        report.add("/blocks", "only_one_table_allowed")
    if kinds["plan"] > 1:
        report.add("/blocks", "only one plan allowed")
    if kinds["data_visualization"] > 2:
        report.add("/blocks", "no more than 2 data_visualization blocks allowed")
    if sum(len(each["text"]) for each in blocks if each["type"] == "markdown") > MARKDOWN_TOTAL:
        report.add("/blocks", f"markdown blocks hold no more than {MARKDOWN_TOTAL} characters together")


def _check_focus(report: Report, blocks: list[Json]) -> None:
    focused = [1 for each in blocks for element in elements_of(each) if element.get("focus_on_load")]
    if len(focused) > 1:
        report.add("/view/blocks", "only one element can have focus_on_load")


def _inputs_need_submit(report: Report, path: str, value: Any) -> None:
    if any(each["type"] == "input" for each in value["blocks"]) and not value.get("submit"):
        report.add(path, "missing required field: submit (a view with input blocks needs it)")


_view_fields: dict[str, Check] = {
    "private_metadata": string(PRIVATE_METADATA),
    "callback_id": string(c.IDENTIFIER),
    "external_id": string(c.IDENTIFIER),
}
_view_text = c.plain_text(VIEW_TEXT)
_modal = shape(
    {
        "type": lambda report, path, value: (
            None if value == "modal" else report.add(path, f"unsupported type: {value}")
        ),
        "title": _view_text,
        "blocks": listing(block, 0, VIEW_BLOCKS),
    },
    {
        **_view_fields,
        "submit": _view_text,
        "close": _view_text,
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    _inputs_need_submit,
)
_home = shape(
    {
        "type": one_of("home"),
        "blocks": listing(block, 0, VIEW_BLOCKS),
    },
    {**_view_fields, "title": any_value, "clear_on_close": boolean, "notify_on_close": boolean},
)
