"""Tables of customers, as spreadsheets save them."""

from datetime import date
from pathlib import Path

import pytest

from bot.cli import OperatorError
from bot.cli.table import Faults, read

HEADER = "name,tier,industry,owner,aliases,last_contact_on\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rows_in_any_of_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    """An alias that repeats the name says nothing new; empty lines and empty cells are no fault."""
    file = _file(
        tmp_path,
        HEADER + " 星河纺织 ,a,纺织,U01LIN,星河;XH Textile|星河纺织,2026-02-20\n,,,,,\n新源,B,,U02\n",
        encoding,
    )
    faults = Faults()
    first, second = read(file, faults)
    assert faults == []
    assert (first.name, first.tier, first.industry, first.owner) == ("星河纺织", "A", "纺织", "U01LIN")
    assert first.other_names == ("星河", "XH Textile")
    assert first.last_contact_on == date(2026, 2, 20)
    assert (second.line, second.other_names, second.last_contact_on) == (4, (), None)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name,tier\n", (1, "the header lacks owner; it takes name, tier, owner, industry, aliases, last_contact_on")),
        ("name,tier,owner,tel\n", (1, "the header has 'tel', unknown or twice; it takes ")),
        ("", (1, "the header lacks name, tier, owner; ")),
        (HEADER, (1, "holds no customers")),
        (HEADER + "甲,A,,U01,,\n", (2, "name: ")),
        (HEADER + "甲\0乙,A,,U01,,\n", (2, "name: has a control character in it")),
        (HEADER + "甲乙,A,,U01,丙\x1b丁,\n", (2, "aliases: has a control character in it")),
        (HEADER + "\n甲乙,E,,U01,,\n", (3, "tier: must be A, B, C or D")),
        (HEADER + "甲乙,A,,林悦,,\n", (2, "owner: must be a person's id in Slack")),
        (HEADER + "甲乙,A,,U01,,2026/3/5\n", (2, "last_contact_on: must be a day like 2026-03-05")),
        (HEADER + "甲乙,A,,U01,,,,\n", (2, "has 8 cells, the header 6")),
        (HEADER + '"甲乙,A,,U01,,\n', (2, "is no CSV: ")),
    ],
)
def test_a_fault_has_its_line(tmp_path: Path, content: str, told: tuple[int, str]) -> None:
    faults = Faults()
    assert read(_file(tmp_path, content), faults) == []
    ((line, sentence),) = faults
    assert line == told[0]
    assert sentence.startswith(told[1])


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_bytes(b"\xff\xff\xff")
    with pytest.raises(OperatorError, match="neither UTF-8 nor GB18030"):
        read(file, Faults())


def _file(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    file = folder / "table.csv"
    file.write_text(content, encoding=encoding)
    return file
