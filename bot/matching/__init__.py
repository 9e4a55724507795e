"""Text in, ranked plays and a decision out. Pure after loading; knows neither Slack nor Redis."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

# Products as small as ours take longer on two cores than on one, since the cores wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from bot.domain.entry import Entry, Kind, Lang, kind_of
from bot.domain.playbook import Playbook
from bot.matching.folding import clauses, folded, has_words
from bot.matching.model import Asked, Encoder, Model, Training, load_or_train
from bot.matching.ngrams import Floats
from bot.matching.overlay import Directions, Overlay

OBJECTIONS: Final = frozenset({Kind.OBJECTION})
MAX_HITS: Final = 10

NONE_BELOW: Final = -0.03
"""An entry has to score this much above "no objection"; between the two kinds on held-out and left-out lines."""
STEEPNESS: Final = 8.0
"""Turns that distance into a score in 0..1; 0.5 is the threshold."""
CLEAR_BY: Final = 0.12
"""How far the first entry must be ahead to be the only answer: 1 of 107 such answers was wrong on held-out lines."""
PART_CLEAR_BY: Final = 0.15
PART_ABOVE: Final = 0.15
PART_SHARE: Final = 0.35
"""An objection heard in a part must also be heard in the whole line: this share of the best score there."""
MAX_PARTS: Final = 8


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


@dataclass(frozen=True, slots=True)
class Scored:
    """Entries, their scores with that of "nothing fits" last, and what made them."""

    ids: tuple[str, ...]
    scores: Floats
    likeness: Floats
    own: Floats | None = None
    """How much each text of the workspace's own entries added."""

    def order(self) -> list[int]:
        """Places of the entries, best first; those that do not count are left out."""
        found: list[int] = np.argsort(-self.scores[:-1]).tolist()
        return [place for place in found if np.isfinite(self.scores[place])]


@dataclass(frozen=True, slots=True)
class Matcher:
    """`shipped` are the entries the model was trained on; `overlay` has what a workspace changed of them."""

    model: Model
    shipped: Mapping[str, Entry]
    directions: Directions
    overlay: Overlay | None = None

    def overlaid(self, own: Mapping[str, Entry | None]) -> "Matcher":
        """With entries added, changed or (None) retired, on the same model."""
        overlay = Overlay.of(self.model, self.directions, self.shipped, own)
        return Matcher(self.model, self.shipped, self.directions, overlay)

    def answer(self, text: str, kinds: frozenset[Kind] = OBJECTIONS) -> Answer:
        line = folded(text)
        if not has_words(line):
            return Answer(text, Decision.NONE)
        parts = clauses(line)[:MAX_PARTS] if kinds == OBJECTIONS else []
        asked, *asked_parts = self.model.ask([line, *(parts if len(parts) > 1 else ())])
        whole = self._scored(asked, kinds)
        order, scores = whole.order(), whole.scores
        if not order:
            return Answer(text, Decision.NONE)
        if scores[order[0]] - scores[-1] < NONE_BELOW:
            return Answer(text, Decision.NONE, self._hits(order, whole))
        if pair := self._pair([self._scored(each, kinds) for each in asked_parts], whole):
            return Answer(text, Decision.SEVERAL, self._hits([*pair, *(p for p in order if p not in pair)], whole))
        clear = len(order) == 1 or scores[order[0]] - scores[order[1]] >= CLEAR_BY
        return Answer(text, Decision.ONE if clear else Decision.CHOOSE, self._hits(order, whole))

    def _scored(self, asked: Asked, kinds: frozenset[Kind]) -> Scored:
        head = self.model.objections if kinds == OBJECTIONS else self.model.all_kinds
        likeness = self.model.likeness(asked, len(head.coefficients))
        ids, scores, own = head.ids, likeness @ head.coefficients, None
        if self.overlay is not None:
            ids = (*ids, *self.overlay.added)
            new = np.zeros(len(self.overlay.added), dtype=np.float32)
            scores = np.concatenate([scores[:-1], new, scores[-1:]])
            additions, own = self.overlay.additions(self.model, asked, likeness)
            for place, entry_id in enumerate(ids):
                scores[place] += additions.get(entry_id, 0.0)
                if entry_id in self.overlay.retired:
                    scores[place] = -np.inf
        for place, entry_id in enumerate(ids):
            if kind_of(entry_id) not in kinds:
                scores[place] = -np.inf
        return Scored(ids, scores, likeness, own)

    def _pair(self, parts: Sequence[Scored], whole: Scored) -> tuple[int, int] | None:
        """Two different objections, each clear in a part of the line of its own, and both heard in the whole."""
        found: dict[int, float] = {}
        for part in parts:
            best, next_best = [*part.order(), -1][:2]
            is_clear = part.scores[best] - part.scores[next_best] >= PART_CLEAR_BY
            if is_clear and part.scores[best] - part.scores[-1] >= PART_ABOVE:
                found[best] = max(found.get(best, 0.0), float(part.scores[best]))
        loudest = float(np.max(whole.scores[:-1]))
        heard = [place for place in found if whole.scores[place] >= PART_SHARE * loudest]
        if len(heard) < 2:
            return None
        heard.sort(key=lambda place: -whole.scores[place])
        return heard[0], heard[1]

    def _hits(self, order: Sequence[int], found: Scored) -> tuple[Hit, ...]:
        hits: list[Hit] = []
        for place in order[:MAX_HITS]:
            distance = float(found.scores[place] - found.scores[-1]) - NONE_BELOW
            score = round(1 / (1 + float(np.exp(-STEEPNESS * distance))), 4)
            hits.append(Hit(found.ids[place], score, self._cause(place, found) if len(hits) < 2 else ""))
        return tuple(hits)

    def _cause(self, place: int, found: Scored) -> str:
        """The text that added most to an entry's score, shared or the workspace's own."""
        entry_id, training = found.ids[place], self.model.training
        causes: list[tuple[float, str]] = []
        if entry_id in self.model.training.ids:
            label = training.ids.index(entry_id)
            head = self.model.objections if len(found.likeness) == training.about_objections else self.model.all_kinds
            rows = np.flatnonzero(self.model.labels[: len(found.likeness)] == label)
            contributions = found.likeness[rows] * head.coefficients[rows, label]
            best = int(np.argmax(contributions))
            causes.append((float(contributions[best]), training.texts[rows[best]]))
        if self.overlay is not None and found.own is not None:
            causes += [
                (float(amount), line)
                for line, owner, amount in zip(self.overlay.lines, self.overlay.owners, found.own, strict=True)
                if owner == entry_id
            ]
        return max(causes, default=(0.0, ""))[1]


def load(playbook: Playbook, out_of_scope: Mapping[Lang, Sequence[str]], cache_dir: Path | None) -> Matcher:
    """Ready in about a second when the model was trained before, else in a few."""
    encoder = Encoder()
    entries = list(playbook.entries.values())
    model = load_or_train(Training.of(entries, out_of_scope), encoder, cache_dir)
    matcher = Matcher(model, playbook.entries, Directions(model.vectors))
    matcher.answer("费率")  # loads the encoder's weights now, not with the first question
    return matcher


__all__ = ["OBJECTIONS", "Answer", "Decision", "Hit", "Matcher", "load"]
