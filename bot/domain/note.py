"""A visit note on its way, from a typed line to the record, and the brief made of what was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.customer import Customer, Tier
from bot.domain.followup import FollowUp
from bot.domain.need import Need
from bot.domain.policy import Action
from bot.domain.visit import Channel, Visit


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What is asked when a customer is created."""

    name: str
    tier: Tier
    industry: str = ""
    aliases: tuple[str, ...] = ()
    last_contact_on: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A note as far as one typed line tells it."""

    customer: Customer | None = None
    customer_name: str = ""
    note: str = ""
    objection_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitForm:
    """A filled-in note. `form_id` is the form's own id: the same form sent twice is one visit."""

    form_id: str
    customer: str | NewCustomer
    on: date
    channel: Channel
    note: str
    objection_ids: tuple[str, ...] = ()
    next_step: str | None = None
    next_step_on: date | None = None
    done_followup_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A saved visit, its customer, and the next contact with its reason. `is_new` is False for a form sent again."""

    visit: Visit
    customer: Customer
    contact: FollowUp
    is_new: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """What somebody needs to know before calling a customer."""

    customer: Customer
    contact: FollowUp
    steps: Sequence[FollowUp]
    visits: Sequence[Visit]
    today: date
    needs: Sequence[Need] = ()
    """The open ones."""
    contacts: int = 0
    may_edit: bool = False
    rights: frozenset[Action] = frozenset()
    """What whoever reads it may do with the customer."""
