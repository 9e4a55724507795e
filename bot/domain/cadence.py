"""The clock of routine contacts: when a customer is to be contacted next, and why on that day.

All numbers are the design defaults of the trade's working rules; no authority sets them, each workspace may.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from pydantic import Field

from bot.domain.customer import Customer, Risk, Tier
from bot.domain.stored import Stored
from bot.domain.visit import WAYS, Channel
from bot.domain.workcalendar import IsWorkingDay, first_working_day

LONGEST_GAP: Final = 365


class TierCadence(Stored):
    """What a tier asks for. Days are calendar days, months calendar months."""

    max_gap: int = Field(ge=1, le=LONGEST_GAP)
    """At most so long between two contacts that count."""
    ideal_gap: int = Field(ge=1, le=LONGEST_GAP)
    """From then on a contact would be good; never more than the maximum in effect."""
    grace: int = Field(ge=0, le=60)
    """Days after the due day on which a contact is not called overdue yet."""
    counts: frozenset[Channel] = frozenset(WAYS)
    """By which ways a contact counts; it always takes an answer."""
    review_months: int | None = Field(default=None, ge=1, le=24)
    """The customer's business review comes round after so many months; None: there is none."""
    stale_after: int = Field(ge=1, le=730)
    """A need not confirmed for so many days is to be asked again."""
    renewal_days: tuple[int, ...] = (90, 60, 45, 30, 14, 7, -7)
    """The milestones of a renewal: days before the contract expires, and after it where negative."""


def _tiers() -> dict[Tier, TierCadence]:
    early = (120, *TierCadence.model_fields["renewal_days"].default)
    return {
        Tier.A: TierCadence(max_gap=14, ideal_gap=10, grace=2, review_months=3, stale_after=90, renewal_days=early),
        Tier.B: TierCadence(max_gap=30, ideal_gap=21, grace=4, review_months=6, stale_after=90),
        Tier.C: TierCadence(max_gap=60, ideal_gap=45, grace=7, review_months=12, stale_after=180),
        Tier.D: TierCadence(max_gap=90, ideal_gap=70, grace=14, stale_after=180),
    }


class CadenceRules(Stored):
    """Every number the follow-ups go by; `python -m bot` and Home show them to whoever administers the workspace."""

    tiers: Mapping[Tier, TierCadence] = Field(default_factory=_tiers)
    amber_percent: int = Field(default=75, ge=10, le=100)
    """Of the tier's gap, while the customer's risk flag is amber."""
    red_percent: int = Field(default=50, ge=10, le=100)
    shortest_gap: int = Field(default=5, ge=1, le=60)
    """A risk flag never makes the gap shorter than this."""
    renewal_window: int = Field(default=90, ge=0, le=365)
    """So many days before the contract expires the contacts come closer."""
    renewal_gap: int = Field(default=14, ge=1, le=LONGEST_GAP)
    attempts: int = Field(default=3, ge=1, le=5)
    """So often in vain within `attempt_days`..."""
    attempt_ways: int = Field(default=2, ge=1, le=2)
    """...by so many ways: calling or calling on, and writing."""
    attempt_days: int = Field(default=10, ge=1, le=60)
    own_shortest: int = Field(default=5, ge=1, le=60)
    """A customer's own frequency counts from so many days on..."""
    own_longest_percent: int = Field(default=200, ge=100, le=1000)
    """...up to this share of the tier's gap."""
    hard_risk_days: int = Field(default=1, ge=0, le=30)
    """Working days to answer a hard risk event in."""
    soft_risk_days: int = Field(default=5, ge=0, le=60)
    objection_days: int = Field(default=3, ge=0, le=60)
    """Working days to answer an objection in that is still open: then it goes to somebody who knows more."""
    task_gap: int = Field(default=7, ge=1, le=90)
    """What stands for the gap where there is none: a promise is half of it late at severity 2, all of it at 3."""
    value_days: int = Field(default=5, ge=0, le=60)
    """Working days in which something worth knowing is passed on."""
    value_per_month: int = Field(default=2, ge=0, le=31)
    """Items of value sent to one customer in a calendar month."""

    def of(self, tier: Tier) -> TierCadence:
        return self.tiers[tier]

    def with_gaps(self, gaps: Mapping[Tier, int]) -> "CadenceRules":
        """With other maximum gaps; an ideal one is never longer than its maximum."""
        tiers = dict(self.tiers)
        for tier, gap in gaps.items():
            known = tiers[tier]
            tiers[tier] = known.model_copy(update={"max_gap": gap, "ideal_gap": min(known.ideal_gap, gap)})
        return self.model_copy(update={"tiers": tiers})


class Cause(StrEnum):
    """Which rule has the last word on a day. Those of the contact clock come in the order of their force."""

    OPTED_OUT = "opted_out"
    """Wants nothing but service and legal notices: no routine contact is due."""
    PROMISE = "promise"
    """Something is promised for an earlier day."""
    QUIET = "quiet"
    """Agreed with the customer: not before then."""
    OWN = "own"
    """The customer's own frequency."""
    TIER = "tier"
    """The tier's gap, with what makes it shorter."""


class Modifier(StrEnum):
    """What makes a tier's gap shorter."""

    AMBER = "amber"
    RED = "red"
    RENEWAL = "renewal"


class Shortened(Stored):
    """What made the gap how short."""

    by: Modifier
    to: int


class Counted(StrEnum):
    """What kind of day the count begins on."""

    VISIT = "visit"
    PHONE = "phone"
    VIDEO = "video"
    MESSAGE = "message"
    TOLD = "told"
    """A contact that was typed or imported, nobody knows by which way."""
    SETTLED = "settled"
    """No contact, but somebody closed the follow-up before: done otherwise, or not needed."""
    REOPENED = "reopened"
    """No contact since the relationship went on after all."""
    CREATED = "created"
    """No contact is known yet: the day the customer was created."""


class Explanation(Stored):
    """Why a contact is due on its day, as data."""

    cause: Cause = Cause.TIER
    tier: Tier
    base_gap: int
    """The tier's."""
    gap: int
    """The one in effect."""
    modifiers: tuple[Shortened, ...] = ()
    """What made it shorter, in the order it was applied."""
    counted: Counted = Counted.TOLD
    counted_from: date
    own_every: int | None = None
    """The customer's own frequency, when it decides."""
    quiet_until: date | None = None
    renewal_on: date | None = None
    """The day the contract expires, when that made the gap shorter."""
    promise_id: str | None = None
    """The follow-up of the promise that is earlier."""
    otherwise_on: date | None = None
    """The day it would be without that promise."""
    moved_from: date | None = None
    """The day the count came to, when nobody works on it."""
    ideal_on: date | None = None
    grace: int = 0
    missed: int = 0
    """Attempts since then, of late."""
    is_one_way: bool = False
    """They are many, but all by one way: another one should be tried."""
    is_hard_to_reach: bool = False
    """They are so many that another contact person, or the lead, should try."""

    @property
    def is_first(self) -> bool:
        return self.counted is Counted.CREATED

    @property
    def without_promise(self) -> "Explanation":
        """Why it would be due on `otherwise_on`; itself where no promise is earlier."""
        if self.cause is not Cause.PROMISE:
            return self
        return self.model_copy(update={"cause": Cause.TIER, "otherwise_on": None, "moved_from": None})


@dataclass(frozen=True, slots=True)
class Due:
    on: date
    explanation: Explanation


def next_due(
    customer: Customer,
    rules: CadenceRules,
    is_work: IsWorkingDay,
    promises: Iterable[tuple[str, date]] = (),
    settled_on: date | None = None,
) -> Due:
    """The day of the customer's next routine contact: always a working day after the contact it is counted from.

    `promises` are the open ones: id and day. By force: opted out, an open promise that is due earlier, an agreed quiet
    time, the customer's own frequency, the tier's gap with its modifiers. A day on which nobody works moves back to
    the working day before; if that would be no later than the contact itself, forward to the first one after it. The
    end of a quiet time moves forward only. `settled_on`: on that day somebody closed the one before without a contact.
    """
    tier = rules.of(customer.tier)
    start, counted = last_counted(customer, tier.counts)
    if settled_on is not None and settled_on > start:
        start, counted = settled_on, Counted.SETTLED
    explained, quiet = _gap(customer, rules, start), {}
    raw = start + timedelta(days=explained.gap)
    on = _placed(raw, start, is_work)
    if customer.quiet_until is not None and on < customer.quiet_until:
        raw = customer.quiet_until
        on = first_working_day(raw, is_work)
        quiet = {"cause": Cause.QUIET, "quiet_until": raw}
    ideal = explained.gap * min(tier.ideal_gap, tier.max_gap) // tier.max_gap
    missed = _missed(customer, rules, start)
    is_hard = len(missed) >= rules.attempts and len({way for _, way in missed}) >= rules.attempt_ways
    found = explained.model_copy(
        update={
            **quiet,
            "counted": counted,
            "moved_from": raw if raw != on else None,
            "ideal_on": max(start + timedelta(days=max(1, ideal)), customer.quiet_until or start),
            "grace": tier.grace,
            "missed": len(missed),
            "is_one_way": len(missed) >= rules.attempts and not is_hard,
            "is_hard_to_reach": is_hard,
        }
    )
    early = [(_placed(day, start, is_work), each, day) for each, day in promises if start < day]
    first = min((each for each in early if each[0] < on), default=None)
    if customer.is_opted_out:
        return Due(on, found.model_copy(update={"cause": Cause.OPTED_OUT}))
    if first is not None:
        promised, promise_id, day = first
        update = {"cause": Cause.PROMISE, "promise_id": promise_id, "otherwise_on": on}
        return Due(promised, found.model_copy(update={**update, "moved_from": day if day != promised else None}))
    return Due(on, found)


def last_counted(customer: Customer, counts: frozenset[Channel]) -> tuple[date, Counted]:
    """The day of the latest contact that counts, and what it was; else the day it all began, or began anew."""
    ways = [each for each in Channel if each in counts and each in customer.contacted_on]
    known = [(customer.contacted_on[each], Counted(each)) for each in ways]
    if customer.told_on is not None:
        known.append((customer.told_on, Counted.TOLD))
    if customer.reopened_on is not None:
        known.append((customer.reopened_on, Counted.REOPENED))
    return max(known, key=lambda each: each[0]) if known else (customer.created_on, Counted.CREATED)


def _missed(customer: Customer, rules: CadenceRules, start: date) -> list[tuple[date, Channel]]:
    """Attempts after `start`, one a day and way, in the time up to the last of them in which they are counted."""
    called = [(day, Channel.MISSED) for day in customer.missed_on if day > start]
    since = called + [(day, Channel.UNANSWERED) for day in customer.unanswered_on if day > start]
    last = max((day for day, _ in since), default=start)
    return [(day, way) for day, way in since if (last - day).days < rules.attempt_days]


def _gap(customer: Customer, rules: CadenceRules, start: date) -> Explanation:
    """The gap in effect after a contact on `start`, and why."""
    base = rules.of(customer.tier).max_gap
    values = {"tier": customer.tier, "base_gap": base, "counted_from": start}
    if customer.preferred_every_days is not None:
        longest = max(base * rules.own_longest_percent // 100, rules.own_shortest)
        own = min(max(customer.preferred_every_days, rules.own_shortest), longest)
        return Explanation.model_validate(
            {**values, "gap": own, "cause": Cause.OWN, "own_every": customer.preferred_every_days}
        )
    gap, renewal_on = base, None
    modifiers: list[Shortened] = []
    flag = {Risk.AMBER: (Modifier.AMBER, rules.amber_percent), Risk.RED: (Modifier.RED, rules.red_percent)}
    if customer.risk in flag:
        modifier, percent = flag[customer.risk]
        shorter = max(gap * percent // 100, min(rules.shortest_gap, gap))
        if shorter < gap:
            gap, modifiers = shorter, [Shortened(by=modifier, to=shorter)]
    if (ends := customer.contract_expires_on) is not None:
        opens = ends - timedelta(days=rules.renewal_window)
        closer = max(rules.renewal_gap, (opens - start).days)
        if closer < gap and start + timedelta(days=closer) <= ends:
            gap, renewal_on = closer, ends
            modifiers = [*modifiers, Shortened(by=Modifier.RENEWAL, to=gap)]
    return Explanation.model_validate({**values, "gap": gap, "modifiers": tuple(modifiers), "renewal_on": renewal_on})


def _placed(day: date, start: date, is_work: IsWorkingDay) -> date:
    """On the working day before where nobody works, but always after `start`."""
    moved = first_working_day(day, is_work, step=-1)
    return moved if moved > start else first_working_day(start + timedelta(days=1), is_work)
