"""A note in pieces: sentences, the clauses they are made of, and whose words they are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.domain.facts import Side
from bot.domain.reading import Guess

V = TypeVar("V")

_HAN: Final = r"[\u3400-\u9fff]"
_SENTENCE_END: Final = re.compile(r"[。！？!?；;…]+|\.(?=\s|$)(?<!e\.g\.)(?<!p\.a\.)(?<!No\.)|\n")
_CLAUSE_END: Final = re.compile(
    rf"[，,](?!\d{{3}})|\s[-–—]\s|——|(?<={_HAN}|[）」”%])\s+(?={_HAN})"
    r"|\s(?=(?:我们?|他们?|她|对方)[说让把先会再周下明后今这])"
    r"|\s(?:and|but|while|&)\s(?=(?:I|we|they|he|she|their|our|whether|I'll|we'll|they'll|he'll|she'll)\b)",
    re.IGNORECASE,
)
_CHAT_HEADER: Final = re.compile(
    r"\s*\[?(?P<who>[^\s，。,:：\d]{1,8}(?:\s[^\s，。,:：\d]{1,8})?)\s+\d{1,2}[:：]\d{2}(?:[:：]\d{2})?\]?\s*[:：]?\s*$"
)
_LABEL: Final = re.compile(
    r"\s*(?:[-*·•]|\d+[.、)）])?\s*(?:(?P<ours>me|us|we|ours?|our side|to-?do|next steps?|我|我方"
    r"|我们|我司|我回|我答|我说|待办|下一步)"
    r"|(?P<theirs>them|they|theirs?|their side|customer|client|对方|客户|他们|他方))\s?[:：]",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"[「“\"『](?P<said>[^」”\"』\n]{4,})[」”\"』]")
_OURSELVES: Final = frozenset({"我", "me", "i", "本人", "自己"})


@dataclass(frozen=True, slots=True)
class Clause:
    """`note[start:end]`, trimmed. `sentence` counts the sentences of a note."""

    text: str
    start: int
    end: int
    sentence: int
    is_their_voice: bool = False
    """Said by the customer in a pasted chat or in quotation marks, so that «我» is the customer."""
    label: Side | None = None
    """Whose point a line is that begins with «Me:» or «对方：»."""

    def guess(self, value: V, words: re.Match[str] | None = None) -> Guess[V]:
        """Read from these words of the clause, or from all of it."""
        start, end = words.span() if words else (0, len(self.text))
        return Guess(value, self.text[start:end], self.start + start, self.start + end)


def clauses(note: str) -> list[Clause]:
    """In the order of the note; empty ones are left out."""
    quoted = [match.span("said") for match in _QUOTED.finditer(note)]
    found: list[Clause] = []
    speaker_is_theirs, count = False, 0
    for line_start, line in _lines(note):
        if header := _CHAT_HEADER.match(line):
            speaker_is_theirs = header["who"].strip().lower() not in _OURSELVES
            continue
        label = _label(line)
        for start, end in _pieces(line, _SENTENCE_END):
            count += 1
            for first, last in _pieces(line[start:end], _CLAUSE_END):
                text = line[start + first : start + last]
                at = line_start + start + first + len(text) - len(text.lstrip())
                text = text.strip()
                if text:
                    in_quotes = any(one <= at < other for one, other in quoted) and label is not Side.OURS
                    found.append(Clause(text, at, at + len(text), count, speaker_is_theirs or in_quotes, label))
    return found


def _lines(note: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in note.split("\n"):
        yield start, line
        start += len(line) + 1


def _label(line: str) -> Side | None:
    match = _LABEL.match(line)
    if match is None:
        return None
    return Side.OURS if match["ours"] else Side.THEIRS


def _pieces(text: str, end: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in end.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)
