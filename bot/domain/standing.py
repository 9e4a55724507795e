"""What is due for a customer beyond promises and the clock of contacts, and all of it together."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.cadence import CadenceRules, Counted
from bot.domain.customer import Customer, Risk
from bot.domain.facts import RiskEvent
from bot.domain.followup import FollowUp, Kind, Status, contact_due, contact_id, is_hard, need_due, need_id
from bot.domain.need import Need
from bot.domain.objection import ObjectionHistory
from bot.domain.visit import Visit
from bot.domain.workcalendar import IsWorkingDay, add_working_days, first_working_day

FLAG: Final = "flag"


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
RECENT: Final = timedelta(days=60)
"""What older notes say of risk events and of objections nobody has marked asks for nothing: two soft events within this
time are what makes a customer amber. A contract that ended longer ago is no renewal any more."""


def renewal_id(customer_id: str) -> str:
    return f"renewal-{customer_id}"


def review_id(customer_id: str) -> str:
    return f"review-{customer_id}"


def risk_id(customer_id: str, event: str) -> str:
    return f"risk-{customer_id}-{event}"


def objection_id(customer_id: str, entry_id: str) -> str:
    return f"objection-{customer_id}-{entry_id}"


def standing_ids(customer_id: str) -> tuple[str, ...]:
    """The follow-ups of which a customer has one for ever, open or not."""
    return (
        contact_id(customer_id),
        need_id(customer_id),
        renewal_id(customer_id),
        review_id(customer_id),
        risk_id(customer_id, FLAG),
    )


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


def review_due(
    customer: Customer, rules: CadenceRules, is_work: IsWorkingDay, today: date, before: FollowUp | None
) -> FollowUp | None:
    """The customer's next business review, counted from the last one, else from the day it was created.

    One that would have been due before anybody counted is due after a full round from today. None for a tier without.
    """
    months = rules.of(customer.tier).review_months
    if months is None:
        return None
    if before is not None and before.is_closed_by_hand:
        since = before.closed_on or today
    elif before is not None and before.since is not None:
        since = before.since
    else:
        since = customer.created_on if _months_after(customer.created_on, months) > today else today
    since = max(since, customer.reopened_on or since)
    on = first_working_day(_months_after(since, months), is_work, step=-1)
    return FollowUp(
        id=review_id(customer.id),
        kind=Kind.REVIEW,
        customer_id=customer.id,
        owner_id=customer.owner_id,
        due_on=on,
        subject=str(months),
        since=since,
    )


def flag_due(
    customer: Customer,
    rules: CadenceRules,
    is_work: IsWorkingDay,
    today: date,
    before: FollowUp | None,
    *,
    has_hard_event: bool = False,
) -> FollowUp | None:
    """What the customer's risk flag asks for, once for each time it is set; while it is green, what lapsed with it.

    Nothing of its own where an open hard event has made it red: that one asks for the same.
    """
    if customer.risk is Risk.GREEN:
        return before.lapsed().model_copy(update={"is_lapsed": True}) if before is not None else None
    if before is not None and before.subject == customer.risk and not before.is_lapsed:
        return before
    if customer.risk is Risk.RED and has_hard_event:
        flag = _risk(customer, FLAG, customer.risk, today, today)
        return flag.model_copy(update={"status": Status.NOT_NEEDED, "closed_on": today})
    days = rules.hard_risk_days if customer.risk is Risk.RED else rules.soft_risk_days
    return _risk(customer, FLAG, customer.risk, add_working_days(today, days, is_work), today)


def risks_due(
    customer: Customer, visit: Visit, rules: CadenceRules, is_work: IsWorkingDay, today: date, known: Iterable[FollowUp]
) -> list[FollowUp]:
    """One for each risk event that a note confirms. An open one stays as it is; a later note opens a closed one again.

    The time runs from the day it is written down, which is when anybody could know.
    """
    before = {each.id: each for each in known}
    found = []
    for event in dict.fromkeys(visit.facts.risks):
        old = before.get(risk_id(customer.id, event))
        if old is not None and (old.status is Status.OPEN or (old.since or visit.on) >= visit.on):
            continue
        days = rules.hard_risk_days if event.is_hard else rules.soft_risk_days
        found.append(_risk(customer, event, event, add_working_days(today, days, is_work), visit.on))
    return found


def _risk(customer: Customer, event: str, subject: RiskEvent | Risk, due_on: date, since: date) -> FollowUp:
    return FollowUp(
        id=risk_id(customer.id, event),
        kind=Kind.RISK,
        customer_id=customer.id,
        owner_id=customer.owner_id,
        due_on=due_on,
        subject=subject.value,
        since=since,
    )


def objections_due(
    customer: Customer,
    histories: Iterable[ObjectionHistory],
    rules: CadenceRules,
    is_work: IsWorkingDay,
    today: date,
    known: Iterable[FollowUp],
    latest_on: date,
) -> list[FollowUp]:
    """One for each objection that is open: its play did not hold, or nobody has said yet whether it did and it was
    raised when the customer was last met, on `latest_on`.

    One whose play held lapses, as does one that did not come up again and that nobody marked; raised again later it
    opens again.
    """
    before = {each.id: each for each in known}
    found = []
    for history in histories:
        old, last = before.get(objection_id(customer.id, history.entry_id)), history.last
        if last.held or (last.held is None and last.on < latest_on):
            found += [old.lapsed()] if old is not None and old.status is Status.OPEN else []
            continue
        is_stale = last.held is None and last.on + RECENT < today
        is_settled = old is not None and old.is_closed_by_hand and (old.since or last.on) >= last.on
        if is_stale or is_settled or (old is not None and old.status is Status.OPEN):
            continue
        found.append(
            FollowUp(
                id=objection_id(customer.id, history.entry_id),
                kind=Kind.OBJECTION,
                customer_id=customer.id,
                owner_id=customer.owner_id,
                due_on=add_working_days(today, rules.objection_days, is_work),
                subject=history.entry_id,
                since=last.on,
            )
        )
    return found


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


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
