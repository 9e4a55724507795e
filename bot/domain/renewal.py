"""Renewals: the work before a contract ends, milestone by milestone."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Customer
from bot.domain.due import RECENT
from bot.domain.followup import FollowUp, Kind, Status, renewal_id
from bot.domain.workcalendar import IsWorkingDay, first_working_day


class Milestone(StrEnum):
    """The work of a renewal, by how long before the contract's end it begins."""

    HEALTH = "health"
    NEEDS = "needs"
    PAPERS = "papers"
    PROPOSAL = "proposal"
    SIGN = "sign"
    CHASE = "chase"
    KICKOFF = "kickoff"

    @classmethod
    def at(cls, days: int) -> "Milestone":
        """So many days before the end; after it where negative."""
        return next((work for first, work in _MILESTONES if days >= first), cls.KICKOFF)


_MILESTONES: Final = (
    (90, Milestone.HEALTH),
    (60, Milestone.NEEDS),
    (45, Milestone.PAPERS),
    (30, Milestone.PROPOSAL),
    (14, Milestone.SIGN),
    (0, Milestone.CHASE),
)
NEAR_THE_END: Final = timedelta(days=45)
RENEWED: Final = timedelta(days=60)
"""A contract's end that is moved by less is corrected; by so much, shortly before it, it is renewed."""


def renewal_due(
    customer: Customer, rules: CadenceRules, is_work: IsWorkingDay, today: date, before: FollowUp | None
) -> FollowUp | None:
    """The current milestone of the customer's renewal; `subject` is its days before the contract expires.

    The first one is the one whose time it is when the contract's end becomes known; the next comes when one is closed.
    None without a contract's end, or after the last one. Once the contract is renewed, what is to be done after the end
    of the old one comes before the milestones of the new one.
    """
    ends, days = customer.contract_expires_on, rules.of(customer.tier).renewal_days
    if ends is None or not days:
        return None
    if before is not None and _is_to_be_kicked_off(before, ends, days, today):
        ends = before.about_on or ends
        if before.is_lapsed or int(before.subject) >= 0:
            before = before.model_copy(
                update={"status": Status.DONE, "closed_on": today, "is_lapsed": False, "subject": "0"}
            )
    passed = [each for each in days if ends - timedelta(days=each) <= today]
    known_end = before.about_on if before is not None else None
    is_same = known_end is not None and abs(ends - known_end) < RENEWED
    if before is not None and is_same:
        # A corrected end moves the days of what is left, and asks for nothing a second time.
        left = (
            [each for each in days if each < int(before.subject)] if before.is_closed_by_hand else [int(before.subject)]
        )
        if not left:
            return before.model_copy(update={"about_on": ends})
        current = left[0] if known_end == ends or not passed else min(left[0], passed[-1])
        day_after = max(before.closed_on or today, today) + timedelta(days=1)
        earliest = day_after if before.is_closed_by_hand else before.since or today
    elif ends + RECENT < today:
        return None
    else:
        current, earliest = passed[-1] if passed else days[0], today
    on = first_working_day(ends - timedelta(days=current), is_work, step=-1)
    return FollowUp(
        id=renewal_id(customer.id),
        kind=Kind.RENEWAL,
        customer_id=customer.id,
        owner_id=customer.owner_id,
        due_on=on if on >= earliest else first_working_day(earliest, is_work),
        subject=str(current),
        since=earliest,
        about_on=ends,
    )


def _is_to_be_kicked_off(before: FollowUp, ends: date, days: tuple[int, ...], today: date) -> bool:
    """Whether the contract of `before` was renewed when it was about to end, and nobody has seen to the beginning of
    the next one yet."""
    old = before.about_on
    if old is None or ends - old < RENEWED or not -RECENT <= old - today <= NEAR_THE_END or days[-1] >= 0:
        return False
    return not (before.is_closed_by_hand and int(before.subject) == days[-1])
