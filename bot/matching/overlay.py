"""A workspace's own entries on the one shared model: scored without training that anew, and small in memory.

Each added or changed entry is a small kernel ridge regression of its own, over its texts and the shared texts it could
be taken for; what it finds is added to the shared model's score. Own sentence vectors are kept as bytes along the
shared vectors' principal directions, own n-grams as columns of the shared vocabulary.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.domain.entry import Entry, Kind
from bot.domain.kinds import kind_of
from bot.matching.folding import folded
from bot.matching.model import RIDGE, Asked, Model, blended, lines
from bot.matching.ngrams import Floats, Ints

DIRECTIONS: Final = 160
"""Principal directions that are kept of an own text's vector."""
GRAMS: Final = 24
"""N-grams that are kept of an own text."""
RIVALS: Final = 24
"""Shared texts of other entries that an own entry learns to stay below."""
MAX_LINES: Final = 60
"""Texts of one own entry that are learnt from."""


class Directions:
    """The shared vectors' principal directions; worked out when the first workspace needs them."""

    def __init__(self, vectors: Floats) -> None:
        self._vectors = vectors

    @cached_property
    def axes(self) -> Floats:
        """A column per direction."""
        _, axes = np.linalg.eigh(self._vectors.T @ self._vectors)
        return np.ascontiguousarray(axes[:, ::-1][:, :DIRECTIONS]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Piece:
    """What one own entry adds to its score: for each own text, and for each shared text it was held against."""

    entry_id: str
    lines: tuple[str, ...]
    asked: tuple[Asked, ...]
    coefficients: Floats
    rivals: NDArray[np.int64]
    rival_coefficients: Floats


@dataclass(frozen=True, slots=True)
class Overlay:
    """All of a workspace's entries. Arrays have a place per own text, those of rivals one per shared text."""

    retired: frozenset[str]
    added: tuple[str, ...]
    """Ids that the shared model does not know."""
    lines: tuple[str, ...]
    owners: tuple[str, ...]
    coefficients: Floats
    directions: NDArray[np.int8]
    scales: Floats
    columns: Ints
    weights: NDArray[np.float16]
    starts: Ints
    rivals: Ints
    rival_owners: tuple[str, ...]
    rival_coefficients: Floats
    axes: Floats

    @classmethod
    def of(
        cls, model: Model, directions: Directions, shipped: Mapping[str, Entry], own: Mapping[str, Entry | None]
    ) -> "Overlay":
        pieces = [
            _fitted(model, entry_id, changed)
            for entry_id, entry in own.items()
            if entry is not None and (changed := list(_changed(shipped.get(entry_id), entry)))
        ]
        known = set(model.training.ids)
        asked = [each for piece in pieces for each in piece.asked]
        vectors = np.array([each.vector for each in asked], dtype=np.float32).reshape(
            len(asked), model.vectors.shape[1]
        )
        along = vectors @ directions.axes
        scales = np.maximum(np.abs(along).max(axis=1, initial=0), 1e-9) / 127
        grams = [_weightiest(*model.index.query(each.text)) for each in asked]
        return cls(
            retired=frozenset(entry_id for entry_id, entry in own.items() if entry is None),
            added=tuple(entry_id for entry_id, entry in own.items() if entry is not None and entry_id not in known),
            lines=tuple(line for piece in pieces for line in piece.lines),
            owners=tuple(piece.entry_id for piece in pieces for _ in piece.lines),
            coefficients=_joined([piece.coefficients for piece in pieces]),
            directions=np.round(along / scales[:, None]).astype(np.int8),
            scales=scales.astype(np.float32),
            columns=_joined([columns for columns, _ in grams]).astype(np.int32),
            weights=_joined([weights for _, weights in grams]).astype(np.float16),
            starts=np.cumsum([0, *(len(columns) for columns, _ in grams)]).astype(np.int32),
            rivals=_joined([piece.rivals for piece in pieces]).astype(np.int32),
            rival_owners=tuple(piece.entry_id for piece in pieces for _ in piece.rivals),
            rival_coefficients=_joined([piece.rival_coefficients for piece in pieces]),
            axes=directions.axes,
        )

    def additions(self, model: Model, asked: Asked, likeness: Floats) -> tuple[dict[str, float], Floats]:
        """What to add to the scores of own entries, and how much of it each own text did.

        `likeness` is that of the shared texts; it may end after those about objections.
        """
        contributions = self._likeness(model, asked) * self.coefficients
        found = dict.fromkeys((*self.added, *self.owners), 0.0)
        for owner, amount in zip(self.owners, contributions.tolist(), strict=True):
            found[owner] += amount
        here = self.rivals < len(likeness)
        against = np.where(here, likeness[np.where(here, self.rivals, 0)] * self.rival_coefficients, 0)
        for owner, amount in zip(self.rival_owners, against.tolist(), strict=True):
            found[owner] += amount
        return found, contributions

    def _likeness(self, model: Model, asked: Asked) -> Floats:
        typed = np.zeros(len(model.index.vocabulary), dtype=np.float32)
        columns, weights = model.index.query(asked.text)
        typed[columns] = weights
        # Summed up to each text's end; what lies between two ends is the text's.
        sums = np.concatenate([[0], np.cumsum(typed[self.columns] * self.weights, dtype=np.float64)])
        words = (sums[self.starts[1:]] - sums[self.starts[:-1]]).astype(np.float32)
        return blended(words, (self.directions @ (asked.vector @ self.axes)) * self.scales)

    @property
    def nbytes(self) -> int:
        """Memory beyond the entries themselves and the directions, which all workspaces share."""
        arrays = (self.coefficients, self.directions, self.scales, self.columns, self.weights, self.starts)
        rivals = (self.rivals, self.rival_coefficients)
        pointers = 8 * (2 * len(self.owners) + len(self.rival_owners))
        return sum(each.nbytes for each in (*arrays, *rivals)) + pointers


def _weightiest(columns: Ints, weights: Floats) -> tuple[Ints, Floats]:
    """A text's n-grams that tell most; the rest would double the memory and change little."""
    kept = np.argsort(-weights)[:GRAMS]
    return columns[kept], weights[kept]


def _changed(shipped: Entry | None, entry: Entry) -> Iterator[tuple[str, float]]:
    """The lines that say something new, wanted (1) or no longer wanted (0)."""
    before = lines(shipped) if shipped is not None else []
    now = lines(entry)
    yield from ((line, 1.0) for line in [each for each in now if each not in before][:MAX_LINES])
    yield from ((line, 0.0) for line in [each for each in before if each not in now][:MAX_LINES])


def _fitted(model: Model, entry_id: str, changed: Sequence[tuple[str, float]]) -> Piece:
    """What to add to the shared score so that the texts reach what is wanted of them.

    The shared texts of other entries that are most like them are held at nothing more: the entry must not answer for
    those. An objection meets only texts that a question about objections is compared with.
    """
    training = model.training
    rows = training.about_objections if kind_of(entry_id) is Kind.OBJECTION else len(training.texts)
    head = model.objections if kind_of(entry_id) is Kind.OBJECTION else model.all_kinds
    asked = model.ask([folded(line) for line, _ in changed])
    likeness = model.likeness(asked, rows)
    column = head.ids.index(entry_id) if entry_id in head.ids else None
    have = likeness @ head.coefficients[:, column] if column is not None else np.zeros(len(changed))
    wanted = np.array([aim for _, aim in changed]) - have
    strangers = np.flatnonzero(np.array(training.labels[:rows]) != (-1 if column is None else column))
    rivals = strangers[np.argsort(-likeness[:, strangers].max(axis=0))[:RIVALS]]
    texts = [*asked, *(Asked(folded(training.texts[row]), model.vectors[row]) for row in rivals)]
    kernel = _kernel(model, texts)
    kernel[np.diag_indices_from(kernel)] += RIDGE
    solved = np.linalg.solve(kernel, np.concatenate([wanted, np.zeros(len(rivals))])).astype(np.float32)
    said = tuple(line for line, _ in changed)
    return Piece(entry_id, said, tuple(asked), solved[: len(asked)], rivals, solved[len(asked) :])


def _kernel(model: Model, texts: Sequence[Asked]) -> Floats:
    grams = np.zeros((len(texts), len(model.index.vocabulary)), dtype=np.float32)
    for row, each in enumerate(texts):
        columns, weights = model.index.query(each.text)
        grams[row, columns] = weights
    vectors = np.stack([each.vector for each in texts])
    return blended(grams @ grams.T, vectors @ vectors.T)


def _joined(arrays: Sequence[NDArray[np.generic]]) -> Floats:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.float32)
