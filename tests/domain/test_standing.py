"""What is due besides routine contacts: reviews, risk, objections; one open item for each reason."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.aftermath import Notes
from bot.domain.cadence import Counted
from bot.domain.customer import Risk, Tier
from bot.domain.dossier import Dossier
from bot.domain.facts import RiskEvent
from bot.domain.followup import (
    FLAG,
    Kind,
    Snooze,
    SnoozeReason,
    Status,
    contact_id,
    need_id,
    objection_id,
    renewal_id,
    review_id,
    risk_id,
)
from bot.domain.objection import Outcome
from bot.domain.visit import Channel, Facts, Visit
from tests.builders import LIN, MONDAY, make_change, make_customer, make_followup, make_visit, weekdays
from tests.domain.dossiers import RULES, after, closed, counted, dossier, find, one

FEE, BANK = "cost/fee-too-high", "bank/cheaper"


# Reviews


@pytest.mark.parametrize(
    ("tier", "due"),
    [(Tier.A, date(2026, 6, 2)), (Tier.B, date(2026, 9, 2)), (Tier.C, date(2027, 3, 2)), (Tier.D, None)],
)
def test_a_review_comes_round_by_tier(tier: Tier, due: date | None) -> None:
    """A quarterly, B half-yearly, C yearly, D never."""
    found = find(counted(dossier(tier=tier)), review_id("c1"))
    assert (found.due_on if found else None) == due


def test_the_next_review_counts_from_the_last() -> None:
    """One that nobody counted so far is due after a full round."""
    held = closed(counted(dossier()), review_id("c1"), date(2026, 5, 20))
    assert one(held, review_id("c1")).due_on == date(2026, 8, 20)
    old = Dossier(make_customer(created_on=date(2020, 1, 1)))
    assert one(counted(old), review_id("c1")).due_on == date(2026, 6, 2)
    assert one(counted(counted(old), after(30)), review_id("c1")).due_on == date(2026, 6, 2)


# Risk


@pytest.mark.parametrize(("risk", "due"), [(Risk.RED, after(1)), (Risk.AMBER, after(7))])
def test_a_flag_is_followed_once_each_time_it_is_set(risk: Risk, due: date) -> None:
    """Red within one working day, amber within five; done is done until it is another colour."""
    red = counted(dossier(risk=risk))
    assert (one(red, risk_id("c1", FLAG)).due_on, one(red, risk_id("c1", FLAG)).subject) == (due, risk.value)
    done = closed(red, risk_id("c1", FLAG), after(1))
    assert one(done, risk_id("c1", FLAG)).status is Status.DONE
    green = counted(replace(done, customer=make_customer(created_on=MONDAY)), after(9))
    again = counted(replace(green, customer=red.customer), after(9))
    assert one(green, risk_id("c1", FLAG)).status is Status.DONE
    assert (one(again, risk_id("c1", FLAG)).status, one(again, risk_id("c1", FLAG)).since) == (Status.OPEN, after(9))
    lifted = counted(replace(red, customer=make_customer(created_on=MONDAY)))
    assert one(lifted, risk_id("c1", FLAG)).status is Status.NOT_NEEDED
    assert one(counted(replace(lifted, customer=red.customer)), risk_id("c1", FLAG)).status is Status.OPEN


def followed(found: Dossier, visit: Visit, *others: Visit, today: date = MONDAY, held: bool | None = None) -> Dossier:
    """After a note was saved."""
    outcomes = [] if held is None else [Outcome(visit_id="v1", entry_id=FEE, held=held, by=LIN, on=today)]
    return replace(found, followups=Notes(others, tuple(outcomes)).followed(found, visit, RULES, weekdays, today))


def test_a_risk_event_of_a_note_is_followed() -> None:
    """A hard one within one working day of writing it down, a soft one within five; noted twice, still one."""
    visit = make_visit(on=after(-4), facts=Facts(risks=(RiskEvent.INSOLVENCY, RiskEvent.LAWSUIT)))
    found = followed(dossier(), visit)
    hard, soft = one(found, risk_id("c1", "insolvency")), one(found, risk_id("c1", "lawsuit"))
    assert (hard.due_on, soft.due_on, hard.since) == (after(1), after(7), after(-4))
    again = followed(found, visit.model_copy(update={"id": "v2", "on": MONDAY}), today=after(1))
    assert one(again, hard.id) == hard
    done = closed(again, hard.id, after(1))
    assert one(followed(done, visit, today=after(2)), hard.id).status is Status.DONE, "the same note told again"
    later = visit.model_copy(update={"id": "v3", "on": after(5)})
    assert one(followed(done, later, today=after(5)), hard.id).due_on == after(7), "it has happened again"


# Objections


def test_an_objection_stays_open_until_its_play_held() -> None:
    """Raised: three working days; marked as held: gone; raised again: open again."""
    visit = make_visit(objection_ids=(FEE,))
    found = followed(dossier(), visit)
    item = one(found, objection_id("c1", FEE))
    assert (item.due_on, item.since, item.subject) == (after(3), MONDAY, FEE)
    assert one(followed(found, visit, held=False), item.id) == item
    held = followed(found, visit, held=True)
    assert one(held, item.id).status is Status.NOT_NEEDED
    again = followed(held, make_visit(id="v2", on=after(9), objection_ids=(FEE,)), visit, today=after(9), held=True)
    assert one(again, item.id).due_on == after(14)
    done = closed(found, item.id, after(2))
    assert one(followed(done, visit, today=after(3)), item.id).status is Status.DONE


def test_an_old_note_written_up_late_opens_nothing_that_is_answered_since() -> None:
    newer = make_visit(id="v1", on=MONDAY, objection_ids=(FEE,))
    found = followed(dossier(), make_visit(id="v0", on=after(-9), objection_ids=(FEE,)), newer, held=True)
    assert find(found, objection_id("c1", FEE)) is None


def test_what_does_not_come_up_again_lapses_unless_it_did_not_hold() -> None:
    """An attempt that reached nobody settles nothing."""
    first = make_visit(objection_ids=(FEE,))
    found = followed(dossier(), first)
    missed = make_visit(id="v2", on=after(4), channel=Channel.MISSED)
    later = make_visit(id="v3", on=after(4))
    item = objection_id("c1", FEE)
    assert one(followed(found, missed, first, today=after(4)), item).status is Status.OPEN
    assert one(followed(found, later, first, today=after(4)), item).status is Status.NOT_NEEDED
    assert one(followed(found, later, first, today=after(4), held=False), item).status is Status.OPEN


def test_an_objection_taken_out_of_its_note_is_gone() -> None:
    """Unless another note has it."""
    found = followed(dossier(), make_visit(objection_ids=(FEE,)))
    corrected, rules = make_visit(objection_ids=()), RULES
    after_all = Notes(()).followed(found, corrected, rules, weekdays, MONDAY, dropped=[FEE])
    assert {each.id: each.status for each in after_all}[objection_id("c1", FEE)] is Status.NOT_NEEDED
    other = Notes((make_visit(id="v2", objection_ids=(FEE,)),))
    still = other.followed(found, corrected, rules, weekdays, MONDAY, dropped=[FEE])
    assert {each.id: each.status for each in still}[objection_id("c1", FEE)] is Status.OPEN


def test_a_hard_event_is_one_matter_with_the_flag_it_sets() -> None:
    """Done, it does not come back as the flag; a red that risk sets later is a matter of its own again."""
    noted = followed(dossier(), make_visit(facts=Facts(risks=(RiskEvent.INSOLVENCY,))))
    red = counted(replace(noted, customer=noted.customer.model_copy(update={"risk": Risk.RED})))
    opened = [each.id for each in red.followups if each.kind is Kind.RISK and each.status is Status.OPEN]
    assert opened == [risk_id("c1", RiskEvent.INSOLVENCY)]
    done = closed(red, risk_id("c1", RiskEvent.INSOLVENCY), after(1))
    assert not [each for each in done.followups if each.kind is Kind.RISK and each.status is Status.OPEN]
    green = counted(replace(done, customer=noted.customer), after(8))
    again = counted(replace(green, customer=red.customer), after(9))
    assert one(again, risk_id("c1", FLAG)).status is Status.OPEN


# All together


def test_nothing_is_asked_of_a_customer_in_an_agreed_quiet_time() -> None:
    """Need, objection and review wait for its end, which is no working day here; promises, renewals and risk do not.

    Lifted again, all is due as before.
    """
    raised = followed(dossier(contract_expires_on=after(20)), make_visit(objection_ids=(FEE,)))
    before = counted(raised.with_change(make_change()).with_followups([make_followup()]))
    agreed = before.customer.model_copy(update={"quiet_until": date(2026, 8, 1), "risk": Risk.AMBER})
    quiet = counted(replace(before, customer=agreed))
    waits = {each.id: each.shown_on for each in quiet.followups}
    held = {need_id("c1"), objection_id("c1", FEE), review_id("c1"), contact_id("c1")}
    assert {each for each, day in waits.items() if day == date(2026, 8, 3)} == held
    assert one(quiet, objection_id("c1", FEE)).severity(date(2026, 8, 3), RULES) == 0
    assert counted(quiet) == quiet
    lifted = counted(replace(quiet, customer=before.customer))
    assert {each.id: each.shown_on for each in before.followups}.items() <= {
        each.id: each.shown_on for each in lifted.followups
    }.items()


def test_what_was_put_off_stays_so_when_an_earlier_promise_is_kept() -> None:
    """The promise stood for the contact; the contact's own day has not moved."""
    promised = counted(dossier().with_followups([make_followup(due_on=after(10))]), after(14))
    snooze = Snooze(by=LIN, on=after(14), until=after(21), reason=SnoozeReason.OTHER)
    snoozed = promised.with_followups([one(promised, contact_id("c1")).snoozed(snooze, Tier.A)])
    kept = counted(snoozed.with_followups([one(snoozed, "step-1").completed(after(15))]), after(15))
    assert one(kept, contact_id("c1")).shown_on == after(21)


def test_the_clock_of_a_relationship_that_goes_on_begins_again() -> None:
    """Nobody is months late with a customer that was none meanwhile."""
    old = date(2025, 6, 2)
    ended = counted(Dossier(make_customer(created_on=old, last_contact_on=old, ended_on=date(2025, 7, 1))))
    again = ended.customer.model_copy(update={"ended_on": None, "reopened_on": MONDAY})
    found = counted(replace(ended, customer=again))
    contact = one(found, contact_id("c1"))
    assert (contact.due_on, contact.explanation and contact.explanation.counted) == (after(14), Counted.REOPENED)
    assert one(found, review_id("c1")).due_on == date(2026, 6, 2)


def test_who_wants_quiet_gets_service_only() -> None:
    """No contact, review, need or item of value; renewal, risk and promises go on. Taken back, all is due again."""
    full = dossier(contract_expires_on=after(30), risk=Risk.RED).with_change(make_change())
    opted = full.customer.model_copy(update={"is_opted_out": True})
    before = counted(full.with_followups([make_followup()]))
    quiet = counted(replace(before, customer=opted))
    assert {each.id for each in quiet.followups if each.status is Status.OPEN} == {
        *("step-1", renewal_id("c1"), risk_id("c1", FLAG)),
    }
    assert counted(replace(quiet, customer=full.customer)) == before


def test_nothing_is_due_after_the_end() -> None:
    """And all again when it goes on after all."""
    before = counted(dossier(contract_expires_on=after(30)).with_change(make_change()))
    over = counted(replace(before, customer=before.customer.model_copy(update={"ended_on": MONDAY})))
    assert {each.status for each in over.followups} == {Status.NOT_NEEDED}
    assert counted(replace(over, customer=before.customer)) == before


def test_a_contact_closed_by_hand_comes_round_again() -> None:
    """Silence is no way to lose a customer: counted from that day, and remembered when counted again."""
    found = closed(counted(dossier()), contact_id("c1"), after(14))
    assert one(found, contact_id("c1")).due_on == after(28)
    assert one(counted(found, after(20)), contact_id("c1")).due_on == after(28)
    seen = replace(found, customer=found.customer.contacted(after(16), Channel.PHONE))
    assert one(counted(seen, after(20)), contact_id("c1")).due_on == after(30)


def test_a_need_asked_after_without_an_answer_is_asked_again() -> None:
    found = closed(counted(dossier().with_change(make_change())), need_id("c1"), after(91))
    assert one(found, need_id("c1")).due_on == after(182), "a Sunday later"
    assert one(counted(found, after(100)), need_id("c1")).due_on == after(182)


flags = st.lists(
    st.tuples(st.sampled_from(Tier), st.sampled_from(Risk), st.none() | st.integers(-90, 400), st.booleans()),
    max_size=5,
)


@given(changes=flags, days=st.integers(0, 30))
def test_counting_twice_is_counting_once(changes: list[tuple[Tier, Risk, int | None, bool]], days: int) -> None:
    """Through whatever the customer went: one item for each reason, each on a working day."""
    found = counted(dossier().with_change(make_change()))
    for number, (tier, risk, ends, opted_out) in enumerate(changes):
        today = after(number * days)
        update = {"tier": tier, "risk": risk, "is_opted_out": opted_out}
        update["contract_expires_on"] = None if ends is None else after(ends)
        found = counted(replace(found, customer=found.customer.model_copy(update=update)), today)
        assert counted(found, today) == found
        assert len({each.id for each in found.followups}) == len(found.followups)
        assert all(weekdays(each.due_on) for each in found.followups)
