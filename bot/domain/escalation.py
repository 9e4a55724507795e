"""How far a follow-up that stays undone has come on its ladder, and what that asks for today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bot.domain.customer import Customer, Risk, Tier
from bot.domain.entry import Bilingual
from bot.domain.facts import Side
from bot.domain.followup import FollowUp, Kind, Status, is_hard
from bot.domain.ladder import Ask, EscalationRules, Step, Trigger
from bot.domain.notice import Notice, NoticeKind
from bot.domain.stored import Stored
from bot.domain.workcalendar import IsWorkingDay, add_working_days, first_working_day

ALERT: Final = "alert"
"""The step of a hard risk event at which account manager and risk are told."""


class Outcome(StrEnum):
    """What was done about it; each ends the ladder."""

    TAKEN = "taken"
    REASSIGNED = "reassigned"
    QUIET = "quiet"
    """Agreed with the customer: not before a day."""
    NUDGED = "nudged"
    """Handed back to the account manager, with the name of who asks."""


class Answer(Stored):
    by: str
    on: date
    outcome: Outcome
    until: date | None = None
    """Of an agreed quiet: the day it is over."""


class Fired(Stored):
    """A step that was taken. Nobody in `notices`: it is told in the weekly report only."""

    step: str
    on: date
    notices: tuple[str, ...] = ()
    """The keys of its messages."""


class Escalation(Stored):
    """How far one follow-up has come on its ladder, for as long as the same thing stays undone."""

    followup_id: str
    customer_id: str
    owner_id: str
    trigger: Trigger
    since: date | None
    """When the reason of the follow-up began; another day is another matter."""
    began_on: date
    """Day 0: the working day on which the account manager learns of it."""
    fired: tuple[Fired, ...] = ()
    answer: Answer | None = None

    def is_about(self, followup: FollowUp, today: date) -> bool:
        """Still the same matter: with the same owner, and not put off by agreement since it was answered."""
        is_same = (self.since, self.owner_id) == (followup.since, followup.owner_id)
        if not is_same or self.answer is None:
            return is_same
        is_over = self.answer.until is not None and self.answer.until <= today
        return followup.clock_on <= self.answer.on and not is_over

    def ref(self, step: str) -> str:
        """What makes a message about it the only one of its step."""
        return f"{self.followup_id}:{self.began_on.isoformat()}:{step}"

    def notice(self, step: str, user_id: str, day: date, kind: NoticeKind) -> Notice:
        """The message that asks, or tells, one person."""
        return Notice(
            kind=kind,
            user_id=user_id,
            day=day,
            ref=self.ref(step),
            customer_id=self.customer_id,
            followup_ids=(self.followup_id,),
        )

    def is_fired(self, step: Step) -> bool:
        return any(each.step == step.name for each in self.fired)

    def firing(self, fired: Iterable[Fired]) -> "Escalation":
        """A step taken again replaces the first try, which reached nobody."""
        anew = {each.step: each for each in (*self.fired, *fired)}
        return self.model_copy(update={"fired": tuple(anew.values())})

    def without(self, step: str) -> "Escalation":
        return self.model_copy(update={"fired": tuple(each for each in self.fired if each.step != step)})

    def answered(self, by: str, on: date, outcome: Outcome, until: date | None = None) -> "Escalation":
        """The first answer counts."""
        if self.answer is not None:
            return self
        return self.model_copy(update={"answer": Answer(by=by, on=on, outcome=outcome, until=until)})


@dataclass(frozen=True, slots=True)
class Climb:
    """What a day asks of one follow-up's ladder: the steps to take, and those a later one to the same people stands
    for."""

    take: tuple[Step, ...]
    passed: tuple[Step, ...]


def trigger_of(followup: FollowUp, customer: Customer, rules: EscalationRules, today: date) -> Trigger | None:
    """None for what nobody up the line needs to know: theirs to do, not overdue, put off, or quiet by agreement.

    Agreed quiet stands back behind a promise and a hard risk event only.
    """
    if not followup.is_waiting(today):
        return None
    if _is_red(followup):
        return Trigger.RISK
    if today < followup.overdue_on:
        return None
    if followup.kind is Kind.STEP:
        return Trigger.PROMISE if followup.by is Side.OURS else None
    if customer.is_quiet(today) or (followup.kind is Kind.RENEWAL and not _is_near(customer, rules, today)):
        return None
    return _PLAIN.get(followup.kind)


def _is_red(followup: FollowUp) -> bool:
    """A hard risk event, or a flag that risk has set to red without one."""
    return is_hard(followup) or (followup.kind is Kind.RISK and followup.subject == Risk.RED)


def begun(followup: FollowUp, trigger: Trigger, today: date, is_work: IsWorkingDay, *, is_new: bool) -> Escalation:
    """A ladder's first day. Whoever has taken the customer over gets the days anew: `is_new` is False for that."""
    first = first_working_day(followup.overdue_on, is_work)
    if trigger is Trigger.RISK and followup.since is not None:
        first = followup.since
    return Escalation(
        followup_id=followup.id,
        customer_id=followup.customer_id,
        owner_id=followup.owner_id,
        trigger=trigger,
        since=followup.since,
        began_on=min(first, today) if is_new else today,
    )


def current(
    known: Escalation | None, followup: FollowUp, trigger: Trigger, today: date, is_work: IsWorkingDay
) -> Escalation:
    """The one that goes on, or a new one: done and due again, in other hands, or due after an agreed quiet."""
    if known is not None and known.is_about(followup, today):
        return known
    if known is None or known.since != followup.since or known.owner_id == followup.owner_id:
        return begun(followup, trigger, today, is_work, is_new=True)
    # Taken over: what was told at once is not told again.
    told = [each for each in known.fired if each.step == ALERT]
    return begun(followup, trigger, today, is_work, is_new=False).firing(told)


def climb(found: Escalation, tier: Tier, rules: EscalationRules, today: date, is_work: IsWorkingDay) -> Climb:
    """The steps due by `today` that were not taken; none once somebody has answered."""
    if found.answer is not None:
        return Climb((), ())
    due = [
        step
        for step in rules.steps(found.trigger)
        if tier in step.tiers
        and not found.is_fired(step)
        and add_working_days(found.began_on, step.after, is_work) <= today
    ]
    last = {step.to: step for step in due}
    return Climb(tuple(last.values()), tuple(step for step in due if step not in last.values()))


def is_never_capped(found: Escalation, tier: Tier) -> bool:
    """Hard risk events and promises to A customers are told however many they are."""
    return found.trigger is Trigger.RISK or (found.trigger is Trigger.PROMISE and tier is Tier.A)


def next_step(found: Escalation, tier: Tier, rules: EscalationRules, is_work: IsWorkingDay) -> tuple[date, Step] | None:
    """Which step comes next, and when; None when there is none, or somebody has answered."""
    coming = [
        (add_working_days(found.began_on, step.after, is_work), step)
        for step in rules.steps(found.trigger)
        if tier in step.tiers and not found.is_fired(step)
    ]
    return min(coming, key=lambda each: each[0], default=None) if found.answer is None else None


def _is_near(customer: Customer, rules: EscalationRules, today: date) -> bool:
    ends_on = customer.contract_expires_on
    return ends_on is not None and (ends_on - today).days <= rules.renewal_from


_PLAIN: Final[Mapping[Kind, Trigger]] = {
    Kind.CONTACT: Trigger.CONTACT,
    Kind.OBJECTION: Trigger.OBJECTION,
    Kind.RENEWAL: Trigger.RENEWAL,
}


@dataclass(frozen=True, slots=True)
class EscalationItem:
    """What is asked about, as one person may see it."""

    escalation: Escalation
    followup: FollowUp
    customer: Customer
    ask: Ask | None
    today: date
    note: str | None = None
    """The last one, for who may see the customer."""
    about: Bilingual | None = None
    """The title of the objection, as the playbook calls it."""
    may_see: bool = False
    may_reassign: bool = False
    may_quiet: bool = False

    @property
    def is_open(self) -> bool:
        """Still undone, in the same hands, and nobody has answered."""
        is_undone = self.followup.status is Status.OPEN and self.escalation.is_about(self.followup, self.today)
        return is_undone and self.escalation.answer is None


class Week(Stored):
    """Which escalations one lead got in one week, and which were held back for the report."""

    sent: int = 0
    """Those that count towards the limit."""
    held: tuple[str, ...] = ()
    """Follow-ups that the report tells."""

    def with_sent(self) -> "Week":
        return self.model_copy(update={"sent": self.sent + 1})

    def with_held(self, followup_id: str) -> "Week":
        return self if followup_id in self.held else self.model_copy(update={"held": (*self.held, followup_id)})


def week_of(day: date) -> str:
    """As ISO counts them: 2026-W09."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
