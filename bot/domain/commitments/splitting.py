"""Clauses put together and cut apart, so that each has its day and one thing that happens."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from bot.domain.clauses import Clause
from bot.domain.commitments.denials import FACT
from bot.domain.commitments.due import day_due
from bot.domain.commitments.meetings import CONTACT, VISITED
from bot.domain.commitments.words import GIVE, SUBJECT
from bot.domain.dates import Writing, find_days


def whole(note: str, parts: Sequence[Clause], writing: Writing) -> Iterator[Clause]:
    """A clause with a day in which nothing happens belongs to the next one; one with two promises is two."""
    held: Clause | None = None
    for part in _with_day_behind(note, parts, writing):
        if held and held.sentence == part.sentence and not find_days(part.text, writing):
            part = replace(part, text=note[held.start : part.end], start=held.start)
        elif held:
            yield held
        held = None
        if _is_bare_day(part.text, writing):
            held = part
        else:
            yield from _split(part, writing)
    if held:
        yield held


def _with_day_behind(note: str, parts: Sequence[Clause], writing: Writing) -> Iterator[Clause]:
    """«把批复函发过去，周五»: a day alone at the end of a sentence is when the clause before is due."""
    last: Clause | None = None
    for part, following in zip(parts, (*parts[1:], None), strict=False):
        ends = following is None or following.sentence != part.sentence
        is_behind = (
            last is not None
            and last.sentence == part.sentence
            and ends
            and _is_bare_day(part.text, writing)
            and not find_days(last.text, writing)
            and bool(last.label or GIVE.search(last.text))
        )
        if last and is_behind:
            yield replace(last, text=note[last.start : part.end], end=part.end)
            last = None
            continue
        if last:
            yield last
        last = part
    if last:
        yield last


_SHORT: Final = 12


def _is_bare_day(text: str, writing: Writing) -> bool:
    due = day_due(text, writing)
    is_idle = not any(each.search(text) for each in (GIVE, CONTACT, FACT, VISITED))
    return due is not None and len(text) - (due.end - due.start) <= _SHORT and is_idle


def _split(part: Clause, writing: Writing) -> Iterator[Clause]:
    """Where one day is done with and somebody begins anew; what was told ends where what is to come begins."""
    days = find_days(part.text, writing)
    for one, other in pairwise(days):
        is_told = one.days[-1].on <= writing.today < other.days[-1].on
        starts = [each.start() for each in SUBJECT.finditer(part.text, one.end, other.end)]
        cuts = [at for at in starts if GIVE.search(part.text, one.end, at)]
        if is_told and not cuts and VISITED.search(part.text, 0, other.start):
            cuts = starts[-1:] or [other.start]
        if cuts:
            at, before = cuts[0], part.text[: cuts[0]].rstrip()
            yield replace(part, text=before, end=part.start + len(before))
            yield from _split(replace(part, text=part.text[at:], start=part.start + at), writing)
            return
    yield part
