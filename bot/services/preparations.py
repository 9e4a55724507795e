"""The page before a meeting."""

from dataclasses import dataclass

from bot.domain.preparation import Preparation, prepared
from bot.domain.user import User
from bot.services.customers import CustomerService
from bot.services.playbook import PlaybookService

NOTES_READ = 20
"""So many of the latest notes tell what the customer objects to."""


@dataclass(frozen=True, slots=True)
class PreparationService:
    customers: CustomerService
    playbook: PlaybookService

    async def prepare(self, actor: User, customer_id: str) -> Preparation:
        """Raises CustomerNotFoundError also for a customer the actor may not see."""
        brief = await self.customers.brief(actor, customer_id)
        visits = await self.customers.visits.latest(actor.team_id, customer_id, NOTES_READ)
        library = await self.playbook.library(actor.team_id)
        return prepared(brief, visits, library.playbook)
