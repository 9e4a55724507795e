"""Checks of Block Kit's newer and rarer blocks: rich text, tables, charts, cards, plans, alerts (reference, 3.2)."""

from typing import Any, Final

from bot.sandbox import composition as c
from bot.sandbox import elements
from bot.sandbox.shapes import (
    Check,
    Json,
    Report,
    any_value,
    at_least_one,
    boolean,
    by_type,
    integer,
    listing,
    one_of,
    only_on,
    shape,
    string,
    url,
)

MANY: Final = 10_000
TABLE_CHARACTERS: Final = 10_000


def block_shape(required: dict[str, Check], optional: dict[str, Check] | None = None, *rules: Check) -> Check:
    """Every block has a type and may have a block_id."""
    return shape({"type": any_value, **required}, {"block_id": c.identifier, **(optional or {})}, *rules)


def _part(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return shape({"type": any_value, **required}, {"style": _style, **(optional or {})})


_STYLES: Final = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_style = shape({}, dict.fromkeys(_STYLES, boolean))
_inline = by_type(
    {
        "text": _part({"text": string(at_least=1)}),
        "link": _part({"url": url()}, {"text": string(), "unsafe": boolean}),
        "user": _part({"user_id": string(at_least=1)}),
        "channel": _part({"channel_id": string(at_least=1)}),
        "usergroup": _part({"usergroup_id": string(at_least=1)}),
        "team": _part({"team_id": string(at_least=1)}),
        "emoji": _part({"name": string(at_least=1)}, {"unicode": string(), "skin_tone": integer(1, 6)}),
        "date": _part(
            {"timestamp": integer(0, 10**11), "format": string(at_least=1)}, {"url": url(), "fallback": string()}
        ),
        "broadcast": _part({"range": one_of("here", "channel", "everyone")}),
        "color": _part({"value": string(at_least=1)}),
    }
)
_inlines = listing(_inline, 0, MANY)
_rich_section = shape({"type": any_value, "elements": _inlines})
_border: dict[str, Check] = {"border": integer(0, 1)}
_rich_part = by_type(
    {
        "rich_text_section": _rich_section,
        "rich_text_list": shape(
            {
                "type": any_value,
                "style": one_of("bullet", "ordered"),
                "elements": listing(by_type({"rich_text_section": _rich_section}), 1, MANY),
            },
            {"indent": integer(0, 8), "offset": integer(0, MANY), **_border},
        ),
        "rich_text_preformatted": shape({"type": any_value, "elements": _inlines}, {**_border, "language": string()}),
        "rich_text_quote": shape({"type": any_value, "elements": _inlines}, _border),
    }
)
rich_text = block_shape({"elements": listing(_rich_part, 1, MANY)})

_number = shape(
    {"type": any_value, "value": lambda report, path, value: _is_number(report, path, value)}, {"text": string()}
)
_raw_text = shape({"type": any_value, "text": string(at_least=1)})
_table_cell = by_type({"raw_text": _raw_text, "raw_number": _number, "rich_text": rich_text})
_data_cell = by_type({"raw_text": _raw_text, "rich_text": rich_text})
"""`raw_number` was refused in a data table in one probe, so it is refused here too."""


def _is_number(report: Report, path: str, value: Any) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        report.add(path, "must be a number")


def _fits_a_table(report: Report, path: str, value: Any) -> None:
    if len("".join(cell_texts(value))) > TABLE_CHARACTERS:
        report.add(path, f"a table holds no more than {TABLE_CHARACTERS} characters")


def cell_texts(value: Json) -> list[str]:
    """All the words of a table."""
    return [text for row in value["rows"] for cell in row for text in _texts(cell)]


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for part in value.get("elements") or [] for text in _texts(part)]
    return []


def _rows_are_even(report: Report, path: str, value: Any) -> None:
    if len({len(row) for row in value["rows"]}) > 1:
        report.add(f"{path}/rows", "all rows must have the same number of cells")


table = block_shape(
    {"rows": listing(listing(_table_cell, 1, 20), 1, 100)},
    {"column_settings": listing(shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}), 1, 20)},
    only_on("message"),
    _rows_are_even,
    _fits_a_table,
)
data_table = block_shape(
    {"caption": string(at_least=1), "rows": listing(listing(_data_cell, 1, 20), 2, 101)},
    {"page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    only_on("message"),
    _rows_are_even,
    _fits_a_table,
)

_label = string(20, at_least=1)
_point = shape({"label": _label, "value": _is_number})
_axis = shape({"categories": listing(_label, 1, 20)}, {"x_label": string(50), "y_label": string(50)})


def _series_match_the_axis(report: Report, path: str, value: Any) -> None:
    names = [each["name"] for each in value["series"]]
    if len(set(names)) < len(names):
        report.add(f"{path}/series", "series names must be unique")
    if any(len(each["data"]) != len(value["axis_config"]["categories"]) for each in value["series"]):
        report.add(f"{path}/series", "one point per category")


def _slices_are_positive(report: Report, path: str, value: Any) -> None:
    if any(each["value"] <= 0 for each in value["segments"]):
        report.add(f"{path}/segments", "values must be greater than 0")


_series_chart = shape(
    {
        "type": any_value,
        "series": listing(shape({"name": _label, "data": listing(_point, 1, 20)}), 1, 6),
        "axis_config": _axis,
    },
    None,
    _series_match_the_axis,
)
_pie = shape({"type": any_value, "segments": listing(_point, 1, 6)}, None, _slices_are_positive)
data_visualization = block_shape(
    {
        "title": string(50, at_least=1),
        "chart": by_type({"line": _series_chart, "bar": _series_chart, "area": _series_chart, "pie": _pie}),
    },
    None,
    only_on("message"),
)

_image = by_type(elements.IMAGE)
card = block_shape(
    {},
    {
        "title": c.any_text(150),
        "subtitle": c.any_text(150),
        "body": c.any_text(200),
        "subtext": c.any_text(200),
        "icon": _image,
        "hero_image": _image,
        "slack_icon": any_value,
        "actions": listing(by_type({"button": elements.BUTTONS["button"]}), 1, 2),
    },
    only_on("message", "home"),
    at_least_one("hero_image", "title", "actions", "body"),
)
carousel = block_shape({"elements": listing(by_type({"card": card}), 1, 10)}, None, only_on("message", "home"))

_source = shape({"type": one_of("url"), "url": url(), "text": string(at_least=1)})
_task: dict[str, Check] = {
    "details": rich_text,
    "output": rich_text,
    "sources": listing(_source, 1, 100),
    "status": one_of("pending", "in_progress", "complete", "error"),
}
task_card = block_shape({"task_id": string(255, at_least=1), "title": string(at_least=1)}, _task, only_on("message"))
plan = block_shape(
    {"title": string(at_least=1)},
    {"tasks": listing(by_type({"task_card": task_card}), 1, 50)},
    only_on("message"),
)

alert = block_shape(
    {"text": c.any_text(200)},
    {"level": one_of("default", "info", "warning", "error", "success")},
    only_on("modal"),
)
video = block_shape(
    {
        "alt_text": string(2000, at_least=1),
        "title": c.plain_text(199),
        "thumbnail_url": url(),
        "video_url": url(),
    },
    {
        "author_name": string(49),
        "description": c.plain_text(200),
        "provider_icon_url": url(),
        "provider_name": string(),
        "title_url": url(),
    },
)
markdown = block_shape({"text": string(12_000, at_least=1)}, None, only_on("message"))


def _only_slack_sends_files(report: Report, path: str, value: Any) -> None:
    report.add(path, "unsupported type: file blocks cannot be sent by apps")


RICH_BLOCKS: Final[dict[str, Check]] = {
    "rich_text": rich_text,
    "table": table,
    "data_table": data_table,
    "data_visualization": data_visualization,
    "card": card,
    "carousel": carousel,
    "task_card": task_card,
    "plan": plan,
    "alert": alert,
    "video": video,
    "markdown": markdown,
    "file": _only_slack_sends_files,
}
