"""Visit notes: what a typed line already says, and saving a note with what follows from it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer, folded
from bot.domain.followup import FollowUp, Kind, contact_due
from bot.domain.naming import openings
from bot.domain.note import Draft, NewCustomer, Recorded, VisitForm
from bot.domain.user import User
from bot.domain.visit import Visit, ensure_dates
from bot.domain.workcalendar import IsWorkingDay
from bot.errors import CustomerNotFoundError, FieldError
from bot.matching import Decision
from bot.services.customers import CustomerService
from bot.services.playbook import MAX_QUESTION, PlaybookService
from bot.services.workspaces import WorkspaceService
from bot.storage.visits import Consequences, VisitStore

SURE_ENOUGH = 0.8
"""A matched objection is preselected in the form from this score on; below, an empty field is kinder."""
LONGEST_TYPED_NAME = 30
_SENTENCE = re.compile(r"[的了吗呢吧已在是到很要不没被把给聊谈说见问，。！？,.!?]")
"""What sentences have and names of companies hardly do."""


@dataclass(frozen=True, slots=True)
class VisitService:
    store: VisitStore
    customers: CustomerService
    playbook: PlaybookService
    workspaces: WorkspaceService
    now: Clock
    is_work: IsWorkingDay

    def ensure_allowed(self, actor: User) -> None:
        """Raises NotAllowedError for somebody who may not log visits, before a form is shown in vain."""
        policy.ensure_writes_notes(actor)

    async def draft(self, actor: User, line: str) -> Draft:
        """Reads «远大纺织 嫌费率高，周三前给报价»: the customer it begins with or names, and the objections."""
        policy.ensure_writes_notes(actor)
        line = line.strip()
        if not line:
            return Draft()
        customer, rest = _customer_in(line, await self.customers.suggest(actor, ""))
        if customer is None:
            name, rest = [*line.split(None, 1), ""][:2]
            matches = await self.customers.suggest(actor, name)
            heard = await self.heard(actor, line)
            is_note = not matches and not rest and (heard or not _reads_like_a_name(name))
            if len(matches) > 1 or len(name) > LONGEST_TYPED_NAME or is_note:
                return Draft(note=line, objection_ids=heard)
            if not matches:
                return Draft(customer_name=name, note=rest.strip(), objection_ids=await self.heard(actor, rest))
            customer = matches[0]
        return Draft(
            customer=customer,
            customer_name=customer.name,
            note=rest.strip(),
            objection_ids=await self.heard(actor, rest),
        )

    async def heard(self, actor: User, text: str) -> tuple[str, ...]:
        """The objections a text surely mentions."""
        answer = (await self.playbook.library(actor.team_id)).match(text[:MAX_QUESTION])
        if answer.decision not in (Decision.ONE, Decision.SEVERAL):
            return ()
        wanted = 2 if answer.decision is Decision.SEVERAL else 1
        return tuple(hit.id for hit in answer.hits[:wanted] if hit.score >= SURE_ENOUGH)

    async def save(self, actor: User, form: VisitForm) -> Recorded:
        """Raises FieldError, CustomerNotFoundError or CustomerExistsError; saves all of it or nothing."""
        policy.ensure_writes_notes(actor)
        today = actor.today(self.now())
        ensure_dates(form.on, form.next_step, form.next_step_on, today, self.is_work)
        library = await self.playbook.library(actor.team_id)
        if any(library.playbook.find(each) is None for each in form.objection_ids):
            raise FieldError("objections", "visit.error_objection")
        fresh = await self._fresh_customer(actor, form)
        customer_id = fresh.id if fresh else (await self.customers.get(actor, str(form.customer))).id
        visit = Visit(
            id=_id("v", actor, form.form_id),
            customer_id=customer_id,
            author_id=actor.user_id,
            on=form.on,
            channel=form.channel,
            note=form.note,
            objection_ids=form.objection_ids,
            next_step=form.next_step,
            next_step_on=form.next_step_on,
            created_at=self.now(),
        )
        gaps = (await self.workspaces.settings(actor.team_id)).gaps

        def decide(stored: Customer | None, followups: Sequence[FollowUp]) -> Consequences:
            if stored is None and fresh is None:
                raise CustomerNotFoundError
            customer = (stored or fresh).contacted(form.on)  # type: ignore[union-attr]
            changed = [
                each.completed() for each in followups if each.kind is Kind.STEP and each.customer_id == customer.id
            ]
            if customer is not stored:  # an old visit logged late changes nothing about the next contact, or its snooze
                changed.append(contact_due(customer, gaps, self.is_work))
            if (step := _step(visit, customer.owner_id)) is not None:
                changed.append(step)
            return Consequences(customer, tuple(changed))

        saved, is_new = await self.store.record(actor.team_id, visit, form.done_followup_ids, decide)
        if is_new:
            await self.workspaces.record(actor.team_id, actor.user_id, "visit.save", saved.id)
        customer = await self.customers.get(actor, saved.customer_id)
        return Recorded(saved, customer, contact_due(customer, gaps, self.is_work), is_new)

    async def _fresh_customer(self, actor: User, form: VisitForm) -> Customer | None:
        """The customer to be created together with this note, if the form asks for one."""
        if not isinstance(form.customer, NewCustomer):
            return None
        fresh = self.customers.built(actor, form.customer, _id("c", actor, form.form_id))
        await self.customers.ensure_unknown(actor, fresh)
        return fresh


def _reads_like_a_name(word: str) -> bool:
    """A single unknown word is offered as a new customer unless it reads like the note itself."""
    return 2 <= len(word) <= LONGEST_TYPED_NAME and not _SENTENCE.search(word)


def _customer_in(line: str, customers: Sequence[Customer]) -> tuple[Customer | None, str]:
    """The customer whose name the line begins with (or, failing that, contains), and the line without it."""
    named = [(folded(name), each) for each in customers for name in each.names]
    first = dict(reversed(named))
    for name, rest in openings(line):
        if name in first:
            return first[name], rest
    inside = {each.id: each for name, each in named if name in folded(line)}
    if len(inside) == 1:
        return next(iter(inside.values())), line
    return None, line


def _step(visit: Visit, owner_id: str) -> FollowUp | None:
    if not visit.next_step or visit.next_step_on is None:
        return None
    return FollowUp(
        id=f"step-{visit.id}",
        kind=Kind.STEP,
        customer_id=visit.customer_id,
        owner_id=owner_id,
        due_on=visit.next_step_on,
        title=visit.next_step,
    )


def _id(prefix: str, actor: User, form_id: str) -> str:
    digest = hashlib.sha256(f"{actor.team_id}/{actor.user_id}/{form_id}".encode()).hexdigest()
    return f"{prefix}-{digest[:16]}"
