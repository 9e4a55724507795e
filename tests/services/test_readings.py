"""Reading with the workspace's playbook: what clauses are about is worked out once, and only so often for one text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.commitments import ruled
from bot.domain.commitments.candidates import Candidate
from bot.domain.dates import Writing
from bot.domain.entry import Kind
from bot.domain.facts import Side
from bot.matching import OBJECTIONS, Answer, Decision, Hit
from bot.services import readings
from bot.services.playbook import Library
from bot.services.readings import NoteReader
from tests.builders import make_playbook, weekdays

WRITING = Writing(datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai")), weekdays)


class Counting:
    """A matcher that hears «贵» and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def weigh(self, candidates: Sequence[Candidate]) -> Sequence[Mapping[Side, float]]:
        return ruled(candidates)

    def answer(self, text: str, kinds: frozenset[Kind] = OBJECTIONS) -> Answer:
        self.asked.append(text)
        if "贵" in text and kinds == OBJECTIONS:
            return Answer(text, Decision.ONE, (Hit("cost/fee-too-high", 0.99, text),))
        return Answer(text, Decision.NONE)


def library() -> tuple[Library, Counting]:
    matcher = Counting()
    return Library(make_playbook(), matcher), matcher  # type: ignore[arg-type]


def test_what_was_read_before_is_not_worked_out_again() -> None:
    """Typing on costs what is new; another playbook is asked anew."""
    read, (known, matcher) = NoteReader(), library()
    first = read("客户说太贵了。想再看看", WRITING, [], known)
    assert [each.value for each in first.objections] == ["cost/fee-too-high"]
    asked = len(matcher.asked)
    again = read("客户说太贵了。想再看看。银行更快", WRITING, [], known)
    assert again.objections == first.objections
    assert set(matcher.asked[asked:]) == {"银行更快"}
    other, fresh = library()
    read("客户说太贵了。想再看看", WRITING, [], other)
    assert fresh.asked == matcher.asked[:asked]


def test_a_very_long_text_is_looked_through_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plays are looked for in its beginning only; nobody waits for minutes."""
    monkeypatch.setattr(readings, "MOST_MATCHED", 5)
    read, (known, matcher) = NoteReader(), library()
    read("。".join(f"第{number}句话说的是账款" for number in range(50)), WRITING, [], known)
    assert len(matcher.asked) == 10, "five for objections and five for signals"
