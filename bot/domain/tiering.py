"""Which tier a customer is of: decided by its score, or by people.

A customer for whom nothing was typed or imported keeps the tier it was given. Risk is another axis, with a flag of its
own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.customer import Tier
from bot.domain.tierinputs import TierInputs
from bot.domain.tierrecord import BY_RULE, Asked, Below, Cause, Override, TierDecision, TierRecord
from bot.domain.tierrules import TierRules
from bot.domain.tierscore import Score, score
from bot.errors import FieldError, TierDecidedError


class Why(StrEnum):
    """What points to a tier."""

    SCORE = "score"
    NEW = "new"
    DORMANT = "dormant"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the figures point to; None: too little is known."""

    tier: Tier | None
    why: Why


def goal(inputs: TierInputs, found: Score, since: date, rules: TierRules, today: date) -> Goal:
    """`since` is the day the customer was entered, which counts where nobody has said since when it is one."""
    if is_dormant(inputs, since, rules.dormant_days, today):
        return Goal(Tier.D, Why.DORMANT)
    days = (today - (inputs.customer_since or since)).days
    if days < rules.new_days and (inputs.drawdowns or 0) < rules.new_drawdowns:
        return Goal(Tier.B, Why.NEW)
    return Goal(rules.band(found.value), Why.SCORE) if found.value is not None else Goal(None, Why.UNKNOWN)


def is_dormant(inputs: TierInputs, since: date, days: int, today: date) -> bool:
    """Whether there was no drawdown for so many days."""
    last = _last_drawdown(inputs, since)
    return last is not None and (today - last).days >= days


def _last_drawdown(inputs: TierInputs, since: date) -> date | None:
    """For who has never drawn the day it began; None: nobody has said."""
    if inputs.last_drawdown_on is None and inputs.drawdowns == 0:
        return inputs.customer_since or since
    return inputs.last_drawdown_on


def quarter_of(day: date) -> int:
    """Counts on through the years."""
    return day.year * 4 + (day.month - 1) // 3


def recomputed(
    record: TierRecord,
    given: Tier,
    since: date,
    volumes: Sequence[Decimal],
    rules: TierRules,
    now: datetime,
    today: date,
    *,
    has_people: bool,
) -> TierRecord:
    """With the score of today and what follows from it; on the same day again, the same.

    `given` is the customer's tier. Upgrades come at once, to A by the lead's approval only, and only when `has_people`
    on both sides. Downgrades are decided at the first look in a quarter, when the score was below the band at that of
    the quarters before as well. Without a drawdown for long it is D at once.
    """
    found = score(record.inputs, volumes, rules, today)
    aim = goal(record.inputs, found, since, rules, today)
    quarter = quarter_of(today)
    idle = aim.why is not Why.DORMANT and is_dormant(record.inputs, since, rules.dormant_warning_days, today)
    fresh = _expired(record, given, now, today).model_copy(
        update={
            "score": found,
            "standing": record.standing or given,
            "quarter": quarter,
            "is_idle": idle,
            "is_lonely": aim.tier is Tier.A and not has_people,
            "looks_on": next_look(record, since, rules, today),
        }
    )
    step = _Step(fresh, aim, found.value, now)
    standing = fresh.standing or given
    # What somebody asked for waits for its answer, until there is a score to say it.
    asked = fresh.asked if fresh.asked is not None and fresh.asked.is_by_hand and found.value is None else None
    if aim.tier is None:
        return fresh.model_copy(update={"asked": asked})
    if aim.tier.weight > standing.weight:
        return step.raised(has_people=has_people, today=today)
    if aim.tier is standing or aim.why is Why.NEW:
        return fresh.model_copy(update={"below": (), "asked": asked})
    if aim.why is Why.DORMANT:
        return step.to(Tier.D, Cause.DORMANT)
    is_decided = record.quarter in (0, quarter)  # the first look ever begins a quarter's count, it does not end one
    return fresh.model_copy(update={"asked": None}) if is_decided else step.lowered(rules)


@dataclass(frozen=True, slots=True)
class _Step:
    record: TierRecord
    aim: Goal
    value: Decimal | None
    now: datetime

    def to(self, tier: Tier, cause: Cause) -> TierRecord:
        before = self.record.standing or tier
        line = TierDecision(at=self.now, by=BY_RULE, cause=cause, before=before, after=tier, score=self.value)
        update = {"standing": tier, "below": (), "asked": None, "history": (*self.record.history, line)}
        return self.record.model_copy(update=update)

    def raised(self, *, has_people: bool, today: date) -> TierRecord:
        """Tier A waits for the lead; meanwhile the customer is of tier B at least."""
        tier, standing = self.aim.tier or Tier.B, self.record.standing or Tier.D
        if tier is not Tier.A:
            return self.to(tier, Cause.UPGRADED)
        asks = has_people and self.record.declined_in != quarter_of(today)
        asked = self.record.asked
        risen = self.to(Tier.B, Cause.UPGRADED) if standing.weight < Tier.B.weight else self.record
        if not asks:
            return risen.model_copy(update={"below": (), "asked": None})
        if asked is not None:
            update = {"below": (), "asked": asked.model_copy(update={"score": self.value})}
            return risen.model_copy(update=update)
        ask = Asked(id=f"{today:%Y%m%d}", on=today, score=self.value)
        line = TierDecision(
            at=self.now,
            by=BY_RULE,
            cause=Cause.ASKED,
            before=risen.standing or standing,
            after=Tier.A,
            score=self.value,
        )
        return risen.model_copy(update={"below": (), "asked": ask, "history": (*risen.history, line)})

    def lowered(self, rules: TierRules) -> TierRecord:
        """To the better of the tiers it stood for in these quarters."""
        quarter = self.record.quarter
        tier = self.aim.tier or Tier.D
        kept = self.record.below if self.record.below and self.record.below[-1].quarter == quarter - 1 else ()
        below = (*kept, Below(quarter=quarter, tier=tier))
        if len(below) < rules.downgrade_quarters:
            return self.record.model_copy(update={"below": below, "asked": None})
        return self.to(max((each.tier for each in below), key=lambda each: each.weight), Cause.DOWNGRADED)


def _expired(record: TierRecord, given: Tier, now: datetime, today: date) -> TierRecord:
    """Without an override whose day is over."""
    override = record.override
    if override is None or today <= override.until:
        return record
    return _without_override(record, given, BY_RULE, Cause.EXPIRED, now)


def _without_override(record: TierRecord, given: Tier, by: str, cause: Cause, now: datetime) -> TierRecord:
    before = record.override.tier if record.override is not None else given
    line = TierDecision(at=now, by=by, cause=cause, before=before, after=record.standing or given)
    return record.model_copy(update={"override": None, "history": (*record.history, line)})


def approved(record: TierRecord, asked_id: str, by: str, now: datetime) -> TierRecord:
    """Raises TierDecidedError where nobody asks that (any more)."""
    return _answered(record, asked_id, by, Cause.APPROVED, now, "").model_copy(update={"standing": Tier.A})


def declined(record: TierRecord, asked_id: str, by: str, now: datetime, today: date, reason: str = "") -> TierRecord:
    """Asked again in the next quarter at the earliest. Raises TierDecidedError."""
    found = _answered(record, asked_id, by, Cause.DECLINED, now, reason)
    return found.model_copy(update={"declined_in": quarter_of(today)})


def _answered(record: TierRecord, asked_id: str, by: str, cause: Cause, now: datetime, reason: str) -> TierRecord:
    if record.asked is None or record.asked.id != asked_id:
        raise TierDecidedError
    before = record.standing or Tier.B
    after = Tier.A if cause is Cause.APPROVED else before
    line = TierDecision(at=now, by=by, cause=cause, before=before, after=after, score=record.asked.score, reason=reason)
    return record.model_copy(update={"asked": None, "below": (), "history": (*record.history, line)})


def overridden(
    record: TierRecord,
    given: Tier,
    override: Override,
    rules: TierRules,
    now: datetime,
    today: date,
    *,
    has_people: bool,
) -> TierRecord:
    """Raises FieldError for a day that is over or too far away, and for tier A without enough people."""
    if override.until < today:
        raise FieldError("until", "tiering.error_past")
    last = today + timedelta(days=rules.override_days)
    if override.until > last:
        raise FieldError("until", "tiering.error_far", last=last, count=rules.override_days)
    if override.tier is Tier.A and not has_people:
        raise FieldError("tier", "tiering.error_people", count=rules.contacts_for_a)
    if override == record.override:
        return record
    line = TierDecision(
        at=now,
        by=override.by,
        cause=Cause.OVERRIDDEN,
        before=record.in_force(given),
        after=override.tier,
        score=record.score.value if record.score else None,
        reason=override.reason,
        until=override.until,
    )
    update = {"override": override, "standing": record.standing or given, "looks_on": None}
    return record.model_copy(update=update | {"history": (*record.history, line)})


def lifted(record: TierRecord, given: Tier, by: str, now: datetime) -> TierRecord:
    """Without its override, before the day; nothing changes where there is none."""
    return record if record.override is None else _without_override(record, given, by, Cause.LIFTED, now)


def regiven(record: TierRecord, before: Tier, tier: Tier, by: str, now: datetime) -> TierRecord:
    """Another tier was brought in from outside, where neither a score nor an override says otherwise."""
    line = TierDecision(at=now, by=by, cause=Cause.GIVEN, before=before, after=tier)
    return record.model_copy(update={"standing": tier, "below": (), "history": (*record.history, line)})


def may_be_asked(record: TierRecord, given: Tier, today: date) -> bool:
    """Whether somebody who brings the customer in as one of tier A is heard: not where that is decided, or waits."""
    is_open = record.asked is None and record.declined_in != quarter_of(today)
    return is_open and given is not Tier.A and not is_ruled(record)


def asked_for(record: TierRecord, given: Tier, by: str, now: datetime, today: date) -> TierRecord:
    """Tier A was brought in by somebody who may not give it: the lead is asked, as by a score."""
    line = TierDecision(at=now, by=by, cause=Cause.ASKED, before=given, after=Tier.A)
    asked = Asked(id=f"{today:%Y%m%d}", on=today, score=None, by=by)
    return record.model_copy(update={"asked": asked, "history": (*record.history, line)})


def is_ruled(record: TierRecord) -> bool:
    """Whether a score, an approval or an override decides, so that no table does."""
    return record.override is not None or (record.score is not None and record.score.value is not None)


def next_look(record: TierRecord, since: date, rules: TierRules, today: date) -> date:
    """The next day on which something may change by itself: a month begins, an override ends, it has been so long."""
    days = [date(today.year + today.month // 12, today.month % 12 + 1, 1)]
    if record.override is not None:
        days.append(record.override.until + timedelta(days=1))
    days.append((record.inputs.customer_since or since) + timedelta(days=rules.new_days))
    last = _last_drawdown(record.inputs, since)
    if last is not None:
        days += [last + timedelta(days=each) for each in (rules.dormant_warning_days, rules.dormant_days)]
    return min(day for day in days if day > today)
