"""What falls due for a customer, kind by kind: contacts, needs, promises, reviews, risk and objections."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from bot.domain.cadence import CadenceRules, Cause, next_due
from bot.domain.customer import Customer, Risk
from bot.domain.facts import RiskEvent, Side
from bot.domain.followup import FLAG, FollowUp, Kind, Status, contact_id, need_id, objection_id, review_id, risk_id
from bot.domain.need import Need
from bot.domain.objection import ObjectionHistory
from bot.domain.visit import Visit
from bot.domain.workcalendar import IsWorkingDay, add_working_days, first_working_day


def contact_due(
    customer: Customer,
    rules: CadenceRules,
    is_work: IsWorkingDay,
    promises: Iterable[FollowUp] = (),
    settled_on: date | None = None,
) -> FollowUp:
    """The customer's contact follow-up, as the clock says; not needed for one who has opted out.

    `promises` are the customer's open ones: an earlier one is the reason for the next contact. `settled_on` is the day
    on which the one before was closed without a contact that counts.
    """
    open_ones = [(each.id, each.due_on) for each in promises if each.status is Status.OPEN]
    due = next_due(customer, rules, is_work, open_ones, settled_on)
    is_needed = due.explanation.cause is not Cause.OPTED_OUT
    return FollowUp(
        id=contact_id(customer.id),
        kind=Kind.CONTACT,
        customer_id=customer.id,
        owner_id=customer.owner_id,
        due_on=due.on,
        since=due.explanation.counted_from,
        explanation=due.explanation,
        status=Status.OPEN if is_needed else Status.NOT_NEEDED,
        is_lapsed=not is_needed,
    )


def need_due(
    customer: Customer,
    needs: Iterable[Need],
    is_work: IsWorkingDay,
    rules: CadenceRules,
    settled_on: date | None = None,
) -> FollowUp | None:
    """The customer's follow-up about its needs: due when an open one was not confirmed for too long.

    On a holiday it moves forward to a working day. None without open needs. What was asked on `settled_on` without
    being confirmed is asked again after the same time.
    """
    after = timedelta(days=rules.of(customer.tier).stale_after)
    known = [(each.known_on, each.id, each) for each in needs if each.status.is_open]
    found = [(max(day, settled_on or day), each_id, need) for day, each_id, need in known]
    if not found:
        return None
    day, _, first = min(found, key=lambda each: each[:2])
    return FollowUp(
        id=need_id(customer.id),
        kind=Kind.NEED,
        customer_id=customer.id,
        owner_id=customer.owner_id,
        due_on=first_working_day(day + after, is_work),
        title=first.statement,
        since=day,
    )


def steps_of(
    visit: Visit, owner_id: str, is_work: IsWorkingDay, known: Mapping[str, FollowUp] = MappingProxyType({})
) -> list[FollowUp]:
    """What is to be done after a visit: the next step, and every promise that has a day.

    What the other side promised for a day on which nobody works is asked after on the working day that follows. A
    promise that says one of the `known` again moves that one, as long as it is open.
    """
    common = {"kind": Kind.STEP, "customer_id": visit.customer_id, "owner_id": owner_id, "since": visit.on}
    found = []
    if visit.next_step and visit.next_step_on is not None:
        step = {"id": f"step-{visit.id}", "title": visit.next_step, "due_on": visit.next_step_on}
        found.append(FollowUp.model_validate(common | step))
    for number, each in enumerate(visit.facts.promises):
        if each.due_on is not None:
            due_on = first_working_day(each.due_on, is_work) if each.by is Side.THEIRS else each.due_on
            said = known.get(each.again)
            if said is not None and said.kind is Kind.STEP and said.status is Status.OPEN:
                found.append(said.promised_for(due_on, visit.on))
                continue
            promise = {"id": f"step-{visit.id}-{number}", "title": each.text, "by": each.by, "due_on": due_on}
            found.append(FollowUp.model_validate(common | promise))
    return found


RECENT: Final = timedelta(days=60)
"""What older notes say of risk events and of objections nobody has marked asks for nothing: two soft events within this
time are what makes a customer amber. A contract that ended longer ago is no renewal any more."""


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


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
