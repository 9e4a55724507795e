"""Follow-ups: when to get back to a customer, why on that day, and what a snooze does to it."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.customer import Customer, Tier
from bot.domain.facts import Side
from bot.domain.need import Need
from bot.domain.visit import STEP_LIMIT, Visit
from bot.domain.workcalendar import IsWorkingDay, add_working_days, first_working_day
from bot.errors import FollowUpClosedError


class Kind(StrEnum):
    CONTACT = "contact"
    """The customer's tier says it is time to be in touch again."""
    STEP = "step"
    """Somebody wrote down a next step with a date."""
    NEED = "need"
    """A need was not confirmed for long. There is one of these per customer, whatever the number of needs."""


class Status(StrEnum):
    OPEN = "open"
    DONE = "done"


class SnoozeLength(StrEnum):
    ONE_DAY = "1wd"
    THREE_DAYS = "3wd"
    WEEK = "7d"


class SnoozeReason(StrEnum):
    ASKED_TO_WAIT = "asked_to_wait"
    TRAVELLING = "travelling"
    WAITING_FOR_PAPERS = "waiting_for_papers"
    OTHER = "other"


class Snooze(BaseModel):
    """Who put a follow-up off, on which day, until when and why."""

    model_config = ConfigDict(frozen=True)
    by: str
    on: date
    until: date
    reason: SnoozeReason


class Cadence(BaseModel):
    """Why a contact is due: the tier's gap, counted from a day."""

    model_config = ConfigDict(frozen=True)
    tier: Tier
    gap: int
    counted_from: date
    is_first: bool = False
    """True when no contact is known yet, so the count starts on the day the customer was created."""


class FollowUp(BaseModel):
    """One thing to get back to one customer about. There is one contact follow-up per customer."""

    model_config = ConfigDict(frozen=True)
    id: str
    kind: Kind
    customer_id: str
    owner_id: str
    due_on: date
    title: str = Field(default="", max_length=STEP_LIMIT)
    by: Side = Side.OURS
    """Who said it would be done; a step of theirs is to be asked after."""
    cadence: Cadence | None = None
    status: Status = Status.OPEN
    snoozes: tuple[Snooze, ...] = ()

    @property
    def shown_on(self) -> date:
        """The day it enters the daily list: its due day, or later while snoozed."""
        return max(self.due_on, self.snoozes[-1].until) if self.snoozes else self.due_on

    def is_waiting(self, today: date) -> bool:
        """Whether it still asks for something today."""
        return self.status is Status.OPEN and self.shown_on <= today

    def days_late(self, today: date) -> int:
        return max(0, (today - self.due_on).days)

    def snoozed(
        self, by: str, length: SnoozeLength, reason: SnoozeReason, today: date, is_work: IsWorkingDay
    ) -> "FollowUp":
        """Counts from today, so that a snoozed follow-up never comes back on the same day.

        Raises FollowUpClosedError when it is already done.
        """
        if self.status is not Status.OPEN:
            raise FollowUpClosedError
        if length is SnoozeLength.WEEK:
            until = first_working_day(today + timedelta(days=7), is_work)
        else:
            until = add_working_days(today, 1 if length is SnoozeLength.ONE_DAY else 3, is_work)
        snooze = Snooze(by=by, on=today, until=until, reason=reason)
        return self.model_copy(update={"snoozes": (*self.snoozes, snooze)})

    def replacing(self, before: "FollowUp | None") -> "FollowUp":
        """In the place of an older one: what was put off stays so unless its day moved or it was done."""
        is_same = before is not None and before.status is Status.OPEN and before.due_on == self.due_on
        return self.model_copy(update={"snoozes": before.snoozes}) if before is not None and is_same else self

    def completed(self) -> "FollowUp":
        return self.model_copy(update={"status": Status.DONE})


def contact_due(customer: Customer, gaps: dict[Tier, int], is_work: IsWorkingDay) -> FollowUp:
    """The customer's contact follow-up, due a tier's gap after the last contact.

    A due day on a holiday moves back to the working day before it; if that would be no later than the contact
    itself, forward to the first working day after the contact.
    """
    start = customer.last_contact_on or customer.created_on
    gap = gaps[customer.tier]
    due_on = first_working_day(start + timedelta(days=gap), is_work, step=-1)
    if due_on <= start:
        due_on = first_working_day(start + timedelta(days=1), is_work)
    return FollowUp(
        id=contact_id(customer.id),
        kind=Kind.CONTACT,
        customer_id=customer.id,
        owner_id=customer.owner_id,
        due_on=due_on,
        cadence=Cadence(tier=customer.tier, gap=gap, counted_from=start, is_first=customer.last_contact_on is None),
    )


def need_due(customer: Customer, needs: Iterable[Need], is_work: IsWorkingDay) -> FollowUp | None:
    """The customer's follow-up about its needs: due when an open one was not confirmed for too long.

    On a holiday it moves forward to a working day. None without open needs.
    """
    found = [(due, need.id, need) for need in needs if (due := need.stale_on(customer.tier)) is not None]
    if not found:
        return None
    due, _, first = min(found, key=lambda each: each[:2])
    return FollowUp(
        id=need_id(customer.id),
        kind=Kind.NEED,
        customer_id=customer.id,
        owner_id=customer.owner_id,
        due_on=first_working_day(due, is_work),
        title=first.statement,
    )


def steps_of(visit: Visit, owner_id: str, is_work: IsWorkingDay) -> list[FollowUp]:
    """What is to be done after a visit: the next step, and every promise that has a day.

    What the other side promised for a day on which nobody works is asked after on the working day that follows.
    """
    common = {"kind": Kind.STEP, "customer_id": visit.customer_id, "owner_id": owner_id}
    found = []
    if visit.next_step and visit.next_step_on is not None:
        step = {"id": f"step-{visit.id}", "title": visit.next_step, "due_on": visit.next_step_on}
        found.append(FollowUp.model_validate(common | step))
    for number, each in enumerate(visit.facts.promises):
        if each.due_on is not None:
            due_on = first_working_day(each.due_on, is_work) if each.by is Side.THEIRS else each.due_on
            promise = {"id": f"step-{visit.id}-{number}", "title": each.text, "by": each.by, "due_on": due_on}
            found.append(FollowUp.model_validate(common | promise))
    return found


def contact_id(customer_id: str) -> str:
    return f"contact-{customer_id}"


def need_id(customer_id: str) -> str:
    return f"need-{customer_id}"


class DueItem(BaseModel):
    """A follow-up with the customer it concerns, as a list shows it."""

    model_config = ConfigDict(frozen=True)
    followup: FollowUp
    customer: Customer

    def urgency(self, today: date) -> tuple[int, int, int, str]:
        """Sorts worst first: days late × tier, then tier, then promises before contacts."""
        weight = self.customer.tier.weight
        return (
            -self.followup.days_late(today) * weight,
            -weight,
            0 if self.followup.kind is Kind.STEP else 1,
            self.followup.id,
        )
