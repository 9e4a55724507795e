"""What stays undone is told up the line, each step once; and what those who are asked do about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer
from bot.domain.dossier import Dossier
from bot.domain.entry import Bilingual
from bot.domain.escalation import (
    Ask,
    Escalation,
    EscalationItem,
    EscalationRules,
    Fired,
    Outcome,
    Step,
    To,
    Trigger,
    begun,
    climb,
    is_never_capped,
    next_step,
    trigger_of,
    week_of,
)
from bot.domain.followup import FollowUp, Kind, Status
from bot.domain.notice import Moment, Notice, NoticeKind, NoticeState, notice_key
from bot.domain.policy import Action
from bot.domain.user import Member, Role, User
from bot.domain.workcalendar import IsWorkingDay, first_working_day
from bot.errors import CustomerNotFoundError, EscalationAnsweredError, EscalationGoneError, FieldError
from bot.services.absences import AbsenceService
from bot.services.customers import CustomerService
from bot.services.members import MemberService
from bot.services.nudges import NudgeService
from bot.services.playbook import PlaybookService
from bot.services.workspaces import WorkspaceService
from bot.storage.escalations import EscalationStore, Known, Plan

"""People looked at, at the same time."""
ALERT = "alert"
"""The step of a hard risk event at which account manager and risk are told."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One open follow-up of a customer, for the operator."""

    followup: FollowUp
    escalation: Escalation | None
    coming: tuple[date, Step] | None
    notices: Sequence[Notice]


@dataclass(frozen=True, slots=True)
class EscalationService:
    store: EscalationStore
    customers: CustomerService
    members: MemberService
    absences: AbsenceService
    nudges: NudgeService
    playbook: PlaybookService
    workspaces: WorkspaceService
    now: Clock

    # planned by the sweep

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
            found = _current(known.get(followup.id), followup, trigger, today, is_work)
            before = known.get(followup.id)
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
            to: await self._asked(team_id, to, followup, rules, staff)
            for to in {step.to for step in rules.steps(trigger)}
        }
        people = sorted({each for ids in asked.values() for each in ids})
        days = {each: await self._day_of(team_id, each, today) for each in people}
        found = _current(await self.store.find(team_id, followup.id), followup, trigger, today, is_work)
        refs = {step.name: found.ref(step.name) for step in rules.steps(trigger)}
        wanted = [notice_key(NoticeKind.ESCALATION, each, ref) for each in people for ref in refs.values()]
        wanted += [key for fired in found.fired for key in fired.notices]

        def step(known: Known) -> Plan | None:
            now = _current(known.escalation, followup, trigger, today, is_work)
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
                    notice = self._notice(now, each.name, user_id, days[user_id], NoticeKind.ESCALATION)
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

    async def plan_alerts(self, team_ids: Collection[str]) -> None:
        """Hard risk events go to the account manager and to risk at once, at whatever hour."""
        for team_id in team_ids:
            for followup_id in await self.store.hard_risks(team_id):
                await self._alert(team_id, followup_id)

    async def _alert(self, team_id: str, followup_id: str) -> None:
        followup = (await self.customers.followups.get_many(team_id, [followup_id])).get(followup_id)
        customer = await self.customers.customers.find(team_id, followup.customer_id) if followup else None
        if followup is None or customer is None or followup.status is not Status.OPEN:
            await self.store.forget_risk(team_id, followup_id)
            return
        owner = await self.members.actor(team_id, customer.owner_id)
        today = owner.today(self.now())
        risk = {each.user_id for each in await self.members.all(team_id) if Role.RISK in each.roles}
        people = sorted({customer.owner_id, *risk})
        known = await self.store.find(team_id, followup_id)
        _, is_work = await self.workspaces.counting(team_id)
        found = _current(known, followup, Trigger.RISK, today, is_work)
        notices = [self._notice(found, ALERT, each, today, NoticeKind.ALERT) for each in people]

        def step(known: Known) -> Plan | None:
            now = _current(known.escalation, followup, Trigger.RISK, today, is_work)
            is_told = any(each.step == ALERT for each in now.fired)
            fired = [] if is_told else [Fired(step=ALERT, on=today, notices=tuple(each.key for each in notices))]
            return Plan(now.firing(fired), {}, [] if is_told else notices)

        await self.store.plan(team_id, followup_id, {}, [each.key for each in notices], step, self.now())

    def _notice(self, found: Escalation, step: str, user_id: str, day: date, kind: NoticeKind) -> Notice:
        return Notice(
            kind=kind,
            user_id=user_id,
            day=day,
            ref=found.ref(step),
            customer_id=found.customer_id,
            followup_ids=(found.followup_id,),
        )

    async def _day_of(self, team_id: str, user_id: str, today: date) -> date:
        """The day on which somebody can be written to: today while the hours last, else the next working day."""
        actor = await self.members.find_actor(team_id, user_id)
        if actor is None:
            return first_working_day(today, (await self.workspaces.counting(team_id))[1])
        now = self.now()
        return await self.nudges.due_day(actor) or (await self.nudges.next_digest_at(actor, now)).date()

    # whom it concerns

    async def _asked(
        self, team_id: str, to: To, followup: FollowUp, rules: EscalationRules, staff: Sequence[Member]
    ) -> tuple[str, ...]:
        """Who is asked; never the owner. Nobody where there is nobody up the line.

        For somebody who is away the stand-in; without one, or where that is the owner, the person all the same.
        """
        found = await self._up_the_line(team_id, to, followup, rules, staff)
        reached = [await self._reached(team_id, each, followup.owner_id) for each in found]
        return tuple(sorted(set(reached)))

    async def _reached(self, team_id: str, user_id: str, owner_id: str) -> str:
        actor = await self.members.find_actor(team_id, user_id)
        stand_in = await self.absences.stand_in(actor) if actor is not None else None
        return stand_in.user_id if stand_in is not None and stand_in.user_id != owner_id else user_id

    async def _up_the_line(
        self, team_id: str, to: To, followup: FollowUp, rules: EscalationRules, staff: Sequence[Member]
    ) -> frozenset[str]:
        owner = policy.member_of(followup.owner_id, staff)
        working = {each.user_id for each in staff if each.roles} | self.members.admin_users
        heads = set(rules.heads) & working
        admins = self.members.admin_users | {each.user_id for each in staff if each.is_admin}
        found: set[str] = set()
        match to:
            case To.HEAD:
                found = heads - {owner.user_id} or set(admins)
            case To.SPECIALIST:
                found = await self._specialists(team_id, followup) & working
        if not found - {owner.user_id}:
            leads = policy.lead_ids(owner, staff)
            # Nobody is asked about oneself: above a lead stands the head.
            above = heads if Role.TEAM_LEAD in owner.roles else admins
            found = set(leads or above)
        return frozenset(found - {owner.user_id})

    async def _specialists(self, team_id: str, followup: FollowUp) -> set[str]:
        entry = (await self.playbook.library(team_id)).playbook.find(followup.subject)
        owners = (await self.workspaces.settings(team_id)).owners
        return set(owners.get(entry.owner, ())) if entry else set()

    # read by the messages

    async def moment(self, actor: User, notice: Notice) -> Moment:
        """An alert is told at once; what is asked of a lead in the hours of a working day."""
        return Moment.NOW if notice.kind is NoticeKind.ALERT else await self.nudges.moment(actor, notice.day)

    async def item(self, actor: User, notice: Notice) -> EscalationItem | None:
        """What the notice tells of, as it stands now; None where the follow-up is gone."""
        return await self._item(actor, notice.followup_ids[0], notice.ref.rsplit(":", 1)[-1])

    async def to_ask(self, actor: User, notice: Notice) -> EscalationItem | None:
        """The same, if there is still something to ask."""
        item = await self.item(actor, notice)
        if item is None or not item.is_open or not notice.ref.startswith(f"{item.escalation.ref('')}"):
            return None
        if notice.kind is NoticeKind.ALERT:
            return item
        rules = (await self.workspaces.settings(actor.team_id)).escalation
        is_due = trigger_of(item.followup, item.customer, rules, item.today) is not None
        return item if is_due else None

    async def _item(self, actor: User, followup_id: str, step: str) -> EscalationItem | None:
        escalation = await self.store.find(actor.team_id, followup_id)
        followup = (await self.customers.followups.get_many(actor.team_id, [followup_id])).get(followup_id)
        customer = await self.customers.customers.find(actor.team_id, followup.customer_id) if followup else None
        if escalation is None or followup is None or customer is None:
            return None
        owner_ids = await self.customers.visible_owner_ids(actor)
        rights = policy.rights(actor, policy.relations(actor, customer, owner_ids))
        may_see = Action.SEE in rights
        visits = await self.customers.visits.latest(actor.team_id, customer.id, 1) if may_see else []
        asks = {Step(after=0, to=to, ask=ask).name: ask for to in To for ask in Ask}
        return EscalationItem(
            escalation=escalation,
            followup=followup,
            customer=customer,
            ask=asks.get(step),
            today=actor.today(self.now()),
            note=visits[0].note if visits else None,
            about=await self._title(actor.team_id, followup) if may_see else None,
            may_see=may_see,
            may_reassign=Action.HAND_OVER in rights,
            may_quiet=Action.EDIT in rights,
        )

    async def _title(self, team_id: str, followup: FollowUp) -> Bilingual | None:
        """Of an objection whose play is still in the playbook."""
        if followup.kind is not Kind.OBJECTION:
            return None
        entry = (await self.playbook.library(team_id)).playbook.find(followup.subject)
        return entry.title if entry else None

    async def messages(self, team_id: str, followup_id: str) -> list[Notice]:
        """Those that were sent about it."""
        escalation = await self.store.find(team_id, followup_id)
        wanted = [key for fired in escalation.fired for key in fired.notices] if escalation else []
        found = [await self.nudges.notices.find(team_id, each) for each in wanted]
        return [each for each in found if each is not None and each.state is NoticeState.SENT]

    async def answered(self, actor: User, followup_ids: Sequence[str] | None = None) -> list[EscalationItem]:
        """What those up the line did about the actor's follow-ups; by default what was not told yet."""
        wanted = followup_ids
        if wanted is None:
            wanted = await self.store.answers_for(actor.team_id, actor.user_id)
        items = [await self._item(actor, each, "") for each in wanted]
        seen = [each for each in items if each and each.may_see and each.escalation.answer]
        if followup_ids is not None:
            return seen
        news = [each for each in seen if _is_news(each)]
        await self.told(actor.team_id, actor.user_id, sorted({*wanted} - {each.followup.id for each in news}))
        return news

    async def told(self, team_id: str, owner_id: str, followup_ids: Sequence[str]) -> None:
        if followup_ids:
            await self.store.told(team_id, owner_id, followup_ids)

    async def held(self, team_id: str, user_id: str, day: date) -> tuple[str, ...]:
        """The follow-ups that a lead was not written to about in that day's week, for the weekly report."""
        return (await self.store.week(team_id, user_id, week_of(day))).held

    # done by who was asked

    async def take(self, actor: User, followup_id: str, began: str) -> Escalation:
        return await self._answer(actor, followup_id, began, Outcome.TAKEN)

    async def nudge(self, actor: User, followup_id: str, began: str) -> Escalation:
        """The account manager gets it on top of the next daily message, with the actor's name."""
        return await self._answer(actor, followup_id, began, Outcome.NUDGED)

    async def reassigned(self, actor: User, followup_id: str, customer_id: str) -> Escalation:
        """After the customer was handed over, so that the actor may not see it any more. An earlier answer stays.

        Raises EscalationGoneError for what the actor was not asked about.
        """
        today = self._today(actor)

        def step(found: Escalation) -> Escalation:
            if found.customer_id != customer_id or not _was_asked(actor, found):
                raise EscalationGoneError
            return found.answered(actor.user_id, today, Outcome.REASSIGNED)

        answered = await self.store.answer(actor.team_id, followup_id, step, self.now())
        await self._record(actor, answered)
        return answered

    async def to_change(
        self, actor: User, followup_id: str, began: str, outcome: Outcome | None = None
    ) -> EscalationItem:
        """Before a form is filled in in vain; `outcome` is what it will give. Raises EscalationGoneError where the
        actor is not asked (any more), EscalationAnsweredError where somebody has done something about it."""
        item = await self._item(actor, followup_id, "")
        if item is None or item.escalation.began_on.isoformat() != began or not _was_asked(actor, item.escalation):
            raise EscalationGoneError
        _ensure_unanswered(item.escalation, actor, outcome)
        if item.escalation.answer is None and not await self._is_asked(actor, item):
            raise EscalationGoneError
        return item

    async def quiet(self, actor: User, followup_id: str, began: str, until: date, reason: str) -> Escalation:
        """Agreed with the customer: nothing is due before that day. Raises FieldError for a day that is not ahead."""
        item = await self.to_change(actor, followup_id, began, Outcome.QUIET)
        if not item.may_quiet:
            raise CustomerNotFoundError
        if until <= item.today:
            raise FieldError("until", "escalation.error_until")
        rules, is_work = await self.workspaces.counting(actor.team_id)
        owner_ids = await self.customers.visible_owner_ids(actor)

        def step(found: Dossier) -> Dossier:
            policy.ensure_edits_customer(owner_ids, found.customer)
            customer = found.customer.model_copy(update={"quiet_until": until})
            details = found.details.model_copy(update={"quiet_reason": reason})
            return replace(found, customer=customer, details=details).recounted(rules, is_work, item.today)

        answered = await self._answer(actor, followup_id, began, Outcome.QUIET, until)
        await self.customers.dossiers.change(actor.team_id, item.customer.id, step)
        await self.workspaces.record(actor.team_id, actor.user_id, "customer.quiet", item.customer.id)
        return answered

    async def _answer(
        self, actor: User, followup_id: str, began: str, outcome: Outcome, until: date | None = None
    ) -> Escalation:
        await self.to_change(actor, followup_id, began, outcome)
        today = self._today(actor)

        def step(found: Escalation) -> Escalation:
            _ensure_unanswered(found, actor, outcome)
            return found.answered(actor.user_id, today, outcome, until)

        answered = await self.store.answer(actor.team_id, followup_id, step, self.now())
        await self._record(actor, answered)
        return answered

    async def _record(self, actor: User, answered: Escalation) -> None:
        outcome = answered.answer.outcome if answered.answer else ""
        await self.workspaces.record(
            actor.team_id, actor.user_id, "escalation.answer", answered.followup_id, str(outcome)
        )

    async def _is_asked(self, actor: User, item: EscalationItem) -> bool:
        """Whether the actor would still be: it is open, in the same hands, and the actor still up the line, or named
        to stand in for somebody who is."""
        if not item.is_open:
            return False
        rules = (await self.workspaces.settings(actor.team_id)).escalation
        staff = await self.members.all(actor.team_id)
        stands_in_for = {each.user_id for each in staff if each.stand_in_id == actor.user_id}
        for to in {step.to for step in rules.steps(item.escalation.trigger)}:
            found = await self._up_the_line(actor.team_id, to, item.followup, rules, staff)
            if actor.user_id in found or found & stands_in_for:
                return True
        return False

    def _today(self, actor: User) -> date:
        return actor.today(self.now())

    # for the operator

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
            escalation = _current(known.get(followup.id), followup, trigger, today, is_work) if trigger else None
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


def _was_asked(actor: User, found: Escalation) -> bool:
    """Whether the actor got a message about it."""
    mine = {notice_key(NoticeKind.ESCALATION, actor.user_id, found.ref(each.step)) for each in found.fired}
    return not mine.isdisjoint(key for each in found.fired for key in each.notices)


def _ensure_unanswered(found: Escalation, actor: User, outcome: Outcome | None) -> None:
    """The same answer given twice by the same person is no fault."""
    answer = found.answer
    if answer is not None and (answer.by, answer.outcome) != (actor.user_id, outcome):
        raise EscalationAnsweredError(by=answer.by)


def _is_news(item: EscalationItem) -> bool:
    """An account manager need not be asked again for what is done."""
    answer = item.escalation.answer
    is_undone = item.followup.status is Status.OPEN and item.escalation.is_about(item.followup, item.today)
    return answer is not None and (answer.outcome is not Outcome.NUDGED or is_undone)


def _tier_first(customer: Customer | None) -> int:
    """Of what is more than a lead gets in a week the better tiers come first, of one tier the longest due."""
    return -customer.tier.weight if customer else 0


def _current(
    known: Escalation | None, followup: FollowUp, trigger: Trigger, today: date, is_work: IsWorkingDay
) -> Escalation:
    """The one that goes on, or a new one: done and due again, in other hands, or due after an agreed quiet."""
    if known is not None and known.is_about(followup, today):
        return known
    if known is None or known.since != followup.since or known.owner_id == followup.owner_id:
        return begun(followup, trigger, today, is_work, is_new=True)
    # Taken over: what was told at once is not told again.
    told = [each for each in known.fired if each.step == ALERT]
    return begun(followup, trigger, today, is_work, is_new=False).firing(told)
