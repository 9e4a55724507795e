"""A table of customers as another system writes it: rows of texts, read one by one, every fault told by its line."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import ValidationError

from bot.domain.customer import Customer, Size, Tier, folded
from bot.domain.dossier import Dossier
from bot.domain.tiering import asked_for, is_ruled, may_be_asked, regiven
from bot.domain.tierinputs import INPUTS, TierInputs
from bot.domain.tierrecord import TierRecord
from bot.errors import FieldError

MAX_ROWS: Final = 50_000
MAX_ALIASES: Final = 10
NAME_LENGTHS: Final = range(2, 61)
LONGEST: Final = 60
PERSON: Final = re.compile(r"^[UW][A-Z0-9]{2,20}$")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for a formula (OWASP, CSV injection), of full width where East Asian text is usual."""
_DAY: Final = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$", re.ASCII)
"""Spreadsheets save 2026/3/5."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("客户", "客户名称", "名称"),
    "tier": ("等级", "客户等级"),
    "owner": ("客户经理", "负责人"),
    "industry": ("行业",),
    "aliases": ("简称", "别名"),
    "last_contact_on": ("最近联系", "最近联系日"),
    "external_id": ("外部编号", "客户编号"),
    "size": ("规模", "企业规模"),
    "contract_expires_on": ("合同到期", "合同到期日"),
    "volume_12m": ("近12个月融资额", "近12个月融资额(万元)"),
    "volume_6m": ("近6个月融资额", "近6个月融资额(万元)"),
    "contribution": ("贡献率", "贡献率(%)"),
    "buyers": ("好买方占比", "好买方占比(%)"),
    "potential": ("未融资占比", "未融资占比(%)"),
    "cooperation": ("配合度", "配合度(%)"),
    "drawdowns": ("放款次数", "累计放款次数"),
    "last_drawdown_on": ("最近放款", "最近放款日"),
    "customer_since": ("客户起始", "客户起始日"),
}
"""By the name that is exported; the Chinese ones are understood too."""
NEEDED: Final = ("name", "tier")
LEFT_ALONE: Final = ("id", "risk", "created_on")
"""Columns of an export that an import does not take over: they are set by other rules."""
_KNOWN: Final = {each: name for name, others in COLUMNS.items() for each in (name, *others)}
_SIZES: Final = {"大型": Size.LARGE, "中型": Size.MEDIUM, "小型": Size.SMALL, "微型": Size.MICRO}

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
class Row:
    """One line that is in order by itself. What is None or empty was not said, and stays as it is."""

    line: int
    name: str
    tier: Tier
    owner: str = ""
    industry: str = ""
    aliases: tuple[str, ...] = ()
    last_contact_on: date | None = None
    external_id: str = ""
    size: Size | None = None
    contract_expires_on: date | None = None
    figures: TierInputs = field(default_factory=TierInputs)
    """What its tier rests on."""
    is_asked: bool = False
    """Tier A is not for whoever brings the row in to give: the lead is asked, and it is tier B until then."""

    @property
    def first_tier(self) -> Tier:
        """Of a new customer."""
        return Tier.B if self.asks_for_a else self.tier

    @property
    def asks_for_a(self) -> bool:
        return self.is_asked and self.tier is Tier.A

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    def applied(self, customer: Customer, *, keeps_tier: bool = False) -> Customer:
        """The customer as the row has it. A contact only ever moves the clock forward.

        `keeps_tier`: a score, a lead or an override decides on it, so the row does not.

        A customer that was found by an alias doesn't lose its name: without a number it keeps it, and where the row
        brings the number it is known by from now on, it keeps it as an alias.
        """
        told = {name: value for name in _TAKEN_OVER if (value := getattr(self, name))}
        if keeps_tier:
            told["tier"] = customer.tier
        elif self.asks_for_a:
            told["tier"] = max(customer.tier, Tier.B, key=lambda each: each.weight)
        aliases = self.aliases or customer.aliases
        if folded(self.name) != folded(customer.name):
            if not self.external_id:
                told["name"], aliases = customer.name, (*self.aliases, self.name) if self.aliases else aliases
            elif self.external_id != customer.external_id and not self.aliases:
                aliases = (*aliases, customer.name)
        told["aliases"] = tuple(each for each in aliases if folded(each) != folded(told["name"]))
        changed = customer.model_copy(update=told)
        return changed.contacted(self.last_contact_on) if self.last_contact_on else changed


_TAKEN_OVER: Final = ("name", "tier", "industry", "aliases", "external_id", "size", "contract_expires_on")


def brought_in(found: Dossier, row: Row, by: str, now: datetime, today: date) -> Dossier:
    """The customer with what the row says of it. Figures are looked at in the next round."""
    record = found.tiering
    customer = row.applied(found.customer, keeps_tier=is_ruled(record))
    if customer.tier is not found.customer.tier:
        record = regiven(record, found.customer.tier, customer.tier, by, now)
    if row.asks_for_a and may_be_asked(record, customer.tier, today):
        record = asked_for(record, customer.tier, by, now, today)
    told = row.figures.model_copy(update={"source": "imported", "by": by, "as_of": today})
    inputs = record.inputs.merged(told)
    if inputs is not record.inputs:
        record = record.model_copy(update={"inputs": inputs, "looks_on": None})
    return replace(found, customer=customer, tiering=record)


class Effect(StrEnum):
    """What a row does."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Planned:
    """A row with what it would do; `customer_id` is that of the customer it is about, if there is one."""

    row: Row
    effect: Effect
    customer_id: str | None = None
    asks_for_a: bool = False
    """The lead is asked whether the customer is to be of tier A."""

    @property
    def line(self) -> int:
        return self.row.line

    @property
    def name(self) -> str:
        return self.row.name


def refined(
    plan: Iterable[Planned], customers: Mapping[str, Customer], records: Mapping[str, TierRecord], today: date
) -> list[Planned]:
    """The plan, knowing what the customers' tiers rest on: whether figures are new, and a row's tier counts."""
    return [
        _refined(each, customers[each.customer_id], records.get(each.customer_id, TierRecord()), today)
        if each.customer_id is not None
        else each
        for each in plan
    ]


def _refined(each: Planned, customer: Customer, record: TierRecord, today: date) -> Planned:
    row = each.row
    asks = row.asks_for_a and may_be_asked(record, customer.tier, today)
    is_same = row.applied(customer, keeps_tier=is_ruled(record)) == customer and not asks
    is_same = is_same and record.inputs.merged(row.figures) is record.inputs
    return replace(each, effect=Effect.SAME if is_same else Effect.CHANGED, asks_for_a=asks)


def headings(header: Sequence[str]) -> dict[str, str]:
    """Column → how the file calls it."""
    return {_KNOWN.get(each.strip().lower(), each.strip()): each.strip() for each in header}


def rows(lines: Iterable[Line], faults: list[Fault]) -> list[Row]:
    """The rows that are in order by themselves; what is wrong with the others is added to `faults`."""
    header: list[str] = []
    found: list[Row] = []
    for line, cells in lines:
        if not header:
            header = _header(line, cells, faults)
            if not header:
                return []
        elif len(cells) > len(header) and any(each.strip() for each in cells[len(header) :]):
            faults.append(Fault(line, "", "table.cells", {"found": len(cells), "header": len(header)}))
        elif any(each.strip() for each in cells):
            found += _row(line, dict(zip(header, (plain(each) for each in cells), strict=False)), faults)
    if not header or (not found and not faults):
        faults.append(Fault(1, "", "table.empty"))
    return found


def _header(line: int, cells: Sequence[str], faults: list[Fault]) -> list[str]:
    """The columns' names; none when the header itself is a fault."""
    header = [_KNOWN.get(each.strip().lower(), each.strip()) for each in cells]
    while header and not header[-1]:
        header.pop()
    takes = tuple(COLUMNS)
    wrong = [each for each in header if each not in (*COLUMNS, *LEFT_ALONE) or header.count(each) > 1]
    lacking = [each for each in NEEDED if each not in header]
    if wrong:
        named = headings(cells).get(wrong[0]) or "?"
        faults.append(Fault(line, "", "table.header_wrong", {"column": named, "takes": takes}))
    elif lacking:
        faults.append(Fault(line, "", "table.header_lacks", {"columns": tuple(lacking), "takes": takes}))
    return [] if wrong or lacking else header


def _row(line: int, cells: Mapping[str, str], faults: list[Fault]) -> Iterator[Row]:
    values: dict[str, Any] = {}
    before = len(faults)
    for column in (*(each for each in cells if each in COLUMNS), *(each for each in NEEDED if each not in cells)):
        typed = cells.get(column, "")
        try:
            if any(unicodedata.category(each) == "Cc" for each in typed):
                raise FieldError(column, "table.control")
            values[column] = _PARSERS[column](typed)
        except FieldError as error:
            faults.append(Fault(line, column, error.key, error.values))
    if len(faults) == before:
        name = folded(values["name"])
        figures = {each: values.pop(each) for each in INPUTS if each in values}
        try:
            values["figures"] = TierInputs.model_validate(figures).ensured()
        except FieldError as error:
            faults.append(Fault(line, error.field, error.key, error.values))
            return
        values["aliases"] = tuple(
            {folded(each): each for each in values.get("aliases", ()) if folded(each) != name}.values()
        )
        yield Row(line=line, **values)


def _name(typed: str) -> str:
    if len(typed) not in NAME_LENGTHS:
        raise FieldError("name", "table.name")
    return typed


def _tier(typed: str) -> Tier:
    if typed.upper() not in list(Tier):
        raise FieldError("tier", "table.tier")
    return Tier(typed.upper())


def _owner(typed: str) -> str:
    if typed and not PERSON.match(typed):
        raise FieldError("owner", "table.owner")
    return typed


def _short(typed: str) -> str:
    if len(typed) > LONGEST:
        raise FieldError("", "table.too_long", limit=LONGEST)
    return typed


def day_of(typed: str) -> date | None:
    try:
        found = _DAY.match(typed)
        return date(*map(int, found.groups())) if found else date.fromisoformat(typed) if typed else None
    except ValueError:
        raise FieldError("", "table.day") from None


def _size(typed: str) -> Size | None:
    if not typed:
        return None
    if typed in _SIZES:
        return _SIZES[typed]
    if typed.lower() not in list(Size):
        raise FieldError("size", "table.size")
    return Size(typed.lower())


def _aliases(typed: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in re.split(r"[;；|、]", typed) if part.strip())
    if len(parts) > MAX_ALIASES:
        raise FieldError("aliases", "table.aliases", limit=MAX_ALIASES)
    return tuple(_name(part) for part in parts)


def _figure(column: str) -> Callable[[str], Any]:
    """With or without signs for thousands and percent."""

    def parse(typed: str) -> object:
        plain_number = typed.replace(",", "").replace("，", "").removesuffix("%").removesuffix("％").strip()
        if not plain_number:
            return None
        try:
            return getattr(TierInputs.model_validate({column: plain_number}), column)
        except ValidationError:
            raise FieldError(column, "table.figure") from None

    return parse


_PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "name": _name,
    "tier": _tier,
    "owner": _owner,
    "industry": _short,
    "aliases": _aliases,
    "last_contact_on": day_of,
    "external_id": _short,
    "size": _size,
    "contract_expires_on": day_of,
    **{each: _figure(each) for each in INPUTS if not each.endswith(("_on", "_since"))},
    "last_drawdown_on": day_of,
    "customer_since": day_of,
}


@dataclass(frozen=True, slots=True)
class Known:
    """One account manager's customers, as rows are held against them."""

    by_external_id: Mapping[str, Customer]
    by_name: Mapping[str, Customer]

    @classmethod
    def of(cls, customers: Iterable[Customer]) -> "Known":
        found = list(customers)
        return cls(
            {each.external_id: each for each in found if each.external_id},
            {folded(name): each for each in found for name in each.names},
        )


def planned(
    found: Iterable[Row],
    known: Mapping[str, Known],
    today: date,
    faults: list[Fault],
    hidden: Collection[str] = frozenset(),
) -> list[Planned]:
    """What each row would do to its owner's customers; what can't be done is added to `faults`.

    A row is about the customer with its external id, else about the one with its name. The customers of owners who are
    `hidden` from whoever imports are not named in faults, nor which of the row's names or numbers they bear.
    """
    plan: list[Planned] = []
    taken: dict[tuple[str, str], int] = {}
    told_of: dict[str, int] = {}
    elsewhere = {number: each.owner_id for own in known.values() for number, each in own.by_external_id.items()}
    for row in found:
        own = known[row.owner]
        about = own.by_external_id.get(row.external_id) if row.external_id else None
        if about is None:
            about = own.by_name.get(folded(row.name))
        wrong = _clash(row, about, own, taken)
        if about is not None and wrong is None and (line := told_of.get(about.id)):
            wrong = Fault(row.line, "", "table.twice", {"value": about.name, "line": line})
        is_own = row.external_id in own.by_external_id
        if row.external_id and not is_own and elsewhere.get(row.external_id, row.owner) != row.owner:
            wrong = Fault(row.line, "owner", "table.other_owner", {"owner": elsewhere[row.external_id]})
            is_hidden = elsewhere[row.external_id] in hidden
        else:
            is_hidden = row.owner in hidden
        if wrong is not None and is_hidden and not _is_within(wrong):
            wrong = Fault(row.line, "", "table.hidden", {"owner": row.owner})
        days = {"last_contact_on": row.last_contact_on, "last_drawdown_on": row.figures.last_drawdown_on}
        late = [column for column, day in days.items() if day is not None and day > today]
        if late:
            wrong = Fault(row.line, late[0], "table.future")
        if wrong is not None:
            faults.append(wrong)
            continue
        keys = [folded(name) for name in row.names] + ([f"#{row.external_id}"] if row.external_id else [])
        taken |= {(row.owner, each): row.line for each in keys}
        if about is None:
            plan.append(Planned(row, Effect.ADDED, asks_for_a=row.asks_for_a))
        else:
            told_of[about.id] = row.line
            effect = Effect.SAME if row.applied(about) == about else Effect.CHANGED
            plan.append(Planned(row, effect, about.id))
    return plan


def _is_within(fault: Fault) -> bool:
    """Whether two rows of the file are at odds, whatever there is besides."""
    return fault.key == "table.twice" and bool(fault.column)


def _clash(row: Row, about: Customer | None, own: Known, taken: Mapping[tuple[str, str], int]) -> Fault | None:
    """A name or number that would be given twice."""
    if about is not None and row.external_id and about.external_id not in ("", row.external_id):
        return Fault(row.line, "external_id", "table.other_id", {"name": about.name, "id": about.external_id})
    if row.external_id and (line := taken.get((row.owner, f"#{row.external_id}"))):
        return Fault(row.line, "external_id", "table.twice", {"value": row.external_id, "line": line})
    for name in row.names:
        column = "name" if name == row.name else "aliases"
        if line := taken.get((row.owner, folded(name))):
            return Fault(row.line, column, "table.twice", {"value": name, "line": line})
        other = own.by_name.get(folded(name))
        if other is not None and (about is None or other.id != about.id):
            return Fault(row.line, column, "table.taken", {"value": name, "name": other.name})
    return None


def plain(cell: str) -> str:
    """A cell as it was before `neutral` made it safe."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def neutral(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
