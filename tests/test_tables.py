"""Tables as bytes: what spreadsheets save is read, what is hostile is refused, what is written is safe to open."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from bot import tables
from bot.domain.table import MAX_ROWS
from bot.errors import TableFileError

ROWS = [["name", "tier"], ["远大纺织", "A"], ['with "quotes", and\nlines', "B"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_any_of_the_usual_encodings(encoding: str) -> None:
    content = tables.csv_bytes(ROWS).decode("utf-8-sig").encode(encoding)
    assert [cells for _, cells in tables.read(content)] == ROWS


def test_a_workbook_s_first_sheet_with_days_and_numbers_as_texts() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["name", "external_id", "last_contact_on"])
    sheet.append(["远大纺织", 42, None])
    sheet["C2"] = "=1+1"  # never calculated, so it shows nothing
    book.create_sheet("other").append(["not read"])
    out = io.BytesIO()
    book.save(out)
    assert list(tables.read(out.getvalue())) == [
        (1, ["name", "external_id", "last_contact_on"]),
        (2, ["远大纺织", "42", ""]),
    ]


def test_what_is_written_is_read_back() -> None:
    assert [cells for _, cells in tables.read(tables.xlsx_bytes({"客户": ROWS}))] == ROWS


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|'/c calc'!A0", "-2", "@SUM(A1)", "＝1+1", "\t=1", '=HYPERLINK("http://x","y")']
)
def test_no_cell_is_a_formula_to_a_spreadsheet(cell: str) -> None:
    [(_, [from_csv])] = tables.read(tables.csv_bytes([[cell]]))
    assert from_csv == f"'{cell}"
    written = load_workbook(io.BytesIO(tables.xlsx_bytes({"s": [[cell]]}))).worksheets[0]["A1"]
    assert (written.data_type, written.value) == ("s", f"'{cell}")


def _zip(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\xff\xff\xff", "table.file_no_text"),
        (b'name,tier\n"open', "table.file_no_csv"),
        (b"PK\x03\x04 and no more", "table.file_no_xlsx"),
        (_zip("readme.txt", b"no workbook"), "table.file_no_xlsx"),
        (_zip("xl/workbook.xml", b"\0" * (tables.MAX_UNPACKED + 1)), "table.file_too_large"),
        (b"x" * (tables.MAX_BYTES + 1), "table.file_too_large"),
        (b"a\n" * (MAX_ROWS + 2), "table.file_too_long"),
    ],
    ids=["bytes", "open quote", "cut off", "another archive", "zip bomb", "large", "long"],
)
def test_what_is_no_table_is_told(content: bytes, key: str) -> None:
    with pytest.raises(TableFileError) as told:
        list(tables.read(content))
    assert told.value.key == key


def test_a_broken_sheet_in_a_sound_archive_is_told() -> None:
    """XML that ends too early, and one that would expand a thousandfold (billion laughs)."""
    whole = tables.xlsx_bytes({"s": ROWS})
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    laughs = sheet + b'<c r="A1" t="str"><v>&a;</v></c></row></sheetData></worksheet>'
    for broken in (sheet, entity + laughs, b"<!-- " + b"x" * 100_000 + b" -->" + entity + laughs):
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(out, "w") as after:
            for name in before.namelist():
                after.writestr(name, broken if "sheet1" in name else before.read(name))
        with pytest.raises(TableFileError):
            list(tables.read(out.getvalue()))


def test_links_to_other_files_are_not_followed() -> None:
    """Nor is what a formula says taken for a value."""
    book = Workbook()
    book.worksheets[0].append(["name", "='http://evil.example/[b.xlsx]S'!A1", '=WEBSERVICE("http://evil.example")'])
    out = io.BytesIO()
    book.save(out)
    (row,) = tables.read(out.getvalue())
    assert row[1] == ["name", "", ""] or row[1] == ["name"]


def test_a_sheet_whose_bytes_are_damaged_is_told() -> None:
    """Its archive opens all the same: the sheet is unpacked row by row."""
    whole = tables.xlsx_bytes({"s": [[f"客户{number}", "A"] for number in range(2000)]})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    for at in range(start + 100, start + 4000, 500):
        with pytest.raises(TableFileError):
            list(tables.read(whole[:at] + bytes(each ^ 0x5A for each in whole[at : at + 300]) + whole[at + 300 :]))


def test_rows_that_only_look_full_do_not_count() -> None:
    """Somebody gave the sheet's last row a font."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([])
    sheet.append(["name"])
    sheet.cell(row=60_000, column=1).font = Font(bold=True)
    out = io.BytesIO()
    book.save(out)
    assert list(tables.read(out.getvalue())) == [(2, ["name"])]


def test_a_control_character_in_a_note_does_not_stop_an_export() -> None:
    assert [cells for _, cells in tables.read(tables.xlsx_bytes({"s": [["付款\x0b条件\uffff"]]}))] == [["付款条件"]]


def test_a_workbook_s_styles_are_no_way_around_the_limit() -> None:
    """They are parsed as a whole, at many times their size."""
    with pytest.raises(TableFileError) as told:
        list(tables.read(_zip("xl/styles.xml", b" " * (tables.MAX_FRAME + 1))))
    assert told.value.key == "table.file_too_large"


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_are_read_or_told(content: bytes) -> None:
    """No other error than the one that has a sentence."""
    for start in (b"", b"PK\x03\x04"):
        with suppress(TableFileError):
            list(tables.read(start + content))
