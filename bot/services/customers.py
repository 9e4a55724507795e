"""Customers, as far as the actor may see them."""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bot.clock import Clock
from bot.domain import policy
from bot.domain.brief import Brief
from bot.domain.customer import Customer, NewCustomer
from bot.domain.followup import FollowUp
from bot.domain.naming import openings
from bot.domain.standing import next_contact, standing
from bot.domain.user import Role, User
from bot.domain.workcalendar import Calendar
from bot.domain.workspace import WorkspaceSettings
from bot.errors import CustomerExistsError
from bot.matching.names import closeness
from bot.services.absences import AbsenceService
from bot.services.workspaces import WorkspaceService
from bot.storage.briefs import BRIEFS, BriefRow, BriefStore
from bot.storage.customers import CustomerStore
from bot.storage.dossiers import DossierStore
from bot.storage.followups import FollowUpStore
from bot.storage.members import MemberStore
from bot.storage.visits import VisitStore

BRIEF_NOTES = 3


@dataclass(frozen=True, slots=True)
class CustomerService:
    customers: CustomerStore
    followups: FollowUpStore
    visits: VisitStore
    members: MemberStore
    absences: AbsenceService
    briefs: BriefStore
    dossiers: DossierStore
    workspaces: WorkspaceService
    now: Clock

    async def visible_owner_ids(self, actor: User, covered_ids: Iterable[str] | None = None) -> frozenset[str]:
        """`covered_ids`: whose list the actor keeps, where that is known already."""
        members = await self.members.all(actor.team_id) if actor.is_(Role.TEAM_LEAD) else ()
        if covered_ids is None:
            covered_ids = await self.absences.covered_ids(actor)
        return policy.visible_owner_ids(actor, members, covered_ids)

    async def owner_ids_among(
        self, actor: User, customers: Iterable[Customer], covered_ids: Iterable[str] | None = None
    ) -> frozenset[str]:
        """As far as these customers need it: a lead's team is only looked up where some are not the lead's own."""
        if all(each.owner_id == actor.user_id for each in customers):
            return policy.visible_owner_ids(actor, ())
        return await self.visible_owner_ids(actor, covered_ids)

    async def get(self, actor: User, customer_id: str) -> Customer:
        """Raises CustomerNotFoundError also for a customer the actor may not see."""
        customer = await self.customers.find(actor.team_id, customer_id)
        return policy.ensure_sees(await self.visible_owner_ids(actor), customer)

    async def names(self, actor: User) -> Sequence[str]:
        """Of all customers the actor may see, short names included."""
        return await self.customers.names(actor.team_id, await self.visible_owner_ids(actor))

    async def known(self, actor: User, customer_id: str) -> Customer | None:
        """None also for a customer the actor may not see, or not any more."""
        if not customer_id:
            return None
        customer = await self.customers.find(actor.team_id, customer_id)
        return customer if customer and policy.sees(await self.visible_owner_ids(actor), customer) else None

    async def addressed(self, actor: User, line: str) -> tuple[Customer | None, str]:
        """The customer by whose name the line begins, and what it goes on to say; else the line as it is.

        Only one that the actor may see, and only one: of a name that two in the team have, one's own is meant.
        """
        starts = [(name, rest) for name, rest in openings(line) if any(map(str.isalnum, rest))]
        owner_ids = sorted(await self.visible_owner_ids(actor), key=lambda each: each != actor.user_id)
        if not starts or not owner_ids:
            return None, line
        names = [name for name, _ in starts]
        found = await asyncio.gather(*(self.customers.ids_of_names(actor.team_id, each, names) for each in owner_ids))
        for (_, rest), *ids in zip(starts, *found, strict=True):
            meant = list(filter(None, ids))
            if meant and (ids[0] or len(meant) == 1):
                customer = await self.known(actor, meant[0])
                return (customer, rest) if customer else (None, line)
        return None, line

    async def named(self, actor: User, typed: str) -> list[Customer]:
        """The customers meant by what was typed: those of exactly this name, else the closest ones."""
        owner_ids = await self.visible_owner_ids(actor)
        exact = await self.customers.named(actor.team_id, owner_ids, typed)
        if exact:
            return exact
        # Spelling thousands of names takes seconds the first time: not on the event loop, like what follows below.
        ranked = await asyncio.to_thread(_ranked, typed, await self.customers.owned_by(actor.team_id, owner_ids))
        best = ranked[0][0] if ranked else 0
        return [customer for close, customer in ranked if close == best]

    async def suggest(self, actor: User, typed: str) -> list[Customer]:
        """All visible customers that fit, the closest and then the most recently contacted first; one's own lead."""
        visible = await self.customers.owned_by(actor.team_id, await self.visible_owner_ids(actor))
        return await asyncio.to_thread(_suggested, actor, typed, visible)

    async def brief_named(self, actor: User, typed: str) -> Brief | list[Customer]:
        """The brief of the one customer meant, or all that could be meant (none, or several)."""
        owner_ids = await self.visible_owner_ids(actor)
        row = await self.briefs.named(actor.team_id, owner_ids, typed, BRIEF_NOTES)
        if row is None:
            found = await self.named(actor, typed)
            return await self.brief(actor, found[0].id) if len(found) == 1 else found
        await self.record_reads(actor, [policy.ensure_sees(owner_ids, row.customer)])
        settled, today = self.workspaces.settled(row.settled), actor.today(self.now())
        return _brief(row, actor, owner_ids, today, settled, self.workspaces.calendar_of)

    async def brief(self, actor: User, customer_id: str, *, has_case: bool = False) -> Brief:
        """Raises CustomerNotFoundError also for a customer the actor may not see.

        `has_case`: the service of cases has found one that opens this brief to the actor.
        """
        owner_ids = await self.visible_owner_ids(actor)
        found = await self.dossiers.find(actor.team_id, customer_id)
        customer = policy.ensure_sees(owner_ids, found.customer if found else None, has_case=has_case)
        if not has_case:  # which is recorded as such
            await self.record_reads(actor, [customer])
        (rules, is_work), today = await self.workspaces.counting(actor.team_id), actor.today(self.now())
        return Brief(
            customer=customer,
            contact=next_contact(customer, rules, is_work, today, found.followups if found else ()),
            steps=await self.followups.open_steps(actor.team_id, customer.id),
            visits=await self.visits.latest(actor.team_id, customer.id, BRIEF_NOTES),
            today=today,
            needs=[each for each in found.needs if each.status.is_open] if found else [],
            stale_after=rules.of(customer.tier).stale_after,
            contacts=len(found.contacts) if found else 0,
            may_edit=policy.may_edit_customer(owner_ids, customer),
            rights=policy.rights(actor, policy.relations(actor, customer, owner_ids, has_case=has_case)),
        )

    async def to_share(self, actor: User, customer_id: str) -> Brief:
        """What may be shown to others. Raises NotCustomerOwnerError for who may only read it."""
        found = await self.brief(actor, customer_id)
        policy.ensure_may(policy.Action.SHARE, found.rights)
        return found

    async def shared(self, actor: User, customer_id: str) -> None:
        await self.workspaces.record(actor.team_id, actor.user_id, "customer.share", customer_id)

    async def record_reads(self, actor: User, customers: Iterable[Customer], how: str = "") -> None:
        """Who looks into a colleague's customer can be told later: once each, however many times it is among them."""
        others = dict.fromkeys(each.id for each in customers if each.owner_id != actor.user_id)
        await asyncio.gather(
            *(self.workspaces.record(actor.team_id, actor.user_id, "customer.read", each, how) for each in others)
        )

    async def open_steps(self, actor: User, customer_id: str) -> list[FollowUp]:
        customer = await self.get(actor, customer_id)
        return await self.followups.open_steps(actor.team_id, customer.id)

    async def create(
        self, actor: User, new: NewCustomer, *, customer_id: str | None = None, by: str | None = None
    ) -> Customer:
        """Creates a customer of the actor's own. The same `customer_id` given again creates nothing.

        The audit log names `by` where somebody else did it for the actor.

        Raises CustomerExistsError when the actor already has one of that name.
        """
        policy.ensure_writes_notes(actor)
        customer = self.built(actor, new, customer_id or uuid.uuid4().hex[:12])
        rules, is_work = await self.workspaces.counting(actor.team_id)
        due = standing(customer, rules, is_work, actor.today(self.now()))
        created = await self.customers.create(actor.team_id, customer, *due)
        await self.workspaces.record(actor.team_id, by or actor.user_id, "customer.create", created.id)
        return created

    async def ensure_unknown(self, actor: User, new: Customer) -> None:
        """Raises CustomerExistsError when the actor sees a customer of one of its names already, one's own or not."""
        owner_ids = await self.visible_owner_ids(actor)
        for name in new.names:
            for other in await self.customers.named(actor.team_id, owner_ids, name):
                if other.id != new.id:
                    raise CustomerExistsError(name=name)

    def built(self, actor: User, new: NewCustomer, customer_id: str) -> Customer:
        return Customer(
            id=customer_id,
            name=new.name,
            aliases=new.aliases,
            tier=new.tier,
            industry=new.industry,
            owner_id=actor.user_id,
            created_on=actor.today(self.now()),
            last_contact_on=new.last_contact_on,
        )


@lru_cache(BRIEFS)
def _brief(
    row: BriefRow,
    actor: User,
    owner_ids: frozenset[str],
    today: date,
    settings: WorkspaceSettings,
    calendar_of: Callable[[str], Calendar],
) -> Brief:
    """Counting the next contact takes as long as reading everything else: of the same it is the same."""
    customer, rules, is_work = row.customer, settings.cadence, calendar_of(settings.calendar.country)
    return Brief(
        customer=customer,
        contact=next_contact(customer, rules, is_work, today, [*row.lasting, *row.steps]),
        steps=row.steps,
        visits=row.visits,
        today=today,
        needs=[each for each in row.needs if each.status.is_open],
        stale_after=rules.of(customer.tier).stale_after,
        contacts=row.contacts,
        may_edit=policy.may_edit_customer(owner_ids, customer),
        rights=policy.rights(actor, policy.relations(actor, customer, owner_ids)),
    )


def _suggested(actor: User, typed: str, visible: list[Customer]) -> list[Customer]:
    fitting = [customer for _, customer in _ranked(typed, visible)] if typed.strip() else sorted(visible, key=_recency)
    return sorted(fitting, key=lambda customer: customer.owner_id != actor.user_id)


def _ranked(typed: str, customers: list[Customer]) -> list[tuple[int, Customer]]:
    scored = [(closeness(typed, customer.names), customer) for customer in customers]
    fitting = [(close, customer) for close, customer in scored if close]
    return sorted(fitting, key=lambda pair: (-pair[0], _recency(pair[1])))


def _recency(customer: Customer) -> tuple[int, str]:
    return (-customer.last_heard_on.toordinal(), customer.name)
