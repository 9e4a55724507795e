"""The key figures, for leads and admins."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer
from bot.domain.figures import Figures, History, figures
from bot.domain.user import User
from bot.services.reports import ReportService
from bot.services.workspaces import WorkspaceService
from bot.storage.deals import DealStore
from bot.storage.dossiers import DossierStore
from bot.turns import aside

AT_ONCE: Final = 25
"""Customers read together, after which others get their turn."""
OLDEST: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class FigureService:
    reports: ReportService
    deals: DealStore
    dossiers: DossierStore
    workspaces: WorkspaceService
    now: Clock

    async def asked(self, actor: User) -> Figures:
        """A lead's of the team, an admin's of the workspace. Raises NotAllowedError."""
        policy.ensure_sees_figures(actor)
        team_id, today = actor.team_id, actor.today(self.now())
        leads = policy.leads_a_team(actor)
        owner_ids = await (self.reports.team_ids(actor) if leads else self.reports.all_ids(team_id))
        customers = await self.reports.customers.customers.owned_by(team_id, owner_ids)
        found: list[History] = []
        for start in range(0, len(customers), AT_ONCE):
            some = [each for each in customers[start : start + AT_ONCE] if each.owner_id in owner_ids]
            found += await asyncio.gather(*(self._history(team_id, each, today) for each in some))
        await self.workspaces.record(team_id, actor.user_id, "kpi.read", "team" if leads else "workspace")
        settings = await self.workspaces.settings(team_id)
        return await aside(figures, found, settings.cadence, today)

    async def _history(self, team_id: str, customer: Customer, today: date) -> History:
        """Those whose relationship has ended are part of it: a lost one is what tells most."""
        visits, deals, outcomes, dossier = await asyncio.gather(
            self.reports.customers.visits.between(team_id, customer.id, OLDEST, today),
            self.deals.of(team_id, customer.id),
            self.reports.objections.outcomes(team_id, customer.id),
            self.dossiers.find_to_show(team_id, customer.id),
        )
        return History(
            customer=customer,
            deals=deals,
            visits=visits,
            outcomes=outcomes,
            people=len(dossier.contacts) if dossier else 0,
            needs_on=[each.on for each in dossier.changes] if dossier else (),
        )
