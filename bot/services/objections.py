"""What a customer objected to before, and whether the play held."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.aftermath import met_on
from bot.domain.dossier import Dossier
from bot.domain.due import objections_due
from bot.domain.followup import objection_id
from bot.domain.objection import ObjectionHistory, Outcome, histories
from bot.domain.user import User
from bot.errors import CustomerNotFoundError
from bot.services.customers import CustomerService
from bot.services.workspaces import WorkspaceService
from bot.storage.objections import ObjectionStore, put_outcome

NOTES_READ = 50
"""So many of the latest notes tell what the customer objects to."""


@dataclass(frozen=True, slots=True)
class ObjectionService:
    store: ObjectionStore
    customers: CustomerService
    workspaces: WorkspaceService
    now: Clock

    async def histories(self, actor: User, customer_id: str) -> list[ObjectionHistory]:
        """Of every objection in the customer's notes. Raises CustomerNotFoundError for who may not see it."""
        customer = await self.customers.get(actor, customer_id)
        visits = await self.customers.visits.latest(actor.team_id, customer.id, NOTES_READ)
        return histories(visits, await self.store.outcomes(actor.team_id, customer.id))

    async def mark(self, actor: User, visit_id: str, entry_id: str, *, held: bool) -> str:
        """Says whether the play held against an objection of a note; the id of the note's customer.

        Raises CustomerNotFoundError for a note that the actor may not see or that does not mention it.
        """
        visit = await self.customers.visits.find(actor.team_id, visit_id)
        if visit is None or entry_id not in visit.objection_ids:
            raise CustomerNotFoundError
        customer = await self.customers.get(actor, visit.customer_id)
        today = actor.today(self.now())
        outcome = Outcome(visit_id=visit_id, entry_id=entry_id, held=held, by=actor.user_id, on=today)
        visits = await self.customers.visits.latest(actor.team_id, customer.id, NOTES_READ)
        said = [*await self.store.outcomes(actor.team_id, customer.id), outcome]
        marked = [each for each in histories(visits, said) if each.entry_id == entry_id]
        rules, is_work = await self.workspaces.counting(actor.team_id)

        def step(found: Dossier) -> Dossier:
            due = objections_due(found.customer, marked, rules, is_work, today, found.followups, met_on(visits))
            return found.with_followups(due)

        await self.customers.dossiers.change(
            actor.team_id,
            customer.id,
            step,
            closed_ids=[objection_id(customer.id, entry_id)],
            also=lambda batch: put_outcome(batch, actor.team_id, customer.id, outcome),
        )
        return customer.id
