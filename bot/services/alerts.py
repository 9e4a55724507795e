"""Hard risk events are told to the account manager and to risk at once, at whatever hour."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.escalation import ALERT, Fired, current
from bot.domain.followup import Status
from bot.domain.ladder import Trigger
from bot.domain.notice import NoticeKind
from bot.domain.user import Role
from bot.services.customers import CustomerService
from bot.services.members import MemberService
from bot.services.workspaces import WorkspaceService
from bot.storage.escalations import EscalationStore, Known, Plan


@dataclass(frozen=True, slots=True)
class AlertService:
    store: EscalationStore
    customers: CustomerService
    members: MemberService
    workspaces: WorkspaceService
    now: Clock

    async def plan(self, team_id: str) -> None:
        """Run again it changes nothing."""
        for followup_id in await self.store.hard_risks(team_id):
            await self._plan(team_id, followup_id)

    async def _plan(self, team_id: str, followup_id: str) -> None:
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
        found = current(known, followup, Trigger.RISK, today, is_work)
        notices = [found.notice(ALERT, each, today, NoticeKind.ALERT) for each in people]

        def step(known: Known) -> Plan | None:
            now = current(known.escalation, followup, Trigger.RISK, today, is_work)
            is_told = any(each.step == ALERT for each in now.fired)
            fired = [] if is_told else [Fired(step=ALERT, on=today, notices=tuple(each.key for each in notices))]
            return Plan(now.firing(fired), {}, [] if is_told else notices)

        await self.store.plan(team_id, followup_id, {}, [each.key for each in notices], step, self.now())
