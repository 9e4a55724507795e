"""What is kept of customers, as tables that other programs read: a sheet a subject, texts in every cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from bot.domain import tierform
from bot.domain.customer import Customer
from bot.domain.customertable import COLUMNS, LEFT_ALONE
from bot.domain.deal import Deal
from bot.domain.dealtable import DEAL_COLUMNS
from bot.domain.followup import FollowUp
from bot.domain.need import Need
from bot.domain.tierinputs import INPUTS, TierInputs
from bot.domain.tierrecord import TierDecision, TierRecord
from bot.domain.visit import Visit

Rows = list[list[str]]

CUSTOMERS: Final = (*COLUMNS, *LEFT_ALONE)
"""An export can be imported again."""
VISITS: Final = ("customer", "on", "channel", "author", "note", "objections", "next_step", "next_step_on", "id")
NEEDS: Final = (
    *("customer", "type", "statement", "amount", "wanted_by", "why", "status", "first_seen", "last_confirmed", "id"),
)
TIERS: Final = ("customer", "at", "by", "cause", "before", "after", "score", "reason", "until", "id")
DEALS: Final = (*DEAL_COLUMNS, "id")
"""An export can be imported again."""
FOLLOW_UPS: Final = ("customer", "kind", "title", "due_on", "owner", "id")


class Form(StrEnum):
    """What an export can be, by the ending of its file."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Kept:
    """All records of some customers. Visits and follow-ups name theirs by id; follow-ups are the open ones."""

    customers: tuple[Customer, ...]
    visits: tuple[Visit, ...] = ()
    needs: tuple[Need, ...] = ()
    followups: tuple[FollowUp, ...] = ()
    deals: tuple[Deal, ...] = ()
    tiering: Mapping[str, TierRecord] = field(default_factory=dict)
    """By customer, of those of whom figures are known or a tier was decided."""

    def sheets(self) -> dict[str, Rows]:
        """Each with a header; the customers' one can be imported again."""
        names = {each.id: each.name for each in self.customers}
        known = {each.id: each for each in self.customers}
        return {
            "customers": [list(CUSTOMERS), *(_customer(each, self.tiering.get(each.id)) for each in self.customers)],
            "tiers": [list(TIERS), *(row for each in self.customers for row in self._tiers(each))],
            "visits": [list(VISITS), *(_visit(each, names) for each in self.visits)],
            "needs": [list(NEEDS), *(_need(each, names) for each in self.needs)],
            "deals": [list(DEALS), *(_deal(each, known[each.customer_id]) for each in self.deals)],
            "followups": [list(FOLLOW_UPS), *(_followup(each, names) for each in self.followups)],
        }

    def _tiers(self, customer: Customer) -> Rows:
        record = self.tiering.get(customer.id)
        return [_decision(each, customer) for each in record.history] if record is not None else []

    def objects(self) -> dict[str, list[dict[str, str]]]:
        """The same as objects by column."""
        return {
            title: [dict(zip(header, row, strict=True)) for row in rows]
            for title, (header, *rows) in self.sheets().items()
        }


def _customer(each: Customer, tiering: TierRecord | None) -> list[str]:
    figures = tiering.inputs if tiering is not None else TierInputs()
    return [
        *_cells(
            *(each.name, each.tier, each.owner_id, each.industry, each.aliases, each.last_contact_on),
            *(each.external_id, each.size, each.contract_expires_on),
        ),
        *(tierform.values(figures)[name] for name in INPUTS),
        *_cells(each.id, each.risk, each.created_on),
    ]


def _decision(each: TierDecision, customer: Customer) -> list[str]:
    score = "" if each.score is None else str(each.score)
    values = (customer.name, each.at.isoformat(), each.by, each.cause, each.before, each.after, score, each.reason)
    return _cells(*values, each.until, customer.id)


def _visit(each: Visit, names: Mapping[str, str]) -> list[str]:
    return _cells(
        *(names[each.customer_id], each.on, each.channel, each.author_id, each.note, each.objection_ids),
        *(each.next_step, each.next_step_on, each.id),
    )


def _need(each: Need, names: Mapping[str, str]) -> list[str]:
    return _cells(
        *(names[each.customer_id], each.type, each.statement, each.amount, each.wanted_by, each.why, each.status),
        *(each.first_seen, each.last_confirmed, each.id),
    )


def _deal(each: Deal, customer: Customer) -> list[str]:
    financed = "" if each.volume is None else str(each.volume)
    return _cells(
        *(customer.name, customer.external_id, each.owner_id, each.kind, each.began_on, each.result),
        *(each.closed_on, financed, each.ends_on, each.id),
    )


def _followup(each: FollowUp, names: Mapping[str, str]) -> list[str]:
    return _cells(names[each.customer_id], each.kind, each.title, each.due_on, each.owner_id, each.id)


def _cells(*values: str | date | Iterable[str] | None) -> list[str]:
    return [_cell(value) for value in values]


def _cell(value: str | date | Iterable[str] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    return value.isoformat() if isinstance(value, date) else ";".join(value)
