"""A table of customers as spreadsheets save it, read row by row with every fault told by its line."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.cli import OperatorError
from bot.cli.arguments import PERSON
from bot.domain.customer import CustomerName, Tier, folded

NEEDED: Final = ("name", "tier", "owner")
COLUMNS: Final = (*NEEDED, "industry", "aliases", "last_contact_on")


def _owner(value: str) -> str:
    if not PERSON.match(value):
        raise ValueError("must be a person's id in Slack, like U0123ABCD")
    return value


def _tier(value: str) -> str:
    if value.upper() not in list(Tier):
        raise ValueError("must be A, B, C or D")
    return value.upper()


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise ValueError("must be a day like 2026-03-05") from None


def _parts(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.replace("；", ";").replace("|", ";").split(";") if part.strip())


def _printable(value: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise ValueError("has a control character in it")
    return value


Name = Annotated[CustomerName, AfterValidator(_printable)]


class Row(BaseModel):
    """One line of the file, with its number."""

    model_config = ConfigDict(frozen=True)
    line: int
    name: Name
    tier: Annotated[Tier, BeforeValidator(_tier)]
    owner: Annotated[str, AfterValidator(_owner)]
    industry: Annotated[str, AfterValidator(_printable)] = Field(default="", max_length=60)
    aliases: Annotated[tuple[Name, ...], BeforeValidator(_parts), Field(max_length=10)] = ()
    last_contact_on: Annotated[date | None, BeforeValidator(_day)] = None

    @property
    def other_names(self) -> tuple[str, ...]:
        """The aliases that say something new."""
        different = {folded(alias): alias for alias in self.aliases}
        different.pop(folded(self.name), None)
        return tuple(different.values())


class Faults(list[tuple[int, str]]):
    """What is wrong, by line."""

    def note(self, line: int, sentence: str) -> None:
        self.append((line, sentence))


def read(file: Path, faults: Faults) -> list[Row]:
    """The rows that are in order by themselves; what is wrong with others is noted. Raises OperatorError."""
    text = _text(file)
    rows = []
    for line, cells in _cells(text, faults):
        try:
            rows.append(Row(line=line, **cells))
        except ValidationError as error:
            for fault in error.errors():
                faults.note(line, f"{fault['loc'][0]}: {str(fault['msg']).removeprefix('Value error, ')}")
    if not rows and not faults:
        faults.note(1, "holds no customers")
    return rows


def _text(file: Path) -> str:
    """As spreadsheets save it: UTF-8 with or without its mark, or GB18030. Raises OperatorError."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise OperatorError(f"{file}: {error.strerror}.") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise OperatorError(f"{file} is neither UTF-8 nor GB18030 text; save it as CSV (UTF-8).")


def _cells(text: str, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    """The cells by column, with the number of the line; empty lines are left out."""
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = _header(next(table, []), faults)
        for cells in table if header else ():
            if len(cells) > len(header):
                faults.note(table.line_num, f"has {len(cells)} cells, the header {len(header)}")
            elif any(each.strip() for each in cells):
                yield table.line_num, dict(zip(header, (each.strip() for each in cells), strict=False))
    except csv.Error as error:
        faults.note(table.line_num, f"is no CSV: {error}")


def _header(cells: Sequence[str], faults: Faults) -> list[str]:
    """The columns' names; none when the header is noted as a fault."""
    header = [each.strip().lower() for each in cells]
    wrong = [each for each in header if each not in COLUMNS or header.count(each) > 1]
    lacking = [each for each in NEEDED if each not in header]
    if not wrong and not lacking:
        return header
    what = f"lacks {', '.join(lacking)}" if lacking else f"has {wrong[0]!r}, unknown or twice"
    faults.note(1, f"the header {what}; it takes {', '.join(COLUMNS)}")
    return []
