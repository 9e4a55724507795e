"""The numbers that tiers and follow-ups go by, as plain words in forms: one for each subject, and back.

What may be typed is what the rules themselves allow; what they cannot say of one number alone is checked here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel

from bot.domain.cadence import CadenceRules, TierCadence
from bot.domain.customer import Tier
from bot.domain.ladder import EscalationRules
from bot.domain.load import LoadRules
from bot.domain.reportday import ReportRules
from bot.domain.tierrules import Part, TierRules
from bot.domain.visit import WAYS, Channel
from bot.domain.workcalendar import CalendarRules
from bot.domain.workspace import WorkspaceSettings
from bot.errors import FieldError, FormError

BETWEEN: Final = ", "
LONGEST: Final = 730
"""Days, where the rules themselves set no limit."""
_APART: Final = re.compile(r"[\s,，、;；]+")
_COUNTRY: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_SCORE: Final = (*Part, "a_from", "b_from", "c_from", "known_percent", "growth_cap", "contribution_full")


class Subject(StrEnum):
    """What one form is about."""

    TIER_A = "tier_a"
    TIER_B = "tier_b"
    TIER_C = "tier_c"
    TIER_D = "tier_d"
    CLOCK = "clock"
    SCORE = "score"
    DECISIONS = "decisions"
    LOAD = "load"
    LADDER = "ladder"
    REPORT = "report"
    CALENDAR = "calendar"

    @property
    def tier(self) -> Tier | None:
        """Of those about how often a tier is contacted."""
        return Tier(self.value[-1].upper()) if self.value.startswith("tier_") else None


class Kind(StrEnum):
    """What is typed into a field."""

    NUMBER = "number"
    OPTIONAL = "optional"
    """A number, or nothing at all."""
    NUMBERS = "numbers"
    CHANNELS = "channels"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Spot:
    """One field of a form."""

    name: str
    kind: Kind
    least: int
    most: int


def _model(subject: Subject) -> type[BaseModel]:
    if subject.tier is not None:
        return TierCadence
    models: Mapping[Subject, type[BaseModel]] = {
        Subject.CLOCK: CadenceRules,
        Subject.LOAD: LoadRules,
        Subject.LADDER: EscalationRules,
        Subject.REPORT: ReportRules,
        Subject.CALENDAR: CalendarRules,
    }
    return models.get(subject, TierRules)


def _names(subject: Subject) -> tuple[str, ...]:
    names = tuple(_model(subject).model_fields)
    match subject:
        case Subject.CLOCK:
            return tuple(name for name in names if name != "tiers")
        case Subject.LADDER:
            return tuple(name for name in names if name != "heads")
        case Subject.SCORE:
            return tuple(str(name) for name in _SCORE)
        case Subject.DECISIONS:
            return tuple(name for name in names if name not in _SCORE)
    return names


def spots(subject: Subject) -> tuple[Spot, ...]:
    return tuple(_spot(name, _model(subject).model_fields[name]) for name in _names(subject))


def _spot(name: str, field: Any) -> Spot:
    least = next((each.ge for each in field.metadata if hasattr(each, "ge")), -LONGEST)
    most = next((each.le for each in field.metadata if hasattr(each, "le")), LONGEST)
    kind = Kind.NUMBER
    if field.annotation == frozenset[Channel]:
        kind = Kind.CHANNELS
    elif field.annotation == tuple[int, ...]:
        kind = Kind.NUMBERS
    elif field.annotation == (int | None):
        kind = Kind.OPTIONAL
    elif field.annotation is str:
        kind = Kind.COUNTRY
    return Spot(name, kind, least, most)


def _held(settings: WorkspaceSettings, subject: Subject) -> BaseModel:
    """The rules a form is about, as they are."""
    if subject.tier is not None:
        return settings.cadence.of(subject.tier)
    held: Mapping[Subject, BaseModel] = {
        Subject.CLOCK: settings.cadence,
        Subject.LOAD: settings.load,
        Subject.LADDER: settings.escalation,
        Subject.REPORT: settings.report,
        Subject.CALENDAR: settings.calendar,
    }
    return held.get(subject, settings.tiers)


def values(settings: WorkspaceSettings, subject: Subject) -> dict[str, str]:
    held = _held(settings, subject)
    return {spot.name: _spelled(getattr(held, spot.name)) for spot in spots(subject)}


def _spelled(value: object) -> str:
    if isinstance(value, frozenset):
        return BETWEEN.join(each for each in WAYS if each in value)
    if isinstance(value, tuple):
        return BETWEEN.join(str(each) for each in value)
    return "" if value is None else str(value)


def changed(settings: WorkspaceSettings, subject: Subject, typed: Mapping[str, str]) -> WorkspaceSettings:
    """The settings as they were typed. Raises FormError with all that cannot be."""
    faults: list[FieldError] = []
    given: dict[str, object] = {}
    for spot in spots(subject):
        try:
            given[spot.name] = _parsed(spot, typed[spot.name].strip())
        except FieldError as fault:
            faults.append(fault)
    if not faults:
        faults = _together(subject, given)
    if faults:
        raise FormError(faults)
    held = _held(settings, subject).model_copy(update=given)
    if subject.tier is not None:
        tiers = {**settings.cadence.tiers, subject.tier: held}
        return settings.model_copy(update={"cadence": settings.cadence.model_copy(update={"tiers": tiers})})
    return settings.model_copy(update={_FIELD.get(subject, "tiers"): held})


_FIELD: Final[Mapping[Subject, str]] = {
    Subject.CLOCK: "cadence",
    Subject.LOAD: "load",
    Subject.LADDER: "escalation",
    Subject.REPORT: "report",
    Subject.CALENDAR: "calendar",
}


def _parsed(spot: Spot, word: str) -> object:
    words = [each for each in _APART.split(word) if each]
    match spot.kind:
        case Kind.CHANNELS:
            if not words or not set(words) <= set(WAYS):
                raise FieldError(spot.name, "rules.error_channels")
            return frozenset(Channel(each) for each in words)
        case Kind.NUMBERS:
            return tuple(sorted({_number(spot, each) for each in words}, reverse=True))
        case Kind.COUNTRY:
            if not _COUNTRY.fullmatch(word.upper()):
                raise FieldError(spot.name, "rules.error_country", country=word)
            return word.upper()
        case Kind.OPTIONAL if not word:
            return None
    return _number(spot, word)


def _number(spot: Spot, word: str) -> int:
    try:
        number = int(word)
    except ValueError:
        raise FieldError(spot.name, "rules.error_number", least=spot.least, most=spot.most) from None
    if not spot.least <= number <= spot.most:
        raise FieldError(spot.name, "rules.error_number", least=spot.least, most=spot.most)
    return number


def _together(subject: Subject, given: Mapping[str, Any]) -> list[FieldError]:
    """What two numbers say against each other."""
    if subject.tier is not None and given["ideal_gap"] > given["max_gap"]:
        return [FieldError("ideal_gap", "rules.error_ideal", most=given["max_gap"])]
    if subject is Subject.SCORE:
        whole = sum(given[part] for part in Part)
        if whole != 100:
            return [FieldError(Part.VOLUME, "rules.error_weights", count=whole)]
        if not given["a_from"] > given["b_from"] > given["c_from"]:
            return [FieldError("b_from", "rules.error_bands")]
    if subject is Subject.DECISIONS and given["dormant_warning_days"] >= given["dormant_days"]:
        return [FieldError("dormant_warning_days", "rules.error_dormant", most=given["dormant_days"] - 1)]
    return []


def told(before: WorkspaceSettings, after: WorkspaceSettings, subject: Subject) -> str:
    """Which numbers changed, for the audit log."""
    old, new = values(before, subject), values(after, subject)
    return "; ".join(f"{name} {old[name] or '-'}>{new[name] or '-'}" for name in old if old[name] != new[name])
