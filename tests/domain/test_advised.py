"""What is said of a filled-in form, and what is left of it once personal data is masked."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.advised import advice_on, digest, without_personal_data
from bot.domain.facts import Basis, Document, DocumentState, Figure, Side, Unit
from bot.domain.heard import NeedNoted
from bot.domain.need import NeedType
from bot.domain.note import VisitForm
from bot.domain.quality import AdviceKind
from bot.domain.visit import Channel, Facts, Promised
from tests.builders import MONDAY

PHONE = "13812345678"
FORM = VisitForm("V1", "c1", MONDAY, Channel.VISIT, "客户嫌费率高")
QUOTED = Figure(Decimal("8.5"), Unit.PERCENT, Basis.PER_USE)


def kinds(form: VisitForm) -> list[AdviceKind]:
    return [each.kind for each in advice_on(form, [])]


@pytest.mark.parametrize(
    "form",
    [
        replace(FORM, next_step="报价", next_step_on=MONDAY),
        replace(FORM, facts=Facts(promises=(Promised(by=Side.THEIRS, text="发合同", due_on=MONDAY),))),
    ],
    ids=["a step", "a promise"],
)
def test_a_next_step_may_stand_anywhere(form: VisitForm) -> None:
    assert kinds(form) == []
    assert kinds(FORM) == [AdviceKind.NO_NEXT_STEP]


def test_a_promise_without_a_day_is_no_next_step() -> None:
    form = replace(FORM, facts=Facts(promises=(Promised(by=Side.OURS, text="发合同"),)))
    assert kinds(form) == [AdviceKind.NO_NEXT_STEP]


def test_a_price_that_was_confirmed_needs_the_whole_cost() -> None:
    """One that was unticked does not count, whatever the note says."""
    form = replace(FORM, next_step="x", next_step_on=MONDAY, facts=Facts(figures=(QUOTED,)))
    (found,) = advice_on(form, [])
    assert (found.kind, found.words) == (AdviceKind.NOT_ALL_IN, "8.5%")
    whole = replace(QUOTED, basis=Basis.ALL_IN)
    assert kinds(replace(form, facts=Facts(figures=(QUOTED, whole)))) == []
    assert kinds(replace(form, note="报了 8.5%", facts=Facts())) == []


def test_the_same_number_twice_is_pointed_out_once() -> None:
    assert kinds(replace(FORM, note=f"{PHONE} {PHONE}")).count(AdviceKind.MOBILE) == 1


SPREAD = replace(
    FORM,
    note=f"电话 {PHONE}",
    pasted=f"纪要 {PHONE}",
    next_step=f"打 {PHONE}",
    next_step_on=date(2026, 3, 4),
    facts=Facts(
        promises=(Promised(by=Side.OURS, text=f"给 {PHONE} 回电"),),
        documents=(Document(f"{PHONE} 的账单", DocumentState.GIVEN),),
    ),
    needs=(NeedNoted(NeedType.OTHER, f"联系 {PHONE}", words=f"联系 {PHONE} 吧"),),
)


def test_personal_data_is_masked_wherever_it_stands() -> None:
    """A needed number stays everywhere."""
    assert PHONE not in repr(without_personal_data(SPREAD, []))
    (found,) = [each for each in advice_on(SPREAD, []) if each.kind is AdviceKind.MOBILE]
    kept = without_personal_data(replace(SPREAD, keeps=frozenset({digest(found)})), [])
    assert replace(kept, keeps=frozenset()) == SPREAD


def test_only_telephone_numbers_can_be_kept() -> None:
    """A forged tick for a card does nothing."""
    form = replace(FORM, note="卡号 4111111111111111")
    (found,) = [each for each in advice_on(form, []) if each.kind is AdviceKind.BANK_CARD]
    assert "4111" not in without_personal_data(replace(form, keeps=frozenset({digest(found)})), []).note
