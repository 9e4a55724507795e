"""What tables of other systems have in common: rows of texts, read one by one, every fault told by its line."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from bot.errors import FieldError

MAX_ROWS: Final = 50_000
_PERSON: Final = re.compile(r"^[UW][A-Z0-9]{2,20}$")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for a formula (OWASP, CSV injection), of full width where East Asian text is usual."""
_DAY: Final = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$", re.ASCII)
"""Spreadsheets save 2026/3/5."""

Line = tuple[int, Sequence[str]]
"""A row's number in the file, and its cells."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line; `key` is the sentence, `column` is empty where it is the line as a whole.

    `heading` is the column as the file has it, empty where the file has no such column. `columns` and `takes` among the
    `values` are tuples of columns.
    """

    line: int
    column: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table. `columns` are those that are read, by the name that is exported, each with the Chinese ones that
    are understood too; a parser makes a value of a cell or raises FieldError.

    `left_alone` are columns of an export that an import does not take over: they are set by other rules.
    """

    columns: Mapping[str, tuple[str, ...]]
    parsers: Mapping[str, Callable[[str], Any]]
    needed: tuple[str, ...]
    left_alone: tuple[str, ...]

    def named(self, header: Sequence[str]) -> list[str]:
        """The columns of a header, by the name that is exported; those of no such name as they are."""
        known = {each: name for name, others in self.columns.items() for each in (name, *others)}
        return [known.get(each.strip().lower(), each.strip()) for each in header]

    def headings(self, header: Sequence[str]) -> dict[str, str]:
        """Column → how the file calls it."""
        return dict(zip(self.named(header), (each.strip() for each in header), strict=True))

    def values(self, lines: Iterable[Line], faults: list[Fault]) -> Iterator[tuple[int, dict[str, Any]]]:
        """What each line says, by column, where it is in order by itself; what is wrong with the others is added to
        `faults`."""
        header: list[str] = []
        first, is_empty = 1, True
        for line, cells in lines:
            if not header:
                first, header = line, self._header(line, cells, faults)
                if not header:
                    return
            elif any(each.strip() for each in cells):
                is_empty = False
                if any(each.strip() for each in cells[len(header) :]):
                    faults.append(Fault(line, "", "table.cells", {"found": len(cells), "header": len(header)}))
                    continue
                before = len(faults)
                values = self._parsed(line, dict(zip(header, map(plain, cells), strict=False)), faults)
                if len(faults) == before:
                    yield line, values
        if is_empty:
            faults.append(Fault(first, "", "table.empty"))

    def _header(self, line: int, cells: Sequence[str], faults: list[Fault]) -> list[str]:
        """The columns' names; none when the header itself is a fault."""
        header = self.named(cells)
        while header and not header[-1]:
            header.pop()
        takes = tuple(self.columns)
        wrong = [each for each in header if each not in (*takes, *self.left_alone) or header.count(each) > 1]
        lacking = tuple(each for each in self.needed if each not in header)
        if wrong:
            column = self.headings(cells)[wrong[0]] or "?"
            faults.append(Fault(line, "", "table.header_wrong", {"column": column, "takes": takes}))
        elif lacking:
            faults.append(Fault(line, "", "table.header_lacks", {"columns": lacking, "takes": takes}))
        return [] if wrong or lacking else header

    def _parsed(self, line: int, cells: Mapping[str, str], faults: list[Fault]) -> dict[str, Any]:
        values = {}
        lacking = (each for each in self.needed if each not in cells)
        for column in (*(each for each in cells if each in self.columns), *lacking):
            typed = cells.get(column, "")
            try:
                if any(unicodedata.category(each) == "Cc" for each in typed):
                    raise FieldError(column, "table.control")
                values[column] = self.parsers[column](typed)
            except FieldError as error:
                faults.append(Fault(line, column, error.key, error.values))
        return values


def owner_of(typed: str) -> str:
    if typed and not _PERSON.match(typed):
        raise FieldError("owner", "table.owner")
    return typed


def day_of(typed: str) -> date | None:
    try:
        found = _DAY.match(typed)
        return date(*map(int, found.groups())) if found else date.fromisoformat(typed) if typed else None
    except ValueError:
        raise FieldError("", "table.day") from None


def ungrouped(typed: str) -> str:
    """A number without signs for thousands."""
    return typed.replace(",", "").replace("，", "").strip()


def plain(cell: str) -> str:
    """A cell as it was before `neutral` made it safe."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def neutral(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
