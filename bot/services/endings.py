"""The end of a relationship, and going on after all: said by who may edit the customer."""

from dataclasses import dataclass
from datetime import date

from bot.clock import Clock
from bot.domain.dossier import Dossier
from bot.domain.user import User
from bot.domain.workspace import Retention
from bot.errors import FieldError
from bot.services.dossiers import DossierService
from bot.services.retention import RetentionService


@dataclass(frozen=True, slots=True)
class EndingService:
    dossiers: DossierService
    retention: RetentionService
    now: Clock

    async def to_settle(self, actor: User, customer_id: str) -> tuple[Dossier, Retention]:
        """The customer, and how long it would be kept. Raises NotCustomerOwnerError for who may only read it."""
        found = await self.dossiers.to_edit(actor, customer_id)
        return found, (await self.retention.workspaces.settings(actor.team_id)).retention

    async def end(self, actor: User, customer_id: str, on: date) -> Dossier:
        """Nothing changes where it has ended already. Raises FieldError for a day to come."""
        found = await self.dossiers.to_edit(actor, customer_id)
        if on > actor.today(self.now()):
            raise FieldError("on", "ending.error_future")
        if found.customer.ended_on is None:
            await self.retention.end(actor.team_id, customer_id, on, by=actor.user_id)
        return found

    async def reopen(self, actor: User, customer_id: str) -> Dossier:
        """Nothing changes where it goes on anyway."""
        found = await self.dossiers.to_edit(actor, customer_id)
        if found.customer.ended_on is not None:
            await self.retention.reopen(actor.team_id, customer_id, by=actor.user_id)
        return found
