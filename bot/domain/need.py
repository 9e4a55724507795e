"""What a customer needs: changes that are only ever added, and what they say together on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import Field

from bot.domain.stored import Stored

STATEMENT_LIMIT = 200
SENTENCE_LIMIT = 500
SHORT_LIMIT = 60


class NeedType(StrEnum):
    LIQUIDITY = "liquidity"
    RISK_TRANSFER = "risk_transfer"
    RECEIVABLES = "receivables"
    ENHANCEMENT = "enhancement"
    OTHER = "other"


class NeedStatus(StrEnum):
    ASSUMED = "assumed"
    CONFIRMED = "confirmed"
    MET = "met"
    VOID = "void"

    @property
    def is_open(self) -> bool:
        return self in (NeedStatus.ASSUMED, NeedStatus.CONFIRMED)


class Confidence(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class NeedChange(Stored):
    """What somebody heard of a need on a day. None leaves as it was, "" takes away.

    `id` comes from the form or the note, so that one sent twice is one change.
    """

    id: str
    need_id: str
    customer_id: str
    on: date
    at: datetime
    author_id: str
    sentence: str = Field(min_length=1, max_length=SENTENCE_LIMIT)
    """The words that say so."""
    source_id: str | None = None
    """The note it comes from."""
    status: NeedStatus | None = None
    type: NeedType | None = None
    statement: str | None = Field(default=None, min_length=1, max_length=STATEMENT_LIMIT)
    """The need in the customer's words."""
    amount: str | None = Field(default=None, max_length=SHORT_LIMIT)
    wanted_by: str | None = Field(default=None, max_length=SHORT_LIMIT)
    why: str | None = Field(default=None, max_length=STATEMENT_LIMIT)
    priority: int | None = Field(default=None, ge=1, le=5)
    """1 is the most urgent."""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class NeedForm:
    """What was typed about a need. `form_id` is the form's own id; without a `need_id` the need is a new one.

    Of the fields that a form does not have, None is left as it is.
    """

    form_id: str
    customer_id: str
    on: date
    sentence: str
    need_id: str | None = None
    source_id: str | None = None
    status: NeedStatus | None = None
    type: NeedType | None = None
    statement: str | None = None
    amount: str | None = None
    wanted_by: str | None = None
    why: str | None = None
    priority: int | None = None
    confidence: Confidence | None = None


SAID: Final = ("type", "statement", "amount", "wanted_by", "why", "priority", "confidence")
DISPUTED: Final = ("type", "amount", "wanted_by")
"""Of these, two that differ cannot both be right; a statement or a reason may well be worded anew."""


@dataclass(frozen=True, slots=True)
class Need:
    """A need as its changes have it, oldest first in `changes`."""

    id: str
    customer_id: str
    changes: tuple[NeedChange, ...]
    type: NeedType = NeedType.OTHER
    statement: str = ""
    amount: str = ""
    wanted_by: str = ""
    why: str = ""
    priority: int | None = None
    confidence: Confidence | None = None
    status: NeedStatus = NeedStatus.ASSUMED
    last_confirmed: date | None = None
    contradictions: Mapping[str, tuple[NeedChange, ...]] = field(default_factory=dict)
    """Field → the changes that say different things of it, the one in force last. Confirming the need settles it."""

    @property
    def first_seen(self) -> date:
        return self.changes[0].on

    @property
    def known_on(self) -> date:
        """The day it was confirmed last, else first heard."""
        return self.last_confirmed or self.first_seen

    def is_stale(self, after: int, today: date) -> bool:
        """Whether it should have been confirmed anew: open, and for so many days not confirmed."""
        return self.status.is_open and self.known_on + timedelta(days=after) <= today


@dataclass(frozen=True, slots=True)
class Difference:
    """A need that is not the same on two days. `before` is None where it was not known yet.

    `fields` names what differs: those of SAID, and `status`.
    """

    before: Need | None
    after: Need
    fields: tuple[str, ...]


def timeline(changes: Iterable[NeedChange]) -> list[NeedChange]:
    """Each once, oldest first: by the day it was heard, then by when it was written."""
    return sorted({each.id: each for each in changes}.values(), key=lambda each: (each.on, each.at, each.id))


def needs(changes: Iterable[NeedChange]) -> list[Need]:
    """What the changes say, whatever order they come in; the need known longest first."""
    of: dict[str, list[NeedChange]] = {}
    for change in timeline(changes):
        of.setdefault(change.need_id, []).append(change)
    return [_need(each) for each in of.values()]


def needs_on(changes: Iterable[NeedChange], day: date) -> list[Need]:
    """As far as was known at the end of that day."""
    return needs(each for each in changes if each.on <= day)


def difference(changes: Iterable[NeedChange], before: date, after: date) -> list[Difference]:
    """What is otherwise at the end of `after` than at the end of `before`; `before` is not the later one."""
    known = list(changes)
    was = {each.id: each for each in needs_on(known, before)}
    found = []
    for need in needs_on(known, after):
        old = was.get(need.id)
        fields = tuple(name for name in (*SAID, "status") if old is None or getattr(old, name) != getattr(need, name))
        if fields:
            found.append(Difference(old, need, fields))
    return found


def _need(changes: list[NeedChange]) -> Need:
    values: dict[str, object] = {"statement": changes[0].sentence[:STATEMENT_LIMIT]}
    claims: dict[str, list[NeedChange]] = {}
    for change in changes:
        said = {name: value for name in SAID if (value := getattr(change, name)) is not None}
        values |= said
        for name in DISPUTED:
            if said.get(name) == "":
                claims.pop(name, None)
            elif name in said:
                others = [each for each in claims.get(name, []) if getattr(each, name) != said[name]]
                claims[name] = [*others, change]
        if change.status is not None:
            values["status"] = change.status
        if change.status is NeedStatus.CONFIRMED:
            values["last_confirmed"] = change.on
            claims = {name: each[-1:] for name, each in claims.items()}
    return Need(
        id=changes[0].need_id,
        customer_id=changes[0].customer_id,
        changes=tuple(changes),
        contradictions={name: tuple(each) for name, each in claims.items() if len(each) > 1},
        **values,  # type: ignore[arg-type]
    )
