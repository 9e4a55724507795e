"""Reading a note with what the workspace knows: its author's customers and its playbook."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from bot.domain.customer import Customer
from bot.domain.dates import Writing
from bot.domain.entry import Kind
from bot.domain.reader import Match, read
from bot.domain.reading import Reading
from bot.matching import OBJECTIONS
from bot.services.playbook import MAX_QUESTION, Library

Read = Callable[[str, Writing, Sequence[Customer], Library], Reading]

SIGNALS: Final = frozenset({Kind.SIGNAL})
MOST_MATCHED: Final = 250
"""Clauses and sentences of one text that plays are looked for in: some 4,000 characters, and a second or two."""
_REMEMBERED: Final = 5000

Found = Sequence[tuple[str, float]]


class NoteReader:
    """Remembers what clauses are about: a note is read again at every pause, and most of it is as before.

    Of their words it keeps a digest only.
    """

    def __init__(self) -> None:
        self._found: dict[bytes, tuple[object, Found]] = {}

    def __call__(self, text: str, writing: Writing, customers: Sequence[Customer], library: Library) -> Reading:
        """Takes a while for a long text, so it is done beside other work."""
        names = {name: each.id for each in customers for name in each.names}
        heard, signals = self._match(library, OBJECTIONS), self._match(library, SIGNALS)
        return read(text, writing, names, heard, signals, library.weigh)

    def _match(self, library: Library, kinds: frozenset[Kind]) -> Match:
        left = MOST_MATCHED

        def match(text: str) -> Found:
            nonlocal left
            key = hashlib.sha256(f"{sorted(kinds)}{text}".encode()).digest()
            known = self._found.get(key)
            if known is not None and known[0] is library.matcher:
                return known[1]
            if not left:
                return ()
            left -= 1
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            found = _found(text, library, kinds)
            self._found[key] = (library.matcher, found)
            return found

        return match


def _found(text: str, library: Library, kinds: frozenset[Kind]) -> Found:
    answer = library.match(text[:MAX_QUESTION], kinds)
    scores = {hit.id: hit.score for hit in answer.hits}
    return [(each, scores[each]) for each in answer.played]
