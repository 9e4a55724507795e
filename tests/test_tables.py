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
        (2, ["远大纺织", "42"]),
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


def _with_parts(given: dict[str, bytes]) -> bytes:
    """A sound workbook, but for these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(tables.xlsx_bytes({"s": ROWS}))) as before:
        parts = {name: before.read(name) for name in before.namelist()} | given
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in parts.items():
            archive.writestr(name, each)
    return out.getvalue()


def test_an_archive_that_lies_of_its_sizes_is_told() -> None:
    """It says 100 bytes where a million come out: no more than it says is unpacked."""
    packed = bytearray(_with_parts({"xl/worksheets/sheet1.xml": SHEET % (b" " * 1_000_000)}))
    for mark, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = -1
        while (at := packed.find(mark, at + 1)) >= 0:
            if packed.startswith(b"xl/worksheets/sheet1.xml", at + name_at):
                packed[at + size_at : at + size_at + 4] = (100).to_bytes(4, "little")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.getinfo("xl/worksheets/sheet1.xml").file_size == 100
    with pytest.raises(TableFileError):
        list(tables.read(bytes(packed)))


MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = b"<worksheet %s><sheetData>%%s</sheetData></worksheet>" % MAIN
IN_EACH_OTHER = b"<a>" * (tables.MAX_DEPTH + 1) + b"</a>" * (tables.MAX_DEPTH + 1)
ATTRIBUTES = b" ".join(b'a%d="1"' % number for number in range(tables.MAX_ATTRIBUTES + 1))
LONG = b"a" * (tables.MAX_BETWEEN + 1)


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/sheet1.xml", SHEET % IN_EACH_OTHER),
        ("xl/worksheets/sheet1.xml", SHEET % (b"<a/>" * (tables.MAX_HELD + 1))),
        ("xl/worksheets/sheet1.xml", SHEET % (b'<x:row xmlns:x="x"><a/></x:row>' * (tables.MAX_HELD // 2 + 1))),
        ("xl/worksheets/sheet1.xml", SHEET % (b"<row %s/>" % ATTRIBUTES)),
        ("xl/worksheets/sheet1.xml", SHEET % (b"<row><c><v>%s</v></c></row>" % LONG)),
        ("xl/worksheets/sheet1.xml", SHEET % (b"<row><c><v>%s</v></c></row>" % LONG.replace(b"aa", b"a>"))),
        ("xl/worksheets/sheet1.xml", SHEET % (b'<row a="%s"/>' % LONG)),
        ("xl/styles.xml", b"<styleSheet %s>%s</styleSheet>" % (MAIN, IN_EACH_OTHER)),
        pytest.param(
            "xl/sharedStrings.xml",
            b"<sst %s>%s</sst>" % (MAIN, b"<si/>" * (MAX_ROWS * tables.MAX_COLUMNS + 1)),
            marks=pytest.mark.soak,
        ),
    ],
    ids=["deep", "wide", "rows of another kind", "attributes", "text", "text with >", "tag", "styles", "strings"],
)
def test_xml_that_grows_in_memory_is_refused(part: str, content: bytes) -> None:
    """Kilobytes in the archive, gigabytes in the reader: no spreadsheet program writes the like."""
    with pytest.raises(TableFileError) as told:
        list(tables.read(_with_parts({part: content})))
    assert told.value.key == "table.file_no_xlsx"
    assert told.value.__cause__ is None, "it was refused, not stumbled over"


def test_a_wide_row_and_a_long_text_are_no_bombs() -> None:
    """A text as long as a spreadsheet holds, and more columns than are looked at."""
    row = ["名" * 32_767, *["&<>"] * 1000]
    (found,) = tables.read(tables.xlsx_bytes({"s": [row]}))
    assert found == (1, row[: tables.MAX_COLUMNS])


def test_the_shared_texts_of_a_workbook_are_read() -> None:
    """As spreadsheet programs save them: each text once, in a part of its own."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    part = b'<Override PartName="/%s" ContentType="%s.%s+xml"/>'
    named = ((b"xl/workbook.xml", b"sheet.main"), (b"xl/sharedStrings.xml", b"sharedStrings"))
    kinds = b"".join(part % (name, kind.encode(), each) for name, each in named)
    content = _with_parts(
        {
            "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">%s</Types>'
            % kinds,
            "xl/sharedStrings.xml": b"<sst %s><si><t>name</t></si><si><t>tier</t></si></sst>" % MAIN,
            "xl/worksheets/sheet1.xml": SHEET % b'<row><c t="s"><v>1</v></c><c t="s"><v>0</v></c></row>',
        }
    )
    assert list(tables.read(content)) == [(1, ["tier", "name"])]


def test_links_to_other_files_are_not_followed() -> None:
    """Nor is what a formula says taken for a value."""
    book = Workbook()
    book.worksheets[0].append(["name", "='http://evil.example/[b.xlsx]S'!A1", '=WEBSERVICE("http://evil.example")'])
    out = io.BytesIO()
    book.save(out)
    (row,) = tables.read(out.getvalue())
    assert row[1] == ["name"]


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
