"""Customers: the sellers whose receivables are bought."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.domain.facts import RiskEvent
from bot.domain.stored import Stored
from bot.domain.visit import ATTEMPTS, Channel

MAX_BUYERS = 10
MAX_MISSED = 5
MAX_LINES = 10
MAX_CONTACTS = 20
CustomerName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]


def is_name(text: str) -> bool:
    return 2 <= len(text.strip()) <= 60


def folded(name: str) -> str:
    """A name as it is compared: full-width, case and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


class Tier(StrEnum):
    """Value tier. It sets how often a customer is contacted, never how courteously."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def weight(self) -> int:
        """How much a day's delay counts."""
        return {"A": 4, "B": 3, "C": 2, "D": 1}[self.value]


class Risk(StrEnum):
    """A flag of its own beside the tier: it changes cadence, approvals and content, never the courtesy."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Size(StrEnum):
    """As the standard for small and medium enterprises (工信部联企业〔2011〕300号) has it; all but large are SMEs."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


class Customer(Stored):
    """A customer as one account manager keeps it: what lists, rights and due days need.

    What is more, and what must not lie open in the store, is in `Details` and `Contact`.
    """

    id: str
    name: CustomerName
    aliases: tuple[CustomerName, ...] = Field(default=(), max_length=10)
    tier: Tier
    industry: str = Field(default="", max_length=60)
    owner_id: str
    created_on: date
    last_contact_on: date | None = None
    """By whatever way, noted or told."""
    contacted_on: Mapping[Channel, date] = Field(default_factory=dict)
    """The last contact by each way, as the notes tell it. An attempt that reached nobody is none."""
    told_contact_on: date | None = None
    """The last contact that no note tells of: typed, or imported."""
    missed_on: tuple[date, ...] = ()
    unanswered_on: tuple[date, ...] = ()
    """The last days on which nobody was reached."""
    ended_on: date | None = None
    """The relationship is over since then; it is kept for as long as the workspace's retention says."""
    reopened_on: date | None = None
    """It had ended, and went on after all on this day."""
    external_id: str = Field(default="", max_length=60)
    """What the company's other systems call it."""
    size: Size | None = None
    risk: Risk = Risk.GREEN
    stand_in_id: str | None = None
    """Sees and logs like the owner."""
    contract_expires_on: date | None = None
    preferred_channel: Channel | None = None
    preferred_every_days: int | None = Field(default=None, ge=1, le=365)
    is_opted_out: bool = False
    """Wants nothing but service and legal notices."""
    quiet_until: date | None = None
    valued_on: Mapping[str, date] = Field(default_factory=dict)
    """When it was lately sent something because it is worth knowing: id → day."""

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def last_heard_on(self) -> date:
        return self.last_contact_on or self.created_on

    @property
    def holders(self) -> tuple[str, ...]:
        """Under whom it is found: its owner, also by who keeps the owner's list, and, apart, who stands in."""
        stand_in = [as_stand_in(self.stand_in_id)] if self.stand_in_id else []
        return (self.owner_id, as_covered(self.owner_id), *stand_in)

    def is_quiet(self, today: date) -> bool:
        return self.quiet_until is not None and today < self.quiet_until

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    @property
    def told_on(self) -> date | None:
        """The last contact of which nobody knows the way; also one stored before the ways were."""
        is_known = self.last_contact_on in self.contacted_on.values()
        return self.told_contact_on if is_known else self.last_contact_on

    def contacted(self, on: date, channel: Channel | None = None) -> "Customer":
        """The same customer after a contact, or an attempt at one, in whatever order they are told.

        `channel` None: nobody knows the way. An older contact logged late does not turn the clock back.
        """
        if channel in ATTEMPTS:
            name = "missed_on" if channel is Channel.MISSED else "unanswered_on"
            return self.model_copy(update={name: tuple(sorted({*getattr(self, name), on})[-MAX_MISSED:])})
        if channel is None and self.last_contact_on is not None and on <= self.last_contact_on:
            return self
        ways = dict(self.contacted_on)
        if channel is not None:
            ways[channel] = max(on, ways.get(channel, on))
        changed = {
            "last_contact_on": max(self.last_contact_on or on, on),
            "contacted_on": ways,
            "told_contact_on": on if channel is None else self.told_on,
        }
        is_same = all(getattr(self, name) == value for name, value in changed.items())
        return self if is_same else self.model_copy(update=changed)

    def recontacted(self, last: Mapping[Channel, date | None]) -> "Customer":
        """With what the notes now say of these ways, after one of them was corrected; None: no note any more."""
        told = self.told_on
        ways = {
            way: day for way, day in (*self.contacted_on.items(), *last.items()) if last.get(way, day) == day and day
        }
        days = [*ways.values(), *([told] if told else [])]
        return self.model_copy(
            update={"contacted_on": ways, "told_contact_on": told, "last_contact_on": max(days, default=None)}
        )


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What is asked when a customer is created."""

    name: str
    tier: Tier
    industry: str = ""
    aliases: tuple[str, ...] = ()
    last_contact_on: date | None = None

    def started(self) -> "NewCustomer":
        """As it begins when a note creates it: tier A is for the lead to give."""
        return replace(self, tier=Tier.B) if self.tier is Tier.A else self


def as_stand_in(user_id: str) -> str:
    """Somebody as the holder of customers that are another's: names are unique per owner, not beyond."""
    return f"{user_id}~stand-in"


COVERED = "~covered"


def as_covered(owner_id: str) -> str:
    """Somebody who is away, to whoever keeps the list meanwhile: all of the owner's customers, with fewer rights."""
    return f"{owner_id}{COVERED}"


class Confirms(StrEnum):
    """Whether a buyer confirms what it owes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Buyer(Stored):
    """One of the customer's buyers. Days count from the invoice."""

    id: str
    name: str = Field(min_length=1, max_length=60)
    terms_days: int | None = Field(default=None, ge=0, le=720)
    paid_days: int | None = Field(default=None, ge=0, le=1500)
    """After how many days it really pays."""
    disputes: str = Field(default="", max_length=200)
    confirms: Confirms = Confirms.UNKNOWN

    @property
    def days_late(self) -> int:
        """How much later than agreed it pays; 0 where that is not known."""
        if self.terms_days is None or self.paid_days is None:
            return 0
        return max(0, self.paid_days - self.terms_days)


class FinanceLine(Stored):
    """Money the customer has from elsewhere, and what is pledged for it."""

    id: str
    lender: str = Field(min_length=1, max_length=60)
    amount: str = Field(default="", max_length=60)
    pledge: str = Field(default="", max_length=200)
    expires_on: date | None = None


class FlagChange(Stored):
    """A line of the history of a customer's risk flag. `by` is a person, or BY_RULE for what a hard event does.

    `id` comes from the form or the note: the same again changes nothing.
    """

    id: str
    at: datetime
    by: str
    before: Risk
    after: Risk
    reason: str = Field(default="", max_length=500)
    events: tuple[RiskEvent, ...] = ()


class Details(Stored):
    """What is known of a customer's business; sealed at rest."""

    buyers: tuple[Buyer, ...] = Field(default=(), max_length=MAX_BUYERS)
    lines: tuple[FinanceLine, ...] = Field(default=(), max_length=MAX_LINES)
    quiet_reason: str = Field(default="", max_length=200)
    flags: tuple[FlagChange, ...] = ()
    """Only ever added to."""


class Contact(Stored):
    """Somebody at the customer's; sealed at rest, in a record of its own that can be erased alone."""

    id: str
    role: str = Field(min_length=1, max_length=60)
    name: str = Field(default="", max_length=60)
    reach: str = Field(default="", max_length=200)
    """Telephone, e-mail, WeChat: what is needed to get in touch."""
