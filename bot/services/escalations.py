"""What those who are asked about an undone follow-up are shown, and what they do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.clock import Clock
from bot.domain import policy
from bot.domain.dossier import Dossier
from bot.domain.entry import Bilingual
from bot.domain.escalation import Escalation, EscalationItem, Outcome, trigger_of
from bot.domain.followup import FollowUp, Kind, Status
from bot.domain.ladder import Ask, Step, To
from bot.domain.notice import Moment, Notice, NoticeKind, NoticeState, notice_key
from bot.domain.policy import Action
from bot.domain.user import User
from bot.errors import CustomerNotFoundError, EscalationAnsweredError, EscalationGoneError, FieldError
from bot.services.customers import CustomerService
from bot.services.nudges import NudgeService
from bot.services.playbook import PlaybookService
from bot.services.upline import UpLineService
from bot.services.workspaces import WorkspaceService
from bot.storage.escalations import EscalationStore


@dataclass(frozen=True, slots=True)
class EscalationService:
    store: EscalationStore
    customers: CustomerService
    up_line: UpLineService
    nudges: NudgeService
    playbook: PlaybookService
    workspaces: WorkspaceService
    now: Clock

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
        """Whether the actor would still be: it is open, in the same hands, and the actor still up the line."""
        return item.is_open and await self.up_line.includes(actor, item.followup, item.escalation.trigger)

    def _today(self, actor: User) -> date:
        return actor.today(self.now())


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
