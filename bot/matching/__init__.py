"""Text in, ranked plays and a decision out. Pure after loading; knows neither Slack nor Redis."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

# Products as small as ours take longer on two cores than on one, since the cores wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from bot.domain.commitments import ruled
from bot.domain.commitments.candidates import Candidate
from bot.domain.entry import Entry, Kind, Lang
from bot.domain.facts import Side
from bot.domain.kinds import kind_of
from bot.domain.marked import MarkedNote
from bot.domain.playbook import Playbook
from bot.matching.folding import clauses, folded, has_han, has_words
from bot.matching.model import Asked, Encoder, Model, Training, load_or_train
from bot.matching.ngrams import Floats
from bot.matching.overlay import Directions, Overlay
from bot.matching.promises import Promises
from bot.matching.promises import load_or_train as load_or_learn

OBJECTIONS: Final = frozenset({Kind.OBJECTION})
MAX_HITS: Final = 10

NONE_BELOW: Final = 0.0
"""An entry has to score this much above "nothing fits"; tuned on tests/data/look, like all that follow."""
STEEPNESS: Final = 8.0
"""Turns that distance into a score in 0..1; 0.5 is the threshold."""
CLEAR_BY: Final = 0.08
"""How far the first entry must be ahead to be the only answer."""
PART_CLEAR_BY: Final = 0.08
"""The same within a part of the line, where two objections are looked for."""
PART_ABOVE: Final = 0.25
PARTS_TOGETHER: Final = 0.85
"""What the best scores of the two parts must add up to: half-heard hints in a long story are no two objections."""
PART_SHARE: Final = 0.3
"""An objection heard in a part must also be heard in the whole line: this share of the best score there."""
PART_AMONG: Final = 3
"""And among so many of the best there."""
MAX_PARTS: Final = 8
LIKE: Final = 0.34
"""Questions this alike ask for the same: of 58 lines in 17 groups, 22 of 23 pairs put together belonged together."""
REPHRASED: Final = 0.27
"""Enough of one person within two minutes: 1 in 100 pairs of questions about different things are this alike."""


class Decision(StrEnum):
    ONE = "one"
    CHOOSE = "choose"
    SEVERAL = "several"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry with its score in 0..1 (0.5 and more: in scope) and the example that carried the decision."""

    id: str
    score: float
    matched: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`hits` are best first; with `several` the first two are the two objections."""

    query: str
    decision: Decision
    hits: tuple[Hit, ...] = ()

    @property
    def played(self) -> tuple[str, ...]:
        """The entries that are the answer; none where the person still has to choose."""
        count = {Decision.ONE: 1, Decision.SEVERAL: 2}.get(self.decision, 0)
        return tuple(hit.id for hit in self.hits[:count])


@dataclass(frozen=True, slots=True)
class Scored:
    """Entries, their scores with that of "nothing fits" last, and what made them."""

    ids: tuple[str, ...]
    scores: Floats
    likeness: Floats
    is_chinese: bool
    own: Floats | None = None
    """How much each text of the workspace's own entries added."""

    def order(self) -> list[int]:
        """Places of the entries, best first; those that do not count are left out."""
        found: list[int] = np.argsort(-self.scores[:-1]).tolist()
        return [place for place in found if np.isfinite(self.scores[place])]


@dataclass(frozen=True, slots=True)
class Heard:
    """A question at its first look: `whole` scores the folded line, and is None where it has no words."""

    text: str
    kinds: frozenset[Kind]
    line: str
    whole: Scored | None


@dataclass(frozen=True, slots=True)
class Cause:
    """A text, how like the question it is, and how much it added to its entry's score."""

    line: str
    likeness: float
    added: float


@dataclass(frozen=True, slots=True, repr=False)
class Matcher:
    """`shipped` are the entries the model was trained on; `overlay` has what a workspace changed of them.

    Without marked notes to learn `promises` from, the rules alone say what is one.
    """

    model: Model
    shipped: Mapping[str, Entry]
    directions: Directions
    misspelt: frozenset[str]
    promises: Promises | None = None
    overlay: Overlay | None = None

    def overlaid(self, own: Mapping[str, Entry | None]) -> "Matcher":
        """With entries added, changed or (None) retired, on the same model."""
        overlay = Overlay.of(self.model, self.directions, self.shipped, own)
        misspelt = _misspelt(entry for entry in own.values() if entry is not None)
        return replace(self, overlay=overlay, misspelt=self.misspelt | misspelt)

    def answer(self, text: str, kinds: frozenset[Kind] = OBJECTIONS) -> Answer:
        return self.conclude(self.hear(text, kinds))

    def hear(self, text: str, kinds: frozenset[Kind] = OBJECTIONS) -> Heard:
        """The first half of an answer; `conclude` takes about as long again."""
        line = folded(text)
        return Heard(text, kinds, line, self._scored([line], kinds)[0] if has_words(line) else None)

    def conclude(self, heard: Heard) -> Answer:
        text, whole = heard.text, heard.whole
        if whole is None or not (order := whole.order()):
            return Answer(text, Decision.NONE)
        scores = whole.scores
        if scores[order[0]] - scores[-1] < NONE_BELOW:
            return Answer(text, Decision.NONE, self._hits(order, whole))
        if heard.kinds == OBJECTIONS and (pair := self._pair(heard.line, whole)):
            return Answer(text, Decision.SEVERAL, self._hits([*pair, *(p for p in order if p not in pair)], whole))
        clear = len(order) == 1 or scores[order[0]] - scores[order[1]] >= CLEAR_BY
        return Answer(text, Decision.ONE if clear else Decision.CHOOSE, self._hits(order, whole))

    def alike(self, text: str, others: Sequence[str]) -> list[float]:
        """How much each of the others asks for the same, by words and meaning: 1 for the same words."""
        line = folded(text)
        if not others or not has_words(line):
            return [0.0] * len(others)
        found: list[float] = self.model.likeness_to(line, [folded(other) for other in others]).tolist()
        return found

    def weigh(self, candidates: Sequence[Candidate]) -> Sequence[Mapping[Side, float]]:
        """How likely each is a promise of ours and one of theirs."""
        return ruled(candidates) if self.promises is None else self.promises.weigh(candidates)

    def _scored(self, texts: Sequence[str], kinds: frozenset[Kind]) -> list[Scored]:
        """Of folded texts; together they cost little more than one."""
        head = self.model.objections if kinds == OBJECTIONS else self.model.all_kinds
        asked = self.model.ask(texts)
        likeness = self.model.likeness(asked, len(head.coefficients))
        scores = likeness @ head.coefficients
        return [self._counting(head.ids, *each, kinds) for each in zip(scores, likeness, asked, strict=True)]

    def _counting(
        self, ids: tuple[str, ...], scores: Floats, likeness: Floats, asked: Asked, kinds: frozenset[Kind]
    ) -> Scored:
        """With what the workspace changed, and without entries that are not asked for."""
        own = None
        if self.overlay is not None:
            ids = (*ids, *self.overlay.added)
            new = np.zeros(len(self.overlay.added), dtype=np.float32)
            scores = np.concatenate([scores[:-1], new, scores[-1:]])
            additions, own = self.overlay.additions(self.model, asked, likeness)
            for place, entry_id in enumerate(ids):
                scores[place] += additions.get(entry_id, 0.0)
                if entry_id in self.overlay.retired:
                    scores[place] = -np.inf
        scores[:-1][[kind_of(entry_id) not in kinds for entry_id in ids]] = -np.inf
        return Scored(ids, scores, likeness, has_han(asked.text), own)

    def _pair(self, line: str, whole: Scored) -> tuple[int, int] | None:
        """Two different objections, each clear in a part of the line of its own, and both heard in the whole."""
        loudest = whole.order()[:PART_AMONG]
        least = PART_SHARE * float(whole.scores[loudest[0]])
        heard = [place for place in loudest if whole.scores[place] >= least]
        parts = clauses(line)[:MAX_PARTS]
        if len(heard) < 2 or len(parts) < 2:
            return None
        found: dict[int, float] = {}
        for part in self._scored(parts, OBJECTIONS):
            best, next_best = [*part.order(), -1][:2]
            is_clear = part.scores[best] - part.scores[next_best] >= PART_CLEAR_BY
            if is_clear and part.scores[best] - part.scores[-1] >= PART_ABOVE:
                found[best] = max(found.get(best, 0.0), float(part.scores[best]))
        pair = [place for place in heard if place in found][:2]
        if len(pair) < 2 or found[pair[0]] + found[pair[1]] < PARTS_TOGETHER:
            return None
        return pair[0], pair[1]

    def _hits(self, order: Sequence[int], found: Scored) -> tuple[Hit, ...]:
        hits: list[Hit] = []
        for place in order[:MAX_HITS]:
            distance = float(found.scores[place] - found.scores[-1]) - NONE_BELOW
            score = round(1 / (1 + float(np.exp(-STEEPNESS * distance))), 4)
            hits.append(Hit(found.ids[place], score, self._cause(place, found) if len(hits) < 2 else ""))
        return tuple(hits)

    def _cause(self, place: int, found: Scored) -> str:
        """The text most like the question among those that added most to an entry's score, shared or the workspace's.

        One with typing errors is not shown, and one in the other language only where nothing in the question's own
        added half as much: it would not explain anything to the person who asked.
        """
        causes = [each for each in self._causes(place, found) if each.line not in self.misspelt]
        most = max((each.added for each in causes), default=0.0)
        heavy = [each for each in causes if each.added >= most / 2]
        own_language = [each for each in heavy if has_han(each.line) == found.is_chinese]
        likest = max(own_language or heavy, key=lambda each: each.likeness, default=None)
        return likest.line if likest else ""

    def _causes(self, place: int, found: Scored) -> Iterator[Cause]:
        entry_id, training = found.ids[place], self.model.training
        if entry_id in training.ids:
            label = training.ids.index(entry_id)
            head = self.model.objections if len(found.likeness) == training.about_objections else self.model.all_kinds
            for row in np.flatnonzero(self.model.labels[: len(found.likeness)] == label).tolist():
                like = float(found.likeness[row])
                yield Cause(training.texts[row], like, like * float(head.coefficients[row, label]))
        if self.overlay is not None and found.own is not None:
            rows = zip(self.overlay.lines, self.overlay.owners, found.own, self.overlay.coefficients, strict=True)
            for line, owner, added, coefficient in rows:
                if owner == entry_id and coefficient:
                    yield Cause(line, float(added / coefficient), float(added))


def load(
    playbook: Playbook,
    out_of_scope: Mapping[Lang, Sequence[str]],
    cache_dir: Path | None,
    marked: Sequence[MarkedNote] = (),
) -> Matcher:
    """Ready in about a second when the models were trained before, else in a few."""
    encoder = Encoder()
    entries = list(playbook.entries.values())
    model = load_or_train(Training.of(entries, out_of_scope), encoder, cache_dir)
    promises = load_or_learn(marked, encoder, cache_dir) if marked else None
    matcher = Matcher(model, playbook.entries, Directions(model.vectors), _misspelt(entries), promises)
    matcher.answer("费率")  # loads the encoder's weights now, not with the first question
    return matcher


def _misspelt(entries: Iterable[Entry]) -> frozenset[str]:
    return frozenset(line for entry in entries for line in entry.examples.misspelt)


__all__ = ["LIKE", "OBJECTIONS", "REPHRASED", "Answer", "Decision", "Hit", "Matcher", "load"]
