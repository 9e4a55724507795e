"""What each workspace settles for itself, with the defaults of the trade."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Self

from pydantic import Field, model_validator

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Tier
from bot.domain.entry import OwnerRole
from bot.domain.ladder import EscalationRules
from bot.domain.load import LoadRules
from bot.domain.reportday import ReportRules
from bot.domain.stored import Stored
from bot.domain.tierrules import TierRules
from bot.domain.workcalendar import CalendarRules
from bot.errors import FieldError

SCHEMA_VERSION = 1
"""Of the data that this release writes. A release whose records the one before it reads keeps the number or raises it
by one; one that drops an old form raises it as well. So one ahead can be served, and two ahead cannot."""
SCHEMA_ACCEPTED = SCHEMA_VERSION + 1


KEPT_DAYS = range(1, 36_501)


class Retention(Stored):
    """For how many days things are kept; None: for good. Drafts, votes and the like end by themselves.

    Three years after the end of the relationship is how long a claim can still be brought (民法典 第一百八十八条).
    """

    customer_days: int | None = Field(default=1096, ge=KEPT_DAYS[0], le=KEPT_DAYS[-1])
    """After the relationship has ended: the customer, its notes and all that belongs to it."""
    question_days: int | None = Field(default=730, ge=KEPT_DAYS[0], le=KEPT_DAYS[-1])
    """Questions that the playbook did not answer, after they were asked."""

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> Self:
        """As a form has it: days, or nothing for good. Raises FieldError."""
        days: dict[str, int | None] = {}
        for name in cls.model_fields:
            given = typed.get(name, "").strip()
            if given and not (given.isascii() and given.isdigit() and int(given) in KEPT_DAYS):
                raise FieldError(name, "retention.error_days", least=KEPT_DAYS[0], most=KEPT_DAYS[-1])
            days[name] = int(given) if given else None
        return cls(**days)

    @property
    def typed(self) -> dict[str, str]:
        return {name: "" if days is None else str(days) for name, days in self}


@dataclass(frozen=True, slots=True)
class Parked:
    """Slack does not accept the workspace's token since then: nothing is sent until the operator has seen to it."""

    error: str
    at: datetime


class WorkspaceSettings(Stored):
    """Days are calendar days."""

    cadence: CadenceRules = CadenceRules()
    escalation: EscalationRules = EscalationRules()
    digest_at: time = time(9, 0)
    owners: dict[OwnerRole, tuple[str, ...]] = Field(default_factory=dict)
    """Who stands for an owner role: the people who keep its entries true."""
    retention: Retention = Retention()
    tiers: TierRules = TierRules()
    load: LoadRules = LoadRules()
    report: ReportRules = ReportRules()
    calendar: CalendarRules = CalendarRules()

    def __hash__(self) -> int:
        return hash(self.digest_at)

    @model_validator(mode="before")
    @classmethod
    def _gaps_of_earlier_releases(cls, values: Any) -> Any:
        """Up to 0.4 the maximum gaps were all that could be settled."""
        if not isinstance(values, Mapping) or "gaps" not in values:
            return values
        kept = {name: value for name, value in values.items() if name != "gaps"}
        gaps = {Tier(tier): int(gap) for tier, gap in values["gaps"].items()}
        return {"cadence": CadenceRules().with_gaps(gaps), **kept}
