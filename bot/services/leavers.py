"""People whose account was closed: they lose every role, and their customers go to somebody else."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain import policy
from bot.domain.customer import Customer
from bot.domain.dossier import Dossier
from bot.domain.policy import Action, Relation
from bot.domain.user import Member, User
from bot.errors import CustomerNotFoundError, FieldError
from bot.services.customers import CustomerService
from bot.services.members import MemberService
from bot.services.nudges import NudgeService
from bot.services.workspaces import WorkspaceService
from bot.storage.dossiers import DossierStore


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody who has just left; `inbox_ids` are those who hand the customers on."""

    user_id: str
    customers: int
    inbox_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class LeaverService:
    members: MemberService
    nudges: NudgeService
    customers: CustomerService
    dossiers: DossierStore
    workspaces: WorkspaceService

    async def left(self, team_id: str, user_ids: Collection[str]) -> list[Departure]:
        """Takes all roles of these people away, be one the last admin. Those known to have left, or not at all, are
        passed over."""
        staff = {each.user_id: each for each in await self.members.all(team_id)}
        leaving = [staff[each] for each in dict.fromkeys(user_ids) if each in staff and not staff[each].has_left]
        return [await self._leave(team_id, each) for each in leaving]

    async def _leave(self, team_id: str, member: Member) -> Departure:
        await self.members.leave(team_id, member.user_id)
        await self.nudges.join(team_id, member.user_id)
        staff = await self.members.all(team_id)
        owned = await self.customers.customers.owned_by(team_id, [member.user_id])
        return Departure(member.user_id, len(owned), await self.members.inbox_ids(team_id, member, staff))

    async def to_reassign(self, actor: User) -> list[Customer]:
        """Customers of people who have left: of the lead's team; for admins, of teams without a lead."""
        if Action.HAND_OVER not in policy.rights(actor, [Relation.TEAM, Relation.LEFT_BEHIND]):
            return []
        staff = await self.members.all(actor.team_id)
        left = [each.user_id for each in staff if each.has_left]
        found = await self.customers.customers.owned_by(actor.team_id, left) if left else []
        owner_ids = await self.customers.visible_owner_ids(actor)
        may = [each for each in found if Action.HAND_OVER in _rights(actor, each, owner_ids, staff)]
        return sorted(may, key=lambda each: (each.owner_id, each.name))

    async def reassign(self, actor: User, customer_id: str, to_id: str) -> Customer:
        """Gives a leaver's customer, with all that is open, to another account manager.

        Raises CustomerNotFoundError where the owner has not left or the actor may not, FieldError for somebody who
        cannot have it.
        """
        staff = await self.members.all(actor.team_id)
        owner_ids = await self.customers.visible_owner_ids(actor)

        def step(found: Dossier) -> Dossier:
            owner = policy.member_of(found.customer.owner_id, staff)
            if not owner.has_left or Action.HAND_OVER not in _rights(actor, found.customer, owner_ids, staff):
                raise CustomerNotFoundError
            return found.handed_over(to_id)

        customer = await self.customers.customers.find(actor.team_id, customer_id)
        if customer is None:
            raise CustomerNotFoundError
        step(Dossier(customer))
        if not policy.may_receive_customers(policy.member_of(to_id, staff)):
            raise FieldError("to", "leaver.error_person")
        for name in customer.names:
            if await self.customers.customers.named(actor.team_id, [to_id], name):
                raise FieldError("to", "leaver.error_taken", name=name)
        await self.dossiers.change(actor.team_id, customer_id, step)
        # What a note that was being saved has added for the old owner meanwhile goes along.
        moved = await self.dossiers.change(actor.team_id, customer_id, lambda found: _settled(found, to_id))
        await self.workspaces.record(actor.team_id, actor.user_id, "customer.reassign", customer_id)
        return moved.customer


def _settled(found: Dossier, to_id: str) -> Dossier:
    """Unless it went on to somebody else already."""
    return found.handed_over(to_id) if found.customer.owner_id == to_id else found


def _rights(actor: User, customer: Customer, owner_ids: frozenset[str], staff: Collection[Member]) -> frozenset[Action]:
    owner = policy.member_of(customer.owner_id, staff)
    is_left_behind = owner.has_left and not policy.lead_ids(owner, staff)
    return policy.rights(actor, policy.relations(actor, customer, owner_ids, is_left_behind=is_left_behind))
