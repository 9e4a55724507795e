"""How good the answers are on labelled questions; and, for editors, what the last change to the entries changed."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from bot import loading
from bot.cli.desk import prepare
from bot.domain.question import Labelled
from bot.matching.evaluation import Evaluation, Ranking, Share, evaluate
from bot.settings import Settings

WORST: Final = 15
"""Confusions and entries listed."""

SHARES: Final[Mapping[str, str]] = {
    "right": "decision right",
    "one_wrong": "“one” that was wrong",
    "one_of_single": "“one” for a single question",
    "several_of_double": "“several” for two objections",
    "several_of_single": "“several” for a single question",
    "none_of_in_scope": "“none” for a question in scope",
    "none_of_out_of_scope": "“none” for one out of scope",
}


def run(questions: Sequence[Labelled], settings: Settings) -> int:
    prepare(settings)
    matcher = loading.matcher(settings, loading.playbook())
    found = evaluate(matcher, questions)
    for line in [*_table(found), *_changes(found, settings.data_dir / "evaluations")]:
        print(line)
    return 0


def _table(found: Evaluation) -> Iterator[str]:
    yield f"{'':24}{'questions':>10}{'right first':>13}{'in three':>10}{'MRR':>7}"
    for name, ranking in found.rankings.items():
        yield _row(name, ranking)
    for method, rankings in found.baselines.items():
        for name, ranking in rankings.items():
            yield _row(f"{method} alone, {name}", ranking)
    yield ""
    yield _share("both of two in three", found.both_in_three)
    for key, share in found.decisions.items():
        yield _share(SHARES[key], share)
    if found.auroc is not None:
        yield f"{'in scope above out of scope (AUROC)':38}{found.auroc:>7.3f}"
    weakest = sorted(found.per_id.items(), key=lambda item: item[1].first / item[1].asked)
    yield ""
    yield f"{'entries, weakest first':38}{'right first':>12}{'in three':>10}"
    for entry_id, each in weakest:
        yield f"{entry_id:38}{f'{each.first}/{each.asked}':>12}{f'{each.three}/{each.asked}':>10}"
    if found.confusions:
        yield ""
        yield f"{'meant':38}{'given':38}{'times':>6}"
    for meant, given, count in found.confusions[:WORST]:
        yield f"{meant:38}{given:38}{count:>6}"


def _row(name: str, ranking: Ranking) -> str:
    n = ranking.asked
    return f"{name:24}{n:>10}{ranking.first / n:>13.3f}{ranking.three / n:>10.3f}{ranking.reciprocal / n:>7.3f}"


def _share(name: str, share: Share) -> str:
    ratio = f"{share.k / share.n:.3f}" if share.n else "–"
    return f"{name:38}{ratio:>7}  ({share.k} of {share.n})"


def _changes(found: Evaluation, folder: Path) -> Iterator[str]:
    """What is answered otherwise than when the same questions were last evaluated."""
    asked = hashlib.sha256("\n".join(found.first_hits).encode()).hexdigest()[:16]
    path = folder / f"{asked}.json"
    before: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found.first_hits, ensure_ascii=False), encoding="utf-8")
    if not before:
        return
    changed = [(query, before[query], now) for query, now in found.first_hits.items() if before.get(query) != now]
    yield ""
    yield (
        f"{len(changed)} answered otherwise than in the last run:" if changed else "Nothing changed since the last run."
    )
    for query, was, now in changed:
        yield f"  {query}\n    {was} → {now}"
