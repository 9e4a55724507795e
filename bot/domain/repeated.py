"""A promise said once more: the same customer, side and nearly the same words, perhaps for another day.

Only proposed, for a person to confirm; what differs in a number or in what is handed over is another promise.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from bot.domain.facts import Side
from bot.domain.followup import FollowUp, Kind, Status

NEARLY: Final = 0.8
"""Of what either says, both say so much: «发报价单» and «把报价单发过去», not «发合同初稿» and «发合同终稿»."""
LEAST: Final = 2
"""Characters or words that have to say something."""

_NUMBERS: Final = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS: Final = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+")
_FILLING: Final = frozenset(
    [
        *"我们咱他她您你对方客户答应承诺说把将会给到去来过一下份个的了再就在前内之要请",
        *("i", "we", "they", "he", "she", "it", "us", "them", "him", "her", "you", "ll", "d", "our", "their"),
        *("the", "a", "an", "to", "by", "will", "over", "back", "please", "promised", "agreed"),
    ]
)


def said_again(by: Side, text: str, known: Iterable[FollowUp]) -> FollowUp | None:
    """The open promise among these that says the same, the nearest first; None: it is a new one."""
    words, numbers = _content(text), _numbers(text)
    found = [
        (_alike(words, _content(each.title)), each)
        for each in known
        if each.kind is Kind.STEP and each.status is Status.OPEN and each.by is by and _numbers(each.title) == numbers
    ]
    alike, nearest = max(found, key=lambda each: (each[0], each[1].due_on, each[1].id), default=(0.0, None))
    return nearest if alike >= NEARLY else None


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    both = len(one & other)
    return both / len(one | other) if both >= LEAST else 0.0


def _content(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(each for each in _WORDS.findall(plain) if each not in _FILLING)


def _numbers(text: str) -> list[str]:
    return sorted(_NUMBERS.findall(unicodedata.normalize("NFKC", text)))
