"""Follow-ups: what to get back to a customer about, since when it is late, and what a snooze does to it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.domain.cadence import CadenceRules, Counted, Explanation
from bot.domain.customer import Customer, Tier
from bot.domain.entry import Bilingual
from bot.domain.facts import RiskEvent, Side
from bot.domain.stored import Stored
from bot.domain.visit import STEP_LIMIT
from bot.errors import FollowUpClosedError, SnoozedOftenError, SnoozeForbiddenError


class Kind(StrEnum):
    """Why one gets back to a customer. Of each reason there is one open item per customer."""

    CONTACT = "contact"
    """The cadence says it is time to be in touch again."""
    STEP = "step"
    """A promise: somebody wrote down a next step, ours or theirs, with a day."""
    NEED = "need"
    """A need was not confirmed for long. There is one of these per customer, whatever the number of needs."""
    RENEWAL = "renewal"
    """The contract ends; its current milestone, one at a time."""
    RISK = "risk"
    """A risk event was noted, or risk has set the customer's flag."""
    OBJECTION = "objection"
    """An objection was raised and is still open."""
    REVIEW = "review"
    """The customer's business review comes round."""
    VALUE = "value"
    """Something worth knowing for this customer, sent because it concerns it."""


class Status(StrEnum):
    OPEN = "open"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    """Closed without being done: the reason for it is gone."""


class Colour(StrEnum):
    """How a customer stands with its cadence."""

    GREEN = "green"
    YELLOW = "yellow"
    """Between the ideal and the maximum gap, or in the grace after it."""
    RED = "red"
    """Overdue."""


class SnoozeLength(StrEnum):
    ONE_DAY = "1wd"
    THREE_DAYS = "3wd"
    WEEK = "7d"


class SnoozeReason(StrEnum):
    ASKED_TO_WAIT = "asked_to_wait"
    TRAVELLING = "travelling"
    WAITING_FOR_PAPERS = "waiting_for_papers"
    OTHER = "other"


MAX_SNOOZES: Final = 2
UNDO: Final = timedelta(minutes=1)


class Snooze(Stored):
    """Who put a follow-up off, on which day, until when and why."""

    by: str
    on: date
    until: date
    reason: SnoozeReason
    at: datetime | None = None


class DropReason(StrEnum):
    """Why something is not needed."""

    NOT_WANTED = "not_wanted"
    OVERTAKEN = "overtaken"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Closing(Stored):
    """Who was done with it, and when. `reason` is why it was not needed; None: it was done.

    `id` comes from the form: the same form sent twice is one closing.
    """

    id: str = ""
    by: str
    at: datetime
    reason: DropReason | None = None


class FollowUp(Stored):
    """One thing to get back to one customer about."""

    id: str
    kind: Kind
    customer_id: str
    owner_id: str
    due_on: date
    title: str = Field(default="", max_length=STEP_LIMIT)
    """In somebody's own words; sealed at rest."""
    subject: str = ""
    """What it is about, where that is one of a fixed set: the milestone, the risk event, the entry of the playbook."""
    since: date | None = None
    """The day the reason began: when it was promised, raised, noted."""
    about_on: date | None = None
    """The day it is about: when the contract expires."""
    by: Side = Side.OURS
    """Who said it would be done; a step of theirs is to be asked after."""
    explanation: Explanation | None = None
    """Of a contact: how its day came about."""
    status: Status = Status.OPEN
    closed_on: date | None = None
    """The day somebody finished it or said that it is not needed."""
    is_lapsed: bool = False
    """Closed by itself, because its reason is gone; with the reason it opens again."""
    held_until: date | None = None
    """It is agreed with the customer that nothing of its kind is asked of it before then; a working day."""
    snoozes: tuple[Snooze, ...] = ()
    closing: Closing | None = None
    """How it was closed the last time; of one that goes on for ever also while the next turn is open."""
    line: str = ""
    """What came of it, in somebody's own words; sealed at rest."""

    @model_validator(mode="before")
    @classmethod
    def _cadence_of_earlier_releases(cls, values: Any) -> Any:
        """Up to 0.4 a contact knew its tier, gap and the day it was counted from."""
        if not isinstance(values, Mapping) or not values.get("cadence"):
            return values
        old = values["cadence"]
        counted = Counted.CREATED if old.get("is_first") else Counted.TOLD
        told = {"tier": old["tier"], "base_gap": old["gap"], "gap": old["gap"], "counted_from": old["counted_from"]}
        kept = {name: value for name, value in values.items() if name != "cadence"}
        return {"explanation": {**told, "counted": counted}, **kept}

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def clock_on(self) -> date:
        """The day its lateness counts from: never in an agreed quiet time; while a promise that is due sooner stands
        for it, the day without it."""
        otherwise_on = self.explanation.otherwise_on if self.explanation else None
        return max(otherwise_on or self.due_on, self.held_until or date.min)

    @property
    def shown_on(self) -> date:
        """The day it enters the daily list: when it is due by itself, or later while snoozed."""
        return max(self.clock_on, self.snoozes[-1].until) if self.snoozes else self.clock_on

    @property
    def overdue_on(self) -> date:
        """The first day on which it is overdue: after the grace of a contact; a task has none."""
        return self.clock_on + timedelta(days=(self.explanation.grace if self.explanation else 0) + 1)

    def is_waiting(self, today: date) -> bool:
        """Whether it still asks for something today."""
        return self.status is Status.OPEN and self.shown_on <= today

    def days_late(self, today: date) -> int:
        return max(0, (today - self.clock_on).days)

    def severity(self, today: date, rules: CadenceRules) -> int:
        """0 unless it is overdue; then 1, from more than half of its gap late on 2, from more than all of it on 3."""
        if self.status is not Status.OPEN or today < self.overdue_on:
            return 0
        late = self.days_late(today)
        gap = self.explanation.gap if self.explanation else rules.task_gap
        return 1 + (late * 2 > gap) + (late > gap)

    def colour(self, today: date) -> Colour:
        if self.status is not Status.OPEN:
            return Colour.GREEN
        if today >= self.overdue_on:
            return Colour.RED
        ideal_on = self.explanation.ideal_on if self.explanation else None
        return Colour.YELLOW if today >= (ideal_on or self.clock_on) else Colour.GREEN

    @property
    def turn(self) -> str:
        """Which time round it is: a click on an older one finds that it has moved on."""
        return self.clock_on.isoformat()

    def ensure_turn(self, turn: str, today: date) -> None:
        """Raises FollowUpClosedError where the click was meant for something that is settled by now.

        Messages of earlier releases do not say which turn they mean: then it has to be due.
        """
        is_another = turn != self.turn if turn else self.clock_on > today
        if self.status is not Status.OPEN or is_another:
            raise FollowUpClosedError

    def may_be_snoozed(self, tier: Tier) -> bool:
        """Not what we promised to a customer of tier A, nor what risk waits for; and nothing more than twice."""
        return self._is_snoozable(tier) and len(self.snoozes) < MAX_SNOOZES

    def _is_snoozable(self, tier: Tier) -> bool:
        is_promise = self.kind is Kind.STEP and self.by is Side.OURS
        return self.kind is not Kind.RISK and not (is_promise and tier is Tier.A)

    def snoozed(self, snooze: Snooze, tier: Tier) -> "FollowUp":
        """Raises FollowUpClosedError when it is already done, SnoozeForbiddenError or SnoozedOftenError."""
        if self.status is not Status.OPEN:
            raise FollowUpClosedError
        if not self._is_snoozable(tier):
            raise SnoozeForbiddenError
        if len(self.snoozes) >= MAX_SNOOZES:
            raise SnoozedOftenError(count=MAX_SNOOZES)
        return self.model_copy(update={"snoozes": (*self.snoozes, snooze)})

    def closed(self, closing: Closing, line: str, today: date) -> "FollowUp":
        """Done, or with a reason not needed. Raises FollowUpClosedError when it is closed already."""
        if self.status is not Status.OPEN:
            raise FollowUpClosedError
        done = self.completed(today)
        status = Status.DONE if closing.reason is None else Status.NOT_NEEDED
        return done.model_copy(update={"status": status, "closing": closing, "line": line})

    def changed_by(self, user_id: str, now: datetime) -> bool:
        """Whether that person has closed it or put it off within the last minute, and may take it back."""
        changes = [(self.closing.by, self.closing.at)] if self.closing else []
        changes += [(each.by, each.at) for each in self.snoozes[-1:] if each.at]
        return any(by == user_id and now - at < UNDO for by, at in changes)

    @property
    def is_closed_by_hand(self) -> bool:
        return self.status is not Status.OPEN and not self.is_lapsed

    def replacing(self, before: "FollowUp | None") -> "FollowUp":
        """In the place of an older one: what was put off stays so unless its day moved or it was closed."""
        is_same = before is not None and before.status is Status.OPEN and before.clock_on == self.clock_on
        return self.model_copy(update={"snoozes": before.snoozes}) if before is not None and is_same else self

    def promised_for(self, due_on: date, said_on: date) -> "FollowUp":
        """Promised once more: for another day it is a new promise, which nobody has put off yet."""
        if due_on == self.due_on:
            return self
        return self.model_copy(update={"due_on": due_on, "since": said_on, "snoozes": ()})

    def completed(self, on: date | None = None) -> "FollowUp":
        return self.model_copy(update={"status": Status.DONE, "closed_on": on, "is_lapsed": False})

    def lapsed(self) -> "FollowUp":
        """Nothing is due any more, without anybody having done it."""
        if self.status is not Status.OPEN:
            return self
        return self.model_copy(update={"status": Status.NOT_NEEDED, "is_lapsed": True})


def is_hard(followup: FollowUp) -> bool:
    """A risk event that makes a customer red."""
    return followup.kind is Kind.RISK and followup.subject in {each for each in RiskEvent if each.is_hard}


def contact_id(customer_id: str) -> str:
    return f"contact-{customer_id}"


def need_id(customer_id: str) -> str:
    return f"need-{customer_id}"


def renewal_id(customer_id: str) -> str:
    return f"renewal-{customer_id}"


def review_id(customer_id: str) -> str:
    return f"review-{customer_id}"


FLAG: Final = "flag"
"""Of a risk follow-up: it is about the customer's flag, whatever event has set it."""


def risk_id(customer_id: str, event: str) -> str:
    return f"risk-{customer_id}-{event}"


def objection_id(customer_id: str, entry_id: str) -> str:
    return f"objection-{customer_id}-{entry_id}"


def standing_ids(customer_id: str) -> tuple[str, ...]:
    """The follow-ups of which a customer has one for ever, open or not."""
    return (
        contact_id(customer_id),
        need_id(customer_id),
        renewal_id(customer_id),
        review_id(customer_id),
        risk_id(customer_id, FLAG),
    )


class DueItem(BaseModel):
    """A follow-up with the customer it concerns, as a list shows it."""

    model_config = ConfigDict(frozen=True)
    followup: FollowUp
    customer: Customer
    about: Bilingual | None = None
    """The title of the entry it is about, when it is about one that is still in the playbook."""
    visit_since: date | None = None
    """Of a contact: since when nobody was there, where the tier asks for a visit by now."""
    may_undo: bool = False
    """Whoever looks has changed it a moment ago."""

    def urgency(self, today: date, rules: CadenceRules) -> tuple[int, int, int, int, str]:
        """Sorts worst first: severity × tier, then days late × tier, then tier, then by the order of a day's work."""
        weight = self.customer.tier.weight
        return (
            -self.followup.severity(today, rules) * weight,
            -self.followup.days_late(today) * weight,
            -weight,
            _ORDER.index(self.followup.kind),
            self.followup.id,
        )


_ORDER: Final = (
    Kind.STEP,
    Kind.RISK,
    Kind.RENEWAL,
    Kind.OBJECTION,
    Kind.CONTACT,
    Kind.REVIEW,
    Kind.NEED,
    Kind.VALUE,
)
"""Promises first, then risk, renewals, contacts: as a day is planned."""
