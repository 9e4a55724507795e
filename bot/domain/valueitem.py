"""Something worth knowing for certain customers, such as a change of policy, and who may be sent it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Customer, folded
from bot.domain.dossier import Dossier
from bot.domain.followup import FollowUp, Kind
from bot.domain.need import NeedType
from bot.domain.visit import STEP_LIMIT
from bot.domain.workcalendar import IsWorkingDay, add_working_days
from bot.errors import FieldError


class ValueType(StrEnum):
    POLICY = "policy"
    """What a new rule means for the customer."""
    FINANCING = "financing"
    """How it could be financed better."""
    BUYER = "buyer"
    """A warning about one of its buyers."""


class Barrier(StrEnum):
    """Why somebody whom it concerns is not sent it."""

    OPTED_OUT = "opted_out"
    QUIET = "quiet"
    FULL = "full"
    """As many as a customer is sent in a month were sent already."""


@dataclass(frozen=True, slots=True)
class ValueItem:
    """Whom it concerns: the customers that fit everything named; `id` comes from the form."""

    id: str
    type: ValueType
    text: str
    industry: str = ""
    needs: frozenset[NeedType] = frozenset()
    buyer: str = ""

    def ensure_sound(self) -> None:
        """Raises FieldError: it has to say something, and to name somebody it concerns."""
        if not self.text.strip() or len(self.text) > STEP_LIMIT:
            raise FieldError("text", "value.error_text")
        if not (self.industry.strip() or self.needs or self.buyer.strip()):
            raise FieldError("industry", "value.error_nobody")
        if self.buyer.strip() and len(folded(self.buyer)) < 2:
            raise FieldError("buyer", "value.error_buyer")

    @property
    def needs_file(self) -> bool:
        """Whether the customer's record alone does not tell."""
        return bool(self.needs or self.buyer)

    def may_concern(self, customer: Customer) -> bool:
        """As far as the customer's record tells: in business with us, of the industry."""
        return customer.ended_on is None and folded(self.industry) in folded(customer.industry)

    def concerns(self, found: Dossier) -> bool:
        wanted = {each.type for each in found.needs if each.status.is_open}
        buyers = [folded(each.name) for each in found.details.buyers]
        return (
            self.may_concern(found.customer)
            and (not self.needs or not wanted.isdisjoint(self.needs))
            and (not self.buyer or any(folded(self.buyer) in each for each in buyers))
        )


@dataclass(slots=True)
class Reach:
    """How many customers of each manager it concerns and goes to, and how many it does not go to, and why."""

    managers: Counter[str] = field(default_factory=Counter)
    barred: Counter[Barrier] = field(default_factory=Counter)

    def count(self, customer: Customer, barrier: Barrier | None) -> None:
        if barrier is None:
            self.managers[customer.owner_id] += 1
        else:
            self.barred[barrier] += 1


def barrier(customer: Customer, rules: CadenceRules, today: date) -> Barrier | None:
    """The rules of sharing: not to who wants none, nor in a quiet time, and only so many in a calendar month."""
    if customer.is_opted_out:
        return Barrier.OPTED_OUT
    if customer.is_quiet(today):
        return Barrier.QUIET
    this_month = [day for day in customer.valued_on.values() if (day.year, day.month) == (today.year, today.month)]
    return Barrier.FULL if len(this_month) >= rules.value_per_month else None


def sent(found: Dossier, item: ValueItem, rules: CadenceRules, is_work: IsWorkingDay, today: date) -> Dossier:
    """With the follow-up to pass it on, once; as it was for whom it does not concern or may not be sent."""
    customer = found.customer
    if item.id in customer.valued_on or not item.concerns(found) or barrier(customer, rules, today) is not None:
        return found
    followup = FollowUp(
        id=f"value-{customer.id}-{item.id}",
        kind=Kind.VALUE,
        customer_id=customer.id,
        owner_id=customer.owner_id,
        due_on=add_working_days(today, rules.value_days, is_work),
        title=item.text.strip(),
        subject=item.type.value,
        since=today,
    )
    kept = {each: day for each, day in customer.valued_on.items() if (today - day).days < _KEPT_DAYS}
    return found.with_customer(customer.model_copy(update={"valued_on": {**kept, item.id: today}})).with_followups(
        [followup]
    )


_KEPT_DAYS = 62
"""So long it is remembered what a customer was sent: two months, of which one counts."""
