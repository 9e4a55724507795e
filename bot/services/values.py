"""Passing on what is worth knowing to the customers it concerns: first how many those are, then the follow-ups."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer
from bot.domain.dossier import Dossier
from bot.domain.user import Role, User
from bot.domain.valueitem import Reach, ValueItem, barrier, sent
from bot.errors import CustomerNotFoundError
from bot.services.customers import CustomerService
from bot.services.workspaces import WorkspaceService
from bot.storage.dossiers import DossierStore

AT_ONCE = 100
"""Customers looked at side by side."""


@dataclass(frozen=True, slots=True)
class ValueService:
    store: DossierStore
    customers: CustomerService
    workspaces: WorkspaceService
    now: Clock

    async def preview(self, actor: User, item: ValueItem) -> Reach:
        """How many customers of whom; their names are told to nobody. Raises FieldError or NotAllowedError."""
        policy.ensure_passes_on(actor)
        item.ensure_sound()
        settings, reach = await self.workspaces.settings(actor.team_id), Reach()
        rules, today = settings.cadence, actor.today(self.now())
        async for customer in self._concerned(actor, item):
            reach.count(customer, barrier(customer, rules, today))
        return reach

    async def start(self, actor: User, item: ValueItem) -> Reach:
        """Writes the follow-ups; begun again after a crash, or sent twice, each customer has one."""
        policy.ensure_passes_on(actor)
        item.ensure_sound()
        (rules, is_work), reach = await self.workspaces.counting(actor.team_id), Reach()
        today = actor.today(self.now())

        def step(found: Dossier) -> Dossier:
            return sent(found, item, rules, is_work, today)

        async for customer in self._concerned(actor, item):
            try:
                after = await self.store.change(actor.team_id, customer.id, step)
            except CustomerNotFoundError:
                continue
            has_it = item.id in after.customer.valued_on
            reach.count(after.customer, None if has_it else barrier(after.customer, rules, today))
        await self.workspaces.record(
            actor.team_id, actor.user_id, "value.start", item.id, f"{item.type} {reach.managers.total()}"
        )
        return reach

    async def _concerned(self, actor: User, item: ValueItem) -> AsyncIterator[Customer]:
        """A lead's own team; for who keeps the playbook or runs the workspace, everybody's."""
        if actor.is_(Role.EDITOR) or actor.is_(Role.ADMIN):
            owners = frozenset(each.user_id for each in await self.customers.members.all(actor.team_id))
        else:
            owners = await self.customers.visible_owner_ids(actor)
        every = await self.customers.customers.owned_by(actor.team_id, owners)
        found = [each for each in every if item.may_concern(each)]
        for start in range(0, len(found), AT_ONCE):
            some = found[start : start + AT_ONCE]
            if item.needs_file:
                files = await asyncio.gather(*(self.store.find(actor.team_id, each.id) for each in some))
                some = [each.customer for each in files if each is not None and item.concerns(each)]
            for customer in some:
                yield customer
