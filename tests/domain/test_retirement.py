"""Entries that nobody wants: which they are, the week's notice, and what ends it."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.entry import Entry
from bot.domain.retirement import NOTICE, UNUSED, day_to_name, is_to_be_proposed, is_unwanted, quiet_since
from tests.builders import MONDAY, make_entry

HALF_A_YEAR_AGO = MONDAY - timedelta(days=180)
LONG_AGO = MONDAY - timedelta(days=400)
A_WEEK_ON = MONDAY + timedelta(days=7)


def entry(verified_on: date = LONG_AGO, review_days: int = 30) -> Entry:
    return make_entry(verified_on=verified_on, review_days=review_days)


def quiet(found: Entry, began_on: date = LONG_AGO, used_on: date | None = None, looked_at: Iterable[date] = ()) -> date:
    return quiet_since(found, began_on, used_on, looked_at)


@pytest.mark.parametrize(
    ("since", "is_it"), [(HALF_A_YEAR_AGO, True), (HALF_A_YEAR_AGO + timedelta(days=1), False)], ids=["180", "179"]
)
@pytest.mark.parametrize("sign", ["checked", "workspace", "used", "sent back"])
def test_180_days_without_any_sign(sign: str, since: date, is_it: bool) -> None:
    """Of a use, a check, or a decision of an approver; a young workspace has had no time to use anything."""
    found = entry(since) if sign == "checked" else entry()
    seen = {
        "checked": quiet(found),
        "workspace": quiet(found, began_on=since),
        "used": quiet(found, used_on=since),
        "sent back": quiet(found, looked_at=[LONG_AGO, since]),
    }[sign]
    assert seen == since
    assert is_unwanted(found, seen, MONDAY) is is_it


def test_an_entry_whose_review_is_not_due_is_wanted() -> None:
    """Its editors said that it keeps for a year."""
    found = entry(MONDAY - timedelta(days=364), review_days=365)
    assert not is_unwanted(found, quiet(found), MONDAY)
    assert is_unwanted(found, quiet(found), MONDAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("named", "told"),
    [(None, A_WEEK_ON), (MONDAY, MONDAY), (MONDAY + timedelta(days=3), MONDAY + timedelta(days=3))],
    ids=["first told", "its week is over", "told before"],
)
def test_a_message_names_the_day_that_was_named_first(named: date | None, told: date) -> None:
    assert day_to_name(named, LONG_AGO, MONDAY) == told


def test_what_was_named_before_somebody_used_it_is_void() -> None:
    """The next time without use begins with a notice of its own."""
    named, used_on = MONDAY - timedelta(days=200), HALF_A_YEAR_AGO
    assert day_to_name(named, used_on, MONDAY) == A_WEEK_ON
    assert not is_to_be_proposed(named, used_on, MONDAY)


@pytest.mark.parametrize(
    ("today", "used_on", "is_it"),
    [
        (A_WEEK_ON - timedelta(days=1), None, False),
        (A_WEEK_ON, None, True),
        (A_WEEK_ON + timedelta(days=90), None, True),
        (A_WEEK_ON, MONDAY, False),
        (A_WEEK_ON, A_WEEK_ON, False),
    ],
    ids=["in its week", "on the day", "the bot was away", "used on the day of the notice", "used on the last day"],
)
def test_proposed_when_the_week_is_over_and_nobody_stirred(today: date, used_on: date | None, is_it: bool) -> None:
    assert is_to_be_proposed(A_WEEK_ON, quiet(entry(), used_on=used_on), today) is is_it


@given(
    uses=st.lists(st.integers(1, 170) | st.integers(175, 200), max_size=4),
    missed=st.sets(st.integers(0, 130)),
    review_days=st.integers(7, 365),
)
def test_nothing_is_proposed_without_180_quiet_days_and_a_weeks_notice(
    uses: list[int], missed: set[int], review_days: int
) -> None:
    """Lived through day by day, however long after each other the uses are and whichever weekly messages fail."""
    found = entry(review_days=review_days)
    used_on = [LONG_AGO + timedelta(days=each) for each in accumulate(uses)]
    named: date | None = None
    told: dict[date, date] = {}
    for number in range(1001):
        today = LONG_AGO + timedelta(days=number)
        seen = quiet(found, used_on=max((each for each in used_on if each <= today), default=None))
        if named is not None and is_to_be_proposed(named, seen, today):
            assert today - seen >= UNUSED
            assert found.review_due_on <= today
            assert today - told[named] >= NOTICE
            assert told[named] - seen >= UNUSED
            return
        if number % 7 == 0 and number // 7 not in missed and is_unwanted(found, seen, today):
            named = day_to_name(named, seen, today)
            told.setdefault(named, today)
    pytest.fail("four uses and two and a half years later it is proposed")
