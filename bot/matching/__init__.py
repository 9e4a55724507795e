"""Text in, ranked plays and a decision out. Pure after loading; knows neither Slack nor Redis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from bot.domain.entry import Kind, Lang
from bot.domain.playbook import Playbook
from bot.matching.folding import clauses, folded, has_words
from bot.matching.model import Encoder, Model, Training, load_or_train
from bot.matching.ngrams import Floats

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
class Matcher:
    model: Model

    def answer(self, text: str) -> Answer:
        line = folded(text)
        if not has_words(line):
            return Answer(text, Decision.NONE)
        scores, likeness = self.model.scores(line)
        order: list[int] = np.argsort(-scores[:-1]).tolist()
        first, second = order[0], order[1]
        if scores[first] - scores[-1] < NONE_BELOW:
            return Answer(text, Decision.NONE, self._hits(order, scores, likeness))
        if pair := self._pair(line, scores):
            rest = [label for label in order if label not in pair]
            return Answer(text, Decision.SEVERAL, self._hits([*pair, *rest], scores, likeness))
        clear = scores[first] - scores[second] >= CLEAR_BY
        decision = Decision.ONE if clear else Decision.CHOOSE
        return Answer(text, decision, self._hits(order, scores, likeness))

    def _pair(self, line: str, whole: Floats) -> tuple[int, int] | None:
        """Two different objections, each clear in a part of the line of its own, and both heard in the whole."""
        parts = clauses(line)[:MAX_PARTS]
        if len(parts) < 2:
            return None
        found: dict[int, float] = {}
        for part in parts:
            scores, _ = self.model.scores(part)
            best, next_best = np.argsort(-scores[:-1]).tolist()[:2]
            is_clear = scores[best] - scores[next_best] >= PART_CLEAR_BY
            if is_clear and scores[best] - scores[-1] >= PART_ABOVE:
                found[best] = max(found.get(best, 0.0), float(scores[best]))
        heard = [label for label in found if whole[label] >= PART_SHARE * float(np.max(whole[:-1]))]
        if len(heard) < 2:
            return None
        heard.sort(key=lambda label: -whole[label])
        return heard[0], heard[1]

    def _hits(self, order: Sequence[int], scores: Floats, likeness: Floats) -> tuple[Hit, ...]:
        ids = self.model.training.ids
        hits: list[Hit] = []
        for label in order[:MAX_HITS]:
            distance = float(scores[label] - scores[-1]) - NONE_BELOW
            score = round(1 / (1 + float(np.exp(-STEEPNESS * distance))), 4)
            hits.append(Hit(ids[label], score, self.model.cause(label, likeness) if len(hits) < 2 else ""))
        return tuple(hits)


def load(playbook: Playbook, out_of_scope: Mapping[Lang, Sequence[str]], cache_dir: Path | None) -> Matcher:
    """Ready in about a second when the model was trained before, else in a few."""
    encoder = Encoder()
    matcher = Matcher(load_or_train(Training.of(playbook.of_kind(Kind.OBJECTION), out_of_scope), encoder, cache_dir))
    matcher.answer("费率")  # loads the encoder's weights now, not with the first question
    return matcher


__all__ = ["Answer", "Decision", "Hit", "Matcher", "load"]
