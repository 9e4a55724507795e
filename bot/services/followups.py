"""What is due for a person and for those one stands in for."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer
from bot.domain.daily import Due, Span, is_due_soon
from bot.domain.entry import Bilingual
from bot.domain.followup import DueItem, FollowUp, Kind, Status
from bot.domain.load import visit_due_since
from bot.domain.user import User
from bot.domain.workcalendar import IsWorkingDay
from bot.domain.workspace import WorkspaceSettings
from bot.services.absences import AbsenceService
from bot.services.customers import CustomerService
from bot.services.playbook import PlaybookService
from bot.services.workspaces import WorkspaceService
from bot.storage.followups import FollowUpStore
from bot.storage.worklists import WorkListStore
from bot.turns import turn_for

LOOK_AHEAD = timedelta(days=20)
"""Further than SOON working days are away over the longest holidays."""


@dataclass(frozen=True, slots=True)
class FollowUpService:
    store: FollowUpStore
    worklists: WorkListStore
    customers: CustomerService
    playbook: PlaybookService
    absences: AbsenceService
    workspaces: WorkspaceService
    now: Clock

    async def due(self, actor: User, until: date | None = None, others_until: date | None = None) -> Due:
        """What is shown today or on that day and is still open, worst first: one's own, and what is kept for people who
        are away and of single customers of theirs; nothing for somebody who no longer has customers."""
        if not policy.may_write_notes(actor):
            return Due()
        today = actor.today(self.now())
        until = until or today
        found = await self.worklists.read(actor.team_id, actor.user_id, until)
        away_ids = {each.user_id for each in await self.absences.away(actor.team_id, found.named_by)}
        others = await self._kept_for_others(actor, away_ids, found.single, others_until or until)
        customers, others_ids = found.customers, {each.customer_id for each in others} - found.customers.keys()
        if others_ids:
            customers = {**customers, **await self.customers.customers.to_show(actor.team_id, others_ids)}
        settings = self.workspaces.settled(found.settled)
        owner_ids = await self.customers.owner_ids_among(actor, customers.values(), away_ids)

        async def worst_first(followups: Sequence[FollowUp]) -> list[DueItem]:
            items = await self._items(actor, followups, customers, owner_ids, settings)
            async with turn_for(len(items)):
                return sorted(items, key=lambda item: item.urgency(today, settings.cadence))

        return Due(own=await worst_first(found.followups), covered=_taken_over(await worst_first(others), actor))

    async def of_day(self, actor: User, is_work: IsWorkingDay) -> Due:
        """All that today's message tells of follow-ups; with what must not be late and is due within the next two
        working days, the first one first."""
        today = actor.today(self.now())
        found = await self.due(actor, today + LOOK_AHEAD, today)
        soon = [item for item in found.own if is_due_soon(item, today, is_work)]
        return Due(
            own=[item for item in found.own if item.followup.shown_on <= today],
            covered=found.covered,
            soon=sorted(soon, key=lambda item: (item.followup.due_on, item.followup.id)),
        )

    async def _kept_for_others(
        self, actor: User, away_ids: set[str], single: Sequence[Customer], until: date
    ) -> list[FollowUp]:
        """Of all whose lists the actor keeps, or a single customer of theirs."""
        others = {each.owner_id for each in single} - away_ids
        away = await self.absences.away(actor.team_id, others)
        owner_ids = sorted((away_ids | {each.user_id for each in away}) - {actor.user_id})
        lists = await asyncio.gather(*(self.store.due(actor.team_id, each, until) for each in owner_ids))
        return [each for found in lists for each in found]

    async def listed(self, actor: User, span: Span) -> list[DueItem]:
        """Today's list, or what comes up until Sunday; one's own first."""
        today = actor.today(self.now())
        found = await self.due(actor, today if span is Span.TODAY else today + timedelta(days=6 - today.weekday()))
        return [*found.own, *found.covered]

    async def of_customer(self, actor: User, customer_id: str) -> tuple[Customer, list[DueItem]]:
        """All that is open for one customer, the first due first. Raises CustomerNotFoundError."""
        customer = await self.customers.get(actor, customer_id)
        found = await self.customers.dossiers.find(actor.team_id, customer_id)
        still_open = [each for each in (found.followups if found else ()) if each.status is Status.OPEN]
        items = await self._with_customers(actor, still_open)
        return customer, sorted(items, key=lambda item: (item.followup.shown_on, item.followup.id))

    async def items(self, actor: User, followup_ids: Iterable[str]) -> list[DueItem]:
        """These follow-ups in this order, done or not; those the actor may not see are left out."""
        wanted = list(followup_ids)
        found = await self.store.get_many(actor.team_id, wanted)
        return await self._with_customers(actor, [found[each] for each in wanted if each in found])

    async def item(self, actor: User, followup_id: str) -> DueItem:
        """Raises FollowUpNotFoundError also for one the actor may not see."""
        followup = await self.store.get(actor.team_id, followup_id)
        owner_ids = await self.customers.visible_owner_ids(actor)
        customer = await self.customers.customers.find(actor.team_id, followup.customer_id)
        policy.ensure_may_change(owner_ids, followup, customer)
        (item,) = await self._with_customers(actor, [followup])
        return item

    async def get(self, actor: User, followup_id: str) -> FollowUp:
        return (await self.item(actor, followup_id)).followup

    async def _with_customers(self, actor: User, followups: list[FollowUp]) -> list[DueItem]:
        if not followups:
            return []
        wanted = dict.fromkeys(each.customer_id for each in followups)
        customers = await self.customers.customers.to_show(actor.team_id, wanted)
        owner_ids = await self.customers.owner_ids_among(actor, customers.values())
        settings = await self.workspaces.settings(actor.team_id)
        return await self._items(actor, followups, customers, owner_ids, settings)

    async def _items(
        self,
        actor: User,
        followups: Sequence[FollowUp],
        customers: Mapping[str, Customer],
        owner_ids: frozenset[str],
        settings: WorkspaceSettings,
    ) -> list[DueItem]:
        """What was done for a customer that is somebody else's now stays with the old owner, its name does not."""
        titles, now = await self._titles(actor.team_id, followups), self.now()
        load, today = settings.load, actor.today(now)
        async with turn_for(len(followups)):
            return [
                DueItem(
                    followup=each,
                    customer=customers[each.customer_id],
                    about=titles.get(each.id),
                    visit_since=visit_due_since(customers[each.customer_id], load, today)
                    if each.kind is Kind.CONTACT
                    else None,
                    may_undo=each.changed_by(actor.user_id, now),
                )
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


def _taken_over(items: list[DueItem], actor: User) -> list[DueItem]:
    """Without customers that somebody else has been named for."""
    return [item for item in items if item.customer.stand_in_id in (None, actor.user_id)]
