"""How good the answers are on labelled questions, beside plain word statistics and plain sentence vectors."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bot.domain.question import Labelled
from bot.matching import Answer, Decision, Matcher
from bot.matching.folding import folded
from bot.matching.model import Model
from bot.matching.ngrams import Floats, grams

IN_THREE: Final = 3
BM25_K1: Final = 1.2
BM25_B: Final = 0.75


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the single questions of a group fared."""

    first: int = 0
    three: int = 0
    reciprocal: float = 0.0
    asked: int = 0

    @classmethod
    def of(cls, places: Iterable[int | None]) -> "Ranking":
        """A place counts from 0; None: the entry was not among the hits."""
        found = list(places)
        hit = [place for place in found if place is not None]
        return cls(
            first=sum(place == 0 for place in hit),
            three=sum(place < IN_THREE for place in hit),
            reciprocal=sum(1 / (1 + place) for place in hit),
            asked=len(found),
        )


@dataclass(frozen=True, slots=True)
class Share:
    """k of n."""

    k: int
    n: int

    @classmethod
    def of(cls, each: Iterable[bool]) -> "Share":
        found = list(each)
        return cls(sum(found), len(found))


@dataclass(slots=True)
class Evaluation:
    """Everything `playbooks evaluate` prints."""

    asked: int
    rankings: dict[str, Ranking] = field(default_factory=dict)
    """By language, then by style."""
    baselines: dict[str, dict[str, Ranking]] = field(default_factory=dict)
    """By method, then by language."""
    per_id: dict[str, Ranking] = field(default_factory=dict)
    confusions: list[tuple[str, str, int]] = field(default_factory=list)
    """Entry meant, entry given, how often; most frequent first."""
    both_in_three: Share = Share(0, 0)
    decisions: dict[str, Share] = field(default_factory=dict)
    auroc: float | None = None
    first_hits: dict[str, str] = field(default_factory=dict)
    """Question → the entry it got, or the decision where it got none."""


def evaluate(matcher: Matcher, questions: Sequence[Labelled]) -> Evaluation:
    answers = [(each, matcher.answer(each.query)) for each in questions]
    single = [(each, answer) for each, answer in answers if len(each.ids) == 1]
    double = [(each, answer) for each, answer in answers if len(each.ids) > 1]
    outside = [(each, answer) for each, answer in answers if not each.ids]
    found = Evaluation(len(questions))
    for name, own in _grouped(single).items():
        found.rankings[name] = Ranking.of(_place(each, answer) for each, answer in own)
    for method, rank in _baselines(matcher.model).items():
        found.baselines[method] = {
            name: Ranking.of(_index(rank(each.query), each.ids[0]) for each, _ in own)
            for name, own in _grouped(single, styles=False).items()
        }
    by_id: dict[str, list[int | None]] = defaultdict(list)
    wrong: Counter[tuple[str, str]] = Counter()
    for each, answer in single:
        place = _place(each, answer)
        by_id[each.ids[0]].append(place)
        if place != 0:
            wrong[each.ids[0], answer.hits[0].id if answer.hits else "nothing"] += 1
    found.per_id = {entry_id: Ranking.of(places) for entry_id, places in sorted(by_id.items())}
    found.confusions = [(meant, given, count) for (meant, given), count in wrong.most_common()]
    found.both_in_three = Share.of(
        set(each.ids) <= {hit.id for hit in answer.hits[:IN_THREE]} for each, answer in double
    )
    found.decisions = _decisions(single, double, outside)
    found.auroc = _auroc([_top(answer) for _, answer in single + double], [_top(answer) for _, answer in outside])
    found.first_hits = {each.query: _outcome(answer) for each, answer in answers}
    return found


Answered = Sequence[tuple[Labelled, Answer]]


def _decisions(single: Answered, double: Answered, outside: Answered) -> dict[str, Share]:
    ones = [(each, answer) for each, answer in single if answer.decision is Decision.ONE]
    right = [_is_right(each, answer) for each, answer in [*single, *double, *outside]]
    return {
        "right": Share.of(right),
        "one_wrong": Share.of(answer.hits[0].id != each.ids[0] for each, answer in ones),
        "one_of_single": Share(len(ones), len(single)),
        "several_of_double": Share.of(answer.decision is Decision.SEVERAL for _, answer in double),
        "several_of_single": Share.of(answer.decision is Decision.SEVERAL for _, answer in single),
        "none_of_in_scope": Share.of(answer.decision is Decision.NONE for _, answer in [*single, *double]),
        "none_of_out_of_scope": Share.of(answer.decision is Decision.NONE for _, answer in outside),
    }


def _is_right(each: Labelled, answer: Answer) -> bool:
    """One play is the right one, a choice holds it, several are both, and none is for what is out of scope."""
    offered = {Decision.ONE: 1, Decision.CHOOSE: 2, Decision.SEVERAL: 2, Decision.NONE: 0}[answer.decision]
    given = {hit.id for hit in answer.hits[:offered]}
    if len(each.ids) > 1:
        return answer.decision is Decision.SEVERAL and given == set(each.ids)
    return answer.decision is not Decision.SEVERAL and (given == set() if not each.ids else set(each.ids) <= given)


def _grouped(answers: Answered, *, styles: bool = True) -> dict[str, list[tuple[Labelled, Answer]]]:
    """By language first, then by each style."""
    groups: dict[str, list[tuple[Labelled, Answer]]] = defaultdict(list)
    for each, answer in answers:
        groups[each.group].append((each, answer))
    for each, answer in answers if styles else ():
        if each.style != each.group:
            groups[each.style].append((each, answer))
    return dict(sorted(groups.items(), key=lambda item: ("-" in item[0], item[0])))


def _place(each: Labelled, answer: Answer) -> int | None:
    return _index([hit.id for hit in answer.hits], each.ids[0])


def _index(ids: Sequence[str], wanted: str) -> int | None:
    return ids.index(wanted) if wanted in ids else None


def _top(answer: Answer) -> float:
    return answer.hits[0].score if answer.hits else 0.0


def _outcome(answer: Answer) -> str:
    if answer.decision is Decision.NONE or not answer.hits:
        return "none"
    return " + ".join(hit.id for hit in answer.hits[: 2 if answer.decision is Decision.SEVERAL else 1])


def _auroc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """How often a question in scope scores higher than one out of scope; ties count half."""
    if not inside or not outside:
        return None
    higher = np.subtract.outer(np.array(inside), np.array(outside))
    return float(((higher > 0) + 0.5 * (higher == 0)).mean())


def _baselines(model: Model) -> Mapping[str, Callable[[str], list[str]]]:
    """Each ranks entries by the training text that fits best."""
    training = model.training
    texts = [grams(folded(text)) for text in training.texts]
    frequency = Counter(gram for counted in texts for gram in counted)
    lengths = np.array([sum(counted.values()) for counted in texts])
    usual = BM25_K1 * (1 - BM25_B + BM25_B * lengths / lengths.mean())
    rows: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row, counted in enumerate(texts):
        for gram, count in counted.items():
            rows[gram].append((row, count))

    def ranked(scores: Floats) -> list[str]:
        best = np.full(len(training.ids) + 1, -np.inf)
        np.maximum.at(best, np.array(training.labels), scores)
        return [training.ids[label] for label in np.argsort(-best[:-1]).tolist()]

    def bm25(query: str) -> list[str]:
        scores = np.zeros(len(texts))
        for gram in grams(folded(query)):
            idf = np.log(1 + (len(texts) - frequency[gram] + 0.5) / (frequency[gram] + 0.5))
            for row, count in rows[gram]:
                scores[row] += idf * count * (BM25_K1 + 1) / (count + usual[row])
        return ranked(scores.astype(np.float32))

    def vectors(query: str) -> list[str]:
        return ranked(model.vectors @ model.encoder([folded(query)])[0])

    return {"bm25": bm25, "vectors": vectors}
