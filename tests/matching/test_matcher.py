"""The right play for what people type, a choice when it is close, both of two, and an honest no."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import matching
from bot.domain.entry import LANGS, Kind
from bot.domain.playbook import Playbook
from bot.loading import ROOT
from bot.matching import Decision, Matcher
from bot.matching.folding import has_han
from bot.matching.model import Encoder, Training
from bot.matching.ngrams import Floats
from bot.services.visits import SURE_ENOUGH
from bot.storage import playbooks
from tests.builders import make_entry, make_playbook, variant_values

DATA = Path(__file__).parent.parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.mark.parametrize(
    ("question", "entry_id"),
    [
        ("客户嫌费率高", "cost/fee-too-high"),
        ("客戶嫌費率高", "cost/fee-too-high"),
        ("客户嫌费率高！！！", "cost/fee-too-high"),
        ("our bank is much cheaper", "cost/bank-loan-cheaper"),
        ("OUR BANK IS MUCH CHEAPER", "cost/bank-loan-cheaper"),
        ("不想让买方知道", "disclosure/buyer-notification"),
        ("利息高", "cost/fee-too-high"),
        ("嫌贵", "cost/fee-too-high"),
    ],
)
def test_one_clear_play(matcher: Matcher, question: str, entry_id: str) -> None:
    """Traditional characters, punctuation and case make no difference."""
    answer = matcher.answer(question)
    assert (answer.decision, answer.hits[0].id) == (Decision.ONE, entry_id)


def test_two_objections_in_one_line(matcher: Matcher) -> None:
    answer = matcher.answer("费率高，还要通知买方")
    assert answer.decision is Decision.SEVERAL
    assert {hit.id for hit in answer.hits[:2]} == {"cost/fee-too-high", "disclosure/buyer-notification"}


@pytest.mark.parametrize("line", (DATA / "neutral-notes.txt").read_text(encoding="utf-8").splitlines())
def test_a_note_without_an_objection_has_none(matcher: Matcher, line: str) -> None:
    """What account managers write down when all went well; learnt from are other lines. The form ticks nothing."""
    answer = matcher.answer(line)
    assert answer.decision in (Decision.NONE, Decision.CHOOSE) or answer.hits[0].score < SURE_ENOUGH


@pytest.mark.parametrize("question", ["今天天气怎么样", "打印机坏了找谁修", "book a meeting room for Friday", "hello"])
def test_what_is_no_objection_gets_none(matcher: Matcher, question: str) -> None:
    """The two nearest are still named, with scores below one half."""
    answer = matcher.answer(question)
    assert answer.decision is Decision.NONE
    assert len(answer.hits) >= 2
    assert answer.hits[0].score < 0.5


@pytest.mark.parametrize("question", ["", "   ", "😀😀", "，。！", "<>", "https://example.com/费率高"])
def test_nothing_to_read_gets_none(matcher: Matcher, question: str) -> None:
    assert matcher.answer(question).decision is Decision.NONE


def test_hits_are_ranked_and_the_reason_is_an_example_of_the_entry(matcher: Matcher, playbook: Playbook) -> None:
    """What is shown as "matched" is the text of that entry that added most to its score."""
    answer = matcher.answer("老板觉得你们收费太贵")
    scores = [hit.score for hit in answer.hits]
    assert len(scores) == 10
    assert scores == sorted(scores, reverse=True)
    best = playbook.entries[answer.hits[0].id]
    own = [text for lang in LANGS for _, text in best.texts(lang)]
    assert answer.hits[0].matched in own


@pytest.mark.parametrize(
    ("question", "is_chinese"), [("the fee is too high, can you lower it", False), ("买方要是知道了就不好了", True)]
)
def test_the_reason_is_in_the_questions_language(matcher: Matcher, question: str, is_chinese: bool) -> None:
    """An example in the other language explains nothing to who asked."""
    assert has_han(matcher.answer(question).hits[0].matched) is is_chinese


def test_the_reason_is_never_misspelt(matcher: Matcher, playbook: Playbook) -> None:
    """Lines with typing errors are learnt from, not shown; not even to who makes the same error."""
    misspelt = playbook.entries["cost/fee-too-high"].examples.misspelt
    assert misspelt
    for line in misspelt:
        answer = matcher.answer(line)
        assert answer.hits[0].id == "cost/fee-too-high"
        assert answer.hits[0].matched not in misspelt


def test_the_reason_of_a_known_example_is_that_example(matcher: Matcher, playbook: Playbook) -> None:
    example = playbook.entries["trust/is-it-legal"].examples.zh[0]
    hit = matcher.answer(example).hits[0]
    assert (hit.id, hit.matched) == ("trust/is-it-legal", example)


def test_held_out_questions(matcher: Matcher) -> None:
    """A floor under what was measured: right first 1.00 zh and 0.95 en, in three 1.00, `one` wrong in 1 of 107."""
    asked = [row for row in rows("dev-queries.tsv") if row["ids"] != "none"]
    answers = [(row, matcher.answer(row["query"])) for row in asked]
    for lang, first, three in (("zh", 0.95, 0.99), ("en", 0.90, 0.97)):
        own = [(row, answer) for row, answer in answers if row["style"].startswith(lang)]
        assert sum(answer.hits[0].id == row["ids"] for row, answer in own) / len(own) >= first
        assert sum(row["ids"] in {hit.id for hit in answer.hits[:3]} for row, answer in own) / len(own) >= three
    assert not [row["query"] for row, answer in answers if answer.decision is Decision.NONE]
    ones = [answer.hits[0].id == row["ids"] for row, answer in answers if answer.decision is Decision.ONE]
    assert len(ones) / len(answers) >= 0.7
    assert ones.count(False) / len(ones) <= 0.04
    assert sum(answer.decision is Decision.SEVERAL for _, answer in answers) / len(answers) <= 0.04


def test_held_out_questions_out_of_scope(matcher: Matcher) -> None:
    outside = [row["query"] for row in rows("dev-queries.tsv") if row["ids"] == "none"]
    refused = [question for question in outside if matcher.answer(question).decision is Decision.NONE]
    assert len(refused) / len(outside) >= 0.9


def test_compound_lines(matcher: Matcher) -> None:
    """Two objections are both among the first three; a long line with one is not torn in two."""
    double = [(row["query"], set(row["ids"].split(","))) for row in rows("compound-queries.tsv") if "," in row["ids"]]
    single = [row["query"] for row in rows("compound-queries.tsv") if "," not in row["ids"]]
    both = [ids <= {hit.id for hit in matcher.answer(query).hits[:3]} for query, ids in double]
    told = [matcher.answer(query).decision is Decision.SEVERAL for query, _ in double]
    assert sum(both) / len(both) >= 0.85
    assert sum(told) / len(told) >= 0.7
    assert not [query for query in single if matcher.answer(query).decision is Decision.SEVERAL]


@given(st.text(max_size=300))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gets_an_answer(matcher: Matcher, text: str) -> None:
    answer = matcher.answer(text)
    assert all(0 <= hit.score <= 1 for hit in answer.hits)
    assert answer.decision is Decision.NONE or answer.hits


def test_a_very_long_text_is_answered(matcher: Matcher) -> None:
    """Forty thousand characters are read as far as makes sense."""
    assert matcher.answer("费率太高了，" * 8000).hits[0].id == "cost/fee-too-high"


def test_a_trained_model_is_read_back_and_answers_the_same(
    matcher: Matcher, playbook: Playbook, models_dir: Path
) -> None:
    written = list((models_dir / "models").glob("matcher-*.npz"))
    assert len(written) == 1
    before = written[0].stat().st_mtime_ns
    again = matching.load(playbook, playbooks.out_of_scope(ROOT / "playbooks"), models_dir / "models")
    assert written[0].stat().st_mtime_ns == before
    assert again.answer("客户嫌费率高") == matcher.answer("客户嫌费率高")


@pytest.mark.soak
def test_a_damaged_model_is_trained_anew(tmp_path: Path) -> None:
    """Half a file, as a full disk leaves it, costs seconds and not the service."""
    small = make_playbook([make_entry("cost/fee-too-high"), make_entry("cost/thin-margin"), make_entry("need/not-now")])
    first = matching.load(small, {"zh": ["今天天气"], "en": ["lunch"]}, tmp_path)
    (written,) = tmp_path.glob("matcher-*.npz")
    written.write_bytes(written.read_bytes()[:1000])
    again = matching.load(small, {"zh": ["今天天气"], "en": ["lunch"]}, tmp_path)
    assert again.answer("thin-margin zh 3") == first.answer("thin-margin zh 3")
    assert written.stat().st_size > 1000


@pytest.mark.parametrize(
    ("question", "kind", "entry_id"),
    [
        ("客户一直犹豫，不肯定下次时间", Kind.SIGNAL, "signal/hesitates"),
        ("he went quiet after we sent the quote", Kind.SIGNAL, "signal/silent-after-quote"),
        ("怎么问客户现在有哪些融资", Kind.DISCOVERY, "discovery/open-current-tools"),
        ("谈价之前要准备什么", Kind.NEGOTIATION, "negotiation/prep-checklist"),
        ("A类客户多久联系一次", Kind.RELATIONSHIP, "relationship/tier-a-key"),
    ],
)
def test_other_kinds_are_found_when_asked_for(matcher: Matcher, question: str, kind: Kind, entry_id: str) -> None:
    """Of one kind, and among all."""
    assert matcher.answer(question, frozenset({kind})).hits[0].id == entry_id
    assert matcher.answer(question, frozenset(Kind)).hits[0].id == entry_id
    assert entry_id not in {hit.id for hit in matcher.answer(question).hits}


def test_a_question_just_answered_is_compared_at_no_cost(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question is compared with the one before it: both have been worked out for their answers."""
    worked_out: list[str] = []
    work_out = Encoder.__call__

    def counted(encoder: Encoder, texts: Sequence[str]) -> Floats:
        worked_out.extend(texts)
        return work_out(encoder, texts)

    monkeypatch.setattr(Encoder, "__call__", counted)
    matcher.answer("费率是不是太高了七")
    matcher.answer("费率怎么这么高七")
    assert worked_out
    worked_out.clear()
    assert (
        matcher.alike("费率怎么这么高七", ["费率是不是太高了七"])[0] > matcher.alike("费率怎么这么高七", ["你好七"])[0]
    )
    assert worked_out == ["你好七"]


def test_nothing_is_learnt_from_what_is_said_to_some_customers() -> None:
    """So a variant changes no answer, and no model is trained anew because of one."""
    variants = [variant_values({"industry": "trading"}), variant_values({"tiers": ["A"]})]
    plain, varied = (Training.of([make_entry(variants=each)], {"zh": [], "en": []}) for each in ([], variants))
    assert (varied.texts, varied.fingerprint) == (plain.texts, plain.fingerprint)
