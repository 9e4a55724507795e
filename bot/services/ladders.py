"""What stays undone is told up the line, each step once, a number a week at most; the rest waits for the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.clock import Clock
from bot.domain.customer import Customer
from bot.domain.escalation import (
    ALERT,
    Escalation,
    Fired,
    climb,
    current,
    is_never_capped,
    next_step,
    trigger_of,
    week_of,
)
from bot.domain.followup import FollowUp, Status
from bot.domain.ladder import EscalationRules, Step, To, Trigger
from bot.domain.notice import Notice, NoticeKind, NoticeState, notice_key
from bot.domain.user import Member, User
from bot.domain.workcalendar import IsWorkingDay, first_working_day
from bot.services.customers import CustomerService
from bot.services.members import MemberService
from bot.services.nudges import NudgeService
from bot.services.upline import UpLineService
from bot.services.workspaces import WorkspaceService
from bot.storage.escalations import EscalationStore, Known, Plan


@dataclass(frozen=True, slots=True)
class Explained:
    """One open follow-up of a customer, for the operator."""

    followup: FollowUp
    escalation: Escalation | None
    coming: tuple[date, Step] | None
    notices: Sequence[Notice]


@dataclass(frozen=True, slots=True)
class LadderService:
    store: EscalationStore
    customers: CustomerService
    members: MemberService
    up_line: UpLineService
    nudges: NudgeService
    workspaces: WorkspaceService
    now: Clock

    async def plan(self, owner: User) -> None:
        """Takes the steps that are due today about one person's follow-ups. Run again it changes nothing."""
        team_id, owner_id, today = owner.team_id, owner.user_id, owner.today(self.now())
        followups = await self.customers.followups.due(team_id, owner_id, today)
        if not followups:
            return
        settings = await self.workspaces.settings(team_id)
        rules, is_work = settings.escalation, self.workspaces.calendar(settings)
        customers = await self.customers.customers.get_many(team_id, {each.customer_id for each in followups})
        known = await self.store.find_many(team_id, [each.id for each in followups])
        staff: list[Member] | None = None
        for followup in sorted(followups, key=lambda each: _tier_first(customers.get(each.customer_id))):
            customer = customers.get(followup.customer_id)
            trigger = trigger_of(followup, customer, rules, today) if customer else None
            if customer is None or trigger is None or customer.owner_id != owner_id:
                continue
            before = known.get(followup.id)
            found = current(before, followup, trigger, today, is_work)
            is_new = before is not None and before != found
            if is_new or found.fired or climb(found, customer.tier, rules, today, is_work).take:
                staff = staff or await self.members.all(team_id)  # many people: only where somebody is to be asked
                await self._climb(team_id, followup, customer, trigger, today, rules, is_work, staff)

    async def _climb(
        self,
        team_id: str,
        followup: FollowUp,
        customer: Customer,
        trigger: Trigger,
        today: date,
        rules: EscalationRules,
        is_work: IsWorkingDay,
        staff: Sequence[Member],
    ) -> None:
        asked = {
            to: await self.up_line.asked(team_id, to, followup, rules, staff)
            for to in {step.to for step in rules.steps(trigger)}
        }
        people = sorted({each for ids in asked.values() for each in ids})
        days = {each: await self._day_of(team_id, each, today) for each in people}
        found = current(await self.store.find(team_id, followup.id), followup, trigger, today, is_work)
        refs = {step.name: found.ref(step.name) for step in rules.steps(trigger)}
        wanted = [notice_key(NoticeKind.ESCALATION, each, ref) for each in people for ref in refs.values()]
        wanted += [key for fired in found.fired for key in fired.notices]

        def step(known: Known) -> Plan | None:
            now = current(known.escalation, followup, trigger, today, is_work)
            if now.began_on != found.began_on:
                return None  # somebody else has begun it anew meanwhile; the next look goes on from there
            now = _unreached(now, known, today)
            taking = climb(now, customer.tier, rules, today, is_work)
            if not taking.take:
                # The first day in other hands is kept; of what was never begun it can be told again.
                return Plan(now, known.weeks, []) if known.escalation not in (None, now) else None
            weeks, notices = dict(known.weeks), []
            fired = [Fired(step=each.name, on=today) for each in taking.passed]
            for each in taking.take:
                sent = []
                for user_id in asked[each.to]:
                    notice = now.notice(each.name, user_id, days[user_id], NoticeKind.ESCALATION)
                    is_free = is_never_capped(now, customer.tier)
                    if each.to is To.WEEKLY or not (is_free or weeks[user_id].sent < rules.per_week):
                        weeks[user_id] = weeks[user_id].with_held(followup.id)
                        continue
                    weeks[user_id] = weeks[user_id] if is_free else weeks[user_id].with_sent()
                    sent.append(notice)
                fired.append(Fired(step=each.name, on=today, notices=tuple(notice.key for notice in sent)))
                notices += [notice for notice in sent if _may_be_planned(known.notices.get(notice.key))]
            return Plan(now.firing(fired), weeks, notices)

        weeks = {each: week_of(days[each]) for each in people}
        await self.store.plan(team_id, followup.id, weeks, wanted, step, self.now())

    async def _day_of(self, team_id: str, user_id: str, today: date) -> date:
        """The day on which somebody can be written to: today while the hours last, else the next working day."""
        actor = await self.members.find_actor(team_id, user_id)
        if actor is None:
            return first_working_day(today, (await self.workspaces.counting(team_id))[1])
        now = self.now()
        return await self.nudges.due_day(actor) or (await self.nudges.next_digest_at(actor, now)).date()

    async def held(self, team_id: str, user_id: str, day: date) -> tuple[str, ...]:
        """The follow-ups that a lead was not written to about in that day's week, for the weekly report."""
        return (await self.store.week(team_id, user_id, week_of(day))).held

    async def explain(self, team_id: str, customer: Customer, today: date) -> list[Explained]:
        """Every open follow-up of a customer with its ladder: what was sent about it, and what comes next."""
        settings = await self.workspaces.settings(team_id)
        rules, is_work = settings.escalation, self.workspaces.calendar(settings)
        dossier = await self.customers.dossiers.find(team_id, customer.id)
        followups = [each for each in (dossier.followups if dossier else ()) if each.status is Status.OPEN]
        known = await self.store.find_many(team_id, [each.id for each in followups])
        found = []
        for followup in followups:
            trigger = trigger_of(followup, customer, rules, today)
            escalation = current(known.get(followup.id), followup, trigger, today, is_work) if trigger else None
            coming = next_step(escalation, customer.tier, rules, is_work) if escalation else None
            sent = [key for fired in escalation.fired for key in fired.notices] if escalation else []
            notices = [each for key in sent if (each := await self.nudges.notices.find(team_id, key))]
            found.append(Explained(followup, escalation, coming, notices))
        return found


def _unreached(found: Escalation, known: Known, today: date) -> Escalation:
    """Without the steps all of whose messages certainly reached nobody on an earlier day: they are taken again."""
    for fired in found.fired:
        notices = [known.notices[key] for key in fired.notices if key in known.notices]
        failed = [each for each in notices if each.state is NoticeState.FAILED and each.day < today]
        if fired.step != ALERT and notices and len(failed) == len(fired.notices):
            found = found.without(fired.step)
    return found


def _may_be_planned(before: Notice | None) -> bool:
    """Anew only what certainly reached nobody."""
    return before is None or before.state is NoticeState.FAILED


def _tier_first(customer: Customer | None) -> int:
    """Of what is more than a lead gets in a week the better tiers come first, of one tier the longest due."""
    return -customer.tier.weight if customer else 0
