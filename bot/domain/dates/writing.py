"""Where and when somebody writes, and what a day they name can be."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.domain.workcalendar import IsWorkingDay

OFFICE_ENDS: Final = time(18)


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day on the author's calendar, with the hour where one was named."""

    on: date
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """Where and when somebody writes: `now` is aware, in the author's zone.

    With `looks_back` a bare weekday or date is the last one, as in a sentence about what was; else the next one.
    """

    now: datetime
    is_work: IsWorkingDay
    office_ends: time = OFFICE_ENDS
    looks_back: bool = False

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def monday(self) -> date:
        return self.today - timedelta(days=self.today.weekday())

    @property
    def earliest(self) -> date:
        """The first day something can still be promised for without saying «today»."""
        return self.today + timedelta(days=self.now.time() >= self.office_ends)


@dataclass(frozen=True, slots=True)
class Dated:
    """Days that `text[start:end]` means; two where it may mean either."""

    days: tuple[Day, ...]
    start: int
    end: int


Resolve = Callable[[re.Match[str], Writing], tuple[date, ...]]
"""The days that a match means; none for what only looks like a day. May raise ValueError: there is no 31 February."""
Rows = tuple[tuple[str, Resolve], ...]
"""Patterns with what they mean; of two that begin together and are as long, the earlier one counts."""
