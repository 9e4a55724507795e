"""Counting the follow-ups of all customers anew: after the rules were changed, and once after an upgrade."""

import asyncio
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.aftermath import Notes
from bot.domain.dossier import Dossier
from bot.domain.user import User
from bot.errors import CustomerNotFoundError
from bot.services.objections import NOTES_READ
from bot.services.workspaces import WorkspaceService
from bot.storage.dossiers import DossierStore
from bot.storage.objections import ObjectionStore
from bot.storage.recounts import RecountStore
from bot.storage.visits import VisitStore

PAGE = 20
"""Customers counted side by side, between two notes of how far it has come."""


@dataclass(frozen=True, slots=True)
class RecountService:
    store: RecountStore
    dossiers: DossierStore
    visits: VisitStore
    objections: ObjectionStore
    workspaces: WorkspaceService
    now: Clock

    async def is_wanted(self, team_id: str) -> bool:
        """Whether rules were changed of which some customers know nothing yet."""
        return await self.store.find(team_id) is not None

    async def run(self, team_id: str) -> int:
        """Goes through the workspace's customers from where it was cut short; how many it counted.

        Rules changed meanwhile make it begin anew afterwards.
        """
        count = 0
        while (under_way := await self.store.find(team_id)) is not None:
            left = [each for each in await self.store.customer_ids(team_id) if each > under_way.after]
            for start in range(0, len(left), PAGE):
                page = left[start : start + PAGE]
                await asyncio.gather(*(self.one(team_id, each) for each in page))
                count += len(page)
                came_to = await self.store.came_to(team_id, under_way, page[-1])
                if came_to is None:
                    break
                under_way = came_to
            else:
                await self.store.came_to(team_id, under_way, None)
        return count

    async def one(self, team_id: str, customer_id: str) -> None:
        """Of one customer; of one that is gone, nothing."""
        rules, is_work = await self.workspaces.counting(team_id)
        today = User(team_id=team_id, user_id="").today(self.now())
        found = await self.dossiers.find_to_show(team_id, customer_id)
        if found is None:
            return
        notes = await self._unread(team_id, found)

        def step(dossier: Dossier) -> Dossier:
            return notes.caught_up(dossier.to_be_graded(), rules, is_work, today)

        try:
            await self.dossiers.change(team_id, customer_id, step, closed_ids=notes.followup_ids())
        except CustomerNotFoundError:
            return

    async def _unread(self, team_id: str, found: Dossier) -> Notes:
        """The notes of which the customer's clock knows nothing yet: an earlier release has written them."""
        customer = found.customer
        if customer.contacted_on or customer.last_contact_on is None:
            return Notes(())
        visits = await self.visits.latest(team_id, customer.id, NOTES_READ)
        return Notes(tuple(visits), tuple(await self.objections.outcomes(team_id, customer.id)))
