"""Being done with a follow-up: finished, not needed, put off, and a minute to take that back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer
from bot.domain.dossier import Dossier
from bot.domain.finishing import Done, NextStep, chosen_until, done_faults, play_step, snoozed_until
from bot.domain.followup import (
    Closing,
    DropReason,
    DueItem,
    FollowUp,
    Kind,
    Snooze,
    SnoozeLength,
    SnoozeReason,
    Status,
    contact_id,
)
from bot.domain.need import NeedForm, NeedStatus
from bot.domain.note import Finishes, VisitForm
from bot.domain.undo import Undo
from bot.domain.user import User
from bot.domain.visit import Channel
from bot.errors import CustomerNotFoundError, FollowUpClosedError, FollowUpNotFoundError, FormError, UndoOverError
from bot.services.customers import CustomerService
from bot.services.followups import FollowUpService
from bot.services.needs import NeedService
from bot.services.playbook import PlaybookService
from bot.services.visits import VisitService, visit_id
from bot.services.workspaces import WorkspaceService
from bot.storage.records import Batch
from bot.storage.undo import UndoStore


@dataclass(frozen=True, slots=True)
class FinishingService:
    undo_store: UndoStore
    followups: FollowUpService
    customers: CustomerService
    visits: VisitService
    needs: NeedService
    playbook: PlaybookService
    workspaces: WorkspaceService
    now: Clock

    async def to_finish(self, actor: User, followup_id: str, turn: str) -> DueItem:
        """Before a form is filled in in vain. Raises FollowUpClosedError."""
        item = await self.followups.item(actor, followup_id)
        item.followup.ensure_turn(turn, actor.today(self.now()))
        return item

    async def offer(self, actor: User, item: DueItem) -> NextStep:
        """What could come next: the play's follow-up, the next milestone, else the day the usual rhythm has."""
        followup, today = item.followup, actor.today(self.now())
        entry_id = (
            followup.subject if followup.kind is Kind.OBJECTION else await self._objection_behind(actor, followup)
        )
        entry = (await self.playbook.library(actor.team_id)).playbook.find(entry_id) if entry_id else None
        _, is_work = await self.workspaces.counting(actor.team_id)
        step = play_step(entry.follow_up, actor.lang, today, is_work) if entry is not None else None
        return step or NextStep(on=await self._next_turn(actor, item, today))

    async def finish(self, actor: User, followup_id: str, turn: str, done: Done) -> DueItem:
        """Done, with a line on what came of it. The same form sent again is done once.

        A contact becomes a note of that way and moves the clock where that way counts; a need is confirmed in these
        words. Raises FormError, FollowUpClosedError or FollowUpNotFoundError.
        """
        item, today = await self.followups.item(actor, followup_id), actor.today(self.now())
        if item.followup.closing is not None and item.followup.closing.id == done.form_id:
            return item
        _, is_work = await self.workspaces.counting(actor.team_id)
        if faults := done_faults(done, today, is_work):
            raise FormError(faults)
        closing = Closing(id=done.form_id, by=actor.user_id, at=self.now())
        if item.followup.kind is Kind.CONTACT:
            await self._contacted(actor, item, turn, closing, done)
        elif item.followup.kind is Kind.NEED:
            await self._confirmed(actor, item, turn, done)
        else:
            await self._closed(actor, item, turn, closing, done.line.strip(), done.next)
        await self.workspaces.record(actor.team_id, actor.user_id, "followup.done", followup_id)
        return await self.followups.item(actor, followup_id)

    async def drop(self, actor: User, followup_id: str, turn: str, reason: DropReason) -> DueItem:
        """Not needed this time; what comes round by itself comes round again."""
        item = await self.followups.item(actor, followup_id)
        closing = Closing(by=actor.user_id, at=self.now(), reason=reason)
        await self._closed(actor, item, turn, closing, "", NextStep())
        await self.workspaces.record(actor.team_id, actor.user_id, "followup.not_needed", followup_id, reason)
        return await self.followups.item(actor, followup_id)

    async def snooze(
        self, actor: User, followup_id: str, until: SnoozeLength | date, reason: SnoozeReason, turn: str = ""
    ) -> FollowUp:
        """For some working days, a week, or until a day. Raises FieldError for a day too far away."""
        item, today = await self.followups.item(actor, followup_id), actor.today(self.now())
        _, is_work = await self.workspaces.counting(actor.team_id)
        if isinstance(until, SnoozeLength):
            day = snoozed_until(until, today, is_work)
        else:
            day = chosen_until(until, today, is_work)
        snooze = Snooze(by=actor.user_id, on=today, until=day, reason=reason, at=self.now())

        def step(found: Dossier) -> Dossier:
            mine = _current(found, followup_id)
            mine.ensure_turn(turn, today)
            return found.with_followups([mine.snoozed(snooze, found.customer.tier)])

        changed = await self._change(actor, item, step)
        await self.workspaces.record(actor.team_id, actor.user_id, "followup.snooze", followup_id)
        return _current(changed, followup_id)

    async def undo(self, actor: User, followup_id: str) -> DueItem:
        """Within a minute, by whoever did it. Raises UndoOverError."""
        item, team_id = await self.followups.item(actor, followup_id), actor.team_id
        undo = await self.undo_store.find(team_id, followup_id)
        if undo is None:
            raise UndoOverError
        note = await self.visits.store.find(team_id, undo.visit_id) if undo.visit_id else None
        if note is not None and note.version > 1:
            raise UndoOverError

        def also(batch: Batch) -> None:
            self.undo_store.forget(batch, team_id, followup_id)
            if note is not None:
                self.visits.store.withdraw(batch, team_id, note)

        now = self.now()
        await self.customers.dossiers.change(
            team_id,
            item.customer.id,
            lambda found: undo.taken_back(found, actor.user_id, now),
            closed_ids=[*undo.after],
            also=also,
        )
        await self.workspaces.record(team_id, actor.user_id, "followup.undo", followup_id)
        return await self.followups.item(actor, followup_id)

    async def _contacted(self, actor: User, item: DueItem, turn: str, closing: Closing, done: Done) -> None:
        form = VisitForm(
            form_id=done.form_id,
            customer=item.customer.id,
            on=actor.today(self.now()),
            channel=done.channel or Channel.PHONE,
            note=done.line.strip(),
            next_step=done.next.title or None,
            next_step_on=done.next.on,
            finishes=Finishes(item.followup.id, turn, closing),
        )
        before = await self.customers.dossiers.find(actor.team_id, item.customer.id)
        recorded = await self.visits.save(actor, form)
        after = await self.customers.dossiers.find(actor.team_id, item.customer.id)
        if before is not None and after is not None and recorded.is_new:
            note_id = visit_id(actor, done.form_id)
            mine = {contact_id(item.customer.id), *(each.id for each in after.followups if note_id in each.id)}
            after = replace(after, followups=tuple(each for each in after.followups if each.id in mine))
            undo = Undo.of(item.followup.id, actor.user_id, closing.at, before, after, note_id)
            await self.undo_store.keep(actor.team_id, undo)

    async def _confirmed(self, actor: User, item: DueItem, turn: str, done: Done) -> None:
        """What was heard is added to the needs file, where it stays: there is a window to correct it."""
        item.followup.ensure_turn(turn, actor.today(self.now()))
        found = await self.needs.file(actor, item.customer.id)
        still_open = [each for each in found.needs if each.status.is_open]
        if not still_open:
            raise FollowUpClosedError
        oldest = min(still_open, key=lambda each: (each.last_confirmed or each.first_seen, each.id))
        await self.needs.add(
            actor,
            NeedForm(
                form_id=done.form_id,
                customer_id=item.customer.id,
                on=actor.today(self.now()),
                sentence=done.line.strip(),
                need_id=oldest.id,
                status=NeedStatus.CONFIRMED,
            ),
        )

    async def _closed(
        self, actor: User, item: DueItem, turn: str, closing: Closing, line: str, next_step: NextStep
    ) -> None:
        (rules, is_work), today = await self.workspaces.counting(actor.team_id), actor.today(self.now())
        followup_id = item.followup.id

        def step(found: Dossier) -> Dossier:
            mine = _current(found, followup_id)
            mine.ensure_turn(turn, today)
            added = [_next_followup(next_step, closing, found.customer, today)] if next_step.title else []
            after = found.with_followups([mine.closed(closing, line, today), *added])
            after = after.recounted(rules, is_work, today)
            # What goes on for ever is open again by now, with its next day: how the last turn ended stays with it.
            anew = _current(after, followup_id).model_copy(update={"closing": closing, "line": line})
            return after.with_followups([anew])

        try:
            await self._change(actor, item, step)
        except FollowUpClosedError:
            stored = (await self.followups.store.get(actor.team_id, followup_id)).closing
            if stored is None or not closing.id or stored.id != closing.id:
                raise

    async def _change(self, actor: User, item: DueItem, step: Callable[[Dossier], Dossier]) -> Dossier:
        """One step on all that is kept of the customer, and what takes it back."""
        team_id, followup_id = actor.team_id, item.followup.id
        owner_ids, now = await self.customers.visible_owner_ids(actor), self.now()
        undone: list[Undo] = []

        def checked(found: Dossier) -> Dossier:
            policy.ensure_may_change(owner_ids, _current(found, followup_id), found.customer)
            after = step(found)
            undone[:] = [Undo.of(followup_id, actor.user_id, now, found, after)]
            return after

        try:
            return await self.customers.dossiers.change(
                team_id,
                item.customer.id,
                checked,
                closed_ids=[followup_id],
                also=lambda batch: self.undo_store.put(batch, team_id, undone[0]),
            )
        except CustomerNotFoundError:
            raise FollowUpNotFoundError from None

    async def _objection_behind(self, actor: User, followup: FollowUp) -> str:
        """The first objection of the note that a promise was written in."""
        if followup.kind is not Kind.STEP:
            return ""
        note_id = followup.id.removeprefix("step-")
        for each in (note_id, note_id.rpartition("-")[0]):
            if each and (note := await self.visits.store.find(actor.team_id, each)) is not None:
                return next(iter(note.objection_ids), "")
        return ""

    async def _next_turn(self, actor: User, item: DueItem, today: date) -> date | None:
        """When it comes round again or, of what does not, when the next contact is due."""
        found = await self.customers.dossiers.find(actor.team_id, item.customer.id)
        if found is None:
            return None
        closing = Closing(by=actor.user_id, at=self.now())
        closed = found.with_followups([item.followup.closed(closing, "", today)])
        rules, is_work = await self.workspaces.counting(actor.team_id)
        after = {each.id: each for each in closed.recounted(rules, is_work, today).followups}
        mine, contact = after[item.followup.id], after.get(contact_id(item.customer.id))
        coming = mine if mine.status is Status.OPEN else contact
        return coming.clock_on if coming is not None and coming.status is Status.OPEN else None


def _current(found: Dossier, followup_id: str) -> FollowUp:
    """Raises FollowUpNotFoundError."""
    for each in found.followups:
        if each.id == followup_id:
            return each
    raise FollowUpNotFoundError


def _next_followup(step: NextStep, closing: Closing, customer: Customer, today: date) -> FollowUp:
    """The same form makes the same one."""
    return FollowUp(
        id=f"step-{closing.id}",
        kind=Kind.STEP,
        customer_id=customer.id,
        owner_id=customer.owner_id,
        due_on=step.on or today,
        title=step.title,
        since=today,
    )
