"""A workspace's own entries on the shared model: added, changed, retired; small, and nobody else's."""

from collections.abc import Sequence

import pytest

from bot.domain.entry import Entry, Kind
from bot.matching import Decision, Matcher
from tests.builders import make_entry

GOLD = ("能不能用黄金做抵押", "客户想拿金条抵", "他说家里有金条，能不能押给我们", "黄金可以当担保吗", "押金条行不行")
GOLD_EN = ("can he pledge gold bars", "client offers bullion as security", "would you take gold as collateral")


def entry_with(zh: Sequence[str], en: Sequence[str], entry_id: str = "terms/gold-pledge") -> Entry:
    return make_entry(entry_id, examples={"zh": list(zh), "en": list(en)})


@pytest.fixture(scope="module")
def gold(matcher: Matcher) -> Matcher:
    return matcher.overlaid({"terms/gold-pledge": entry_with(GOLD, GOLD_EN)})


@pytest.mark.parametrize(
    "question", ["客户问金条能不能抵押", "could we accept gold bars as collateral", "用黄金担保可以吗"]
)
def test_an_added_entry_is_found(gold: Matcher, question: str) -> None:
    """By other words than its examples, and with one of these as the reason."""
    hit = gold.answer(question).hits[0]
    assert hit.id == "terms/gold-pledge"
    assert hit.matched in (*GOLD, *GOLD_EN)


@pytest.mark.parametrize("question", ["费率太高", "不想让买方知道", "the bank is cheaper", "要我个人担保，不行"])
def test_an_added_entry_leaves_the_others_alone(matcher: Matcher, gold: Matcher, question: str) -> None:
    assert gold.answer(question).hits[0].id == matcher.answer(question).hits[0].id


def test_the_shared_model_does_not_know_it(matcher: Matcher, gold: Matcher) -> None:
    """Another workspace's answers are what they were."""
    assert "terms/gold-pledge" not in {hit.id for hit in matcher.answer(GOLD[0]).hits}
    assert gold.answer("今天天气怎么样").decision is Decision.NONE


def test_a_retired_entry_never_answers(matcher: Matcher) -> None:
    """Not even to its own examples, alone or among all kinds."""
    retired = matcher.overlaid({"cost/fee-too-high": None})
    for question in ("费率太高", "the fee is too high", "费率高，还要通知买方"):
        for kinds in (frozenset({Kind.OBJECTION}), frozenset(Kind)):
            assert "cost/fee-too-high" not in {hit.id for hit in retired.answer(question, kinds).hits}


def test_examples_added_to_a_shipped_entry_count(matcher: Matcher) -> None:
    shipped = matcher.shipped["need/not-now"]
    lines = ("等我们把绿皮书过完再说", "绿皮书审完前别来找我")
    examples = shipped.examples.model_copy(update={"zh": (*shipped.examples.zh, *lines)})
    changed = matcher.overlaid({"need/not-now": shipped.model_copy(update={"examples": examples})})
    hit = changed.answer("他说绿皮书审完再说").hits[0]
    assert (hit.id, hit.matched in lines) == ("need/not-now", True)


@pytest.mark.parametrize("entries", [10, pytest.param(100, marks=pytest.mark.soak)])
def test_a_hundred_entries_take_a_megabyte_at_most(matcher: Matcher, entries: int) -> None:
    """With a dozen Chinese and eight English examples each; the entries' own texts are not counted."""
    own = {}
    for number in range(entries):
        zh = [f"第{number}号特别情况下客户提出的第{each}种顾虑怎么回应" for each in range(12)]
        en = [f"special case {number}, worry number {each} that a client may have" for each in range(8)]
        own[f"trust/own-{number}"] = entry_with(zh, en, f"trust/own-{number}")
    overlay = matcher.overlaid(own).overlay
    assert overlay is not None
    assert overlay.nbytes <= 10_000 * entries


@pytest.mark.soak
def test_a_thousand_workspaces_on_one_model(matcher: Matcher) -> None:
    """Each with an entry of its own, which answers there and nowhere else."""
    overlaid = [
        matcher.overlaid({f"trust/own-{n}": entry_with([f"客户问起{n}号山头的事"], [f"hill {n}"], f"trust/own-{n}")})
        for n in range(1000)
    ]
    assert sum(each.overlay.nbytes for each in overlaid if each.overlay) <= 20_000_000
    for number in (0, 499, 999):
        ids = [hit.id for hit in overlaid[number].answer(f"客户问起{number}号山头的事").hits]
        assert ids[0] == f"trust/own-{number}"
        assert not [each for each in ids[1:] if each.startswith("trust/own-")]
