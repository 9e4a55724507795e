"""The key figures from customers' records: who counts, on which side, and on which day."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.cadence import CadenceRules
from bot.domain.deal import Deal, DealKind, DealResult
from bot.domain.facts import Checked, SignalChecked
from bot.domain.figures import Figures, History, figures
from bot.domain.kpi import Share
from bot.domain.objection import Outcome
from bot.domain.visit import Facts, Visit
from tests.builders import make_customer, make_visit

TODAY = date(2026, 11, 27)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def counted(*found: History) -> Figures:
    return figures(found, CadenceRules(), TODAY)


def deal(
    began: int, result: DealResult, kind: DealKind = DealKind.NEW, customer: str = "c1", owner: str = "U1"
) -> Deal:
    closed = None if result is DealResult.OPEN else ago(began - 30)
    return Deal(
        id=f"{kind}-{customer}-{began}",
        kind=kind,
        customer_id=customer,
        owner_id=owner,
        began_on=ago(began),
        closed_on=closed,
        result=result,
    )


def note(days: int, number: int = 1, *, signal: bool = False, **changes: Any) -> Visit:
    checked = (SignalChecked("signals/silence", Checked.REJECTED),) if signal else ()
    facts = Facts(signal_ids=("signals/silence",), signals_checked=checked)
    return make_visit(id=f"v{days}-{number}", on=ago(days), facts=facts, **changes)


def test_practice_is_that_of_whoever_wrote_and_sides_are_those_who_had_the_deal() -> None:
    """Three account managers: the one who notices most against the one who notices least."""
    found = []
    for number, (owner, signals, result) in enumerate(
        (("U1", 2, DealResult.SIGNED), ("U2", 1, DealResult.LOST), ("U3", 0, DealResult.LOST))
    ):
        notes = [note(10, each, signal=each < signals, author_id=owner) for each in range(2)]
        customer_id = f"c{number}"
        deals = [deal(200, result, customer=customer_id, owner=owner)]
        found.append(History(make_customer(id=customer_id, owner_id=owner), deals=deals, visits=notes))
    told = counted(*found)
    assert told.practice == Share(3, 6)
    assert told.conversion == Share(1, 3)
    assert (told.by_practice.group, told.by_practice.others) == (Share(1, 1), Share(0, 1))
    assert not told.by_practice.is_shown


def test_notes_of_long_ago_say_nothing_of_todays_practice() -> None:
    """The last 180 days."""
    assert counted(History(make_customer(), visits=[note(179, signal=True), note(180)])).practice == Share(1, 1)


@pytest.mark.parametrize(
    ("held", "group", "others"),
    [(True, Share(1, 1), Share(0, 0)), (False, Share(0, 0), Share(1, 1)), (None, Share(0, 0), Share(0, 0))],
)
def test_the_first_objection_says_on_which_side_a_customer_is(held: bool | None, group: Share, others: Share) -> None:
    """Of whom nobody said whether it was settled, is on neither, but among all."""
    notes = [note(200, objection_ids=("a",)), note(190, objection_ids=("b",))]
    outcomes = [Outcome(visit_id="v190-1", entry_id="b", held=False, by="U1", on=ago(189))]
    if held is not None:
        outcomes.append(Outcome(visit_id="v200-1", entry_id="a", held=held, by="U1", on=ago(199)))
    signed = deal(190, DealResult.SIGNED)
    told = counted(History(make_customer(), deals=[signed], visits=notes, outcomes=outcomes))
    assert told.success == Share(1, 1)
    assert (told.by_handling.group, told.by_handling.others) == (group, others)


def test_settled_objections_take_their_days() -> None:
    """Raised in the last 180 days; the median of those that were settled."""
    notes = [note(days, objection_ids=("a",)) for days in (10, 20, 30, 200)]
    outcomes = [
        Outcome(visit_id=f"v{days}-1", entry_id="a", held=held, by="U1", on=ago(days - took))
        for days, took, held in ((10, 1, True), (20, 5, True), (30, 2, False))
    ]
    told = counted(History(make_customer(), visits=notes, outcomes=outcomes))
    assert told.resolved == Share(2, 3)
    assert told.resolved_days == 3


@pytest.mark.parametrize(
    ("every", "people", "needs_on", "is_close"),
    [(10, 2, 100, True), (40, 2, 100, False), (10, 1, 100, False), (10, 2, 400, False)],
)
def test_closeness_is_that_of_the_day_the_contract_expired(
    every: int, people: int, needs_on: int, is_close: bool
) -> None:
    """By contacts, people and needs; what came later does not count."""
    notes = [note(days) for days in range(60, 300, every)]
    renewal = deal(60, DealResult.SIGNED, DealKind.RENEWAL)
    found = History(make_customer(), deals=[renewal], visits=notes, people=people, needs_on=[ago(needs_on), ago(1)])
    told = counted(found).by_closeness
    assert (told.group.of, told.others.of) == ((1, 0) if is_close else (0, 1))


def test_what_we_declined_is_told_apart() -> None:
    """It is no lost renewal."""
    renewals = [deal(60, DealResult.SIGNED, DealKind.RENEWAL), deal(90, DealResult.DECLINED, DealKind.RENEWAL)]
    told = counted(History(make_customer(), deals=renewals))
    assert (told.renewals.renewed, told.renewals.with_declined) == (Share(1, 1), Share(1, 2))
    assert told.by_closeness.others == Share(1, 1)
