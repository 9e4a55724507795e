"""Visit notes: what a typed line already says, and saving a note with what follows from it."""

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.clock import Clock
from bot.domain import policy
from bot.domain.advised import advice_on, without_personal_data
from bot.domain.aftermath import Notes, ids_of
from bot.domain.customer import Customer, NewCustomer, folded, is_name
from bot.domain.dossier import Dossier
from bot.domain.draft import Draft
from bot.domain.due import steps_of
from bot.domain.followup import FollowUp, Kind, standing_ids
from bot.domain.naming import openings
from bot.domain.note import Finishes, Recorded, VisitForm, need_changes
from bot.domain.playbook import RedLine
from bot.domain.quality import Advice
from bot.domain.standing import next_contact
from bot.domain.user import User
from bot.domain.visit import Visit, date_faults, promise_faults
from bot.errors import (
    CustomerExistsError,
    CustomerNotFoundError,
    FieldError,
    FollowUpClosedError,
    FormError,
    VisitNotFoundError,
)
from bot.matching import Decision
from bot.services.customers import CustomerService
from bot.services.objections import NOTES_READ
from bot.services.playbook import MAX_QUESTION, PlaybookService
from bot.services.riskflags import RiskFlagService
from bot.services.workspaces import WorkspaceService
from bot.storage.needs import NeedStore
from bot.storage.objections import ObjectionStore
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
    needs: NeedStore
    objections: ObjectionStore
    riskflags: RiskFlagService
    now: Clock

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
        answer = await self.playbook.match(actor.team_id, text[:MAX_QUESTION])
        if answer.decision not in (Decision.ONE, Decision.SEVERAL):
            return ()
        wanted = 2 if answer.decision is Decision.SEVERAL else 1
        return tuple(hit.id for hit in answer.hits[:wanted] if hit.score >= SURE_ENOUGH)

    async def advice(self, actor: User, form: VisitForm, saved_id: str = "") -> list[Advice]:
        """What would make a sound form a better note; none for a form that was saved before. Raises FormError.

        `saved_id` is the note that is being changed.
        """
        policy.ensure_writes_notes(actor)
        if saved_id:
            form = replace(form, customer=(await self.get(actor, saved_id)).customer_id)
        elif await self.store.find(actor.team_id, visit_id(actor, form.form_id)) is not None:
            return []
        await self._checked(actor, form)
        return await asyncio.to_thread(advice_on, form, await self._red_lines(actor))

    async def _red_lines(self, actor: User) -> list[RedLine]:
        return list((await self.playbook.library(actor.team_id)).playbook.red_lines.values())

    async def save(self, actor: User, form: VisitForm) -> Recorded:
        """Raises FormError with all that is wrong, or CustomerNotFoundError; saves all of it or nothing.

        Personal data is masked but for what the author keeps.
        """
        policy.ensure_writes_notes(actor)
        whom, fresh = await self._checked(actor, form)
        form = await asyncio.to_thread(without_personal_data, form, await self._red_lines(actor))
        visit = Visit(
            id=visit_id(actor, form.form_id),
            customer_id=whom,
            author_id=actor.user_id,
            on=form.on,
            channel=form.channel,
            note=form.note,
            pasted=form.pasted,
            objection_ids=form.objection_ids,
            facts=form.facts,
            next_step=form.next_step,
            next_step_on=form.next_step_on,
            created_at=self.now(),
        )
        (rules, is_work), today = await self.workspaces.counting(actor.team_id), actor.today(self.now())
        known = await self.needs.of(actor.team_id, whom) if not fresh else []
        heard = need_changes(form.needs, visit, known)
        earlier = await self._earlier(actor.team_id, visit)

        def decide(stored: Customer | None, followups: Sequence[FollowUp]) -> Consequences:
            if stored is None and fresh is None:
                raise CustomerNotFoundError
            customer = (stored or fresh).contacted(form.on, form.channel)  # type: ignore[union-attr]
            before = {each.id: each for each in followups if each.customer_id == customer.id}
            now = before | {
                each: before[each].completed(today)
                for each in form.done_followup_ids
                if each in before and before[each].kind is Kind.STEP
            }
            now |= {each.id: each for each in steps_of(visit, customer.owner_id, is_work, now)}
            dossier = Dossier(customer, changes=(*known, *heard), followups=tuple(now.values()))
            after = earlier.followed(dossier, visit, rules, is_work, today)
            if form.finishes is not None:
                after = _finished(form.finishes, before, after, today)
            return Consequences(customer, tuple(each for each in after if before.get(each.id) != each), heard)

        followup_ids = await self._followup_ids(actor.team_id, visit, form.done_followup_ids)
        try:
            saved, is_new = await self.store.record(actor.team_id, visit, followup_ids, decide, draft_id=form.draft_id)
        except CustomerExistsError as error:
            raise FormError([FieldError("new_name", "visit.error_exists", **error.values)]) from None
        if is_new:
            await self.workspaces.record(actor.team_id, actor.user_id, "visit.save", saved.id)
        await self.riskflags.heard(actor, saved)
        return await self._recorded(actor, saved, is_new=is_new)

    async def get(self, actor: User, visit_id: str) -> Visit:
        """Raises VisitNotFoundError also for the note of a customer that the actor may not see."""
        visit = await self.store.find(actor.team_id, visit_id)
        if visit is None:
            raise VisitNotFoundError
        try:
            await self.customers.get(actor, visit.customer_id)
        except CustomerNotFoundError:
            raise VisitNotFoundError from None
        return visit

    async def history(self, actor: User, visit_id: str) -> list[Visit]:
        """Every version of a note, the newest first."""
        visit = await self.get(actor, visit_id)
        return [visit, *await self.store.versions(actor.team_id, visit)]

    async def revise(self, actor: User, visit_id: str, version: int, form: VisitForm) -> Recorded:
        """Puts another version in the place of `version`, which is kept; what was promised stays promised.

        Raises FormError, VisitNotFoundError, and VisitChangedError when somebody else was quicker.
        """
        policy.ensure_writes_notes(actor)
        before = await self.get(actor, visit_id)
        await self._checked(actor, replace(form, customer=before.customer_id))
        form = await asyncio.to_thread(without_personal_data, form, await self._red_lines(actor))
        (rules, is_work), today = await self.workspaces.counting(actor.team_id), actor.today(self.now())
        changed_as, now = change_id(actor, form.form_id), self.now()
        added: list[FollowUp] = []

        def change(stored: Visit) -> Visit:
            if stored.change_id == changed_as:
                return stored
            changed = stored.model_copy(
                update={
                    "on": form.on,
                    "channel": form.channel,
                    "note": form.note,
                    "objection_ids": form.objection_ids,
                    "facts": stored.facts.joined(form.facts),
                    "next_step": stored.next_step or form.next_step,
                    "next_step_on": stored.next_step_on or form.next_step_on,
                    "version": version + 1,
                    "changed_by": actor.user_id,
                    "changed_at": now,
                    "change_id": changed_as,
                }
            )
            known = {each.id for each in steps_of(stored, "", is_work)}
            added[:] = [each for each in steps_of(changed, "", is_work) if each.id not in known]
            return changed

        known = tuple(await self.needs.of(actor.team_id, before.customer_id))
        earlier = await self._earlier(actor.team_id, before)
        seen = await self.customers.customers.find(actor.team_id, before.customer_id)

        def decide(visit: Visit, stored: Customer | None, followups: Sequence[FollowUp]) -> Consequences:
            if stored is None:
                raise CustomerNotFoundError
            corrected = stored.recontacted(earlier.contacts(visit, {before.channel, visit.channel}))
            # Where somebody else has changed the customer meanwhile, its newest note may not be among these.
            customer = (corrected if stored == seen else stored).contacted(visit.on, visit.channel)
            was = {each.id: each for each in followups if each.customer_id == customer.id}
            now = was | {each.id: each.model_copy(update={"owner_id": customer.owner_id}) for each in added}
            dossier = Dossier(customer, changes=known, followups=tuple(now.values()))
            after = earlier.followed(dossier, visit, rules, is_work, today, dropped=before.objection_ids)
            return Consequences(customer, tuple(each for each in after if was.get(each.id) != each))

        wanted = before.model_copy(
            update={"objection_ids": (*before.objection_ids, *form.objection_ids), "facts": form.facts}
        )
        followup_ids = await self._followup_ids(actor.team_id, wanted)
        saved, is_new = await self.store.revise(
            actor.team_id, visit_id, change, followup_ids, decide, draft_id=form.draft_id
        )
        if is_new:
            await self.workspaces.record(actor.team_id, actor.user_id, "visit.change", saved.id)
        await self.riskflags.heard(actor, saved)
        return await self._recorded(actor, saved, is_new=is_new)

    async def _earlier(self, team_id: str, visit: Visit) -> Notes:
        """The customer's other notes, as far as they matter."""
        notes, outcomes = await asyncio.gather(
            self.store.latest(team_id, visit.customer_id, NOTES_READ),
            self.objections.outcomes(team_id, visit.customer_id),
        )
        return Notes(tuple(each for each in notes if each.id != visit.id), tuple(outcomes))

    async def _followup_ids(self, team_id: str, visit: Visit, done: Sequence[str] = ()) -> list[str]:
        """Of all that a note may change."""
        open_ids = await self.customers.followups.open_ids(team_id, visit.customer_id)
        return list(dict.fromkeys([*standing_ids(visit.customer_id), *ids_of(visit), *open_ids, *done]))

    async def _recorded(self, actor: User, visit: Visit, *, is_new: bool) -> Recorded:
        customer = await self.customers.get(actor, visit.customer_id)
        (rules, is_work), today = await self.workspaces.counting(actor.team_id), actor.today(self.now())
        stored = await self.customers.dossiers.find(actor.team_id, customer.id)
        open_needs = [each for each in stored.needs if each.status.is_open] if stored else []
        followups = stored.followups if stored else ()
        contact = next_contact(customer, rules, is_work, today, followups)
        has_step = bool(steps_of(visit, customer.owner_id, is_work))
        return Recorded(visit, customer, contact, is_new, open_needs, has_step)

    async def _checked(self, actor: User, form: VisitForm) -> tuple[str, Customer | None]:
        """The customer's id, and the customer if it is to be created. Raises FormError with every fault there is."""
        (_, is_work), today = await self.workspaces.counting(actor.team_id), actor.today(self.now())
        faults = date_faults(form.on, form.next_step, form.next_step_on, today, is_work)
        faults += promise_faults(form.facts.promises, form.on, is_work)
        faults += [FieldError(f"due.{each}", "visit.error_due_which") for each in form.undecided]
        if not form.note:
            faults.append(FieldError("note", "visit.error_note"))
        library = await self.playbook.library(actor.team_id)
        if any(library.playbook.find(each) is None for each in form.objection_ids):
            faults.append(FieldError("objections", "visit.error_objection"))
        whom, fresh = "", None
        try:
            if isinstance(form.customer, NewCustomer) and not is_name(form.customer.name):
                faults.append(FieldError("new_name", "visit.error_name"))
            elif isinstance(form.customer, NewCustomer):
                fresh = self.customers.built(actor, form.customer.started(), _id("c", actor, form.form_id))
                await self.customers.ensure_unknown(actor, fresh)
                whom = fresh.id
            elif form.customer:
                whom = (await self.customers.get(actor, form.customer)).id
            else:
                faults.append(FieldError("customer", "visit.error_customer"))
        except CustomerExistsError as error:
            faults.append(FieldError("new_name", "visit.error_exists", **error.values))
        except CustomerNotFoundError:
            faults.append(FieldError("customer", "visit.error_customer_gone"))
        if faults:
            raise FormError(faults)
        return whom, fresh


def _finished(
    finishes: Finishes, before: Mapping[str, FollowUp], after: Sequence[FollowUp], today: date
) -> tuple[FollowUp, ...]:
    """With how the contact was closed, unless it is due as before: the way did not count.

    Raises FollowUpClosedError where somebody else was quicker.
    """
    old = before.get(finishes.followup_id)
    if old is None:
        raise FollowUpClosedError
    old.ensure_turn(finishes.turn, today)
    moved = [each for each in after if each.id == old.id and each.turn != old.turn]
    closed = {each.id: each.model_copy(update={"closing": finishes.closing}) for each in moved}
    return tuple(closed.get(each.id, each) for each in after)


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


def visit_id(actor: User, form_id: str) -> str:
    """Of the note that a form becomes."""
    return _id("v", actor, form_id)


def change_id(actor: User, form_id: str) -> str:
    """Of the change that a form makes to a note."""
    return _id("e", actor, form_id)


def _id(prefix: str, actor: User, form_id: str) -> str:
    digest = hashlib.sha256(f"{actor.team_id}/{actor.user_id}/{form_id}".encode()).hexdigest()
    return f"{prefix}-{digest[:16]}"
