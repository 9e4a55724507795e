"""Taking out what one may see, and saying so in the audit log."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeVar

from bot.domain.customer import Customer
from bot.domain.deal import Deal
from bot.domain.export import Kept
from bot.domain.followup import FollowUp
from bot.domain.need import Need, needs
from bot.domain.user import User
from bot.domain.visit import Visit
from bot.services.customers import CustomerService
from bot.services.workspaces import WorkspaceService
from bot.storage.deals import DealStore
from bot.storage.followups import FollowUpStore
from bot.storage.needs import NeedStore
from bot.storage.tiering import TieringStore
from bot.storage.visits import VisitStore

T = TypeVar("T")

AT_ONCE: Final = 100
"""Customers whose records are read side by side."""
ALL_NOTES: Final = 10_000
"""Of one customer; more than anybody writes."""


@dataclass(frozen=True, slots=True)
class ExportService:
    customers: CustomerService
    visits: VisitStore
    needs: NeedStore
    followups: FollowUpStore
    tiering: TieringStore
    deals: DealStore
    workspaces: WorkspaceService

    async def seen_by(self, actor: User) -> Kept:
        """Everything of the customers the actor may see, ordered by name."""
        owner_ids = await self.customers.visible_owner_ids(actor)
        found = await self.customers.customers.owned_by(actor.team_id, owner_ids)
        return await self._kept(actor.team_id, found, actor.user_id)

    async def whole(self, team_id: str, *, by: str) -> Kept:
        """Everything of the workspace, for its operator."""
        owners = [each.user_id for each in await self.customers.members.all(team_id)]
        return await self._kept(team_id, await self.customers.customers.owned_by(team_id, owners), by)

    async def _kept(self, team_id: str, found: Iterable[Customer], by: str) -> Kept:
        customers = sorted(found, key=lambda each: (each.name, each.id))
        visits: list[Visit] = []
        wanted: list[Need] = []
        steps: list[FollowUp] = []
        deals: list[Deal] = []
        for start in range(0, len(customers), AT_ONCE):
            some = customers[start : start + AT_ONCE]
            visits += await _all(self.visits.latest(team_id, each.id, ALL_NOTES) for each in some)
            wanted += needs(await _all(self.needs.of(team_id, each.id) for each in some))
            deals += await _all(self.deals.of(team_id, each.id) for each in some)
            steps += await _all(self.followups.open_steps(team_id, each.id) for each in some)
        await self.workspaces.record(team_id, by, "customers.export", str(len(customers)))
        tiering = await self.tiering.known(team_id, [each.id for each in customers])
        return Kept(tuple(customers), tuple(visits), tuple(wanted), tuple(steps), tuple(deals), tiering)


async def _all(lists: Iterable[Awaitable[list[T]]]) -> list[T]:
    return list(chain(*await asyncio.gather(*lists)))
