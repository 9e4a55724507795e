"""Judges each example by a model that was trained without it and without its near copies.

Nothing is trained twice. With G the kernel with its ridge, A = G⁻¹Y the coefficients and H the rows to leave out, what
the model would say of H without them is Y_H - (G⁻¹_HH)⁻¹ A_H.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.domain.checks import Finding
from bot.domain.duplicates import asked
from bot.domain.entry import Lang
from bot.domain.playbook import Playbook
from bot.matching.folding import folded
from bot.matching.model import RIDGE, Encoder, Training, kernel_of
from bot.matching.ngrams import Floats, Index

NEAR_COPY: Final = 0.7
"""Likeness from which texts of one entry are left out together."""
FAR: Final = 0.25
"""How far another entry must be ahead: of our own 6,700 examples about 2 in 100, those worth reading again."""


def misplaced(playbook: Playbook, out_of_scope: Mapping[Lang, Sequence[str]]) -> Iterator[tuple[str, Finding]]:
    """A warning for each example that is given to another entry by far, with the id of its own entry."""
    entries = tuple(playbook.entries.values())
    training = Training.of(entries, out_of_scope)
    places = {(entry.id, line): (field, lang) for entry in entries for field, lang, line in asked(entry)}
    scores = judged(training, Encoder())
    for row, label in enumerate(training.labels):
        if label == len(training.ids) or (place := places.get((training.ids[label], training.texts[row]))) is None:
            continue
        best = int(np.argmax(scores[row]))
        if best != label and scores[row, best] - scores[row, label] >= FAR:
            values = {"id": training.ids[best]}
            yield training.ids[label], Finding(*place, "check.other_answer", values, is_fault=False)


def judged(training: Training, encoder: Encoder) -> Floats:
    """The scores of all entries for each training text, left out.

    Texts about objections are judged as /objection does, among objections, and others among all kinds.
    """
    texts = [folded(text) for text in training.texts]
    vectors = encoder(texts)
    kernel = kernel_of(Index.of(texts), texts, vectors)
    labels = np.array(training.labels)
    together = [np.flatnonzero((kernel[row] >= NEAR_COPY) & (labels == labels[row])) for row in range(len(labels))]
    wanted = np.eye(len(training.ids) + 1, dtype=np.float32)[labels]
    scores = np.empty((len(labels), len(training.ids)), dtype=np.float32)
    split, objections = training.about_objections, training.objections
    kernel[np.diag_indices_from(kernel)] += RIDGE
    about, others = _inverses(kernel, split)
    scores[:split] = _left_out(about, about @ wanted[:split], wanted[:split], together, 0)
    scores[:split, objections:] = -np.inf
    scores[split:] = _left_out(others[:, split:], others @ wanted, wanted, together, split)
    return scores


def _inverses(kernel: Floats, split: int) -> tuple[Floats, Floats]:
    """Of the kernel's first rows alone, and the last rows of the whole inverse, by the complement of the first."""
    first = np.linalg.inv(kernel[:split, :split])
    across = first @ kernel[:split, split:]
    last = np.linalg.inv(kernel[split:, split:] - kernel[split:, :split] @ across)
    return first, np.hstack([-last @ across.T, last])


def _left_out(
    inverse: Floats, coefficients: Floats, wanted: Floats, together: Sequence[NDArray[np.int64]], start: int
) -> Floats:
    """For rows from `start` on, of which `inverse` and `coefficients` are."""
    scores = np.empty((len(coefficients), wanted.shape[1] - 1), dtype=np.float32)
    for at in range(len(coefficients)):
        rows = together[start + at] - start
        without = wanted[rows + start] - np.linalg.solve(inverse[np.ix_(rows, rows)], coefficients[rows])
        scores[at] = without[rows == at][0, :-1]
    return scores
