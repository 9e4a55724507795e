"""The risk flag: an axis of its own beside the tier, set and cleared by risk, never by sales.

A hard event makes a customer red at once. Of soft ones two within 60 days (a setting) make risk be asked for amber.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.domain.customer import Customer, FlagChange, Risk
from bot.domain.dossier import Dossier
from bot.domain.facts import RiskEvent
from bot.domain.tierrecord import BY_RULE
from bot.domain.tierrules import TierRules
from bot.domain.visit import Visit
from bot.errors import FieldError

SHORTEST_REASON: Final = 5
LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Heard:
    """What a note's risk events lead to: red at once, or risk is asked for amber."""

    flag: Risk
    events: tuple[RiskEvent, ...]

    @property
    def key(self) -> str:
        """Tells these events of a note from others: a note changed in other words does not tell them again."""
        return " ".join(sorted(self.events))


def heard(visit: Visit, others: Iterable[Visit], flag: Risk, rules: TierRules) -> Heard | None:
    """`others` are the customer's other notes. The same soft event told twice is one."""
    hard = tuple(each for each in visit.facts.risks if each.is_hard)
    if hard:
        return Heard(Risk.RED, hard)
    soft = [each for each in visit.facts.risks if not each.is_hard]
    if not soft or flag is not Risk.GREEN:
        return None
    since = visit.on - timedelta(days=rules.amber_days)
    before = [
        event for each in others if since <= each.on <= visit.on for event in each.facts.risks if not event.is_hard
    ]
    events = tuple(dict.fromkeys([*soft, *before]))
    return Heard(Risk.AMBER, events) if len(events) >= rules.amber_events else None


def reddened(found: Dossier, change_id: str, events: tuple[RiskEvent, ...], now: datetime) -> Dossier:
    """By rule, upon hard events."""
    return _with(found, _change(found.customer, change_id, BY_RULE, Risk.RED, "", events, now))


def flagged(found: Dossier, change_id: str, by: str, risk: Risk, reason: str, now: datetime) -> Dossier:
    """Set or cleared by risk. Raises FieldError where nothing would change, or hardly anything was typed."""
    if any(each.id == change_id for each in found.details.flags):
        return found
    if len(reason.strip()) < SHORTEST_REASON:
        raise FieldError("reason", "riskflag.error_reason", count=SHORTEST_REASON)
    if found.customer.risk is risk:
        raise FieldError("risk", "riskflag.error_same")
    return _with(found, _change(found.customer, change_id, by, risk, reason.strip(), (), now))


def latest(found: Dossier) -> FlagChange | None:
    return found.details.flags[-1] if found.details.flags else None


def _change(
    customer: Customer, change_id: str, by: str, risk: Risk, reason: str, events: tuple[RiskEvent, ...], now: datetime
) -> FlagChange:
    return FlagChange(id=change_id, at=now, by=by, before=customer.risk, after=risk, reason=reason, events=events)


def _with(found: Dossier, change: FlagChange) -> Dossier:
    if any(each.id == change.id for each in found.details.flags):
        return found
    customer = found.customer.model_copy(update={"risk": change.after})
    details = found.details.model_copy(update={"flags": (*found.details.flags, change)})
    return replace(found, customer=customer, details=details)
