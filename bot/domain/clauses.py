"""A note in pieces: sentences, the clauses they are made of, and whose words they are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.domain.facts import Side
from bot.domain.reading import Guess

V = TypeVar("V")

_HAN: Final = r"[\u3400-\u9fff]"
_SENTENCE_END: Final = re.compile(
    r"[。！？!?；;…]+|(?=[1-9][）)])|(?<=[:：])(?=\s?[一1]、)|\.[\"”']?(?=\s|$)(?<!e\.g\.)(?<!p\.a\.)(?<!No\.)|\n"
)
_CLAUSE_END: Final = re.compile(
    rf"[，,](?!\d{{3}})|\s[-–—]\s|——|(?<={_HAN}|[）」”%])\s+(?={_HAN})"
    r"|\s(?=(?:我们?|他们?|她|对方)[说让把先会再周下明后今这])"
    r"|\s(?:and|but|while|&)\s(?=(?:will|would|I|we|they|he|she|their|our|whether|I'll|we'll|they'll|he'll|she'll)\b)",
    re.IGNORECASE,
)
_CHAT_HEADER: Final = re.compile(
    r"\s*(?:\[?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?\]?\s+)?\[?(?P<who>[^\s，。,:：\d\[\]()（）]{1,8}(?:\s[^\s，。,:：\d]{1,8})?)\]?\s*"
    r"[(（]?(?:(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?\s+)?(?:[上下]午\s?)?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:\s?[AaPp][Mm])?[)）\]]?\s*[:：]?\s*$"
)
_TITLED: Final = re.compile(
    r"总|姐|哥|工$|会计|经理|主任|律师|先生|女士|老板|财务|出纳|客户|对方"
    r"|\b(?:mr|ms|mrs|cfo|owner|boss)\b",
    re.IGNORECASE,
)
_BULLET: Final = re.compile(r"\s*(?:[-*·•>]|\(?\d{1,2}[.、)）](?!\d)|[一二三四五六七八九十]、|[①-⑩])?\s*")
_LABEL: Final = re.compile(
    r"(?:(?:承诺|行动|后续|to-?do|action(?: item)?s?|next steps?|待办|下一步)\s?[:：]\s?)?"
    r"(?:(?P<ours>(?:me|us|we|I) owes?|me|us|we|ours?|our side"
    r"|(?P<open>to-?do|next steps?|action(?: item)?s?|follow[- ]?ups?"
    r"|待办(?:事项)?|下一步(?:计划)?|后续|行动(?:项|计划)?)"
    r"|我方?(?:这?边)?(?:承诺|负责|待办)?|我们(?:这边)?|我司|我回|我答|我说)"
    r"|(?P<theirs>(?:they|he|she) owes?|them|they|theirs?|their side|him|her|customer|client"
    r"|(?:对方|客户|他们?|她|他方)(?:那?边"
    r"|方)?(?:承诺|负责|待办)?|[\u3400-\u9fff]{1,2}(?:总|姐|哥|工|会计|经理|主任)(?=\s[–—-]\s)))"
    r"\s?(?:[:：]|\s[–—-]\s)",
    re.IGNORECASE,
)
_SPEAKER: Final = re.compile(
    r"(?:\[?\d{1,2}:\d{2}(?::\d{2})?\]?\s*)?(?P<who>[\u3400-\u9fff]{1,3}(?:总|姐|哥|工|会计|经理"
    r"|主任|律师|先生|女士|老板)|老板娘?|财务|出纳|我)"
    r"(?:\s?\d{1,2}:\d{2})?\s?[:：](?!\d)"
)
_ANY_SPEAKER: Final = re.compile(
    r"(?:[\[(（]?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?[\])）]?\s*)?"
    r"(?P<who>[^\W\d_][^\s:：,，。()（）\[\]]{0,11}(?:\s[^\W\d_][^\s:：,，。()（）\[\]]{0,11})?)"
    r"(?:\s?[(（][^)）\n]{1,30}[)）])?(?:[,，]?\s?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?\s?[:：](?!\d)\s?"
)
"""Whoever speaks in a chat whose other side is marked as «我：» or "Me:"."""
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
    is_open: bool = False
    """The label is «待办：» or "Next steps:": ours where a point names nobody."""

    def guess(self, value: V, words: re.Match[str] | None = None) -> Guess[V]:
        """Read from these words of the clause, or from all of it."""
        start, end = words.span() if words else (0, len(self.text))
        return Guess(value, self.text[start:end], self.start + start, self.start + end)


def clauses(note: str) -> list[Clause]:
    """In the order of the note; empty ones are left out."""
    quoted = [match.span("said") for match in _QUOTED.finditer(note)]
    found: list[Clause] = []
    ours, is_chat = _our_names(note), _is_chat(note)
    speaker_is_theirs, count = False, 0
    heading: Side | None = None
    is_open = False
    for line_start, line in _lines(note):
        if header := _CHAT_HEADER.match(line):
            speaker_is_theirs = header["who"].strip().lower() not in ours
            continue
        speaker = (_ANY_SPEAKER if is_chat else _SPEAKER).match(line)
        is_their_line = bool(speaker and speaker["who"].lower() not in _OURSELVES)
        at = speaker.end() if is_chat and speaker and is_their_line else _BULLET.match(line).end()  # type: ignore[union-attr]
        label, after = _label(line, at)
        is_open = bool(match["open"]) if (match := _LABEL.match(line, at)) else is_open
        if label and not line[after:].strip():
            heading = label
            continue
        heading = heading if at and not line[:at].isspace() else None
        label = label or heading
        for start, end in _pieces(line, _SENTENCE_END):
            count += 1
            start += _BULLET.match(line, start, end).end() - start  # type: ignore[union-attr]
            is_their_line = is_their_line and not line.startswith(("我说", "我答", "我回"), start)
            own, after = _label(line, start)
            label = own or label
            is_open = bool(own_label["open"]) if (own_label := _LABEL.match(line, start)) else is_open
            for first, last in _pieces(line[after:end] if own else line[start:end], _CLAUSE_END):
                base = after if own else start
                text = line[base + first : base + last]
                place = line_start + base + first + len(text) - len(text.lstrip())
                text = text.strip()
                if text:
                    in_quotes = any(one <= place < other for one, other in quoted) and label is not Side.OURS
                    is_theirs = speaker_is_theirs or is_their_line or in_quotes
                    found.append(
                        Clause(text, place, place + len(text), count, is_theirs, label, is_open=bool(label) and is_open)
                    )
    return found


def _is_chat(note: str) -> bool:
    """Two speak by turns, one of them marked as ourselves; a list of what each side owes has no turns."""
    lines = [line for _, line in _lines(note)]
    spoken = [match["who"].lower() for line in lines if (match := _ANY_SPEAKER.match(line))]
    others = {each for each in spoken if each not in _OURSELVES and not _LABEL.match(f"{each}:")}
    return len(spoken) >= _TURNS and not _OURSELVES.isdisjoint(spoken) and bool(others)


_TURNS: Final = 3


def _our_names(note: str) -> frozenset[str]:
    """Who we are in a pasted chat: «我», else whoever has no title while somebody else has one."""
    names = {match["who"].strip().lower() for _, line in _lines(note) if (match := _CHAT_HEADER.match(line))}
    plain = {name for name in names if not _TITLED.search(name)}
    return _OURSELVES if names & _OURSELVES or plain == names else frozenset(_OURSELVES | plain)


def _lines(note: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in note.split("\n"):
        yield start, line
        start += len(line) + 1


def _label(line: str, start: int) -> tuple[Side | None, int]:
    """Whose point it is, and where the point itself begins."""
    match = _LABEL.match(line, start)
    if match is None:
        return None, start
    return (Side.OURS if match["ours"] else Side.THEIRS), match.end()


def _pieces(text: str, end: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in end.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def words(zh: str, en: str = "") -> re.Pattern[str]:
    """Matches any of them: Chinese anywhere, English as whole words."""
    return re.compile("|".join(each for each in (zh, rf"\b(?:{en})\b" if en else "") if each), re.IGNORECASE)
