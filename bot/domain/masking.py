"""Hides personal data in what people typed, before anybody else reads it."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

MASK: Final = "•••"
LONGEST_RUN: Final = 7
"""Digits that may stand together: up to millions of yuan. More are a number of somebody or something."""

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_PLAIN_DIGITS: Final = str.maketrans("０１２３４５６７８９－\u3000Ｘ＠．", "0123456789- X@.")

_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_MOBILE: Final = re.compile(r"(?<!\d)(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)", re.ASCII)
_LANDLINE: Final = re.compile(r"(?<!\d)(?<!\d[ -])0\d{2,3}[ -]\d{3,4}[ -]?\d{4}(?!\d)", re.ASCII)
_CREDIT_CODE: Final = re.compile(r"(?<![0-9A-Z])[159Y][1239]\d{6}[0-9A-HJ-NP-RT-UW-Y]{10}(?![0-9A-Z])", re.ASCII)
_GROUPS: Final = re.compile(r"\d+(?:[ -]\d+)*[Xx]?", re.ASCII)
_GROUP: Final = re.compile(r"\d+[Xx]?", re.ASCII)
_RUN: Final = re.compile(rf"\d{{{LONGEST_RUN + 1},}}[Xx]?", re.ASCII)


class Personal(StrEnum):
    """Numbers that stand for a person."""

    IDENTITY = "identity"
    BANK_CARD = "bank_card"
    MOBILE = "mobile"


def masked(text: str, names: Iterable[str] = ()) -> str:
    """Mobile and other telephone numbers, ID cards, bank cards, e-mail addresses, long numbers, and these names."""
    text = hidden(text, (each.span() for each in _EMAIL.finditer(_plain(text))))
    text = hidden(text, (place for _, place in _cards(_plain(text))))
    for pattern in (_CREDIT_CODE, _MOBILE, _LANDLINE, _RUN):
        text = hidden(text, (each.span() for each in pattern.finditer(_plain(text))))
    spoken = text.casefold()
    said = {each.strip() for each in names if each.strip().casefold() in spoken}
    for name in sorted(said, key=len, reverse=True):
        if len(name) > 1:
            text = named(name).sub(MASK, text)
    return text


def personal(text: str) -> list[tuple[Personal, tuple[int, int]]]:
    """Where numbers of persons stand, in order: those that pass their check, and mobile telephones."""
    plain = _plain(text)
    cards = list(_cards(plain))
    taken = [place for _, place in cards]
    mobiles = [
        (Personal.MOBILE, match.span())
        for match in _MOBILE.finditer(plain)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    ]
    return sorted([*cards, *mobiles], key=lambda each: each[1])


def is_id_card(number: str) -> bool:
    """Eighteen characters, of which the last is the checksum of the others (GB 11643)."""
    digits = re.sub(r"[ -]", "", number).upper()
    if not re.fullmatch(r"\d{17}[\dX]", digits, re.ASCII):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, digits, strict=False))
    return digits[-1] == _ID_CHECKS[total % 11]


def is_bank_card(number: str) -> bool:
    """Thirteen to nineteen digits that pass Luhn's check."""
    digits = re.sub(r"[ -]", "", number)
    if not re.fullmatch(r"\d{13,19}", digits, re.ASCII):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _plain(text: str) -> str:
    """The same length, with full-width digits as plain ones."""
    return text.translate(_PLAIN_DIGITS)


def _cards(text: str) -> Iterator[tuple[Personal, tuple[int, int]]]:
    """Where ID and bank cards stand, written in groups or in one.

    Other numbers may stand next to them, and pass the check together with a part of one: all of that is hidden.
    """
    for run in _GROUPS.finditer(text):
        groups = [each.span() for each in _GROUP.finditer(text, *run.span())]
        for at, (start, _) in enumerate(groups):
            ends = [end for _, end in groups[at:] if is_id_card(text[start:end]) or is_bank_card(text[start:end])]
            if ends:
                is_identity = any(is_id_card(text[start:end]) for end in ends)
                yield (Personal.IDENTITY if is_identity else Personal.BANK_CARD), (start, ends[-1])


def hidden(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text with these places hidden. Places that overlap, in their order, are hidden as one."""
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start < merged[-1][1]:
            before = merged.pop()
            start, end = before[0], max(end, before[1])
        merged.append((start, end))
    for start, end in reversed(merged):
        text = text[:start] + MASK + text[end:]
    return text


def named(name: str) -> re.Pattern[str]:
    """A name in Latin letters counts as a word, not inside one."""
    start = r"(?<![A-Za-z0-9])" if re.match(r"[A-Za-z0-9]", name) else ""
    end = r"(?![A-Za-z0-9])" if re.search(r"[A-Za-z0-9]$", name) else ""
    return re.compile(f"{start}{re.escape(name)}{end}", re.IGNORECASE)
