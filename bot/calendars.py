"""Working days: an operator's override file first, then the country's calendar.

China's is chinesecalendar with its make-up days (调休), then the statutory holidays of `holidays` for years it does not
know yet. Any other country's or region's holidays and weekends are those of `holidays`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import chinese_calendar
import yaml

from bot.errors import BotError

if TYPE_CHECKING:
    from holidays import HolidayBase

CHINA: Final = "CN"
WARN_DAYS = 60
"""How long before the make-up days run out the operator is told."""

_SATURDAY = 5


class CalendarFileError(BotError):
    """The override file does not say which days are working days."""

    key = "error.calendar_file"


class CalendarCountryError(BotError):
    """Nobody knows the holidays of this country or region."""

    key = "error.calendar_country"
    exit_code = 2


@cache
def last_known_day() -> date:
    """The last day for which chinesecalendar knows make-up days: the end of the State Council's latest notice."""
    return date(max(day.year for day in chinese_calendar.holidays), 12, 31)


@cache
def _first_known_day() -> date:
    return date(min(day.year for day in chinese_calendar.holidays), 1, 1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Callable: is this day a working day? `overrides` maps days to the answer and wins.

    `country` is an ISO 3166 code, with a region where holidays differ: `SG`, `DE-BY`.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    country: str = CHINA

    def __call__(self, day: date, /) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        return _is_official(day) if self.country == CHINA else _is_working_day(self.country, day)

    def prepare(self, today: date) -> None:
        """Loads what days to come need: at the first question it would take a tenth of a second."""
        for ahead in (0, 1):
            self(date(today.year + ahead, 1, 1))

    def of_country(self, country: str) -> "WorkCalendar":
        """Another country's or region's; the operator's overrides are about this one's days.

        Raises CalendarCountryError for one that nobody knows.
        """
        country = country.strip().upper()
        if country == self.country:
            return self
        if country != CHINA:
            try:
                _holidays_of(country)
            except NotImplementedError as error:
                raise CalendarCountryError(country=country) from error
        return WorkCalendar(country=country)

    def known_until(self) -> date:
        """The last day with China's official make-up days, counting the override file's."""
        return max([last_known_day(), *(date(day.year, 12, 31) for day in self.overrides)])

    def ends_soon(self, today: date) -> date | None:
        """The last known day once it is WARN_DAYS away or less, else None. Only China announces year by year."""
        if self.country != CHINA:
            return None
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
    import holidays  # needed only beyond the official calendar; commands of the command line do without it

    return frozenset(holidays.country_holidays("CN", years=year))


@cache
def _is_working_day(country: str, day: date) -> bool:
    return _holidays_of(country).is_working_day(day)


@cache
def _holidays_of(country: str) -> "HolidayBase":
    import holidays  # as above

    code, _, region = country.partition("-")
    return holidays.country_holidays(code, subdiv=region or None)


def load(path: Path, country: str = CHINA) -> WorkCalendar:
    """Reads `working: [dates]` and `holiday: [dates]`; a missing file means no overrides.

    Raises CalendarFileError when the file says something else, CalendarCountryError for a country nobody knows.
    """
    official = WorkCalendar().of_country(country)
    if not path.exists():
        return official
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        overrides = {_day(day): True for day in content.pop("working", [])}
        overrides |= {_day(day): False for day in content.pop("holiday", [])}
    except (OSError, yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        raise CalendarFileError(path=path) from error
    if content:
        raise CalendarFileError(path=path)
    return WorkCalendar(overrides, official.country)


def _day(value: object) -> date:
    if isinstance(value, datetime):
        raise ValueError("a moment is no day")
    return value if isinstance(value, date) else date.fromisoformat(str(value))
