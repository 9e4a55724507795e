"""The milestones of a renewal, one open item all the way."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.customer import Tier
from bot.domain.followup import Status, renewal_id
from bot.domain.renewal import Milestone
from tests.builders import MONDAY, weekdays
from tests.domain.dossiers import after, closed, counted, dossier, find, one


@pytest.mark.parametrize(
    ("ahead", "tier", "milestone", "due"),
    [
        (200, Tier.A, "120", after(200 - 120)),
        (200, Tier.B, "90", after(200 - 91)),
        (100, Tier.A, "120", MONDAY),
        (75, Tier.B, "90", MONDAY),
        (60, Tier.C, "60", MONDAY),
        (20, Tier.D, "30", MONDAY),
        (-3, Tier.A, "7", MONDAY),
        (-8, Tier.A, "-7", MONDAY),
    ],
    ids=[
        *("A begins early", "others at 90, back to a Friday", "late for A", "between two", "on the day"),
        *("a short notice", "just over", "a week after"),
    ],
)
def test_a_renewal_begins_where_time_stands(ahead: int, tier: Tier, milestone: str, due: date) -> None:
    """With the first milestone, or the one whose time it is when the contract's end becomes known."""
    found = one(counted(dossier(tier=tier, contract_expires_on=after(ahead))), renewal_id("c1"))
    assert (found.subject, found.due_on, found.about_on) == (milestone, due, after(ahead))


def test_a_milestone_done_makes_room_for_the_next() -> None:
    """One open item all the way, to the thank-you after the end; late ones follow on the next working day."""
    found, today, seen = counted(dossier(contract_expires_on=after(130))), MONDAY, []
    while (current := one(found, renewal_id("c1"))).status is Status.OPEN:
        assert weekdays(current.due_on)
        seen.append((current.subject, Milestone.at(int(current.subject)).value))
        today = max(today, current.due_on)
        found = closed(found, renewal_id("c1"), today)
        assert one(counted(found, today), renewal_id("c1")) == one(found, renewal_id("c1")), "counting changes nothing"
    assert [each for each, _ in seen] == ["120", "90", "60", "45", "30", "14", "7", "-7"]
    assert [each for _, each in seen][1:] == [each.value for each in Milestone]
    late = closed(counted(dossier(contract_expires_on=after(50))), renewal_id("c1"), after(9))
    assert (one(late, renewal_id("c1")).subject, one(late, renewal_id("c1")).due_on) == ("45", after(10))


def test_a_corrected_end_begins_anew_and_a_contract_without_one_has_none() -> None:
    found = counted(dossier(contract_expires_on=after(70)))
    corrected = counted(replace(found, customer=found.customer.model_copy(update={"contract_expires_on": after(435)})))
    assert one(corrected, renewal_id("c1")).subject == "120"
    without = counted(replace(found, customer=found.customer.model_copy(update={"contract_expires_on": None})))
    assert one(without, renewal_id("c1")).status is Status.NOT_NEEDED
    assert find(counted(dossier(contract_expires_on=after(-90))), renewal_id("c1")) is None, "long over"


@pytest.mark.parametrize("days", [-20, -3, 3, 9, 40])
def test_a_corrected_end_asks_for_nothing_twice(days: int) -> None:
    """Whichever way it moves: what was done stays done, what is open keeps its place or makes room for what is due."""
    found = counted(dossier(contract_expires_on=after(58)))
    assert one(found, renewal_id("c1")).subject == "60"
    moved = {"contract_expires_on": after(58 + days)}
    still_open = counted(found.with_customer(found.customer.model_copy(update=moved)), after(1))
    assert int(one(still_open, renewal_id("c1")).subject) == (45 if days == -20 else 60)
    done = closed(found, renewal_id("c1"), after(1))
    corrected = counted(done.with_customer(done.customer.model_copy(update=moved)), after(1))
    following = one(corrected, renewal_id("c1"))
    assert (following.subject, following.about_on) == ("45", after(58 + days))
    assert counted(corrected, after(2)) == corrected


def test_a_renewed_contract_is_kicked_off_before_the_next_one_is_prepared() -> None:
    """The end is typed anew when it is signed; a week after the old one somebody still says thank you."""
    found = counted(dossier(contract_expires_on=after(10)))
    renewed = counted(replace(found, customer=found.customer.model_copy(update={"contract_expires_on": after(375)})))
    kickoff = one(renewed, renewal_id("c1"))
    assert (kickoff.subject, kickoff.about_on, kickoff.due_on) == ("-7", after(10), after(17))
    assert counted(renewed, after(20)) == renewed
    done = closed(renewed, renewal_id("c1"), after(17))
    assert (one(done, renewal_id("c1")).subject, one(done, renewal_id("c1")).about_on) == ("120", after(375))
    assert counted(done, after(18)) == done
