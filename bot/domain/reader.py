"""Reads a visit note: everything that `Reading` holds, from its words alone and what is handed in."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from bot.domain import riskevents
from bot.domain.clauses import Clause, clauses
from bot.domain.commitments import Weigh, commitments, ruled
from bot.domain.dates import Writing
from bot.domain.facts import Side
from bot.domain.mentions import attendance, needs, papers, prices
from bot.domain.reading import Guess, Reading

Match = Callable[[str], Sequence[tuple[str, float]]]
"""The entries that a text is about, best first, each with its score in 0..1; none where it is not clear."""

TOLD_FROM: Final = 0.95
"""A clause or sentence that only tells something is an objection from this score on: what a note tells of invoices,
buyers and papers is often worded like one. Tuned with each writer of tests/data/notes left out, as the next one."""
VOICED_FROM: Final = 0.7
"""One that says somebody minds, fears, asks or refuses."""


def read(
    note: str, writing: Writing, names: Mapping[str, str], match: Match, match_signals: Match, weigh: Weigh = ruled
) -> Reading:
    """`names` maps what the author's customers are called to their ids; `writing` says when the note was written.

    `weigh` says how sure it is that something is a promise.
    """
    parts = clauses(note)
    about = customer(note, names)
    called = [name for name, customer_id in names.items() if about and customer_id == about.value]
    found = commitments(note, parts, writing, called, weigh)
    told = [part for part in parts if part.start not in found.used]
    heard = [part for part in told if _may_object(part)]
    theirs = frozenset(each.start for each in found.promises if each.value.by is Side.THEIRS)
    return Reading(
        customer=about,
        on=found.visited,
        channel=attendance.channel(told),
        attendees=tuple(attendance.attendees(parts)),
        objections=_matched(heard, match),
        signals=_matched(heard, match_signals),
        needs=tuple(needs.needs(told, writing)),
        promises=found.promises,
        doubted=found.doubted,
        documents=tuple(papers.documents(parts, theirs)),
        figures=tuple(prices.figures(parts)),
        risks=tuple(riskevents.risks(note)),
        next_contact=found.next_contact,
    )


# The customer


def customer(note: str, names: Mapping[str, str]) -> Guess[str] | None:
    """The customer the note begins with, else the one it names first; a longer name goes before a shorter.

    Where nobody is named in full, a first word that is part of one customer's name, and of no other's, will do.
    """
    text = _same_length(note)
    found = [
        (match.start(), -len(name), match.end(), customer_id)
        for name, customer_id in names.items()
        if name.strip() and (match := _as_word(_same_length(name.strip())).search(text))
    ]
    if found:
        start, _, end, customer_id = min(found)
        return Guess(customer_id, note[start:end], start, end)
    first = _FIRST_WORD.match(text)
    ids = {customer_id for name, customer_id in names.items() if first and first["word"] in _same_length(name)}
    if first and len(ids) == 1:
        start, end = first.span("word")
        return Guess(ids.pop(), note[start:end], start, end)
    return None


_FIRST_WORD: Final = re.compile(r"\s*(?P<word>[\u3400-\u9fff]{2,}|[^\W\d_]{3,})(?![^\W_])")


def _same_length(text: str) -> str:
    """Full-width signs and capitals do not matter; places stay as they are."""
    folded = (unicodedata.normalize("NFKC", sign).casefold() for sign in text)
    return "".join(each if len(each) == 1 else sign for each, sign in zip(folded, text, strict=True))


def _as_word(name: str) -> re.Pattern[str]:
    """A name in Latin letters counts as a word, not inside one."""
    start, end = (r"(?<![a-z0-9])" if name[0].isascii() else ""), (r"(?![a-z0-9])" if name[-1].isascii() else "")
    return re.compile(f"{start}{re.escape(name)}{end}")


# Objections and signals

_NO_OBJECTION: Final = re.compile(
    r"没什?么?(?:异议|意见|问题|顾虑|说法)|没有?(?:别的|其他|任何)?(?:异议|意见|问题|顾虑)|没(?:别的"
    r"|其他)|无异议|没(?:约|说|提|见到|定|给|答应|承诺|人接)|[没不]接电话|[没不]回(?:消息|微信|邮件|$)|别记"
    r"|很?(?:满意|顺利|认可|爽快)|\b(?:no (?:complaints?|objections?|issues?|concerns?|problems?)"
    r"|happy|wants? nothing|nothing (?:promised|agreed|else)"
    r"|no answer|not agree|hoping to|apologi\w+)\b",
    re.IGNORECASE,
)
_VOICED: Final = re.compile(
    r"嫌|[怕驚惊]|担心|顾虑|抱怨|怪我|不满|不[想愿肯签要喜习]|唔[想肯]|不接受|不同意|接受不了|太[^阳太]"
    r"|问\S{0,6}(?:会不会|是不是|有没有|要不要|谁|为什么|怎么|凭|的事)|质疑|怀疑|为什么|凭什么|舍不得|没必要"
    r"|麻烦|觉得|認為|认为|计较|介意|犹豫|说(?:什么|现在|没|我们|不|太|要)|被.{1,9}坑"
    r"|\b(?:worr\w+|afraid|fear\w*|(?<!not our )(?<!no )concern\w*|complain\w*|push(?:es|ed|ing)? back|too"
    r"|ask(?:s|ed|ing)?|whether|why|thinks?|feels?|reckons?|finds?|grumbl\w+|moan\w*|object\w*|won't"
    r"|(?:don't|doesn't|not) (?:like|want|see|need|trust)|hates?|refus\w+|unhappy|annoyed|nervous|uneasy"
    r"|reluctant|hesita\w+|doubts?|steep|pricey)\b",
    re.IGNORECASE,
)
_OF_OTHERS: Final = re.compile(
    r"^(?:[他她]|对方)?[说讲]?(?:买方[说讲]|医院|院办|供应商|监管)|的(?:买方|客户)|拖了他"
    r"|^(?:the |their )?(?:\w+ ){0,2}(?:buyer|retailer|auditor)s?\b",
    re.IGNORECASE,
)
"""What third parties do, unless somebody minds it."""
_SETTLED: Final = re.compile(
    r"^(?:没(?:法|答应|敢|再|给)|不敢|没有新|no promise)|上[次回](?!提)|原[定来]|^last time\b|现在没|中登网"
    r"|能不能(?:先|提)",
    re.IGNORECASE,
)
"""What was said earlier, what we looked up or would not promise, and requests."""
_WE_SAY: Final = re.compile(r"(?:我(?!们?这)|I\b|we\b|[Mm]e:)(?!\S{0,2}(?:嫌|觉得贵))", re.IGNORECASE)


def _may_object(part: Clause) -> bool:
    """What is not our own answer and says nothing of the kind."""
    if part.label is Side.OURS or _NO_OBJECTION.search(part.text) or _SETTLED.search(part.text):
        return False
    return part.is_their_voice or not _WE_SAY.match(part.text)


def _matched(parts: Sequence[Clause], match: Match) -> tuple[Guess[str], ...]:
    """By sentence and by clause; each entry once, with the words that say it most clearly."""
    best: dict[str, tuple[float, Guess[str]]] = {}
    for score, guess in _scored(parts, match):
        if guess.value not in best or score > best[guess.value][0]:
            best[guess.value] = (score, guess)
    return tuple(sorted((guess for _, guess in best.values()), key=lambda each: each.start))


def _scored(parts: Sequence[Clause], match: Match) -> Iterator[tuple[float, Guess[str]]]:
    for _, sentence in groupby(parts, key=lambda each: each.sentence):
        members = list(sentence)
        for part in members:
            yield from _clear(part.text, [part], match)
        if len(members) > 1:
            yield from _clear("，".join(each.text for each in members), members, match)


def _clear(text: str, members: Sequence[Clause], match: Match) -> Iterable[tuple[float, Guess[str]]]:
    first, last = members[0], members[-1]
    is_voiced = bool(_VOICED.search(text))
    if not is_voiced and _OF_OTHERS.search(text):
        return
    least = VOICED_FROM if is_voiced else TOLD_FROM
    for entry_id, score in match(text):
        if score >= least:
            yield score, Guess(entry_id, text, first.start, last.end)
