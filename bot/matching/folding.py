"""Brings what people type into one form: simplified characters, half width, lower case, no invisible signs."""

import re
import unicodedata
from functools import cache, lru_cache
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
_NEEDLESS_SPACE: Final = re.compile(r" (?:(?<=[\u3400-\u9fff] ) *| *(?=[\u3400-\u9fff])|(?<=  ))")
"""Beside a Chinese character, or after another space. It begins with the space itself, which is looked for quickly."""
_MIN_HAN: Final = 2
_MIN_WORDS: Final = 2
FOLDED_KEPT: Final = 500
"""A question is folded again when the next one is compared with it."""


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(FOLDED_KEPT)
def folded(text: str) -> str:
    normal = unicodedata.normalize("NFKC", _URL.sub(" ", _INVISIBLE.sub(" ", text[:MAX_LENGTH])))
    return " ".join(str(_simplified().convert(normal)).casefold().split())


class _Letters(dict[int, str]):
    """What each character is searched as; filled while they turn up."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if sign.isspace():
            found = " "
        elif _INVISIBLE.match(sign):
            found = ""
        else:
            plain = str(_simplified().convert(unicodedata.normalize("NFKD", sign))).casefold()
            bare = (each for each in unicodedata.normalize("NFKD", plain) if unicodedata.category(each) != "Mn")
            found = "".join(" " if each.isspace() else each for each in bare)
        self[code] = found
        return found


_LETTERS: Final = _Letters()


def searchable(text: str) -> str:
    """One form of what may be searched for and of what is searched.

    Unlike `folded` it works sign by sign, so that any part of a text is a part of its form too: phrases are not
    looked at (乾坤 and 乾 would differ), and nothing is left out. Spaces beside Chinese characters do not count.
    """
    letters = text.translate(_LETTERS)
    return _NEEDLESS_SPACE.sub("", letters) if " " in letters else letters


def aligned(text: str) -> tuple[str, list[int]]:
    """The searchable form, and for each of its letters the place in `text` it comes from."""
    letters = [(letter, place) for place, sign in enumerate(text) for letter in _LETTERS[ord(sign)]]
    joined = "".join(letter for letter, _ in letters)
    needless = {at for found in _NEEDLESS_SPACE.finditer(joined) for at in range(*found.span())}
    kept = [pair for at, pair in enumerate(letters) if at not in needless]
    return "".join(letter for letter, _ in kept), [place for _, place in kept]


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
