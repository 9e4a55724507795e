"""Who promised what by when, the next contact, and the day a note is about, clause by clause.

A promise needs a day that is still ahead and something handed over or done; hopes, denials and facts with a day
(an invoice falls due, somebody travels) are none, nor is the next meeting.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.domain.clauses import Clause
from bot.domain.commitments.candidates import Candidate, DatedClause, dated
from bot.domain.commitments.meetings import visited
from bot.domain.commitments.words import SOMETHING
from bot.domain.dates import Dated, Day, Writing
from bot.domain.facts import Side
from bot.domain.reading import Guess, Promise


@dataclass(frozen=True, slots=True)
class Commitments:
    """`used` are the clauses, by place, that speak of what is to come; nothing else is read from them."""

    promises: tuple[Guess[Promise], ...]
    doubted: tuple[Guess[Promise], ...]
    next_contact: Guess[tuple[Day, ...]] | None
    visited: Guess[tuple[date, ...]] | None
    used: frozenset[int]


Weigh = Callable[[Sequence[Candidate]], Sequence[Mapping[Side, float]]]
"""How likely each is a promise of ours and one of theirs, both in 0..1."""

SURE: Final = 0.65
"""A likelihood from which something is read as a promise; docs/reading.md has what more and less would give."""
DOUBTED: Final = 0.2
"""From here on it may be one: a person is asked."""


def ruled(candidates: Sequence[Candidate]) -> list[Mapping[Side, float]]:
    """What the rules say by themselves."""
    return [{each.by: float("promise" in each.signs)} for each in candidates]


def told(text: str, due: Dated) -> str:
    """What is promised, without the day, which stands beside it; an hour, which stands nowhere else, is kept."""
    if any(day.at is not None for day in due.days):
        return text
    before, behind = text[: due.start].rstrip(_LOOSE), text[due.end :].lstrip(_LOOSE)
    left = f"{before}{' ' if before and _LATIN.search(before[-1] + behind[:1]) else ''}{behind}".strip(_LOOSE)
    return left if len(left) >= SOMETHING and _WORD.search(left) else text


_LOOSE: Final = " ,，、:：;；"
_LATIN: Final = re.compile(r"[a-zA-Z0-9]")
_WORD: Final = re.compile(r"[^\W\d_]")


def commitments(
    note: str, parts: Sequence[Clause], writing: Writing, called: Sequence[str] = (), weigh: Weigh = ruled
) -> Commitments:
    """Read from the clauses of a note. Days are counted from `writing`; `called` are the customer's names."""
    promises: list[Guess[Promise]] = []
    doubted: list[tuple[float, Guess[Promise]]] = []
    contacts: list[Guess[tuple[Day, ...]]] = []
    used: set[int] = set()
    heard = list(dated(note, parts, writing, called))
    for each, odds in zip(heard, weigh([each.candidate for each in heard]), strict=True):
        is_ruled = "promise" in each.candidate.signs
        # Where both take it for a promise but differ on whose it is, it is left to the person.
        likely = max(odds, key=lambda by: odds[by])
        side = each.candidate.by if is_ruled else likely
        if odds[side] >= SURE:
            promises.append(_promise(each, side))
        elif odds[likely] >= DOUBTED:
            doubted.append((odds[likely], _promise(each, likely)))
        if each.is_contact:
            contacts.append(each.part.guess(each.due.days))
        if odds[likely] >= DOUBTED or each.is_contact or is_ruled:
            used.add(each.part.start)
    others = [part for part in parts if part.start not in used]
    return Commitments(
        tuple(promises),
        _likeliest(doubted),
        contacts[0] if contacts else None,
        visited(others, writing),
        frozenset(used),
    )


def _promise(found: DatedClause, by: Side) -> Guess[Promise]:
    return found.part.guess(Promise(by, told(found.part.text, found.due), found.due.days))


MOST_DOUBTED: Final = 3


def _likeliest(doubted: Sequence[tuple[float, Guess[Promise]]]) -> tuple[Guess[Promise], ...]:
    """So few that they cost no time to look over, in the order of the note."""
    best = sorted(doubted, key=lambda pair: -pair[0])[:MOST_DOUBTED]
    return tuple(sorted((guess for _, guess in best), key=lambda guess: guess.start))
