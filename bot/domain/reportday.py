"""When a team's lead gets the weekly report: on one day of the week, in the lead's own time zone."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.domain.nudge import digest_day
from bot.domain.stored import Stored
from bot.domain.workcalendar import IsWorkingDay

WEEK: Final = timedelta(days=7)
LOOK_AHEAD: Final = 60
"""Weeks; longer than any calendar has nobody work."""


class ReportRules(Stored):
    """When it comes; the lead's wall clock shows the hour and minute."""

    weekday: int = Field(default=5, ge=1, le=7)
    """As ISO counts: 1 is Monday."""
    hour: int = Field(default=16, ge=7, le=19)
    minute: int = Field(default=0, ge=0, le=59)

    @property
    def at(self) -> time:
        return time(self.hour, self.minute)


def report_day(day: date, rules: ReportRules, is_work: IsWorkingDay) -> date | None:
    """The day of the report in the week of `day`: the settled weekday, or the last working day before it in that week.

    None in a week in which nobody works up to then.
    """
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=more) for more in range(rules.weekday)]
    return next((each for each in reversed(week) if is_work(each)), None)


def due_on(now: datetime, rules: ReportRules, tz: str, is_work: IsWorkingDay) -> date | None:
    """The day whose report may be sent at `now`: late after an outage, but on its day."""
    day = digest_day(now, rules.at, tz, is_work)
    return day if day is not None and report_day(day, rules, is_work) == day else None


def next_report_at(after: datetime, rules: ReportRules, tz: str, is_work: IsWorkingDay) -> datetime:
    zone = ZoneInfo(tz)
    today = after.astimezone(zone).date()
    for weeks in range(LOOK_AHEAD):
        day = report_day(today + weeks * WEEK, rules, is_work)
        if day is not None and (moment := datetime.combine(day, rules.at, zone)) > after:
            return moment
    raise ValueError("nobody works for more than a year")
