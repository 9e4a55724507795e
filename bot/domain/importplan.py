"""What the rows of a table would do to the customers that are kept, and what cannot be done."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.customer import Customer, folded
from bot.domain.customertable import Row
from bot.domain.dossier import Dossier
from bot.domain.table import Fault
from bot.domain.tiering import asked_for, is_ruled, may_be_asked, regiven
from bot.domain.tierrecord import TierRecord


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
