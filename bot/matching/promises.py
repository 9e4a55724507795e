"""How likely a clause with a day is a promise, and whose: learnt from marked notes.

Kernel logistic regression (nobody's, ours, theirs) over three kinds of evidence: the words before, behind and around
the day, the meaning of the clause, and what the rules of `bot/domain/commitments` see in it. docs/reading.md has
what was measured.
"""

import hashlib
import json
import logging
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.domain import clauses, commitments, dates
from bot.domain.commitments.candidates import Candidate
from bot.domain.facts import Side
from bot.domain.marked import Mark, MarkedNote, lessons
from bot.matching.folding import folded, has_han
from bot.matching.model import Encoder, one_at_a_time
from bot.matching.ngrams import Floats

VERSION: Final = 1
"""Raise it when features or method change: models trained before are then not read."""
WORDS: Final = 25.0
"""Weights of the three kinds of evidence; tuned with whole groups of notes left out, as what follows."""
MEANING: Final = 9.0
SIGNS: Final = 0.09
SHARPNESS: Final = 2.0
PENALTY: Final = 1.0
STEPS: Final = 150
BESIDE: Final = 0.4
"""Weight of a word that stands outside the clause."""
LEAST: Final = 2
"""Clauses a word must be in to count."""

RULES: Final = (
    Path(clauses.__file__),
    *sorted(Path(commitments.__file__).parent.glob("*.py")),
    *sorted(Path(dates.__file__).parent.glob("*.py")),
)
"""The files of the rules that find candidates: when one changes, what was learnt from its candidates is of no use."""

SIDES: Final = (None, Side.OURS, Side.THEIRS)
"""The columns: nobody's, ours, theirs."""

_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_LATIN: Final = re.compile(r"[a-z']+")
_NUMBER: Final = re.compile(r"\d+")
_NAME: Final = re.compile(r"[\u3400-\u9fff](?=[总姐哥工])|(?<=[小老阿])[\u3400-\u9fff]")

_log = logging.getLogger(__name__)

Lesson = tuple[Candidate, Side | None]


def words_of(candidate: Candidate) -> Counter[str]:
    """Pieces of up to three characters, words and pairs of words, by where they stand and who speaks."""
    counted: Counter[str] = Counter()
    before, behind = candidate.text[: candidate.start], candidate.text[candidate.end :]
    voice = "their " if "their voice" in candidate.signs else ""
    for place, text in (("L", before), ("R", behind)):
        for piece in _pieces(text, longest=3):
            counted[f"{voice}{place}:{piece}"] += 1
            counted[f"{voice}B:{piece}"] += 1
    before, behind = folded(before), folded(behind)
    counted.update((f"l:{before[-1:]}", f"ll:{before[-2:]}", f"r:{behind[:1]}", f"rr:{behind[:2]}"))
    counted.update((f"s:{folded(candidate.text)[:1]}", f"ss:{folded(candidate.text)[:2]}"))
    return counted


def _words_beside(candidate: Candidate) -> Counter[str]:
    return Counter(
        f"{place}:{piece}"
        for place, text in (("P", candidate.before), ("F", candidate.after))
        for piece in _pieces(text, longest=2)
        if " " not in piece
    )


def _pieces(text: str, longest: int) -> Iterator[str]:
    plain = _NUMBER.sub("0", folded(_NAME.sub("某", text)))
    for run in _HAN.findall(plain):
        for size in range(1, longest + 1):
            yield from (run[start : start + size] for start in range(len(run) - size + 1))
    words = _LATIN.findall(plain)
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))


def meant(candidate: Candidate) -> str:
    """The clause with any day in place of its own: which day it is does not matter."""
    day = " 某日 " if has_han(candidate.text) else " someday "
    return folded(candidate.text[: candidate.start] + day + candidate.text[candidate.end :])


@dataclass(frozen=True, slots=True)
class Features:
    """What candidates are compared by; words and signs that were not seen in training do not count."""

    vocabulary: Mapping[str, int]
    idf: Floats
    signs: Mapping[str, int]
    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> "Features":
        found_in = Counter(word for each in candidates for word in {**words_of(each), **_words_beside(each)})
        kept = [word for word, count in found_in.items() if count >= LEAST]
        idf = [np.log((len(candidates) + 1) / (found_in[word] + 1)) + 1 for word in kept]
        signs = sorted({sign for each in candidates for sign in each.signs})
        seen = np.array([[sign in each.signs for sign in signs] for each in candidates], dtype=np.float32)
        return cls(
            {word: column for column, word in enumerate(kept)},
            np.array(idf, dtype=np.float32),
            {sign: column for column, sign in enumerate(signs)},
            seen.mean(axis=0),
            seen.std(axis=0) + 0.1,
        )

    def words(self, candidates: Sequence[Candidate]) -> Floats:
        """A row of length one for each."""
        found = np.zeros((len(candidates), len(self.vocabulary)), dtype=np.float32)
        for row, candidate in enumerate(candidates):
            for counted, weight in ((words_of(candidate), 1.0), (_words_beside(candidate), BESIDE)):
                for word, count in counted.items():
                    if (column := self.vocabulary.get(word)) is not None:
                        found[row, column] = np.log1p(count * weight) * self.idf[column]
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        rows: Floats = found / np.maximum(lengths, 1e-9)
        return rows

    def seen(self, candidates: Sequence[Candidate]) -> Floats:
        found = np.zeros((len(candidates), len(self.signs)), dtype=np.float32)
        for row, candidate in enumerate(candidates):
            for sign in candidate.signs:
                if (column := self.signs.get(sign)) is not None:
                    found[row, column] = 1
        scaled: Floats = (found - self.mean) / self.spread
        return scaled


@dataclass(frozen=True, slots=True)
class Promises:
    """`words` and `signs` hold a row of weights per word and sign; `coefficients` belong to the vectors."""

    features: Features
    vectors: Floats
    coefficients: Floats
    words: Floats
    signs: Floats
    bias: Floats
    encoder: Encoder

    def weigh(self, candidates: Sequence[Candidate]) -> list[Mapping[Side, float]]:
        """How likely each is a promise of ours and one of theirs."""
        if not candidates:
            return []
        vectors = self.encoder.remembered([meant(each) for each in candidates])
        scores = (
            self.features.words(candidates) @ self.words
            + _alike(vectors, self.vectors) @ self.coefficients
            + self.features.seen(candidates) @ self.signs
            + self.bias
        )
        chances = _chances(scores)
        return [{Side.OURS: float(ours), Side.THEIRS: float(theirs)} for _, ours, theirs in chances]


def train(known: Sequence[Lesson], encoder: Encoder) -> Promises:
    candidates = [candidate for candidate, _ in known]
    wanted = np.eye(len(SIDES), dtype=np.float32)[[SIDES.index(side) for _, side in known]]
    features = Features.of(candidates)
    words, seen = features.words(candidates), features.seen(candidates)
    vectors = encoder([meant(each) for each in candidates])
    kernel = WORDS * (words @ words.T) + MEANING * _alike(vectors, vectors) + SIGNS * (seen @ seen.T) + 1
    found = _fitted(kernel, wanted)
    return Promises(
        features,
        vectors,
        coefficients=MEANING * found,
        words=WORDS * (words.T @ found),
        signs=SIGNS * (seen.T @ found),
        bias=found.sum(axis=0),
        encoder=encoder,
    )


def load_or_train(notes: Sequence[MarkedNote], encoder: Encoder, cache_dir: Path | None) -> Promises:
    """Trained before from the same notes with the same rules, it is read back; a damaged file is trained anew."""
    if cache_dir is None:
        return train(_lessons(notes), encoder)
    path = cache_dir / f"promises-{_fingerprint(notes)}.npz"
    cache_dir.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(cache_dir):
        if path.exists():
            try:
                return _read(path, encoder)
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
                _log.warning("what was learnt of promises cannot be read (%s); training anew", type(error).__name__)
        found = train(_lessons(notes), encoder)
        _write(path, found)
        return found


def _lessons(notes: Sequence[MarkedNote]) -> list[Lesson]:
    return [(candidate, side) for candidate, side, _ in lessons(notes, lambda day: day.weekday() < _SATURDAY)]


_SATURDAY: Final = 5


def _fingerprint(notes: Sequence[MarkedNote]) -> str:
    """Of the notes and of the rules that find the candidates in them."""
    rows = [[each.written.isoformat(), each.text, [_told(mark) for mark in each.marks]] for each in notes]
    digest = hashlib.sha256(json.dumps([VERSION, rows], ensure_ascii=False).encode())
    for rules in RULES:
        digest.update(rules.read_bytes())
    return digest.hexdigest()[:16]


def _told(mark: Mark) -> list[object]:
    """The same in every process: a set's order is not."""
    return [mark.by, mark.start, mark.end, sorted(day.isoformat() for day in mark.due)]


def _write(path: Path, found: Promises) -> None:
    draft = path.with_name(f".{path.stem}.{os.getpid()}.npz")
    names = json.dumps([list(found.features.vocabulary), list(found.features.signs)], ensure_ascii=False)
    arrays = {name: getattr(found.features, name) for name in _OF_FEATURES} | {
        name: getattr(found, name) for name in _OF_PROMISES
    }
    np.savez(draft, names=np.frombuffer(names.encode(), dtype=np.uint8), **arrays)
    draft.replace(path)
    for old in path.parent.glob("promises-*.npz"):
        if old != path:
            old.unlink(missing_ok=True)


_OF_FEATURES: Final = ("idf", "mean", "spread")
_OF_PROMISES: Final = ("vectors", "coefficients", "words", "signs", "bias")


def _read(path: Path, encoder: Encoder) -> Promises:
    # Opened here: numpy leaves a file open that turns out to be damaged.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        names: NDArray[np.uint8] = stored["names"]
        words, signs = json.loads(names.tobytes())
        features = Features(
            {word: column for column, word in enumerate(words)},
            signs={sign: column for column, sign in enumerate(signs)},
            **{name: stored[name] for name in _OF_FEATURES},
        )
        return Promises(features, **{name: stored[name] for name in _OF_PROMISES}, encoder=encoder)


def _alike(one: Floats, other: Floats) -> Floats:
    alike: Floats = np.exp(-SHARPNESS * (1 - one @ other.T))
    return alike


def _chances(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = raised / raised.sum(axis=1, keepdims=True)
    return chances


def _fitted(kernel: Floats, wanted: Floats) -> Floats:
    """By accelerated gradient steps on the dual coefficients."""
    step = 1 / (_largest(kernel) / 2 + PENALTY)
    found: Floats = np.zeros_like(wanted)
    ahead = found
    momentum = 1.0
    for _ in range(STEPS):
        slope = _chances(kernel @ ahead) - wanted + PENALTY * ahead
        following: Floats = (ahead - step * slope).astype(np.float32)
        faster = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = (following + (momentum - 1) / faster * (following - found)).astype(np.float32)
        found, momentum = following, faster
    return found


def _largest(kernel: Floats) -> float:
    """The largest eigenvalue, by powers."""
    direction = np.ones(len(kernel), dtype=np.float32)
    for _ in range(30):
        direction = (kernel @ direction).astype(np.float32)
        direction /= np.linalg.norm(direction)
    return float(direction @ kernel @ direction) * 1.01
