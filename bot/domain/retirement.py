"""Entries that nobody wants any more: when they count as such, and how long before one is proposed this is told."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from bot.domain.entry import Entry

UNUSED: Final = timedelta(days=180)
"""So long without a use, a check, or a decision about a change of it."""
NOTICE: Final = timedelta(days=7)
"""Between the message that says so and the proposal."""


def quiet_since(entry: Entry, began_on: date, used_on: date | None, looked_at: Iterable[date]) -> date:
    """The last sign that somebody wants it, no earlier than the workspace itself.

    `looked_at` are the days on which a change of it was written or decided: an approver who sent its retirement back
    wants to keep it.
    """
    return max([entry.verified_on, began_on, *([used_on] if used_on else []), *looked_at])


def is_unwanted(entry: Entry, quiet: date, today: date) -> bool:
    """Its review is overdue too. `quiet` is as in `quiet_since`."""
    return entry.review_due_on <= today and today - quiet >= UNUSED


def day_to_name(named: date | None, quiet: date, today: date) -> date:
    """From when the approvers will be asked about an unwanted entry: as an earlier message said, or in a week."""
    return named if named is not None and _is_of_this_time(named, quiet) else today + NOTICE


def is_to_be_proposed(named: date, quiet: date, today: date) -> bool:
    """The day that was named of an unwanted entry has come, and nobody has wanted it since."""
    return named <= today and _is_of_this_time(named, quiet)


def _is_of_this_time(named: date, quiet: date) -> bool:
    """Not left from an earlier time without use, which somebody ended."""
    return named - NOTICE - quiet >= UNUSED
