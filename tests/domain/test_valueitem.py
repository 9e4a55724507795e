"""What is worth knowing: whom it concerns, and who is spared."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Details
from bot.domain.dossier import Dossier
from bot.domain.followup import FollowUp, Kind
from bot.domain.need import NeedType
from bot.domain.valueitem import Barrier, ValueItem, ValueType, barrier, sent
from bot.errors import FieldError
from tests.builders import MONDAY, make_buyer, make_change, make_customer, weekdays

RULES = CadenceRules()
ITEM = ValueItem("V1", ValueType.POLICY, "应收账款新规 3 月起施行", industry="纺织")


def dossier(**changes: Any) -> Dossier:
    found = Dossier(make_customer(industry="纺织服装", **changes), details=Details(buyers=(make_buyer(),)))
    return found.with_change(make_change(type=NeedType.LIQUIDITY))


@pytest.mark.parametrize(
    ("criteria", "concerns"),
    [
        ({"industry": "纺织"}, True),
        ({"industry": "机械"}, False),
        ({"needs": frozenset({NeedType.LIQUIDITY, NeedType.OTHER})}, True),
        ({"needs": frozenset({NeedType.OTHER})}, False),
        ({"buyer": " 华瑞 "}, True),
        ({"buyer": "恒通"}, False),
        ({"industry": "纺织", "buyer": "恒通"}, False),
    ],
)
def test_it_concerns_who_fits_everything_named(criteria: dict[str, Any], *, concerns: bool) -> None:
    """Parts of a name are enough; of needs, one of those named, while it is open."""
    assert replace(ITEM, **{"industry": "", **criteria}).concerns(dossier()) is concerns
    assert not replace(ITEM, **{"industry": "", **criteria}).concerns(dossier(ended_on=MONDAY))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "长" * 201}, "text"),
        ({"industry": " "}, "industry"),
        ({"industry": "", "buyer": "华"}, "buyer"),
    ],
)
def test_a_form_says_something_to_somebody(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldError) as raised:
        replace(ITEM, **changes).ensure_sound()
    assert raised.value.field == field
    ITEM.ensure_sound()


def value_items(found: Dossier) -> list[FollowUp]:
    return [each for each in found.followups if each.kind is Kind.VALUE]


def test_it_becomes_one_follow_up_in_the_words_typed() -> None:
    """Sent twice it is one; due within five working days."""
    once = sent(dossier(), ITEM, RULES, weekdays, MONDAY)
    (item,) = value_items(once)
    assert (item.id, item.title, item.due_on) == ("value-c1-V1", ITEM.text, MONDAY + timedelta(days=7))
    assert sent(once, ITEM, RULES, weekdays, MONDAY + timedelta(days=1)) == once


def test_two_in_a_month_are_enough() -> None:
    """In the next month there is room again, and what was sent long ago is forgotten."""
    found = dossier()
    for number in range(3):
        found = sent(found, replace(ITEM, id=f"V{number}"), RULES, weekdays, MONDAY)
    assert [each.id for each in value_items(found)] == ["value-c1-V0", "value-c1-V1"]
    assert barrier(found.customer, RULES, MONDAY) is Barrier.FULL
    april = MONDAY + timedelta(days=30)
    assert len(value_items(sent(found, replace(ITEM, id="V9"), RULES, weekdays, april))) == 3
    much_later = sent(found, replace(ITEM, id="V9"), RULES, weekdays, MONDAY + timedelta(days=99))
    assert list(much_later.customer.valued_on) == ["V9"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"is_opted_out": True}, Barrier.OPTED_OUT), ({"quiet_until": MONDAY + timedelta(days=1)}, Barrier.QUIET)],
)
def test_who_wants_to_be_left_alone_is(changes: dict[str, Any], why: Barrier) -> None:
    found = dossier(**changes)
    assert barrier(found.customer, RULES, MONDAY) is why
    assert sent(found, ITEM, RULES, weekdays, MONDAY) == found
