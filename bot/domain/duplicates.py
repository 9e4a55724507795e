"""Examples that two entries share, word for word or nearly: the matcher would learn that both are right.

Lines that are nearly alike have one of their rarest pieces in common, so each is compared with a few others only.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import ceil
from typing import Final

from bot.domain.checks import Finding
from bot.domain.entry import LANGS, Entry, Lang
from bot.domain.playbook import Playbook

NEARLY: Final = 0.9
"""Two lines are nearly the same when both have this share of the pieces that either has."""

_BETWEEN: Final = re.compile(r"[\W_]+")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def plain(text: str) -> str:
    """Without regard to width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True, slots=True)
class _Line:
    """An example: `letters` without signs and spaces, `pieces` pairs of characters or, in English, words."""

    entry_id: str
    field: str
    lang: Lang
    text: str
    letters: str
    pieces: frozenset[str]


def duplicates(playbook: Playbook, folded: Callable[[str], str] = plain) -> dict[str, list[Finding]]:
    """By entry, each line of a pair naming the other; entries without any are left out."""
    found: dict[str, list[Finding]] = defaultdict(list)
    lines = [line for entry in playbook.entries.values() for line in _lines(entry, folded)]
    for key, pairs in (("check.same_example", _same(lines)), ("check.near_example", _nearly_same(lines))):
        for pair in pairs:
            for line, other in (pair, pair[::-1]):
                values = {"id": other.entry_id, "line": other.text}
                found[line.entry_id].append(Finding(line.field, line.lang, key, values))
    return dict(found)


def asked(entry: Entry) -> Iterator[tuple[str, Lang, str]]:
    """Every example with its field and language; `misspelt.3` for one with typing errors."""
    for lang in LANGS:
        yield from ((f"examples.{at}", lang, text) for at, text in enumerate(entry.examples.in_(lang)))
    for at, text in enumerate(entry.examples.misspelt):
        yield f"misspelt.{at}", "zh" if _HAN.search(text) else "en", text


def _lines(entry: Entry, folded: Callable[[str], str]) -> Iterator[_Line]:
    for field, lang, text in asked(entry):
        words = [word for word in _BETWEEN.split(folded(text)) if word]
        letters = "".join(words)
        pieces = map("".join, pairwise(letters)) if lang == "zh" else words
        yield _Line(entry.id, field, lang, text, letters, frozenset(pieces))


def _same(lines: Sequence[_Line]) -> Iterator[tuple[_Line, _Line]]:
    by_letters: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_letters[line.letters].append(line)
    for alike in by_letters.values():
        yield from (pair for pair in combinations(alike, 2) if pair[0].entry_id != pair[1].entry_id)


def _nearly_same(lines: Sequence[_Line]) -> Iterator[tuple[_Line, _Line]]:
    frequency = Counter((line.lang, piece) for line in lines for piece in line.pieces)
    by_piece: dict[tuple[Lang, str], list[_Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda each: len(each.pieces)):
        pieces = sorted(((line.lang, piece) for piece in line.pieces), key=lambda piece: (frequency[piece], piece))
        telling = pieces[: len(pieces) - ceil(NEARLY * len(pieces)) + 1]
        for other in {id(each): each for piece in telling for each in by_piece[piece]}.values():
            if other.entry_id != line.entry_id and other.letters != line.letters and _are_near(line, other):
                yield other, line
        for piece in telling:
            by_piece[piece].append(line)


def _are_near(line: _Line, other: _Line) -> bool:
    both = len(line.pieces & other.pieces)
    return both >= NEARLY * (len(line.pieces) + len(other.pieces) - both)
