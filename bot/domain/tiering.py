"""Value tiers: a score out of what is known of a customer, and the decisions that follow from it.

All numbers are the design defaults of the trade's working rules; no authority sets them, each workspace may. A customer
for whom nothing was typed or imported keeps the tier it was given. Risk is another axis, with a flag of its own.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.customer import Tier
from bot.errors import FieldError, TierDecidedError

BY_RULE: Final = "rules"
"""Who decided, where nobody did."""
SHORTEST_REASON: Final = 5
LONGEST_REASON: Final = 300


class Part(StrEnum):
    """What the score is made of."""

    VOLUME = "volume"
    GROWTH = "growth"
    CONTRIBUTION = "contribution"
    BUYERS = "buyers"
    POTENTIAL = "potential"
    COOPERATION = "cooperation"


class TierRules(BaseModel):
    """Weights are points of 100; days are calendar days."""

    model_config = ConfigDict(frozen=True)
    volume: int = Field(default=35, ge=0, le=100)
    """Financed volume of 12 months, as a percentile in the workspace."""
    growth: int = Field(default=20, ge=0, le=100)
    contribution: int = Field(default=15, ge=0, le=100)
    buyers: int = Field(default=15, ge=0, le=100)
    potential: int = Field(default=10, ge=0, le=100)
    cooperation: int = Field(default=5, ge=0, le=100)
    a_from: int = Field(default=80, ge=1, le=100)
    """Scores from here on are of tier A; and so on."""
    b_from: int = Field(default=60, ge=1, le=100)
    c_from: int = Field(default=40, ge=1, le=100)
    known_percent: int = Field(default=60, ge=1, le=100)
    """Of the weights: where less is known there is no score."""
    growth_cap: int = Field(default=50, ge=1, le=500)
    """Growth and decline beyond so many percent count no further."""
    contribution_full: int = Field(default=3, ge=1, le=50)
    """Percent of the financed volume from which on the contribution has all its points."""
    new_days: int = Field(default=90, ge=0, le=365)
    """A new customer is of tier B for so long..."""
    new_drawdowns: int = Field(default=3, ge=1, le=20)
    """...or until so many drawdowns."""
    dormant_warning_days: int = Field(default=90, ge=1, le=730)
    """Days without a drawdown after which the lead is told..."""
    dormant_days: int = Field(default=180, ge=2, le=1095)
    """...and after which the customer is of tier D."""
    downgrade_quarters: int = Field(default=2, ge=1, le=8)
    """Quarters in a row below the band before a tier is lowered."""
    contacts_for_a: int = Field(default=2, ge=1, le=5)
    """People on each side who know each other."""
    override_days: int = Field(default=180, ge=1, le=730)
    """An override lasts no longer."""
    amber_events: int = Field(default=2, ge=1, le=10)
    """Soft risk events upon which risk is asked whether the flag is to be amber..."""
    amber_days: int = Field(default=60, ge=1, le=365)
    """...when they come within so many days."""

    def weight(self, part: Part) -> int:
        weight: int = getattr(self, part)
        return weight

    def band(self, value: Decimal) -> Tier:
        cuts = ((self.a_from, Tier.A), (self.b_from, Tier.B), (self.c_from, Tier.C))
        return next((tier for cut, tier in cuts if value >= cut), Tier.D)


Percent = Field(default=None, ge=0, le=100)


class TierInputs(BaseModel):
    """What is known of a customer's business, typed or imported. None: nobody has said."""

    model_config = ConfigDict(frozen=True)
    volume_12m: Decimal | None = Field(default=None, ge=0, le=10**8, decimal_places=2)
    """Financed in the last 12 months, in units of 10,000 yuan."""
    volume_6m: Decimal | None = Field(default=None, ge=0, le=10**8, decimal_places=2)
    """In the last 6 of them."""
    contribution: Decimal | None = Field(default=None, ge=-100, le=100, decimal_places=2)
    """What is left after funding and risk cost, in percent of the financed volume."""
    buyers: int | None = Percent
    """Percent of the volume on buyers that confirm and pay when it is due."""
    potential: int | None = Percent
    """Percent of the eligible receivables that is not financed yet."""
    cooperation: int | None = Percent
    """Percent of the invoices whose papers came in time and that nobody disputes."""
    drawdowns: int | None = Field(default=None, ge=0, le=100_000)
    """Since the customer came."""
    last_drawdown_on: date | None = None
    customer_since: date | None = None
    """None: since it was entered here."""
    as_of: date | None = None
    """The day the figures stand for."""
    source: Literal["typed", "imported"] | None = None
    by: str = ""

    def told(self) -> dict[str, object]:
        """What somebody has said, by field."""
        return {name: value for name in INPUTS if (value := getattr(self, name)) is not None}

    def merged(self, newer: "TierInputs") -> "TierInputs":
        """What the newer ones do not say stays; the same figures again change nothing."""
        told = newer.told()
        if all(getattr(self, name) == value for name, value in told.items()):
            return self
        return self.model_copy(update={**told, "source": newer.source, "by": newer.by, "as_of": newer.as_of})

    def ensured(self) -> "TierInputs":
        """Raises FieldError for figures that contradict each other."""
        if self.volume_12m is not None and self.volume_6m is not None and self.volume_6m > self.volume_12m:
            raise FieldError("volume_6m", "tiering.error_volumes")
        return self


INPUTS: Final = (
    *("volume_12m", "volume_6m", "contribution", "buyers", "potential", "cooperation"),
    *("drawdowns", "last_drawdown_on", "customer_since"),
)


class PartScore(BaseModel):
    """How much of a part's weight a customer has."""

    model_config = ConfigDict(frozen=True)
    part: Part
    weight: int
    share: Decimal | None
    """From 0 to 1; None: not known."""

    @property
    def points(self) -> Decimal | None:
        return None if self.share is None else _rounded(self.share * self.weight)


class Score(BaseModel):
    """Over the parts that are known. `value` is None where too few are."""

    model_config = ConfigDict(frozen=True)
    on: date
    parts: tuple[PartScore, ...]
    value: Decimal | None
    known: int
    """Percent of the weights."""
    rank: int | None = None
    """By volume, 1 the largest, among `of` customers."""
    of: int = 0

    @property
    def missing(self) -> tuple[Part, ...]:
        return tuple(each.part for each in self.parts if each.share is None and each.weight)


def score(inputs: TierInputs, volumes: Sequence[Decimal], rules: TierRules, on: date) -> Score:
    """`volumes` are those of the workspace's customers, this one's among them, in rising order.

    Parts of which nothing is known are left out, and the others count for the whole: whoever has told less is neither
    punished nor rewarded. Below the share of `known_percent` there is no score.
    """
    shares: Mapping[Part, Decimal | None] = {
        Part.VOLUME: _percentile(inputs.volume_12m, volumes),
        Part.GROWTH: _growth(inputs, rules.growth_cap),
        Part.CONTRIBUTION: _limited(inputs.contribution, rules.contribution_full),
        Part.BUYERS: _limited(inputs.buyers, 100),
        Part.POTENTIAL: _limited(inputs.potential, 100),
        Part.COOPERATION: _limited(inputs.cooperation, 100),
    }
    parts = tuple(PartScore(part=part, weight=rules.weight(part), share=share) for part, share in shares.items())
    whole = sum(each.weight for each in parts)
    found = sum(each.weight for each in parts if each.share is not None)
    known = found * 100 // whole if whole else 0
    value = None
    if found and known >= rules.known_percent:
        points = sum((each.share * each.weight for each in parts if each.share is not None), Decimal(0))
        value = _rounded(points * 100 / found)
    rank = None
    if inputs.volume_12m is not None and volumes:
        rank = len(volumes) - bisect_right(volumes, inputs.volume_12m) + 1
    return Score(on=on, parts=parts, value=value, known=known, rank=rank, of=len(volumes))


def _percentile(volume: Decimal | None, volumes: Sequence[Decimal]) -> Decimal | None:
    """The share of customers with no larger volume; nothing financed is nothing."""
    if volume is None or not volumes:
        return None
    return Decimal(bisect_right(volumes, volume)) / len(volumes) if volume else Decimal(0)


def _growth(inputs: TierInputs, cap: int) -> Decimal | None:
    """The last 6 months against the 6 before; who has financed nothing in either has not grown."""
    if inputs.volume_12m is None or inputs.volume_6m is None:
        return None
    before = inputs.volume_12m - inputs.volume_6m
    if before <= 0:
        return Decimal(1) if inputs.volume_6m else Decimal(0)
    percent = (inputs.volume_6m - before) * 100 / before
    return (max(Decimal(-cap), min(Decimal(cap), percent)) + cap) / (2 * cap)


def _limited(value: Decimal | int | None, full: int) -> Decimal | None:
    return None if value is None else max(Decimal(0), min(Decimal(1), Decimal(value) / full))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


class Cause(StrEnum):
    """Why a tier is what it is."""

    GIVEN = "given"
    """Entered or imported."""
    UPGRADED = "upgraded"
    DOWNGRADED = "downgraded"
    DORMANT = "dormant"
    ASKED = "asked"
    """The lead is asked whether the customer is to be of tier A."""
    APPROVED = "approved"
    DECLINED = "declined"
    OVERRIDDEN = "overridden"
    EXPIRED = "expired"
    """An override has ended."""
    LIFTED = "lifted"
    """An override was taken back before its day."""


class TierDecision(BaseModel):
    """A line of a customer's history; `by` is a person or BY_RULE."""

    model_config = ConfigDict(frozen=True)
    at: datetime
    by: str
    cause: Cause
    before: Tier
    after: Tier
    score: Decimal | None = None
    reason: str = ""
    until: date | None = None


class Override(BaseModel):
    """A tier that somebody has set by hand, with the reason, up to and with a day."""

    model_config = ConfigDict(frozen=True)
    tier: Tier
    reason: str = Field(min_length=SHORTEST_REASON, max_length=LONGEST_REASON)
    until: date
    by: str


class Asked(BaseModel):
    """The lead is asked whether a customer is to be of tier A."""

    model_config = ConfigDict(frozen=True)
    id: str
    on: date
    score: Decimal | None
    by: str = BY_RULE
    """Who brought the customer in as one of tier A, where no score asks."""

    @property
    def is_by_hand(self) -> bool:
        return self.by != BY_RULE


class Below(BaseModel):
    """A quarter at whose beginning the score was below the band, and the tier it stood for."""

    model_config = ConfigDict(frozen=True)
    quarter: int
    tier: Tier


class TierRecord(BaseModel):
    """All about one customer's tier; sealed at rest. The history is only ever added to."""

    model_config = ConfigDict(frozen=True)
    inputs: TierInputs = TierInputs()
    score: Score | None = None
    standing: Tier | None = None
    """What the rules and the lead have come to; an override may stand above it. None: what the customer was given."""
    quarter: int = 0
    """The last one in which the tier was decided on."""
    below: tuple[Below, ...] = ()
    is_idle: bool = False
    """No drawdown for so long that the lead is to know."""
    is_lonely: bool = False
    """Of tier A by its score, but too few people know each other."""
    asked: Asked | None = None
    declined_in: int = 0
    """The quarter in which the lead has declined tier A."""
    override: Override | None = None
    looks_on: date | None = None
    """When it is looked at again by itself; None: at the next round."""
    history: tuple[TierDecision, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether there is anything to decide about."""
        return self != TierRecord()

    @property
    def wants_lead(self) -> bool:
        return self.asked is not None or self.is_idle

    def in_force(self, given: Tier) -> Tier:
        """The tier that counts; `given` is the one the customer has where nothing was decided yet."""
        return self.override.tier if self.override is not None else self.standing or given


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
    begun = inputs.customer_since or since
    if is_dormant(inputs, since, rules.dormant_days, today):
        return Goal(Tier.D, Why.DORMANT)
    if (today - begun).days < rules.new_days and (inputs.drawdowns or 0) < rules.new_drawdowns:
        return Goal(Tier.B, Why.NEW)
    return Goal(rules.band(found.value), Why.SCORE) if found.value is not None else Goal(None, Why.UNKNOWN)


def is_dormant(inputs: TierInputs, since: date, days: int, today: date) -> bool:
    """Of who has never drawn the days count from the beginning; of who knows, nobody can tell."""
    last = inputs.last_drawdown_on
    if last is None and inputs.drawdowns == 0:
        last = inputs.customer_since or since
    return last is not None and (today - last).days >= days


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
    begun = record.inputs.customer_since or since
    days.append(begun + timedelta(days=rules.new_days))
    last = record.inputs.last_drawdown_on or (begun if record.inputs.drawdowns == 0 else None)
    if last is not None:
        days += [last + timedelta(days=each) for each in (rules.dormant_warning_days, rules.dormant_days)]
    return min(day for day in days if day > today)
