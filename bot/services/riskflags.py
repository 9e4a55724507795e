"""The risk flag: set and cleared by risk, on customers opened to them by a case; red at once upon a hard event."""

import hashlib
from dataclasses import dataclass
from typing import Final

from bot.clock import Clock
from bot.domain import policy, riskflag
from bot.domain.case import Case
from bot.domain.customer import Customer, Risk
from bot.domain.dossier import Dossier
from bot.domain.policy import Action
from bot.domain.user import User
from bot.domain.visit import Visit
from bot.errors import CustomerNotFoundError
from bot.services.cases import CaseService
from bot.services.workspaces import WorkspaceService
from bot.storage.dossiers import DossierStore
from bot.storage.visits import VisitStore

NOTES_READ: Final = 50


@dataclass(frozen=True, slots=True)
class RiskFlagService:
    dossiers: DossierStore
    visits: VisitStore
    cases: CaseService
    workspaces: WorkspaceService
    now: Clock

    async def to_set(self, actor: User, customer_id: str) -> Dossier:
        """Raises CustomerNotFoundError also where no case opens the customer to the actor, NotCustomerOwnerError for
        who sees it for another reason."""
        found = await self.dossiers.find(actor.team_id, customer_id)
        if found is None:
            raise CustomerNotFoundError
        has_case = any(item.customer.id == customer_id for item in await self.cases.open_to(actor))
        owner_ids = await self.cases.customers.visible_owner_ids(actor)
        relations = policy.relations(actor, found.customer, owner_ids, has_case=has_case)
        policy.ensure_may(Action.FLAG, policy.rights(actor, relations))
        return found

    async def set(self, actor: User, form_id: str, customer_id: str, risk: Risk, reason: str) -> tuple[Customer, bool]:
        """With the reason kept; False for a form sent again. Raises FieldError."""
        before = await self.to_set(actor, customer_id)
        change_id = hashlib.sha256(f"{actor.team_id}/{actor.user_id}/{form_id}".encode()).hexdigest()[:16]
        rules, is_work = await self.workspaces.counting(actor.team_id)

        def step(found: Dossier) -> Dossier:
            changed = riskflag.flagged(found, change_id, actor.user_id, risk, reason, self.now())
            return changed.recounted(rules, is_work, actor.today(self.now()))

        after = await self.dossiers.change(actor.team_id, customer_id, step)
        is_new = len(after.details.flags) > len(before.details.flags)
        if is_new:
            await self.workspaces.record(actor.team_id, actor.user_id, "risk.flag", customer_id, risk)
        return after.customer, is_new

    async def heard(self, actor: User, visit: Visit) -> Case | None:
        """What the events in a saved note do: red at once, and a case opens the customer to risk. The same note again
        does nothing more."""
        if not visit.facts.risks:
            return None
        settings = await self.workspaces.settings(actor.team_id)
        found = await self.dossiers.find(actor.team_id, visit.customer_id)
        if found is None:
            return None
        notes = await self.visits.latest(actor.team_id, visit.customer_id, NOTES_READ)
        others = [each for each in notes if each.id != visit.id]
        outcome = riskflag.heard(visit, others, found.customer.risk, settings.tiers)
        if outcome is None:
            return None
        if outcome.flag is Risk.RED:
            is_work = self.workspaces.calendar(settings)

            def step(dossier: Dossier) -> Dossier:
                changed = riskflag.reddened(dossier, f"{visit.id} {outcome.key}", outcome.events, self.now())
                return changed.recounted(settings.cadence, is_work, actor.today(self.now()))

            after = await self.dossiers.change(actor.team_id, visit.customer_id, step)
            if len(after.details.flags) > len(found.details.flags):
                await self.workspaces.record(actor.team_id, actor.user_id, "risk.hard_event", visit.id)
        return await self.cases.opened_by_events(actor, visit, outcome)
