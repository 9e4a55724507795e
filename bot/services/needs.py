"""The needs file: what a customer needs, as it was heard and by whom."""

import hashlib
from dataclasses import dataclass
from datetime import date

from bot.clock import Clock
from bot.domain import policy
from bot.domain.dossier import Dossier
from bot.domain.need import Difference, NeedChange, NeedForm, difference
from bot.domain.user import User
from bot.domain.visit import Visit
from bot.errors import FieldError, NeedNotFoundError
from bot.services.customers import CustomerService
from bot.services.dossiers import DossierService
from bot.services.workspaces import WorkspaceService

NOTES_OFFERED = 20


@dataclass(frozen=True, slots=True)
class NeedService:
    dossiers: DossierService
    customers: CustomerService
    workspaces: WorkspaceService
    now: Clock

    async def file(self, actor: User, customer_id: str) -> Dossier:
        return await self.dossiers.get(actor, customer_id)

    async def notes(self, actor: User, customer_id: str) -> list[Visit]:
        """The latest ones, which something may have been heard in."""
        customer = await self.customers.get(actor, customer_id)
        return await self.customers.visits.latest(actor.team_id, customer.id, NOTES_OFFERED)

    async def compare(self, actor: User, customer_id: str, before: date, after: date) -> list[Difference]:
        """Raises FieldError for days the wrong way round."""
        if before > after:
            raise FieldError("after", "need.error_days")
        return difference((await self.file(actor, customer_id)).changes, before, after)

    async def add(self, actor: User, form: NeedForm) -> Dossier:
        """Writes down what was heard; the same form sent again adds nothing. Whoever sees the customer may.

        Raises FieldError, NeedNotFoundError or CustomerNotFoundError.
        """
        found = await self.file(actor, form.customer_id)
        change = self._change(actor, form)
        if form.need_id is not None and all(each.id != form.need_id for each in found.needs):
            raise NeedNotFoundError
        if form.source_id is not None:
            visit = await self.customers.visits.find(actor.team_id, form.source_id)
            if visit is None or visit.customer_id != form.customer_id:
                raise FieldError("source", "need.error_source")
        (rules, is_work), today = await self.workspaces.counting(actor.team_id), actor.today(self.now())
        owner_ids = await self.customers.visible_owner_ids(actor)

        def step(now: Dossier) -> Dossier:
            policy.ensure_sees(owner_ids, now.customer)
            return now.with_change(change).recounted(rules, is_work, today)

        changed = await self.dossiers.store.change(actor.team_id, form.customer_id, step)
        if changed.changes != found.changes:
            await self.workspaces.record(actor.team_id, actor.user_id, "need.change", change.id)
        return changed

    def _change(self, actor: User, form: NeedForm) -> NeedChange:
        if form.on > actor.today(self.now()):
            raise FieldError("on", "visit.error_future")
        if not form.sentence.strip():
            raise FieldError("sentence", "need.error_sentence")
        change_id = hashlib.sha256(f"{actor.team_id}/{actor.user_id}/{form.form_id}".encode()).hexdigest()[:16]
        return NeedChange(
            id=f"h-{change_id}",
            need_id=form.need_id or f"n-{change_id}",
            customer_id=form.customer_id,
            on=form.on,
            at=self.now(),
            author_id=actor.user_id,
            sentence=form.sentence.strip(),
            source_id=form.source_id,
            status=form.status,
            type=form.type,
            statement=form.statement or None,
            amount=form.amount,
            wanted_by=form.wanted_by,
            why=form.why,
            priority=form.priority,
            confidence=form.confidence,
        )
