"""Finds what people wrote: every text that contains each of the words asked for, wherever they begin and end.

There is no index. The searchable form of a customer's texts lies end to end in one string, and looking through all of
it is faster than it needs to be (`docs/finding.md` has the figures); so nothing is too short or too common to be found.
"""

import sys
from array import array
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from bot.domain.customer import Customer
from bot.domain.search import QUERY_LIMIT, CustomerFile, Kind, Piece, Place, heading
from bot.matching.folding import aligned, searchable

MAX_TERMS: Final = 8
BETWEEN: Final = "\n"
"""Stands between two texts; no searchable form contains it."""
CUSTOMER_SIZE: Final = 1500
"""Bytes of memory of a customer's own record, as measured."""
LEAD: Final = 30
"""Characters of an excerpt before the first hit."""
EXCERPT: Final = 140


def terms(query: str) -> tuple[str, ...]:
    """What all has to be there: the parts between spaces, each once."""
    # Spaces are looked for first: beside Chinese characters they are no part of the searchable form.
    words = (part for word in query[:QUERY_LIMIT].split() for part in searchable(word).split())
    return tuple(dict.fromkeys(words))[:MAX_TERMS]


@dataclass(frozen=True, slots=True)
class Searchable:
    """A customer's file in the form that is searched: a few large objects, however many texts there are."""

    customer: Customer = field(repr=False)
    version: str | None
    heading: str = field(repr=False)
    text: str = field(repr=False)
    """Of all passages, the newest first, like what follows."""
    starts: "array[int]"
    """Where in the text each begins."""
    ats: "array[float]"
    kinds: tuple[Kind, ...]
    ids: tuple[str, ...]

    @classmethod
    def of(cls, file: CustomerFile) -> "Searchable":
        customer, passages = file.customer, sorted(file.passages, key=lambda each: (-each.at, each.kind, each.id))
        forms = [searchable(each.text) for each in passages]
        return cls(
            customer=customer,
            version=file.version,
            heading=searchable(heading(customer)),
            text=BETWEEN.join(forms),
            starts=array("I", accumulate((len(form) + len(BETWEEN) for form in forms[:-1]), initial=0)),
            ats=array("d", (each.at for each in passages)),
            kinds=tuple(each.kind for each in passages),
            ids=tuple(each.id for each in passages),
        )

    @property
    def size(self) -> int:
        """Bytes of memory."""
        parts = (self, self.heading, self.text, self.starts, self.ats, self.kinds, self.ids, *self.ids)
        return CUSTOMER_SIZE + sum(map(sys.getsizeof, parts))

    def unsaid(self, wanted: Sequence[str]) -> list[str]:
        """What the customer's names and industry lack of it."""
        return [term for term in wanted if term not in self.heading]

    def rows(self, unsaid: Sequence[str], wanted: Sequence[str]) -> list[int]:
        """The passages that have all that is `unsaid`, or any of what is wanted where the names say it all.

        So at least one word stands in the passage itself: a customer's name does not find all its notes.
        """
        if not unsaid:
            return sorted({row for term in wanted for row in self._with(term)})
        rows = self._with(unsaid[0])
        for term in unsaid[1:]:
            rows = [row for row in rows if self.text.find(term, self.starts[row], self._end(row)) >= 0]
        return rows

    def _with(self, term: str) -> list[int]:
        """The passages that contain it, each looked at up to its first."""
        rows, text, starts = [], self.text, self.starts
        at = text.find(term)
        while at >= 0:
            row = bisect_right(starts, at) - 1
            rows.append(row)
            if row + 1 == len(starts):
                break
            at = text.find(term, starts[row + 1])
        return rows

    def _end(self, row: int) -> int:
        return self.starts[row + 1] if row + 1 < len(self.starts) else len(self.text)

    def customer_place(self) -> Place:
        return Place(False, -self.customer.last_heard_on.toordinal(), self.customer.id, Kind.CUSTOMER, self.customer.id)

    def place(self, row: int) -> Place:
        return Place(True, -self.ats[row], self.customer.id, self.kinds[row], self.ids[row])


@dataclass(slots=True)
class Finding:
    """How much was found of what is `wanted`, and the first `count` places in the order they are shown."""

    wanted: Sequence[str]
    count: int
    total: int = 0
    first: list[Place] = field(default_factory=list)

    def look_through(self, files: Iterable[Searchable]) -> None:
        if not self.wanted:
            return
        for file in files:
            unsaid = file.unsaid(self.wanted)
            if not unsaid:
                self.total += 1
                self._put(file.customer_place())
            rows = file.rows(unsaid, self.wanted)
            self.total += len(rows)
            for row in rows:
                if not self._put(file.place(row)):
                    break  # what follows in this file is older still

    def _put(self, place: Place) -> bool:
        """False where it comes too late to be among the first."""
        if len(self.first) >= self.count and place > self.first[-1]:
            return False
        insort(self.first, place)
        del self.first[self.count :]
        return True


def excerpt(text: str, wanted: Sequence[str]) -> tuple[Piece, ...]:
    """A line of the text around the first hit, with all hits in it told apart."""
    line = text.translate({ord(sign): " " for sign in "\r\n\t"})
    hits = _spans(line, wanted)
    begin = max(0, hits[0][0] - LEAD) if hits else 0
    end = min(len(line), begin + EXCERPT)
    pieces = [Piece("…", False)] if begin else []
    at = begin
    for start, stop in hits:
        if start >= end:
            break
        pieces += [Piece(line[at:start], False), Piece(line[start : min(stop, end)], True)]
        at = min(stop, end)
    pieces += [Piece(line[at:end], False), Piece("…" if end < len(line) else "", False)]
    return tuple(piece for piece in pieces if piece.text)


def _spans(line: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where the terms stand in a line as it was written, in order and without overlaps."""
    form, places = aligned(line)
    spans = []
    for term in wanted:
        at = form.find(term)
        while at >= 0:
            spans.append((places[at], places[at + len(term) - 1] + 1))
            at = form.find(term, at + len(term))
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
