"""Customers are found by what people type in a hurry."""

import pytest

from bot.matching.names import closeness

NAMES = ("远大纺织有限公司", "远大")


@pytest.mark.parametrize(
    ("typed", "close"),
    [
        ("远大", 3),
        ("远大纺织", 2),
        ("纺织", 1),
        ("yuanda", 3),
        ("yuandafang", 2),
        ("ydfz", 2),
        ("YD", 3),
        ("ＹＤ", 3),
        ("联创", 0),
    ],
)
def test_closeness(typed: str, close: int) -> None:
    """The same name (also in pinyin or initials), its beginning, a part of it, or nothing."""
    assert closeness(typed, NAMES) == close
