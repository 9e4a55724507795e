"""What is due for a person, and putting it off."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain import policy
from bot.domain.entry import Bilingual
from bot.domain.followup import DueItem, FollowUp, Kind, SnoozeLength, SnoozeReason
from bot.domain.user import User
from bot.domain.workcalendar import IsWorkingDay
from bot.errors import FollowUpClosedError
from bot.services.customers import CustomerService
from bot.services.playbook import PlaybookService
from bot.services.workspaces import WorkspaceService
from bot.storage.followups import FollowUpStore


@dataclass(frozen=True, slots=True)
class FollowUpService:
    store: FollowUpStore
    customers: CustomerService
    playbook: PlaybookService
    workspaces: WorkspaceService
    now: Clock
    is_work: IsWorkingDay

    async def due(self, actor: User) -> list[DueItem]:
        """The actor's own due and overdue follow-ups, worst first; none for somebody who no longer has customers."""
        if not policy.may_write_notes(actor):
            return []
        today = actor.today(self.now())
        followups = await self.store.due(actor.team_id, actor.user_id, today)
        items = await self._with_customers(actor, await self.customers.visible_owner_ids(actor), followups)
        rules = (await self.workspaces.settings(actor.team_id)).cadence
        return sorted(items, key=lambda item: item.urgency(today, rules))

    async def items(self, actor: User, followup_ids: tuple[str, ...]) -> list[DueItem]:
        """These follow-ups in this order, done or not; those the actor may not see are left out."""
        owner_ids = await self.customers.visible_owner_ids(actor)
        found = await self.store.get_many(actor.team_id, followup_ids)
        seen = [found[each] for each in followup_ids if each in found and found[each].owner_id in owner_ids]
        return await self._with_customers(actor, owner_ids, seen)

    async def get(self, actor: User, followup_id: str) -> FollowUp:
        followup = await self.store.get(actor.team_id, followup_id)
        policy.ensure_may_change(await self.customers.visible_owner_ids(actor), followup)
        return followup

    async def snooze(self, actor: User, followup_id: str, length: SnoozeLength, reason: SnoozeReason) -> FollowUp:
        today = actor.today(self.now())
        owner_ids = await self.customers.visible_owner_ids(actor)

        def step(followup: FollowUp) -> FollowUp:
            policy.ensure_may_change(owner_ids, followup)
            if followup.due_on > today:  # a contact made in the meantime has moved it ahead
                raise FollowUpClosedError
            return followup.snoozed(actor.user_id, length, reason, today, self.is_work)

        changed = await self.store.change(actor.team_id, followup_id, step)
        await self.workspaces.record(actor.team_id, actor.user_id, "followup.snooze", followup_id)
        return changed

    async def _with_customers(self, actor: User, owner_ids: frozenset[str], followups: list[FollowUp]) -> list[DueItem]:
        """What was done for a customer that is somebody else's now stays with the old owner, its name does not."""
        wanted = dict.fromkeys(each.customer_id for each in followups)
        customers = await self.customers.customers.get_many(actor.team_id, wanted)
        titles = await self._titles(actor.team_id, followups)
        return [
            DueItem(followup=each, customer=customers[each.customer_id], about=titles.get(each.id))
            for each in followups
            if each.customer_id in customers and policy.sees(owner_ids, customers[each.customer_id])
        ]

    async def _titles(self, team_id: str, followups: Sequence[FollowUp]) -> dict[str, Bilingual]:
        """Of the objections among them, as the playbook calls them now."""
        objections = [each for each in followups if each.kind is Kind.OBJECTION]
        if not objections:
            return {}
        playbook = (await self.playbook.library(team_id)).playbook
        found = {each.id: playbook.find(each.subject) for each in objections}
        return {followup_id: entry.title for followup_id, entry in found.items() if entry is not None}
