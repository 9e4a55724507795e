"""Gentle advice on a note before it is saved: what would make it more useful, and what should not be in it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.checks import crossed_lines
from bot.domain.clauses import clauses
from bot.domain.entry import LANGS, Bilingual
from bot.domain.facts import Basis, Unit
from bot.domain.masking import Personal, hidden, personal
from bot.domain.playbook import RedLine
from bot.domain.reading import Reading

PERSON_LINE: Final = "RL-14"
"""Health, family, faith and character: forbidden in a note, whoever said it."""


class AdviceKind(StrEnum):
    OPINION = "opinion"
    NO_NEXT_STEP = "no_next_step"
    NOT_ALL_IN = "not_all_in"
    PROMISE_WORDS = "promise_words"
    IDENTITY = "identity"
    BANK_CARD = "bank_card"
    MOBILE = "mobile"
    PERSON = "person"

    @property
    def is_personal(self) -> bool:
        """Masked before the note is kept, unless the author says that it is needed contact data."""
        return self in _PERSONAL


_PERSONAL: Final = frozenset({AdviceKind.IDENTITY, AdviceKind.BANK_CARD, AdviceKind.MOBILE, AdviceKind.PERSON})
_NUMBERS: Final = {
    Personal.IDENTITY: AdviceKind.IDENTITY,
    Personal.BANK_CARD: AdviceKind.BANK_CARD,
    Personal.MOBILE: AdviceKind.MOBILE,
}


@dataclass(frozen=True, slots=True)
class Advice:
    """`note[start:end]` are the words it is about; empty where something is missing."""

    kind: AdviceKind
    words: str = ""
    start: int = 0
    end: int = 0
    instead: Bilingual | None = None
    """What to say instead of words that cross a red line."""

    @property
    def key(self) -> str:
        """The sentence that says it; its gaps are `words` and `instead`."""
        return f"quality.{self.kind}"


def advice(note: str, reading: Reading, red_lines: Iterable[RedLine]) -> list[Advice]:
    """What stands in the note in its order, then what is missing."""
    found = [*_personal(note), *_crossed(note, red_lines), *_opinions(note), *_not_all_in(reading)]
    found.sort(key=lambda each: (each.start, each.end))
    return [*found, *([] if _has_next_step(reading) else [Advice(AdviceKind.NO_NEXT_STEP)])]


def without_personal(note: str, found: Sequence[Advice], kept: Iterable[Advice] = ()) -> str:
    """The note with personal data masked; `kept` is what the author needs as contact data."""
    spared = set(kept)
    places = [(each.start, each.end) for each in found if each.kind.is_personal and each not in spared]
    return hidden(note, sorted(places))


def _personal(note: str) -> Iterator[Advice]:
    for kind, (start, end) in personal(note):
        yield Advice(_NUMBERS[kind], note[start:end], start, end)


def _crossed(note: str, red_lines: Iterable[RedLine]) -> Iterator[Advice]:
    """In either language: notes mix them. A line that is crossed twice is told once."""
    lines = list(red_lines)
    for lang in LANGS:
        for line, match in crossed_lines(note, lang, lines):
            kind = AdviceKind.PERSON if line.id == PERSON_LINE else AdviceKind.PROMISE_WORDS
            start, end = match.span()
            yield Advice(kind, note[start:end], start, end, line.instead)


# Fact and opinion

_OPINION: Final = re.compile(
    r"我(?:觉得|感觉|认为|看|猜)|感觉|人(?:不行|不错|很好|靠不住)|不靠谱|靠谱|没诚意|没戏|不老实|太精|滑头|应该没问题"
    r"|\b(?:I (?:think|feel|guess|believe|suspect|reckon)|seems?|feels? like|looks like|my (?:sense|impression|gut)"
    r"|not serious|unreliable|shady|time-?waster|no good)\b",
    re.IGNORECASE,
)
_FACT: Final = re.compile(
    r"\d|[一二两三四五六七八九十]+[次天个笔万成]|说|问|提到|表示|回复|没接|收到|看到|因为"
    r"|\b(?:said|says|asked|told|wrote|because|since|twice|showed)\b",
    re.IGNORECASE,
)


def _opinions(note: str) -> Iterator[Advice]:
    """An opinion in a sentence that gives no fact for it."""
    parts = clauses(note)
    for part in parts:
        sentence = [each.text for each in parts if each.sentence == part.sentence]
        if _OPINION.search(part.text) and not any(_FACT.search(each) for each in sentence):
            yield Advice(AdviceKind.OPINION, part.text, part.start, part.end)


def _not_all_in(reading: Reading) -> Iterator[Advice]:
    """The first price, where none of the prices counts everything."""
    prices = [each for each in reading.figures if each.value.unit is Unit.PERCENT] or list(reading.figures)
    if prices and not any(each.value.basis is Basis.ALL_IN for each in reading.figures):
        first = prices[0]
        yield Advice(AdviceKind.NOT_ALL_IN, first.words, first.start, first.end)


def _has_next_step(reading: Reading) -> bool:
    return reading.next_contact is not None or any(each.value.due for each in reading.promises)
