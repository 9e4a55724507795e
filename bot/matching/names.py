"""Finds customers by what people type: name, alias, pinyin or its initials."""

from collections.abc import Iterable
from functools import lru_cache

from bot.domain.customer import folded


@lru_cache(maxsize=20_000)
def spellings(name: str) -> tuple[str, ...]:
    """The folded name, its pinyin without tones and the pinyin's initials."""
    from pypinyin import Style, lazy_pinyin  # a quarter of a second that the start should not wait for

    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return tuple(dict.fromkeys((folded(name), folded("".join(lazy_pinyin(name))), folded(initials))))


def closeness(typed: str, names: Iterable[str]) -> int:
    """How well any of the names fits what was typed: 3 the same, 2 begins with it, 1 contains it, 0 not at all."""
    wanted = folded(typed)
    best = 0
    for name in names:
        for spelling in spellings(name):
            if spelling == wanted:
                return 3
            if spelling.startswith(wanted):
                best = max(best, 2)
            elif wanted in spelling:
                best = max(best, 1)
    return best
