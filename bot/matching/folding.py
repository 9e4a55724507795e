"""Brings what people type into one form: simplified characters, half width, lower case, no invisible signs."""

import re
import unicodedata
from functools import cache
from typing import Final

from opencc import OpenCC

MAX_LENGTH: Final = 2000
"""Characters read of a question; more would cost time and adds nothing to recognise an objection by."""

_INVISIBLE: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
_URL: Final = re.compile(r"https?://\S+")
_WORDS: Final = re.compile(r"[^\W_]")
_BREAKS: Final = re.compile(r"[，。；！？、,.;!?\n]+|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_CONNECTORS: Final = re.compile(
    r"(?:而且|并且|另外|此外|再加上|加上|同时|还有|还说|还嫌|又嫌|又说|又怕|又担心|又要|也嫌|也怕|也担心|以及|再说|还(?=[怕要嫌担问])|又(?=[怕要嫌担问]))"
    r"|\b(?:and also|as well as|on top of that|besides|plus|moreover|and)\b"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_MIN_HAN: Final = 2
_MIN_WORDS: Final = 2


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


def folded(text: str) -> str:
    normal = unicodedata.normalize("NFKC", _URL.sub(" ", _INVISIBLE.sub(" ", text[:MAX_LENGTH])))
    return " ".join(str(_simplified().convert(normal)).casefold().split())


def has_words(text: str) -> bool:
    return bool(_WORDS.search(text))


def has_han(text: str) -> bool:
    return bool(_HAN.search(text))


def clauses(text: str) -> list[str]:
    """The parts of a folded line that could each be an objection of its own."""
    parts = [part.strip() for stretch in _BREAKS.split(text) for part in _CONNECTORS.split(stretch or "")]
    return [part for part in parts if _is_long_enough(part)]


def _is_long_enough(part: str) -> bool:
    return len(_HAN.findall(part)) >= _MIN_HAN or len(part.split()) >= _MIN_WORDS
