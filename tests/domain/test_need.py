"""Needs: what changes say together, whatever order they come in, and what differs between two days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Tier
from bot.domain.need import (
    SAID,
    Confidence,
    NeedChange,
    NeedStatus,
    NeedType,
    difference,
    needs,
    needs_on,
    timeline,
)
from tests.builders import MONDAY, make_change

LATER = MONDAY + timedelta(days=30)


@st.composite
def histories(draw: st.DrawFn) -> list[NeedChange]:
    """What might be heard of up to three needs in a fortnight."""
    texts = st.none() | st.sampled_from(["", "500万", "800万"])
    drawn = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "need_id": st.sampled_from(["n1", "n2", "n3"]),
                    "on": st.dates(MONDAY, MONDAY + timedelta(days=14)),
                    "at": st.datetimes(datetime(2026, 3, 2), datetime(2026, 3, 16), timezones=st.just(UTC)),  # noqa: DTZ001
                    "status": st.none() | st.sampled_from(NeedStatus),
                    "type": st.none() | st.sampled_from(NeedType),
                    "statement": st.none() | st.sampled_from(["年底备货", "应收太慢"]),
                    "amount": texts,
                    "wanted_by": texts,
                    "priority": st.none() | st.integers(1, 5),
                    "confidence": st.none() | st.sampled_from(Confidence),
                }
            ),
            max_size=8,
        )
    )
    return [make_change(id=f"h{number}", **values) for number, values in enumerate(drawn)]


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(history: list[NeedChange], chance: Any) -> None:
    """Nor does a change that arrives twice."""
    mixed = history + history[:2]
    chance.shuffle(mixed)
    assert needs(mixed) == needs(history)
    assert timeline(mixed) == timeline(history)


@given(histories())
def test_nothing_that_was_said_is_lost(history: list[NeedChange]) -> None:
    """Every change stays in the timeline of its need, and an amount that was contradicted stands beside the other."""
    found = needs(history)
    assert sorted(each.id for need in found for each in need.changes) == sorted(each.id for each in history)
    for need in found:
        for name, claims in need.contradictions.items():
            said = [getattr(each, name) for each in claims]
            assert len(said) == len(set(said)) > 1
            assert said[-1] == getattr(need, name)


@given(histories(), st.lists(st.dates(MONDAY, MONDAY + timedelta(days=15)), min_size=3, max_size=3).map(sorted))
def test_two_differences_in_a_row_are_the_whole_one(history: list[NeedChange], days: list[date]) -> None:
    """From a to b and from b to c end where a to c does; what differs in neither is the same; a day has none."""
    first, second, third = days
    known = {each.id: each for each in needs_on(history, first)}
    for start, end in ((first, second), (second, third)):
        for each in difference(history, start, end):
            assert known.get(each.after.id) is None or each.before is not None
            known[each.after.id] = each.after
    said = (*SAID, "status")
    assert {each: [getattr(need, name) for name in said] for each, need in known.items()} == {
        each.id: [getattr(each, name) for name in said] for each in needs_on(history, third)
    }
    assert difference(history, second, second) == []


def test_a_need_is_what_was_said_last() -> None:
    """Each field by itself; an empty one is taken away."""
    changes = [
        make_change(id="h1", type=NeedType.LIQUIDITY, statement="年底备货缺钱", amount="500万", wanted_by="12月"),
        make_change(id="h2", on=LATER, amount="800万", wanted_by="", priority=1, status=NeedStatus.CONFIRMED),
    ]
    (need,) = needs(changes)
    assert (need.type, need.statement, need.amount, need.wanted_by) == (
        NeedType.LIQUIDITY,
        "年底备货缺钱",
        "800万",
        "",
    )
    assert (need.priority, need.status) == (1, NeedStatus.CONFIRMED)
    assert (need.first_seen, need.last_confirmed) == (MONDAY, LATER)


def test_what_is_heard_late_of_an_earlier_day_takes_its_place() -> None:
    """A note written up late does not undo what was said after it."""
    newer = make_change(id="h1", on=LATER, amount="800万")
    older = make_change(id="h2", on=MONDAY, amount="500万", at=datetime(2027, 1, 1, tzinfo=UTC))
    assert needs([newer, older])[0].amount == "800万"


def test_contradictions_stand_side_by_side_until_confirmed() -> None:
    """Both with their words; a confirmation settles it for what is in force, and another amount opens it again."""
    first = make_change(id="h1", amount="500万", sentence="先要五百万")
    second = make_change(id="h2", on=LATER, amount="800万", sentence="至少八百万")
    (need,) = needs([first, second])
    assert need.contradictions == {"amount": (first, second)}
    settled = make_change(id="h3", on=LATER + timedelta(days=1), status=NeedStatus.CONFIRMED)
    (need,) = needs([first, second, settled])
    assert need.contradictions == {}
    again = make_change(id="h4", on=LATER + timedelta(days=2), amount="300万")
    assert needs([first, second, settled, again])[0].contradictions == {"amount": (second, again)}


def test_saying_the_same_again_contradicts_nothing() -> None:
    changes = [make_change(id=f"h{each}", amount="500万") for each in range(3)]
    assert needs(changes)[0].contradictions == {}


def test_without_words_of_its_own_the_sentence_names_the_need() -> None:
    """So that it is never shown blank."""
    assert needs([make_change(statement=None, sentence="账期太长了")])[0].statement == "账期太长了"


@pytest.mark.parametrize(
    ("tier", "days"), [(Tier.A, 90), (Tier.B, 90), (Tier.C, 180), (Tier.D, 180)], ids=["A", "B", "C", "D"]
)
def test_an_open_need_goes_stale(tier: Tier, days: int) -> None:
    """Counted from the last confirmation, or from when it was first heard; met and void ones rest."""
    (need,) = needs([make_change()])
    after = CadenceRules().of(tier).stale_after
    assert need.is_stale(after, MONDAY + timedelta(days=days))
    assert not need.is_stale(after, MONDAY + timedelta(days=days - 1))
    confirmed = make_change(id="h2", on=LATER, status=NeedStatus.CONFIRMED)
    assert needs([make_change(), confirmed])[0].is_stale(after, LATER + timedelta(days=days))
    assert not needs([make_change(), confirmed])[0].is_stale(after, LATER + timedelta(days=days - 1))
    for status in (NeedStatus.MET, NeedStatus.VOID):
        assert not needs([make_change(status=status)])[0].is_stale(after, LATER + timedelta(days=999))


def test_a_difference_names_what_is_otherwise() -> None:
    """A new need, a changed one, and nothing of one that stayed."""
    changes = [
        make_change(id="h1", need_id="n1", amount="500万"),
        make_change(id="h2", need_id="n2"),
        make_change(id="h3", need_id="n1", on=LATER, amount="800万", status=NeedStatus.CONFIRMED),
        make_change(id="h4", need_id="n3", on=LATER),
    ]
    changed, new = difference(changes, MONDAY, LATER)
    assert (changed.after.id, changed.fields) == ("n1", ("amount", "status"))
    assert changed.before is not None
    assert (changed.before.amount, changed.after.amount) == ("500万", "800万")
    assert (new.after.id, new.before) == ("n3", None)
