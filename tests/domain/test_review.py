"""Whose review is due, who is asked, and when in the week."""

from datetime import date, timedelta

import pytest

from bot.domain.entry import OwnerRole
from bot.domain.review import due_for_review, is_review_day, reviewer_ids
from bot.domain.user import Member, Role
from tests.builders import MONDAY, make_entry, make_playbook, weekdays


def member(user_id: str, *roles: Role) -> Member:
    return Member(user_id=user_id, roles=frozenset(roles))


STAFF = [member("U1", Role.EDITOR), member("U2", Role.APPROVER), member("U3", Role.ADMIN), member("U4")]


@pytest.mark.parametrize(
    ("owners", "members", "asked"),
    [
        (["U1"], STAFF, {"U1"}),
        (["U1", "U4"], STAFF, {"U1"}),
        (["U4", "U9"], STAFF, {"U2"}),
        ([], STAFF, {"U2"}),
        ([], [STAFF[0], STAFF[2]], {"U3", "U8"}),
        ([], [], {"U8"}),
    ],
    ids=["named", "one of them left", "all left", "nobody named", "no approver", "the operator's admins"],
)
def test_who_is_asked(owners: list[str], members: list[Member], asked: set[str]) -> None:
    """Whoever has no role any more has left; a person of another role is not asked."""
    assert (
        reviewer_ids(OwnerRole.PRICING, {OwnerRole.PRICING: owners, OwnerRole.LEGAL: ["U2"]}, members, ["U8"]) == asked
    )


@pytest.mark.parametrize(
    ("day", "holidays", "is_it"),
    [
        (MONDAY, set(), True),
        (MONDAY + timedelta(days=1), set(), False),
        (MONDAY + timedelta(days=1), {MONDAY}, True),
        (MONDAY, {MONDAY}, False),
        (MONDAY + timedelta(days=5), set(), False),
    ],
    ids=["Monday", "Tuesday", "after a holiday", "a holiday", "Saturday"],
)
def test_once_a_week_on_its_first_working_day(day: date, holidays: set[date], is_it: bool) -> None:
    assert is_review_day(day, lambda each: weekdays(each) and each not in holidays) is is_it


def test_the_longest_overdue_comes_first() -> None:
    """From the day on which the review is due."""
    entries = [
        make_entry("cost/fee-too-high", verified_on=MONDAY - timedelta(days=30)),
        make_entry("cost/thin-margin", verified_on=MONDAY - timedelta(days=99)),
        make_entry("cost/hidden-fees", verified_on=MONDAY - timedelta(days=29)),
    ]
    assert [each.id for each in due_for_review(make_playbook(entries), MONDAY)] == [
        "cost/thin-margin",
        "cost/fee-too-high",
    ]
