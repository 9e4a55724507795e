"""A customer's file: read by who may see the customer, edited and handed over by who answers for it."""

import hashlib
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer, as_stand_in
from bot.domain.customerform import PartForm, Values, edited, with_part
from bot.domain.dossier import Dossier
from bot.domain.handover import HandOver
from bot.domain.user import User
from bot.errors import BotError, CustomerExistsError, CustomerNotFoundError, FieldError, NotAllowedError
from bot.services.customers import CustomerService
from bot.services.members import MemberService
from bot.services.workspaces import WorkspaceService
from bot.storage.dossiers import DossierStore


@dataclass(frozen=True, slots=True)
class DossierService:
    store: DossierStore
    customers: CustomerService
    members: MemberService
    workspaces: WorkspaceService
    now: Clock

    async def get(self, actor: User, customer_id: str) -> Dossier:
        """Raises CustomerNotFoundError also for a customer the actor may not see."""
        found = await self.store.find(actor.team_id, customer_id)
        owner_ids = await self.customers.visible_owner_ids(actor)
        if found is None:
            raise CustomerNotFoundError
        policy.ensure_sees(owner_ids, found.customer)
        rules, _ = await self.workspaces.counting(actor.team_id)
        return replace(found, stale_after=rules.of(found.customer.tier).stale_after)

    async def may_edit(self, actor: User, customer: Customer) -> bool:
        return policy.may_edit_customer(await self.customers.visible_owner_ids(actor), customer)

    async def to_edit(self, actor: User, customer_id: str) -> Dossier:
        """Raises NotCustomerOwnerError before a form is filled in in vain."""
        found = await self.get(actor, customer_id)
        policy.ensure_edits_customer(await self.customers.visible_owner_ids(actor), found.customer)
        return found

    async def edit(self, actor: User, customer_id: str, opened: Values, typed: Values) -> Customer:
        """Raises EditConflictError or FieldError; then nothing was changed."""
        before = await self.to_edit(actor, customer_id)
        await self._ensure_possible(actor, before.customer, edited(before, opened, typed).customer)
        owner_ids = await self.customers.visible_owner_ids(actor)
        (rules, is_work), today = await self.workspaces.counting(actor.team_id), actor.today(self.now())

        def step(found: Dossier) -> Dossier:
            policy.ensure_edits_customer(owner_ids, found.customer)
            after = edited(found, opened, typed)
            return after.recounted(rules, is_work, today)

        try:
            changed = await self.store.change(actor.team_id, customer_id, step)
        except CustomerExistsError:  # somebody took one of its names since it was looked at
            await self._ensure_possible(actor, before.customer, edited(before, opened, typed).customer)
            raise
        await self.workspaces.record(actor.team_id, actor.user_id, "customer.edit", customer_id)
        return changed.customer

    async def keep_part(self, actor: User, customer_id: str, form: PartForm) -> Dossier:
        """Adds, changes or removes a contact, buyer or finance line. Raises EditConflictError or FieldError."""
        owner_ids = await self.customers.visible_owner_ids(actor)

        def step(found: Dossier) -> Dossier:
            policy.ensure_edits_customer(owner_ids, found.customer)
            return with_part(found, form)

        changed = await self.store.change(actor.team_id, customer_id, step)
        await self.workspaces.record(actor.team_id, actor.user_id, "customer.file", customer_id)
        return changed

    async def hand_over(self, actor: User, form_id: str, customer_id: str, to: str) -> HandOver:
        """Moves the customer with all that is open, at once. The same form sent again changes nothing.

        Raises FieldError for somebody who cannot take over.
        """
        handover_id = hashlib.sha256(f"{actor.team_id}/{actor.user_id}/{form_id}".encode()).hexdigest()[:16]
        try:
            return await self._hand_over(actor, handover_id, customer_id, to)
        except BotError:
            # Whoever has handed it over sees it no more, so the second time anything may be wrong with it.
            done = await self.store.handover(actor.team_id, handover_id)
            if done is None:
                raise
            return done

    async def _hand_over(self, actor: User, handover_id: str, customer_id: str, to: str) -> HandOver:
        before = await self.to_edit(actor, customer_id)
        await self._ensure_takes_over(actor, before.customer, to)
        owner_ids = await self.customers.visible_owner_ids(actor)
        told = HandOver(
            id=handover_id,
            customer_id=customer_id,
            from_id=before.customer.owner_id,
            to_id=to,
            by=actor.user_id,
            at=self.now(),
        )

        def step(found: Dossier) -> Dossier:
            policy.ensure_edits_customer(owner_ids, found.customer)
            return found.handed_over(to)

        try:
            await self.store.hand_over(actor.team_id, told, step)
        except CustomerExistsError:
            await self._ensure_takes_over(actor, before.customer, to)
            raise
        await self.workspaces.record(actor.team_id, actor.user_id, "customer.handover", customer_id)
        return told

    async def _ensure_possible(self, actor: User, before: Customer, after: Customer) -> None:
        """What other records say against it."""
        try:
            await self.customers.customers.ensure_new(actor.team_id, after)
        except CustomerExistsError as error:
            taken = error.values["name"]
            field = "name" if taken == after.name else "aliases"
            raise FieldError(field, "visit.error_exists", name=taken) from None
        if after.external_id and after.external_id != before.external_id:
            seen = await self.customers.suggest(actor, "")
            if any(each.external_id == after.external_id and each.id != after.id for each in seen):
                raise FieldError("external_id", "dossier.error_external_id")
        if after.stand_in_id and (after.stand_in_id, after.names) != (before.stand_in_id, before.names):
            is_taken = await self._has_other(actor.team_id, as_stand_in(after.stand_in_id), after)
            if after.stand_in_id == after.owner_id or is_taken or not await self._keeps(actor, after.stand_in_id):
                raise FieldError("stand_in_id", "dossier.error_person")

    async def _ensure_takes_over(self, actor: User, customer: Customer, to: str) -> None:
        """Whether somebody has a customer of that name already is told only to who may know."""
        if to == customer.owner_id:
            raise FieldError("to", "handover.error_same")
        if not await self._keeps(actor, to):
            raise FieldError("to", "dossier.error_person")
        if await self._has_other(actor.team_id, to, customer):
            if to in await self.customers.visible_owner_ids(actor):
                raise FieldError("to", "handover.error_taken", name=customer.name)
            raise FieldError("to", "dossier.error_person")

    async def _keeps(self, actor: User, user_id: str) -> bool:
        """Whether the person may have customers at all."""
        try:
            policy.ensure_writes_notes(await self.members.actor(actor.team_id, user_id))
        except NotAllowedError:
            return False
        return True

    async def _has_other(self, team_id: str, holder: str, customer: Customer) -> bool:
        for name in customer.names:
            if any(each.id != customer.id for each in await self.customers.customers.named(team_id, [holder], name)):
                return True
        return False
