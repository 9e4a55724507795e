"""Tables as bytes: CSV as spreadsheets save it, and XLSX by openpyxl (MIT, pure Python, the one library that both reads
and writes in rows without holding the sheet), which is imported when first needed: that takes a third of a second.

Both are read with limits, since anybody may send one.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Final
from xml.parsers import expat

from bot.domain.export import Form, Kept
from bot.domain.table import MAX_ROWS, Line, neutral
from bot.errors import TableFileError

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_UNPACKED: Final = 200 * 1024 * 1024
"""A sheet of 50,000 rows unpacks to some 40 MB; a zip bomb to a thousand times its size."""
MAX_FRAME: Final = 20 * 1024 * 1024
"""All of a workbook but its cells and texts: styles and the like, which are held in memory whole."""
MAX_COLUMNS: Final = 50
MAX_LINES: Final = 1_048_576
"""Of a sheet, empty ones among them."""
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What a workbook can't hold, and pasted notes may: one of them must not stop the export of all."""
MAX_DEPTH: Final = 32
"""Of elements in each other; a cell is the fifth, what stands in drawings and extensions not much deeper."""
MAX_HELD: Final = 500_000
"""Elements that the reader has in memory at once, among them those of one row."""
MAX_ATTRIBUTES: Final = 200
MAX_BETWEEN: Final = 400 * 1024
"""Bytes from one tag to the next: a cell's 32,767 characters, however they are written."""
_STREAMED: Final = ("xl/worksheets/", "xl/sharedStrings.xml", "xl/media/")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRINGS: Final = "xl/sharedStrings.xml"
_CHUNK: Final = 16 * 1024
_ZIP: Final = b"PK\x03\x04"


def read(content: bytes) -> Iterator[Line]:
    """Rows of texts with their line; of a workbook, those of its first sheet. Raises TableFileError, in between too."""
    if len(content) > MAX_BYTES:
        raise TableFileError("table.file_too_large", limit=MAX_BYTES // 1024 // 1024)
    count = 0
    for line, cells in _xlsx(content) if content.startswith(_ZIP) else _csv(content):
        count += any(cells)
        if count > MAX_ROWS + 1 or line > MAX_LINES:
            raise TableFileError("table.file_too_long", limit=MAX_ROWS)
        if any(cells):  # spreadsheets keep rows that are only coloured, down to the last
            yield line, cells[:MAX_COLUMNS]


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """With the mark that lets spreadsheets see it is UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=neutral(_NO_XML.sub("", value)))
                cell.data_type = "s"  # openpyxl would make a formula of what begins with =
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _csv(content: bytes) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise TableFileError("table.file_no_csv", line=reader.line_num) from None


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableFileError("table.file_no_text")


def _xlsx(content: bytes) -> Iterator[Line]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = {each.filename: each.file_size for each in archive.infolist()}
            frame = sum(size for name, size in sizes.items() if not name.startswith(_STREAMED))
            if sum(sizes.values()) > MAX_UNPACKED or frame > MAX_FRAME:
                raise TableFileError("table.file_too_large", limit=MAX_BYTES // 1024 // 1024)
            if not all(_is_plain(archive, name) for name in sizes):
                raise TableFileError("table.file_no_xlsx")
        # What a formula showed when it was saved counts; links to other workbooks are left alone.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except TableFileError:
        raise
    except Exception as error:  # whatever a broken or hostile archive makes zipfile, its XML parser or openpyxl raise
        raise TableFileError("table.file_no_xlsx") from error
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        # Not more columns than are looked at: of a row that has only its last cell, 16,384 would be made up.
        for line, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
            yield line, _trimmed([_shown(cell) for cell in cells])
    except Exception as error:  # again whatever it is: the sheet is unpacked and parsed only now
        raise TableFileError("table.file_no_xlsx") from error
    finally:
        book.close()


def _is_plain(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a part is XML such as spreadsheet programs write, as far as it can be read, or none at all."""
    watch = _Watch(name)
    with archive.open(name) as part, suppress(expat.ExpatError):  # a picture, say, which nobody reads as XML
        while watch.is_plain and (chunk := part.read(_CHUNK)):
            watch.reads(chunk)
    return watch.is_plain


class _Watch:
    """Looks through a part before openpyxl does, which leaves the guarding to others and holds what it reads: a few
    kilobytes stand for gigabytes as entities (billion laughs), as elements in each other, as endless rows or cells."""

    def __init__(self, part: str) -> None:
        self.is_plain = True
        self._freed = f"{_MAIN} {'si' if part == _STRINGS else 'row'}"
        """Elements that openpyxl forgets when they end."""
        self._strings_left = MAX_ROWS * MAX_COLUMNS
        self._depth = self._held = self._tag_at = self._since_tag = 0
        self._held_before: list[int] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._starts
        self._parser.EndElementHandler = self._ends

    def reads(self, chunk: bytes) -> None:
        """Raises ExpatError for what is no XML."""
        ends_at = chunk.rfind(b">")
        self._since_tag = self._since_tag + len(chunk) if ends_at < 0 else len(chunk) - ends_at
        if self._since_tag > MAX_BETWEEN:
            self._refuse()
        else:
            self._parser.Parse(chunk)

    def _refuse(self, *_: object) -> None:
        self.is_plain = False

    def _starts(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._held += 1
        if name == self._freed:
            self._held_before.append(self._held)
        if self._depth > MAX_DEPTH or self._held > MAX_HELD or len(attributes) > MAX_ATTRIBUTES:
            self.is_plain = False
        self._passes_tag()

    def _ends(self, name: str) -> None:
        self._depth -= 1
        if name == self._freed:
            self._held = self._held_before.pop() - 1
            self._strings_left -= 1
            if self._strings_left < 0:
                self.is_plain = False
        self._passes_tag()

    def _passes_tag(self) -> None:
        at = self._parser.CurrentByteIndex
        if at - self._tag_at > MAX_BETWEEN:
            self.is_plain = False
        self._tag_at = at


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def exported(kept: Kept, form: Form) -> bytes:
    """As CSV the customers alone: it holds one table."""
    if form is Form.CSV:
        return csv_bytes(kept.sheets()["customers"])
    if form is Form.JSON:
        return json.dumps(kept.objects(), ensure_ascii=False, indent=1).encode()
    return xlsx_bytes(kept.sheets())
