"""Typed lines that begin with a customer's name: «远大纺织 嫌费率高»."""

from collections.abc import Iterator
from typing import Final

from bot.domain.customer import folded

SHORTEST: Final = 2
LONGEST: Final = 80
"""Characters of a name as it may be typed, with spaces."""
SURE_ALONE: Final = 3
"""A name this long may go straight on into the sentence; a shorter one may be part of a word: 远大 in 远大于."""
_BETWEEN: Final = " \u3000，,：:、；;"


def openings(line: str) -> Iterator[tuple[str, str]]:
    """What the line could begin with as a name, the longest first: as names are compared, and the rest of the line."""
    for end in range(min(len(line), LONGEST), SHORTEST - 1, -1):
        name, rest = folded(line[:end]), line[end:]
        if not line[end - 1].isspace() and len(name) >= SHORTEST and _may_end(name, rest):
            yield name, rest.lstrip(_BETWEEN)


def _may_end(name: str, rest: str) -> bool:
    if not rest or not rest[0].isalnum():
        return True
    within_a_word = name[-1].isascii() and rest[0].isascii()
    return len(name) >= SURE_ALONE and not within_a_word
