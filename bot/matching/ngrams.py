"""Words and pieces of words as sparse vectors: 1 to 4 characters of Chinese; stems, pairs and pieces of English."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_LATIN: Final = re.compile(r"[a-z0-9']+")
_STOP_WORDS: Final = (
    "a an and are as at be by can do does for from he her his i in is it not of on our she that the their they this to "
    "we will with would you your"
)
_STOP: Final = frozenset(_STOP_WORDS.split())
_SUFFIXES: Final = ("ing", "edly", "ed", "es", "s", "ly")
_PIECE_WEIGHT: Final = 0.5
_LONGEST_HAN: Final = 4
QUERIES_KEPT: Final = 500
"""The next question is compared with this one."""


def grams(text: str) -> Counter[str]:
    """What a folded text is made of, counted."""
    counted: Counter[str] = Counter()
    for run in _HAN.findall(text):
        for size in range(1, _LONGEST_HAN + 1):
            counted.update(run[start : start + size] for start in range(len(run) - size + 1))
    stems = [_stem(word) for word in _LATIN.findall(text) if word not in _STOP]
    counted.update(f"w:{stem}" for stem in stems)
    counted.update(f"b:{first} {second}" for first, second in pairwise(stems))
    for stem in stems:
        word = f"^{stem}$"
        for size in (3, 4, 5):
            counted.update(f"c:{word[start : start + size]}" for start in range(len(word) - size + 1))
    return counted


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Unit vectors of all training texts, by gram: `rows` and `weights` between two `starts` belong to one gram."""

    vocabulary: Mapping[str, int]
    idf: Floats
    starts: Ints
    rows: Ints
    weights: Floats
    size: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Index":
        counted = [grams(text) for text in texts]
        vocabulary = {gram: column for column, gram in enumerate(dict.fromkeys(g for each in counted for g in each))}
        frequency = np.zeros(len(vocabulary))
        for each in counted:
            for gram in each:
                frequency[vocabulary[gram]] += 1
        idf = (np.log((len(texts) + 1) / (frequency + 1)) + 1).astype(np.float32)
        postings: list[list[tuple[int, float]]] = [[] for _ in vocabulary]
        for row, each in enumerate(counted):
            columns, weights = _unit(each, vocabulary, idf)
            for column, weight in zip(columns, weights, strict=True):
                postings[column].append((row, weight))
        lengths = [len(each) for each in postings]
        return cls(
            vocabulary=vocabulary,
            idf=idf,
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
            rows=np.array([row for each in postings for row, _ in each], dtype=np.int32),
            weights=np.array([weight for each in postings for _, weight in each], dtype=np.float32),
            size=len(texts),
        )

    def query(self, text: str) -> tuple[Ints, Floats]:
        """A folded text as a unit vector: the columns it has, and their weights."""
        return _query(self, text)

    def similarities(self, text: str) -> Floats:
        """Cosine of a folded text with every training text."""
        columns, weights = self.query(text)
        starts, ends = self.starts[columns], self.starts[columns + 1]
        here = _ranges(starts, ends)
        products = self.weights[here] * np.repeat(weights, ends - starts)
        return np.bincount(self.rows[here], products, self.size).astype(np.float32)


@lru_cache(QUERIES_KEPT)
def _query(index: Index, text: str) -> tuple[Ints, Floats]:
    columns, weights = _unit(grams(text), index.vocabulary, index.idf)
    found = np.array(columns, dtype=np.int32), np.array(weights, dtype=np.float32)
    for each in found:
        each.setflags(write=False)
    return found


def _ranges(starts: Ints, ends: Ints) -> NDArray[np.int64]:
    """All places from each start to its end, one range after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    places: NDArray[np.int64] = np.arange(lengths.sum()) + np.repeat(starts - before, lengths)
    return places


def _unit(counted: Counter[str], vocabulary: Mapping[str, int], idf: Floats) -> tuple[list[int], list[float]]:
    known = [(vocabulary[gram], gram, count) for gram, count in counted.items() if gram in vocabulary]
    weights = [
        float(idf[column]) * (1 + float(np.log(count))) * (_PIECE_WEIGHT if gram.startswith("c:") else 1.0)
        for column, gram, count in known
    ]
    length = float(np.sqrt(sum(weight * weight for weight in weights))) or 1.0
    return [column for column, _, _ in known], [weight / length for weight in weights]
