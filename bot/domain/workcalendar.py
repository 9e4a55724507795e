"""Counting in working days. Which days those are is handed in: calendars are data, not rules."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.domain.stored import Stored

IsWorkingDay = Callable[[date], bool]


class Calendar(Protocol):
    """The working days of one country or region."""

    def __call__(self, day: date, /) -> bool: ...

    def ends_soon(self, today: date) -> date | None:
        """The last day for which the holidays are announced, once it is near."""


class CalendarRules(Stored):
    """Whose working days a workspace counts by."""

    country: str = Field(default="CN", max_length=10)
    """An ISO 3166 code, with a region where holidays differ: `SG`, `DE-BY`. China's come with their make-up days."""


LONGEST_HOLIDAY = 40
"""Days after which a calendar without a working day is taken to be broken."""


def first_working_day(start: date, is_work: IsWorkingDay, step: int = 1) -> date:
    """`start` itself or the nearest working day after it (before it with step=-1)."""
    for distance in range(LONGEST_HOLIDAY):
        day = start + timedelta(days=distance * step)
        if is_work(day):
            return day
    raise ValueError(f"no working day within {LONGEST_HOLIDAY} days of {start}")


def add_working_days(start: date, count: int, is_work: IsWorkingDay) -> date:
    day = start
    for _ in range(count):
        day = first_working_day(day + timedelta(days=1), is_work)
    return day


def next_working_moment(after: datetime, at: time, tz: str, is_work: IsWorkingDay) -> datetime:
    """The first moment later than `after` that shows `at` on the wall clock of `tz` on a working day."""
    zone = ZoneInfo(tz)
    day = after.astimezone(zone).date()
    while True:
        day = first_working_day(day, is_work)
        moment = datetime.combine(day, at, zone)
        if moment > after:
            return moment
        day += timedelta(days=1)
