"""Notes in which promises are marked: how a mark is read, and what is learnt from a note."""

from datetime import date, datetime

import pytest

from bot.domain.facts import Side
from bot.domain.marked import WRITTEN, ZONE, Mark, lessons, marked_note
from tests.builders import weekdays


def test_a_mark_leaves_the_words() -> None:
    """Whose it is, where it stands, and the days it may be due."""
    note = marked_note("terse", "嫌贵。{ours 2026-11-17|明天发对比}，{theirs 2026-11-19/2026-11-20|周四或周五回}")
    assert note.text == "嫌贵。明天发对比，周四或周五回"
    assert note.marks == (
        Mark(Side.OURS, 3, 8, frozenset({date(2026, 11, 17)})),
        Mark(Side.THEIRS, 9, 15, frozenset({date(2026, 11, 19), date(2026, 11, 20)})),
    )
    assert note.written == WRITTEN
    monday = datetime(2026, 11, 16, 9, tzinfo=ZONE)
    assert marked_note("terse", "无", monday).written == monday


@pytest.mark.parametrize("content", ["{our|明天发}", "{ours|明天发", "明天发}", "{ours 2026-02-31|月底发}", "{ours|}"])
def test_a_mark_that_cannot_be_read(content: str) -> None:
    with pytest.raises(ValueError, match=r"mark|day|month"):
        marked_note("terse", content)


def test_what_a_note_teaches() -> None:
    """Every clause with a day ahead: ours, theirs, or nobody's, also where another day was meant."""
    content = "我{ours|明天发报价}。{theirs 2026-09-30|他月底前给流水}。{ours 2026-09-14|我周五发合同}。25号付供应商"
    found = [(candidate.text, side) for candidate, side, _ in lessons([marked_note("x", content)], weekdays)]
    assert found == [
        ("我明天发报价", Side.OURS),
        ("他月底前给流水", Side.THEIRS),
        ("我周五发合同", None),
        ("25号付供应商", None),
    ]
