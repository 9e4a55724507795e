"""Bringing customers in from a table."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.cli import OperatorError
from bot.cli.desk import OPERATOR, Desk, at_desk, read_settings
from bot.cli.roles import USER_ID
from bot.domain import policy
from bot.domain.customer import CustomerName, Tier, folded
from bot.domain.note import NewCustomer
from bot.domain.user import User
from bot.errors import NotAllowedError
from bot.services import Services

NEEDED: Final = ("name", "tier", "owner")
COLUMNS: Final = (*NEEDED, "industry", "aliases", "last_contact_on")


def _owner(value: str) -> str:
    if not USER_ID.match(value):
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


class Row(BaseModel):
    """One line of the file, with its number."""

    model_config = ConfigDict(frozen=True)
    line: int
    name: CustomerName
    tier: Annotated[Tier, BeforeValidator(_tier)]
    owner: Annotated[str, AfterValidator(_owner)]
    industry: str = Field(default="", max_length=60)
    aliases: Annotated[tuple[CustomerName, ...], BeforeValidator(_parts), Field(max_length=10)] = ()
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


def import_file(file: Path, workspace: str | None) -> int:
    faults = Faults()
    rows = _rows(_text(file), faults)

    async def work(desk: Desk) -> int:
        services = desk.services()
        actors = await _owners(services, desk.team_id, rows, faults)
        fresh = await _fresh(services, actors, rows, faults)
        if faults:
            return _refused(file, faults)
        for row in fresh:
            new = NewCustomer(row.name, row.tier, row.industry, row.other_names, row.last_contact_on)
            await services.customers.create(actors[row.owner], new, by=OPERATOR)
        there = f"; {len(rows) - len(fresh)} were there already" if len(rows) > len(fresh) else ""
        print(f"Imported {len(fresh)} of {len(rows)} customers{there}.")
        return 0

    if not rows:  # nothing to hold against the store
        return _refused(file, faults)
    return at_desk(work, read_settings(), workspace)


def _refused(file: Path, faults: Faults) -> int:
    for line, sentence in sorted(faults):
        print(f"{file}:{line}: {sentence}")
    print("Nothing was imported.")
    return 1


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


def _rows(text: str, faults: Faults) -> list[Row]:
    """The rows that are in order by themselves; the others are noted."""
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


async def _owners(services: Services, team_id: str, rows: Sequence[Row], faults: Faults) -> dict[str, User]:
    """Who the customers are for; owners who may not have customers are noted."""
    actors = {owner: await services.members.actor(team_id, owner) for owner in {row.owner for row in rows}}
    for row in rows:
        try:
            policy.ensure_writes_notes(actors[row.owner])
        except NotAllowedError:
            command = f"python -m bot roles set {row.owner} --role account_manager"
            faults.note(row.line, f"owner: {row.owner} is no account manager; first run: {command}")
    return actors


async def _fresh(services: Services, actors: dict[str, User], rows: Sequence[Row], faults: Faults) -> list[Row]:
    """The rows whose owner has no such customer yet; names that would be given twice are noted."""
    fresh = []
    for owner, actor in actors.items():
        own = await services.customers.suggest(actor, "")
        taken = {folded(name): f"is a name of {customer.name} already" for customer in own for name in customer.names}
        there = set(taken)
        today = actor.today(services.customers.now())
        for row in (each for each in rows if each.owner == owner):
            if folded(row.name) in there:
                continue
            if row.last_contact_on is not None and row.last_contact_on > today:
                faults.note(row.line, "last_contact_on: is in the future")
            for name in (row.name, *row.other_names):
                if folded(name) in taken:
                    field = "name" if name == row.name else "aliases"
                    faults.note(row.line, f"{field}: {name} {taken[folded(name)]}")
                taken.setdefault(folded(name), f"is on line {row.line} already")
            fresh.append(row)
    return sorted(fresh, key=lambda row: row.line)
