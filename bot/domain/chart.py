"""A chart as data: what Slack draws itself, or an image shows where it does not."""

from dataclasses import dataclass
from typing import Final

MAX_CATEGORIES: Final = 20
MAX_SERIES: Final = 6
"""Slack's limits of a data_visualization block."""


@dataclass(frozen=True, slots=True)
class Series:
    """One number of each category of the chart."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars side by side, one group for each category. All words are in the reader's language."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    """What the numbers count, at the axis."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.categories) <= MAX_CATEGORIES or not 1 <= len(self.series) <= MAX_SERIES:
            raise ValueError("a chart of more than Slack takes, or of nothing")
        if any(len(each.values) != len(self.categories) for each in self.series):
            raise ValueError("one number of each category")
