"""Charts as Slack draws them itself (since June 2026; a workspace that does not know the block refuses the message)."""

from typing import Final

from bot.domain.chart import BarChart
from bot.views.blocks import Block, clip, plain

TITLE_LIMIT: Final = 50
LABEL_LIMIT: Final = 20
AXIS_LIMIT: Final = 50
IMAGE_TITLE_LIMIT: Final = 2000


def block(chart: BarChart) -> Block:
    """Labels that Slack would refuse for their length are cut, yet stay apart: a number follows them."""
    categories = _apart(chart.categories)
    names = _apart([each.name for each in chart.series])
    axis: Block = {"categories": categories}
    if chart.unit:
        axis["y_label"] = clip(chart.unit, AXIS_LIMIT)
    series = [
        {
            "name": name,
            "data": [{"label": label, "value": value} for label, value in zip(categories, each.values, strict=True)],
        }
        for name, each in zip(names, chart.series, strict=True)
    ]
    return {
        "type": "data_visualization",
        "title": clip(chart.title, TITLE_LIMIT),
        "chart": {"type": "bar", "series": series, "axis_config": axis},
    }


def image(chart: BarChart, file_id: str) -> Block:
    """The same chart as a picture that was uploaded."""
    title = plain(chart.title, IMAGE_TITLE_LIMIT)
    return {"type": "image", "slack_file": {"id": file_id}, "title": title, "alt_text": chart.title}


def _apart(labels: tuple[str, ...] | list[str]) -> list[str]:
    cut = [clip(each, LABEL_LIMIT) for each in labels]
    return [
        each if cut.count(each) == 1 else f"{clip(each, LABEL_LIMIT - 3)} {number}"
        for number, each in enumerate(cut, 1)
    ]
