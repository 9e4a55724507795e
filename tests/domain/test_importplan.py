"""What the rows of a table would do to whom, and what cannot be done."""

from datetime import date

import pytest

from bot.domain.customer import Customer, Tier
from bot.domain.customertable import Row, rows
from bot.domain.importplan import Effect, Known, planned
from bot.domain.table import Fault
from tests.builders import make_customer, make_table

TODAY = date(2026, 11, 24)
HEADER = ["name", "tier", "owner", "industry", "aliases", "last_contact_on", "external_id"]


def customer(name: str, **fields: object) -> Customer:
    return make_customer(**{"id": f"c-{name}", "name": name, "tier": Tier.B, "owner_id": "U01", **fields})


def plan(*lines: str, known: tuple[Customer, ...] = ()) -> tuple[list[tuple[str, Effect]], list[Fault]]:
    faults: list[Fault] = []
    found = rows(make_table(HEADER, *lines), faults)
    owners = {each.owner for each in found} | {each.owner_id for each in known}
    own = {each: Known.of(one for one in known if one.owner_id == each) for each in owners}
    done = planned(found, own, TODAY, faults)
    return [(each.row.name, each.effect) for each in done], faults


def test_new_changed_and_as_it_was() -> None:
    known = (customer("甲乙"), customer("丙丁", external_id="7"), customer("戊己", industry="纺织"))
    done, faults = plan("甲乙,B,U01,,,,", "丙丁改名,B,U01,,,,7", "戊己,A,U01,,,,", "庚辛,C,U01,,,,", known=known)
    assert faults == []
    assert [effect for _, effect in done] == [Effect.SAME, Effect.CHANGED, Effect.CHANGED, Effect.ADDED]


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        (("甲乙,A,U01,,,2026-12-01,",), "table.future"),
        (("甲乙,A,U01,,,,", "甲乙,B,U01,,,,"), "table.twice"),
        (("甲乙,A,U01,,,,9", "丙丁,B,U01,,,,9"), "table.twice"),
        (("庚辛,A,U01,,老张,,",), "table.taken"),
        (("老名字,A,U01,,,,8",), "table.other_id"),
        (("甲乙,A,U02,,,,7",), "table.other_owner"),
    ],
)
def test_what_cannot_be_done_is_a_fault(lines: tuple[str, ...], key: str) -> None:
    known = (customer("张记", aliases=("老张",)), customer("老名字", external_id="7"))
    done, faults = plan(*lines, known=known)
    assert [each.key for each in faults] == [key]
    assert len(done) == len(lines) - 1


@pytest.mark.parametrize("second", ["星河,B,U01,,,,", "XH,C,U01,,,,"])
def test_two_rows_about_one_customer_are_told(second: str) -> None:
    """One by its number, one by another of its names: either could win."""
    done, faults = plan("新星河,A,U01,,,,7", second, known=(customer("星河", aliases=("XH",), external_id="7"),))
    assert [name for name, _ in done] == ["新星河"]
    assert [(each.line, each.key) for each in faults] == [(3, "table.twice")]


def test_a_number_two_managers_use_is_each_one_s_own() -> None:
    """They can't see each other's, so both may have it; who sees both is not stopped by that."""
    known = (customer("甲乙", external_id="7"), customer("丙丁", owner_id="U02", external_id="7"))
    done, faults = plan("甲乙,A,U01,,,,7", "丙丁,A,U02,,,,7", known=known)
    assert ([effect for _, effect in done], faults) == ([Effect.CHANGED, Effect.CHANGED], [])


def test_a_customer_one_stands_in_for_is_still_its_owner_s() -> None:
    held = customer("甲乙", stand_in_id="U09", external_id="7")
    own = {"U01": Known.of([held]), "U09~stand-in": Known.of([held]), "U09": Known.of([])}
    faults: list[Fault] = []
    mine, other = Row(2, "甲乙", Tier.A, "U01", external_id="7"), Row(3, "丙丁", Tier.A, "U09", external_id="7")
    assert [each.effect for each in planned([mine, other], own, TODAY, faults)] == [Effect.CHANGED]
    assert [(each.key, each.values) for each in faults] == [("table.other_owner", {"owner": "U01"})]


def test_two_managers_may_have_customers_of_one_name() -> None:
    done, faults = plan("甲乙,A,U01,,,,", "甲乙,A,U02,,,,")
    assert (len(done), faults) == (2, [])
