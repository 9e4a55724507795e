"""How much each entry is used, counted by month. Never by whom."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Use(StrEnum):
    """What is counted, in the order it is shown."""

    ASKED = "asked"
    SHARED = "shared"
    UP = "up"
    DOWN = "down"
    VISIT = "visit"
    """A visit was logged from the card."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one entry in the months asked for."""

    entry_id: str
    counts: dict[Use, int] = field(default_factory=dict)
    last_used_on: date | None = None


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"
