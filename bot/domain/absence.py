"""Who is away and since when it shows: typed by the person, or told by the status in Slack."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.stored import Stored
from bot.errors import FieldError

EARLIEST: Final = time(7, 30)
LATEST: Final = time(18, 0)
"""The daily message is for a working day, not for the evening before or after it."""
STEP: Final = timedelta(minutes=30)

_EMOJI: Final = frozenset({":palm_tree:"})
"""What Slack sets for its own «Vacationing»."""
_WORDS: Final = ("休假", "年假", "请假", "度假", "vacation", "on leave", "annual leave", "on holiday")


class AwayKind(StrEnum):
    LEAVE = "leave"
    PAUSE = "pause"
    """At work, but somebody else keeps the list for some days."""


LONGEST: Final[Mapping[AwayKind, int]] = {AwayKind.LEAVE: 183, AwayKind.PAUSE: 14}
"""Days; for longer than that, customers are handed over."""


class Away(Stored):
    """From which day to which, both included, in the person's own time zone."""

    kind: AwayKind
    first_on: date
    last_on: date

    def covers(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on


class Status(Stored):
    """What a person shows in Slack beside the name; `ends_at` is None for one that stays until it is changed."""

    emoji: str = ""
    words: str = ""
    ends_at: datetime | None = None

    @classmethod
    def of(cls, emoji: str, words: str, expiration: int) -> "Status":
        """As Slack spells it: seconds since 1970, 0 for never."""
        return cls(emoji=emoji, words=words, ends_at=datetime.fromtimestamp(expiration, UTC) if expiration else None)

    def is_away_at(self, now: datetime) -> bool:
        said = self.words.casefold()
        says_so = self.emoji in _EMOJI or any(word in said for word in _WORDS)
        return says_so and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away now. `last_on` is None where nobody said until when."""

    last_on: date | None
    is_typed: bool


def absence(away: Away | None, status: Status, now: datetime, tz: str) -> Absence | None:
    """What the person has typed goes before what the status tells."""
    zone = ZoneInfo(tz)
    if away is not None and away.covers(now.astimezone(zone).date()):
        return Absence(away.last_on, is_typed=True)
    if status.is_away_at(now):
        return Absence(status.ends_at.astimezone(zone).date() if status.ends_at else None, is_typed=False)
    return None


def digest_times() -> list[time]:
    """The hours that can be chosen for the daily message."""
    start = datetime.combine(date(2000, 1, 1), EARLIEST)
    count = (datetime.combine(start.date(), LATEST) - start) // STEP
    return [(start + number * STEP).time() for number in range(count + 1)]


def away_faults(
    kind: AwayKind | None, first_on: date | None, last_on: date | None, stand_in_id: str | None, today: date
) -> list[FieldError]:
    """Each names the field that needs another look; none where nobody is going to be away."""
    if kind is None:
        return [FieldError("away", "settings.error_kind")] if first_on or last_on else []
    found = []
    if first_on is None:
        found.append(FieldError("first_on", "settings.error_day"))
    if last_on is None:
        found.append(FieldError("last_on", "settings.error_day"))
    elif last_on < today:
        found.append(FieldError("last_on", "settings.error_past"))
    if first_on and last_on and last_on < first_on:
        found.append(FieldError("last_on", "settings.error_order"))
    elif first_on and last_on and (last_on - first_on).days >= LONGEST[kind]:
        found.append(FieldError("last_on", f"settings.error_long_{kind}", days=LONGEST[kind]))
    if stand_in_id is None:
        found.append(FieldError("stand_in", "settings.error_stand_in"))
    return found
