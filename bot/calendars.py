"""Chinese working days: an operator's override file first, then chinesecalendar with its make-up days (调休),
then the statutory holidays of `holidays` for years chinesecalendar does not know yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import chinese_calendar
import yaml

from bot.errors import BotError

WARN_DAYS = 60
"""How long before the make-up days run out the operator is told."""

_SATURDAY = 5


class CalendarFileError(BotError):
    """The override file does not say which days are working days."""

    key = "error.calendar_file"


@cache
def last_known_day() -> date:
    """The last day for which chinesecalendar knows make-up days: the end of the State Council's latest notice."""
    return date(max(day.year for day in chinese_calendar.holidays), 12, 31)


@cache
def _first_known_day() -> date:
    return date(min(day.year for day in chinese_calendar.holidays), 1, 1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Callable: is this day a working day in China? `overrides` maps days to the answer and wins."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def __call__(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        return _is_official(day)

    def known_until(self) -> date:
        """The last day with official make-up days, counting the override file's."""
        return max([last_known_day(), *(date(day.year, 12, 31) for day in self.overrides)])

    def ends_soon(self, today: date) -> date | None:
        """The last known day once it is WARN_DAYS away or less, else None."""
        until = self.known_until()
        return until if until - today <= timedelta(days=WARN_DAYS) else None


@cache
def _is_official(day: date) -> bool:
    """Kept, since every due day of every brief asks."""
    if _first_known_day() <= day <= last_known_day():
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < _SATURDAY and day not in _statutory(day.year)


@cache
def _statutory(year: int) -> frozenset[date]:
    import holidays  # needed only beyond the official calendar; the start should not wait for it

    return frozenset(holidays.country_holidays("CN", years=year))


def load(path: Path) -> WorkCalendar:
    """Reads `working: [dates]` and `holiday: [dates]`; a missing file means no overrides.

    Raises CalendarFileError when the file says something else.
    """
    if not path.exists():
        return WorkCalendar()
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        overrides = {_day(day): True for day in content.pop("working", [])}
        overrides |= {_day(day): False for day in content.pop("holiday", [])}
    except (OSError, yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        raise CalendarFileError(path=path) from error
    if content:
        raise CalendarFileError(path=path)
    return WorkCalendar(overrides)


def _day(value: object) -> date:
    if isinstance(value, datetime):
        raise ValueError("a moment is no day")
    return value if isinstance(value, date) else date.fromisoformat(str(value))
