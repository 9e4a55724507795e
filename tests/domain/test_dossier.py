"""What changes together in a customer's file."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.customer import Tier
from bot.domain.dossier import Dossier
from bot.domain.followup import Snooze, SnoozeReason, Status, contact_id, need_id
from bot.domain.need import NeedStatus
from tests.builders import LIN, MONDAY, make_change, make_contact, make_customer, make_followup
from tests.domain.dossiers import counted, one

SNOOZE = Snooze(by=LIN, on=MONDAY, until=MONDAY + timedelta(days=1), reason=SnoozeReason.TRAVELLING)


def test_the_same_change_is_added_once() -> None:
    """A form sent twice."""
    found = Dossier(make_customer()).with_change(make_change())
    assert found.with_change(make_change(amount="1")) == found


def test_a_hand_over_takes_everything_along() -> None:
    """Nobody stands in for oneself afterwards; somebody else still does."""
    before = Dossier(make_customer(stand_in_id="U2"), followups=(make_contact(), make_followup()))
    after = before.handed_over("U2")
    assert (after.customer.owner_id, after.customer.stand_in_id) == ("U2", None)
    assert {each.owner_id for each in after.followups} == {"U2"}
    assert before.handed_over("U3").customer.stand_in_id == "U2"
    assert after.handed_over("U2") == after


def test_the_needs_follow_up_keeps_step_with_the_needs() -> None:
    """Made with the first need, moved by a confirmation, gone with the last need, open again with the next."""
    first = counted(Dossier(make_customer()).with_change(make_change()))
    due = one(first, need_id("c1"))
    assert due.due_on == MONDAY + timedelta(days=91), "the 90th day is a Sunday"
    later = MONDAY + timedelta(days=7)
    confirmed = first.with_change(make_change(id="h2", on=later, status=NeedStatus.CONFIRMED))
    assert one(counted(confirmed), due.id).due_on == later + timedelta(days=91)
    void = counted(first.with_change(make_change(id="h2", status=NeedStatus.VOID)))
    assert one(void, due.id).status is Status.NOT_NEEDED
    again = counted(void.with_change(make_change(id="h3", need_id="n2")))
    assert one(again, due.id).status is Status.OPEN


def test_what_was_put_off_stays_so_unless_its_day_moves() -> None:
    """Another need that is due later changes nothing about the first one's."""
    first = counted(Dossier(make_customer()).with_change(make_change()))
    put_off = first.with_followups([one(first, need_id("c1")).model_copy(update={"snoozes": (SNOOZE,)})])
    more = put_off.with_change(make_change(id="h2", need_id="n2", on=MONDAY + timedelta(days=9)))
    assert one(counted(more), need_id("c1")).snoozes == (SNOOZE,)
    moved = put_off.with_change(make_change(id="h2", on=MONDAY + timedelta(days=9), status=NeedStatus.CONFIRMED))
    assert one(counted(moved), need_id("c1")).snoozes == ()


def test_another_tier_has_another_rhythm() -> None:
    """The contact and the needs; counted again with the same tier, the contact stays as it was put off."""
    first = counted(Dossier(make_customer(), changes=(make_change(),)))
    put_off = first.with_followups([one(first, contact_id("c1")).model_copy(update={"snoozes": (SNOOZE,)})])
    assert counted(put_off) == put_off
    after = counted(replace(put_off, customer=make_customer(tier=Tier.C)))
    contact = one(after, contact_id("c1"))
    assert contact.explanation is not None
    assert (contact.explanation.tier, contact.snoozes) == (Tier.C, ())
    assert one(after, need_id("c1")).due_on == MONDAY + timedelta(days=182), "the 180th day is a Saturday"
