"""Keeping entries true: whose review is due, who is asked for it, and when in the week."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.entry import Entry, OwnerRole
from bot.domain.playbook import Playbook
from bot.domain.user import Member, Role
from bot.domain.workcalendar import IsWorkingDay

MAX_REVIEWS = 5
"""Rows of a daily message that are about reviews; follow-ups have their own."""


class ReviewState(StrEnum):
    DUE = "due"
    SENT = "sent"
    """A change or its retirement waits for an approver."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Review:
    """An entry whose review was due when it was first shown."""

    entry: Entry
    state: ReviewState = ReviewState.DUE
    retires_on: date | None = None
    """Nobody wants it: from this day the approvers are asked to retire it."""


def in_view(reviews: Iterable[Review]) -> list[Review]:
    """Those that a message shows with their buttons; what is dealt with makes room for the next."""
    return [each for each in reviews if each.state is ReviewState.DUE][:MAX_REVIEWS]


def retirements_in_view(reviews: Iterable[Review]) -> dict[str, date]:
    """The days a message names, by entry id."""
    return {each.entry.id: each.retires_on for each in in_view(reviews) if each.retires_on is not None}


def is_review_day(day: date, is_work: IsWorkingDay) -> bool:
    """The first working day of its week, Monday to Sunday."""
    before = (day - timedelta(days=back) for back in range(1, day.weekday() + 1))
    return is_work(day) and not any(is_work(each) for each in before)


def due_for_review(playbook: Playbook, today: date) -> list[Entry]:
    """The longest overdue first."""
    due = [entry for entry in playbook.entries.values() if entry.review_due_on <= today]
    return sorted(due, key=lambda entry: (entry.review_due_on, entry.id))


def reviewer_ids(
    role: OwnerRole, owners: Mapping[OwnerRole, Iterable[str]], members: Iterable[Member], admin_ids: Iterable[str]
) -> frozenset[str]:
    """Those who stand for the owner role; the approvers when there is none or all have left; then the admins.

    Whoever has lost all roles has left.
    """
    roles = {member.user_id: member.roles for member in members}
    named = frozenset(user_id for user_id in owners.get(role, ()) if roles.get(user_id))
    approvers = frozenset(user_id for user_id, each in roles.items() if Role.APPROVER in each)
    admins = frozenset(user_id for user_id, each in roles.items() if Role.ADMIN in each) | frozenset(admin_ids)
    return named or approvers or admins
