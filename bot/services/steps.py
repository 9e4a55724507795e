"""What a step of a workflow does, for the person who runs it and by that one's rights."""

from dataclasses import dataclass

from bot.domain import policy
from bot.domain.customer import Customer, folded
from bot.domain.note import Recorded, VisitForm
from bot.domain.steps import StepNote
from bot.domain.user import User
from bot.errors import StepInputError
from bot.services.customers import CustomerService
from bot.services.members import MemberService
from bot.services.visits import VisitService


@dataclass(frozen=True, slots=True)
class StepService:
    members: MemberService
    customers: CustomerService
    visits: VisitService

    async def runner(self, team_id: str, user_id: str) -> User:
        """Raises OutsiderError."""
        actor = await self.members.actor(team_id, user_id)
        policy.ensure_insider(actor)
        return actor

    async def log(self, actor: User, execution_id: str, given: StepNote) -> Recorded:
        """Run twice it is one note. Only for a customer named exactly: nobody looks before it is saved.

        Raises StepInputError, FormError, NotAllowedError.
        """
        self.visits.ensure_allowed(actor)
        customer = await self._customer(actor, given.customer)
        form = VisitForm(
            form_id=execution_id,
            customer=customer.id,
            on=given.on or actor.today(self.visits.now()),
            channel=given.channel,
            note=given.note,
            objection_ids=await self.visits.heard(actor, given.note),
            next_step=given.next_step,
            next_step_on=given.next_step_on,
        )
        return await self.visits.save(actor, form)

    async def _customer(self, actor: User, typed: str) -> Customer:
        found = await self.customers.named(actor, typed)
        exact = [each for each in found if folded(typed) in map(folded, each.names)]
        if len(exact) != 1:
            raise StepInputError("steps.error_which" if len(exact) > 1 else "steps.error_customer")
        return exact[0]
