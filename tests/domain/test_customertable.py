"""Tables of customers: what a row says, and what is wrong with it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customer import Size, Tier
from bot.domain.customertable import COLUMNS, Row, rows
from bot.domain.table import Fault, Line
from tests.builders import make_customer, make_table

HEADER = ["name", "tier", "owner", "industry", "aliases", "last_contact_on", "external_id"]


def table(*lines: str, header: list[str] = HEADER) -> list[Line]:
    return make_table(header, *lines)


def test_a_row_and_all_its_columns() -> None:
    """An alias that repeats the name says nothing new; empty lines and cells are no fault; Chinese headers will do."""
    faults: list[Fault] = []
    header = ["客户", "等级", "客户经理", "简称", "规模", "合同到期", "外部编号", "最近联系", "行业", ""]
    cells = " 星河纺织 ,a,U01LIN,星河;XH Textile|星河纺织,小型,2027/03/31,CRM-1,2026-02-20,纺织"
    first, second = rows(table(cells, ",,,,,,,,", "新源,B,U02,,,,,,", header=header), faults)
    assert faults == []
    assert (first.name, first.tier, first.owner, first.industry) == ("星河纺织", Tier.A, "U01LIN", "纺织")
    assert (first.aliases, first.size, first.external_id) == (("星河", "XH Textile"), Size.SMALL, "CRM-1")
    assert (first.last_contact_on, first.contract_expires_on) == (date(2026, 2, 20), date(2027, 3, 31))
    assert (second.line, second.aliases, second.last_contact_on) == (4, (), None)


@pytest.mark.parametrize(
    ("lines", "line", "column", "key"),
    [
        (table(header=["name", "owner"]), 1, "", "table.header_lacks"),
        (table(header=["name", "tier", "tel"]), 1, "", "table.header_wrong"),
        (table(header=["name", "tier", "tier"]), 1, "", "table.header_wrong"),
        ([], 1, "", "table.empty"),
        (table(), 1, "", "table.empty"),
        (table("甲,A,U01"), 2, "name", "table.name"),
        (table("甲\0乙,A,U01"), 2, "name", "table.control"),
        (table("甲乙,A,U01,,丙\x1b丁"), 2, "aliases", "table.control"),
        (table("甲乙,A,U01,," + ";".join(f"简称{n}" for n in range(11))), 2, "aliases", "table.aliases"),
        (table("", "甲乙,E,U01"), 3, "tier", "table.tier"),
        (table("甲乙,A,林悦"), 2, "owner", "table.owner"),
        (table("甲乙,A,U01,,,20260305x"), 2, "last_contact_on", "table.day"),
        (table("甲乙,A,U01," + "纺" * 61), 2, "industry", "table.too_long"),
        (table("甲乙,A,U01,,,,,more"), 2, "", "table.cells"),
        (table("甲乙,A,huge", header=["name", "tier", "size"]), 2, "size", "table.size"),
    ],
)
def test_a_fault_has_its_line_and_column(lines: list[Line], line: int, column: str, key: str) -> None:
    faults: list[Fault] = []
    assert rows(lines, faults) == []
    assert [(each.line, each.column, each.key) for each in faults] == [(line, column, key)]


def test_all_faults_of_a_row_are_told_at_once() -> None:
    faults: list[Fault] = []
    rows(table("甲,E,林悦"), faults)
    assert [each.column for each in faults] == ["name", "tier", "owner"]


def test_an_empty_cell_changes_nothing_and_an_older_contact_neither() -> None:
    before = make_customer(
        id="c1", tier=Tier.B, name="甲乙", industry="纺织", aliases=("甲",) * 0, last_contact_on=date(2026, 11, 20)
    )
    row = Row(2, "甲乙", Tier.B, "U01", last_contact_on=date(2026, 11, 1))
    assert row.applied(before) == before


def test_a_customer_found_by_an_alias_keeps_its_name() -> None:
    """As its name; or as an alias, where a number decides from now on. The same row again changes nothing."""
    before = make_customer(name="星河纺织有限公司", tier=Tier.B, aliases=("星河", "XH"))
    for row, name, aliases in (
        (Row(2, "星河", Tier.B, "U01"), "星河纺织有限公司", ("星河", "XH")),
        (Row(2, "星河", Tier.B, "U01", aliases=("XHT",)), "星河纺织有限公司", ("XHT", "星河")),
        (Row(2, "星河", Tier.B, "U01", external_id="7"), "星河", ("XH", "星河纺织有限公司")),
    ):
        after = row.applied(before)
        assert (after.name, after.aliases) == (name, aliases)
        assert row.applied(after) == after


@pytest.mark.parametrize("typed", ["2026-03-05", "2026/3/5", "2026/03/05", "2026.3.5"])
def test_days_as_spreadsheets_save_them(typed: str) -> None:
    faults: list[Fault] = []
    [row] = rows(table(f"甲乙,A,U01,,,{typed},"), faults)
    assert row.last_contact_on == date(2026, 3, 5)


@given(st.lists(st.lists(st.text(max_size=8), max_size=9), max_size=5))
def test_any_cells_are_read_or_told(cells: list[list[str]]) -> None:
    """Never an error, and no row that lacks a name."""
    faults: list[Fault] = []
    found = rows([(1, list(COLUMNS)), *((at, each) for at, each in enumerate(cells, start=2))], faults)
    assert all(len(each.name) >= 2 for each in found)
    wrong = {each.line for each in faults} | {each.line for each in found}
    assert wrong >= {at for at, each in enumerate(cells, start=2) if any(cell.strip() for cell in each)}


@pytest.mark.parametrize(
    ("cells", "column", "key"),
    [
        ("甲乙,A,1000,1200,,", "volume_6m", "tiering.error_volumes"),
        ("甲乙,A,很多,,,", "volume_12m", "table.figure"),
        ("甲乙,A,,,101,", "buyers", "table.figure"),
        ("甲乙,A,,,,2026/11/31", "last_drawdown_on", "table.day"),
    ],
)
def test_figures_that_cannot_be(cells: str, column: str, key: str) -> None:
    """Each told by its line and column."""
    faults: list[Fault] = []
    header = ["客户", "等级", "近12个月融资额", "volume_6m", "好买方占比(%)", "最近放款"]
    assert rows(table(cells, header=header), faults) == []
    assert [(each.line, each.column, each.key) for each in faults] == [(2, column, key)]
