"""Charts as images, for workspaces whose Slack does not draw them: matplotlib, with a Chinese font of our own.

The font beside this file is a part of Noto Sans CJK SC: ASCII, GB 2312 and what our own texts need. So an image
looks the same on every machine, and the product needs no fonts installed. Its licence lies beside it.
"""

import io
import textwrap
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.domain.chart import BarChart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

FONT_FILE: Final = Path(__file__).parent / "fonts" / "NotoSansCJKsc-subset.otf"
PIXELS_PER_INCH: Final = 144
WIDTH, HEIGHT = 7.2, 3.6
COLOURS: Final = ("#2f6fab", "#e0a030", "#7a9e7e", "#b0534f", "#6b6ea8", "#8c8c8c")
"""Apart also for those who see no red and green."""
LINE: Final = 48
"""Chinese characters side by side under the whole chart."""
WIDE_FROM: Final = 0x2E80
"""Chinese characters, twice as wide as Latin letters, come after this."""
UNKNOWN: Final = "□"
"""In place of a character that the font does not have, such as a rare one in somebody's team's name."""


def png(chart: BarChart) -> bytes:
    """Takes a tenth of a second and more: not to be called on the event loop. May be called in any thread."""
    from matplotlib.figure import Figure  # heavy: the start does not wait for what a Friday needs

    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=PIXELS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    _draw(chart, axes, _font())
    image = io.BytesIO()
    figure.savefig(image, format="png")
    return image.getvalue()


def _draw(chart: BarChart, axes: "Axes", font: "FontProperties") -> None:
    from matplotlib.ticker import MaxNLocator

    breadth = 0.8 / len(chart.series)
    for number, each in enumerate(chart.series):
        places = [place - 0.4 + breadth * (number + 0.5) for place in range(len(chart.categories))]
        bars = axes.bar(places, each.values, breadth, color=COLOURS[number], label=drawable(each.name))
        axes.bar_label(bars, fmt="{:g}", fontproperties=font, fontsize=8)
    axes.set_title(drawable(chart.title), fontproperties=font, fontsize=12)
    axes.set_ylabel(drawable(chart.unit), fontproperties=font, fontsize=9)
    room = LINE // len(chart.categories)
    axes.set_xticks(range(len(chart.categories)), [_broken(drawable(each), room) for each in chart.categories])
    axes.set_ylim(0, 1.1 * max(1.0, *(max(each.values) for each in chart.series)))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font)
        label.set_fontsize(9)
    axes.spines[["top", "right"]].set_visible(False)
    if len(chart.series) > 1:
        axes.legend(prop=font, frameon=False)


def drawable(text: str) -> str:
    known = _characters()
    return "".join(each if each in known else UNKNOWN for each in text)


def _broken(label: str, room: int) -> str:
    """Over as many lines as it takes not to run into the next one; `room` in Chinese characters."""
    is_wide = any(ord(each) > WIDE_FROM for each in label)
    return "\n".join(textwrap.wrap(label, max(3, room if is_wide else room * 2)))


@cache
def _font() -> "FontProperties":
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=FONT_FILE)


@cache
def _characters() -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(FONT_FILE) as font:
        return frozenset(map(chr, font.getBestCmap()))
