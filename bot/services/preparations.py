"""The page before a meeting."""

from dataclasses import dataclass

from bot.domain.preparation import Preparation, prepared
from bot.domain.user import User
from bot.services.customers import CustomerService
from bot.services.dossiers import DossierService
from bot.services.objections import ObjectionService
from bot.services.playbook import PlaybookService


@dataclass(frozen=True, slots=True)
class PreparationService:
    customers: CustomerService
    dossiers: DossierService
    objections: ObjectionService
    playbook: PlaybookService

    async def prepare(self, actor: User, customer_id: str) -> Preparation:
        """Raises CustomerNotFoundError also for a customer the actor may not see."""
        brief = await self.customers.brief(actor, customer_id)
        dossier = await self.dossiers.get(actor, customer_id)
        raised = await self.objections.histories(actor, customer_id)
        library = await self.playbook.library(actor.team_id)
        return prepared(brief, dossier, raised, library.playbook)
