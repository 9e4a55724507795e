"""All that is due for a customer, as it should stand after whatever has changed."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from bot.domain.cadence import CadenceRules, Counted
from bot.domain.customer import Customer
from bot.domain.due import contact_due, flag_due, need_due, review_due
from bot.domain.followup import (
    FLAG,
    FollowUp,
    Kind,
    Status,
    contact_id,
    is_hard,
    need_id,
    renewal_id,
    review_id,
    risk_id,
)
from bot.domain.need import Need
from bot.domain.renewal import renewal_due
from bot.domain.workcalendar import IsWorkingDay, first_working_day


def standing(
    customer: Customer,
    rules: CadenceRules,
    is_work: IsWorkingDay,
    today: date,
    *,
    needs: Iterable[Need] = (),
    known: Iterable[FollowUp] = (),
) -> list[FollowUp]:
    """The customer's lasting follow-ups as they should stand, and its other open ones that have lapsed.

    `known` are those that are stored, open promises among them. What was closed by hand makes room for the next of its
    kind; what was put off stays so unless its day moves. Nothing is due after the relationship has ended.
    """
    before = {each.id: each for each in known}
    if customer.ended_on is not None:
        return [each.lapsed() for each in before.values()]
    held_until = first_working_day(customer.quiet_until, is_work) if customer.quiet_until else None
    need, flag_id = before.get(need_id(customer.id)), risk_id(customer.id, FLAG)
    has_hard_event = any(is_hard(each) and each.status is Status.OPEN for each in before.values())
    wanted = {
        contact_id(customer.id): next_contact(customer, rules, is_work, today, before.values()),
        need_id(customer.id): need_due(customer, needs, is_work, rules, _asked_on(need, today)),
        renewal_id(customer.id): renewal_due(customer, rules, is_work, today, before.get(renewal_id(customer.id))),
        review_id(customer.id): review_due(customer, rules, is_work, today, before.get(review_id(customer.id))),
        flag_id: flag_due(customer, rules, is_work, today, before.get(flag_id), has_hard_event=has_hard_event),
    }
    found = []
    for followup_id, due in wanted.items():
        old = before.get(followup_id)
        if due is not None and customer.is_opted_out and due.kind in _UNASKED:
            due = due.lapsed()
        if due is not None:
            due = _held(due, held_until)
            found.append(due.replacing(old) if due.status is Status.OPEN else due)
        elif old is not None:
            found.append(old.lapsed())
    others = [_held(each, held_until) for each in before.values() if each.id not in wanted]
    return found + [each.lapsed() if customer.is_opted_out and each.kind in _UNASKED else each for each in others]


def _held(followup: FollowUp, until: date | None) -> FollowUp:
    """Agreed quiet holds back what would make somebody get in touch; neither promises nor renewals nor risk."""
    is_held = followup.status is Status.OPEN and followup.kind in _QUIET and followup.held_until != until
    return followup.model_copy(update={"held_until": until}) if is_held else followup


_QUIET: Final = (Kind.NEED, Kind.REVIEW, Kind.OBJECTION, Kind.VALUE)
"""What waits for the end of a quiet time, as routine contacts do."""
_UNASKED: Final = (Kind.NEED, Kind.REVIEW, Kind.VALUE)
"""What somebody who wants nothing but service and legal notices is spared, besides routine contacts."""


def next_contact(
    customer: Customer, rules: CadenceRules, is_work: IsWorkingDay, today: date, known: Iterable[FollowUp]
) -> FollowUp:
    """The customer's next routine contact as what is known of it now has it; `known` as in `standing`."""
    found = list(known)
    before = next((each for each in found if each.id == contact_id(customer.id)), None)
    steps = [each for each in found if each.kind is Kind.STEP]
    return contact_due(customer, rules, is_work, steps, _settled_on(before, today)).replacing(before)


def _closed_on(followup: FollowUp | None, today: date) -> date | None:
    return (followup.closed_on or today) if followup is not None and followup.is_closed_by_hand else None


def _asked_on(need: FollowUp | None, today: date) -> date | None:
    """Remembered by the next one's `since`, which is never later than any need is known for, unless it was closed."""
    return need.since if need is not None and need.status is Status.OPEN else _closed_on(need, today)


def _settled_on(contact: FollowUp | None, today: date) -> date | None:
    """Remembered by the next contact's own explanation."""
    why = contact.explanation if contact is not None else None
    if why is not None and why.counted is Counted.SETTLED and contact is not None and contact.status is Status.OPEN:
        return why.counted_from
    return _closed_on(contact, today)
