"""The forms about a customer as plain words: what stands in them, and records made of what was typed.

Two people may have the same form open. A form remembers what stood in it by `marks`; what somebody did not touch stays
as it is stored, and a field that both have changed is told as a conflict instead of being written over.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar
from uuid import uuid4

from pydantic import ValidationError

from bot.domain.customer import (
    MAX_BUYERS,
    MAX_CONTACTS,
    MAX_LINES,
    Buyer,
    Contact,
    Customer,
    Details,
    FinanceLine,
    folded,
)
from bot.domain.dossier import Dossier
from bot.domain.stored import Stored
from bot.errors import FieldError

Values = Mapping[str, str]
Model = TypeVar("Model", bound=Stored)

CUSTOMER_FIELDS: Final = (
    "name",
    "aliases",
    "industry",
    "size",
    "external_id",
    "stand_in_id",
    "contract_expires_on",
    "preferred_channel",
    "preferred_every_days",
    "is_opted_out",
    "quiet_until",
    "quiet_reason",
)
"""Tier and risk flag are not among them: they have windows, and rules, of their own."""
BETWEEN_NAMES: Final = "、"
YES: Final = "yes"


class Part(StrEnum):
    """What a customer has several of."""

    CONTACT = "contact"
    BUYER = "buyer"
    LINE = "line"


PART_FIELDS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.CONTACT: ("role", "name", "reach"),
    Part.BUYER: ("name", "terms_days", "paid_days", "confirms", "disputes"),
    Part.LINE: ("lender", "amount", "pledge", "expires_on"),
}
_MODELS: Final[Mapping[Part, type[Contact] | type[Buyer] | type[FinanceLine]]] = {
    Part.CONTACT: Contact,
    Part.BUYER: Buyer,
    Part.LINE: FinanceLine,
}
MOST: Final[Mapping[Part, int]] = {Part.CONTACT: MAX_CONTACTS, Part.BUYER: MAX_BUYERS, Part.LINE: MAX_LINES}


class EditConflictError(Exception):
    """Somebody else has changed the same fields meanwhile: field → what stands there now."""

    def __init__(self, stored: Values) -> None:
        super().__init__(", ".join(stored))
        self.stored = stored


def customer_values(customer: Customer, details: Details) -> dict[str, str]:
    values = customer.model_dump(mode="json") | {
        "aliases": BETWEEN_NAMES.join(customer.aliases),
        "is_opted_out": YES if customer.is_opted_out else "",
        "quiet_reason": details.quiet_reason,
    }
    return {name: _spelled(values[name]) for name in CUSTOMER_FIELDS}


def part_values(part: Part, row: Stored | None) -> dict[str, str]:
    """All blank for a row that is not there (any more)."""
    values = row.model_dump(mode="json") if row is not None else {}
    return {name: _spelled(values.get(name)) for name in PART_FIELDS[part]}


def marks(values: Values) -> dict[str, str]:
    """Tells whether a field still holds the same, without repeating it."""
    return {name: hashlib.sha256(value.encode()).hexdigest()[:8] for name, value in values.items()}


def merged(opened: Values, stored: Values, typed: Values) -> dict[str, str]:
    """What is to be saved. `opened` are the marks of the form; raises EditConflictError."""
    now, mine = marks(stored), marks(typed)
    touched = {name for name in typed if name in stored and mine[name] != opened.get(name)}
    conflicts = {name: stored[name] for name in touched if now[name] not in (opened.get(name), mine[name])}
    if conflicts:
        raise EditConflictError(conflicts)
    return {name: typed[name] if name in touched else value for name, value in stored.items()}


def edited(found: Dossier, opened: Values, typed: Values) -> Dossier:
    """The customer's own fields. Raises EditConflictError, or FieldError for what cannot be."""
    values = merged(opened, customer_values(found.customer, found.details), typed)
    reason = values.pop("quiet_reason")
    kept = found.customer.model_dump(exclude=set(CUSTOMER_FIELDS))
    given: dict[str, object] = {name: value.strip() for name, value in values.items() if value.strip()}
    given["aliases"] = _aliases(values["aliases"], values["name"])
    customer = _validated(Customer, kept | given)
    details = found.details.model_copy(update={"quiet_reason": reason.strip()})
    if details.quiet_reason and customer.quiet_until is None:
        raise FieldError("quiet_until", "dossier.error_quiet")
    return replace(found, customer=customer, details=details)


@dataclass(frozen=True, slots=True)
class PartForm:
    """One contact, buyer or finance line as it was typed. `row_id` is made up with the form, also for a new one."""

    part: Part
    row_id: str
    opened: Values
    typed: Values
    is_removed: bool = False


def with_part(found: Dossier, form: PartForm) -> Dossier:
    """The dossier with that row changed, added at the end, or gone. Raises EditConflictError or FieldError."""
    rows = rows_of(found, form.part)
    old = next((row for row in rows if row.id == form.row_id), None)
    _ensure_unchanged(form, old)
    if form.is_removed:
        return _with_rows(found, form.part, tuple(row for row in rows if row.id != form.row_id))
    values = merged(form.opened, part_values(form.part, old), form.typed)
    given: dict[str, object] = {name: value.strip() for name, value in values.items() if value.strip()}
    row = _validated(_MODELS[form.part], {"id": form.row_id} | given).with_unknown_of(old)
    if old is not None:
        return _with_rows(found, form.part, tuple(row if each.id == row.id else each for each in rows))
    if len(rows) >= MOST[form.part]:
        raise FieldError(PART_FIELDS[form.part][0], "dossier.error_full", most=MOST[form.part])
    return _with_rows(found, form.part, (*rows, row))


def _ensure_unchanged(form: PartForm, old: Stored | None) -> None:
    """Nobody removes what somebody has just changed, or changes what is gone, without being told."""
    stored, blank = part_values(form.part, old), marks(part_values(form.part, None))
    seen = blank | dict(form.opened)
    if old is None:
        changed = [] if form.is_removed else [name for name in stored if seen[name] != blank[name]]
    else:
        changed = [name for name in stored if form.is_removed and seen[name] != marks(stored)[name]]
    if changed:
        raise EditConflictError({name: stored[name] for name in changed})


def rows_of(found: Dossier, part: Part) -> tuple[Contact | Buyer | FinanceLine, ...]:
    match part:
        case Part.CONTACT:
            return found.contacts
        case Part.BUYER:
            return found.details.buyers
        case Part.LINE:
            return found.details.lines


def new_row_id() -> str:
    return uuid4().hex[:12]


def _with_rows(found: Dossier, part: Part, rows: tuple[Stored, ...]) -> Dossier:
    contacts, details = found.contacts, found.details
    if part is Part.CONTACT:
        contacts = tuple(each for each in rows if isinstance(each, Contact))
    else:
        details = details.model_copy(update={"buyers" if part is Part.BUYER else "lines": rows})
    return replace(found, details=details, contacts=contacts)


def _spelled(value: object) -> str:
    return "" if value is None else str(value)


def _aliases(typed: str, name: str) -> tuple[str, ...]:
    for sign in ",，;；\n":
        typed = typed.replace(sign, BETWEEN_NAMES)
    found = {folded(each): each.strip() for each in typed.split(BETWEEN_NAMES) if each.strip()}
    return tuple(each for key, each in found.items() if key != folded(name))


def _validated(model: type[Model], values: Mapping[str, object]) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise FieldError(field, "visit.error_name" if field in ("name", "aliases") else "edit.wrong") from None
