"""What holds for every table of another system."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customertable import CUSTOMERS
from bot.domain.dealtable import DEALS
from bot.domain.table import FORMULA, Fault, Table, neutral, plain
from tests.builders import make_table

BOTH = pytest.mark.parametrize(
    ("kind", "header", "row"),
    [(CUSTOMERS, "客户,等级", "远大纺织,A"), (DEALS, "客户,类型,开始,结果", "远大纺织,首单,2026-01-05,进行中")],
    ids=["customers", "deals"],
)


@BOTH
def test_a_column_that_is_not_understood_is_told(kind: Table, header: str, row: str) -> None:
    """As the file has it, one without a name too; the file is read again when it is mended."""
    for column, named in (("电话", "电话"), ("客户名称", "客户名称"), (",外部编号", "?")):
        faults: list[Fault] = []
        assert list(kind.values(make_table(f"{header},{column}".split(","), row), faults)) == []
        assert [(each.line, each.key, each.values["column"]) for each in faults] == [(1, "table.header_wrong", named)]


@BOTH
def test_more_cells_than_columns_are_told(kind: Table, header: str, row: str) -> None:
    """An amount with a comma that nobody quoted would be read as another one."""
    faults: list[Fault] = []
    found = list(kind.values(make_table(header.split(","), f"{row},000", row, f"{row}, ,"), faults))
    assert [line for line, _ in found] == [3, 4]
    assert [(each.line, each.key) for each in faults] == [(2, "table.cells")]


@BOTH
def test_a_table_of_nothing_is_told(kind: Table, header: str, row: str) -> None:
    for rows in ((), (",,", " ")):
        faults: list[Fault] = []
        assert list(kind.values(make_table(header.split(","), *rows), faults)) == []
        assert [(each.line, each.key) for each in faults] == [(1, "table.empty")]


@given(st.text(max_size=20))
def test_a_neutral_cell_is_no_formula_and_reads_as_it_was(cell: str) -> None:
    safe = neutral(cell)
    assert not safe.startswith(FORMULA)
    if cell == cell.strip() and not (cell[:1] == "'" and cell[1:].startswith(FORMULA)):
        assert plain(safe) == cell
