"""What a customer objected to, and whether the play held."""

from datetime import timedelta

from bot.domain.objection import Outcome, histories
from tests.builders import LIN, MONDAY, make_visit

FEE, BANK = "cost/fee-too-high", "cost/bank-loan-cheaper"


def said(visit_id: str, entry_id: str, *, held: bool) -> Outcome:
    return Outcome(visit_id=visit_id, entry_id=entry_id, held=held, by=LIN, on=MONDAY)


def test_every_time_is_remembered_newest_first() -> None:
    """With what became of it; nobody has spoken about the last one yet."""
    visits = [
        make_visit(id=f"v{each}", on=MONDAY + timedelta(days=each), objection_ids=(FEE, FEE)) for each in range(3)
    ]
    (found,) = histories(visits, [said("v0", FEE, held=False), said("v1", FEE, held=True), said("v9", FEE, held=True)])
    assert [each.visit_id for each in found.raised] == ["v2", "v1", "v0"]
    assert [each.held for each in found.raised] == [None, True, False]


def test_what_did_not_hold_comes_first() -> None:
    """Then the latest: both are likely to come up again."""
    visits = [
        make_visit(id="v1", on=MONDAY, objection_ids=(FEE,)),
        make_visit(id="v2", on=MONDAY + timedelta(days=1), objection_ids=(BANK,)),
    ]
    assert [each.entry_id for each in histories(visits, [])] == [BANK, FEE]
    assert [each.entry_id for each in histories(visits, [said("v1", FEE, held=False)])] == [FEE, BANK]
    assert histories([], [said("v1", FEE, held=False)]) == []
