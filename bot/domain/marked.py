"""Notes in which somebody has marked what is promised: from them it is learnt what a promise is.

A promise stands in braces after whose it is and, where the note says when it was written, the day or days it is due:
«{ours 2026-11-18|我明天出个对比}». What is not marked is none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.clauses import clauses
from bot.domain.commitments.candidates import Candidate, dated
from bot.domain.dates import Writing
from bot.domain.facts import Side
from bot.domain.workcalendar import IsWorkingDay

ZONE: Final = ZoneInfo("Asia/Shanghai")
WRITTEN: Final = datetime(2026, 9, 9, 10, tzinfo=ZONE)
"""When a note was written that does not say so: a Wednesday."""

_MARK: Final = re.compile(
    r"\{(?P<by>ours|theirs)(?: (?P<due>\d{4}-\d\d-\d\d)(?:/(?P<other>\d{4}-\d\d-\d\d))?)?\|(?P<words>[^{}]+)\}"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """`text[start:end]` of its note is promised; `due` is empty where only whose it is was marked."""

    by: Side
    start: int
    end: int
    due: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class MarkedNote:
    """`group` is the voice it is written in: notes of one are tested together, by what the others teach."""

    group: str
    written: datetime
    text: str
    marks: tuple[Mark, ...]


def marked_note(group: str, content: str, written: datetime = WRITTEN) -> MarkedNote:
    """Of a note with its marks. Raises ValueError where a mark cannot be read or has no day that exists."""
    text, marks, at = "", [], 0
    for match in _MARK.finditer(content):
        text += content[at : match.start()]
        days = (match["due"], match["other"])
        due = frozenset(date.fromisoformat(day) for day in days if day)
        marks.append(Mark(Side(match["by"]), len(text), len(text) + len(match["words"]), due))
        text += match["words"]
        at = match.end()
    text += content[at:]
    if "{" in text or "}" in text:
        raise ValueError("a mark that cannot be read")
    return MarkedNote(group, written, text, tuple(marks))


def lessons(notes: Iterable[MarkedNote], is_work: IsWorkingDay) -> list[tuple[Candidate, Side | None, str]]:
    """Every clause with a day ahead, whose promise it is, and the group of its note."""
    found: list[tuple[Candidate, Side | None, str]] = []
    for note in notes:
        left = list(note.marks)
        for each in dated(note.text, clauses(note.text), Writing(note.written, is_work)):
            days = frozenset(day.on for day in each.due.days)
            meant = [
                mark
                for mark in left
                if mark.start < each.part.end and each.part.start < mark.end and _is_when(mark.due, days)
            ]
            left = [mark for mark in left if mark not in meant[:1]]
            found.append((each.candidate, meant[0].by if meant else None, note.group))
    return found


def _is_when(due: frozenset[date], found: frozenset[date]) -> bool:
    return not due or found <= due or due <= found
