"""Turns what Slack sends into what our services take."""

import html
import re
from typing import Final

_MARKUP: Final = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_WORD: Final = re.compile(r"[^\W_]", re.UNICODE)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_EMOJI_CODE: Final = re.compile(r":[a-z0-9_+'-]+:")


def words(text: str) -> str:
    """What a person wrote, without Slack's markup: mentions and links go, their labels stay, entities are undone."""
    shown = _MARKUP.sub(lambda found: "" if found[1] else f" {found[3] or ''} ", text)
    return _CONTROL.sub("", html.unescape(shown)).strip()


def has_words(text: str) -> bool:
    """Whether anything is left besides emoji and symbols."""
    return bool(_WORD.search(_EMOJI_CODE.sub("", text)))


def first_word(text: str) -> tuple[str, str]:
    """The first word in lower case, and the rest as it was."""
    word, rest = [*text.split(None, 1), "", ""][:2]
    return word.lower(), rest.strip()
