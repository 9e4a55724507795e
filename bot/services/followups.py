"""What is due for a person and for those one stands in for, and being done with it where it stands."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer, as_stand_in
from bot.domain.daily import Due, Span, is_due_soon
from bot.domain.dossier import Dossier
from bot.domain.entry import Bilingual
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
from bot.domain.load import visit_due_since
from bot.domain.need import NeedForm, NeedStatus
from bot.domain.note import Finishes, VisitForm
from bot.domain.undo import Undo
from bot.domain.user import User
from bot.domain.visit import Channel
from bot.domain.workspace import WorkspaceSettings
from bot.errors import CustomerNotFoundError, FollowUpClosedError, FollowUpNotFoundError, FormError, UndoOverError
from bot.services.absences import AbsenceService
from bot.services.customers import CustomerService
from bot.services.needs import NeedService
from bot.services.playbook import PlaybookService
from bot.services.visits import VisitService, visit_id
from bot.services.workspaces import WorkspaceService
from bot.storage.followups import FollowUpStore
from bot.storage.records import Batch
from bot.storage.undo import UndoStore

LOOK_AHEAD = timedelta(days=20)
"""Further than SOON working days are away over the longest holidays."""


@dataclass(frozen=True, slots=True)
class FollowUpService:
    store: FollowUpStore
    undo_store: UndoStore
    customers: CustomerService
    visits: VisitService
    needs: NeedService
    playbook: PlaybookService
    absences: AbsenceService
    workspaces: WorkspaceService
    now: Clock

    # what is due

    async def due(self, actor: User, until: date | None = None) -> list[DueItem]:
        """The actor's own due and overdue follow-ups, worst first; none for somebody who no longer has customers."""
        if not policy.may_write_notes(actor):
            return []
        today = actor.today(self.now())
        followups = await self.store.due(actor.team_id, actor.user_id, until or today)
        return await self._sorted(actor, followups, today)

    async def covered(self, actor: User, until: date | None = None) -> list[DueItem]:
        """The same of people who are away and whose list the actor keeps, and of single customers of theirs."""
        if not policy.may_write_notes(actor):
            return []
        today = actor.today(self.now())
        items = await self._sorted(actor, await self._kept_for_others(actor, until or today), today)
        return _taken_over(items, actor)

    async def of_day(self, actor: User) -> Due:
        """All that today's message tells of follow-ups, as `due` and `covered` list them, in one go; with what must not
        be late and is due within the next two working days, the first one first."""
        if not policy.may_write_notes(actor):
            return Due()
        settings, today = await self.workspaces.settings(actor.team_id), actor.today(self.now())
        is_work = self.workspaces.calendar(settings)
        coming = await self.store.due(actor.team_id, actor.user_id, today + LOOK_AHEAD)
        others = await self._kept_for_others(actor, today)
        items = await self._sorted(actor, [*coming, *others], today, settings)
        not_own = {each.id for each in others}
        own = [item for item in items if item.followup.id not in not_own]
        soon = [item for item in own if is_due_soon(item, today, is_work)]
        return Due(
            own=[item for item in own if item.followup.shown_on <= today],
            covered=_taken_over([item for item in items if item.followup.id in not_own], actor),
            soon=sorted(soon, key=lambda item: (item.followup.due_on, item.followup.id)),
        )

    async def _kept_for_others(self, actor: User, until: date) -> list[FollowUp]:
        """Of all whose lists the actor keeps, or a single customer of theirs."""
        away, single = await asyncio.gather(
            self.absences.covered(actor),
            self.customers.customers.owned_by(actor.team_id, [as_stand_in(actor.user_id)]),
        )
        away_ids = {each.user_id for each in away}
        others = {each.owner_id for each in single} - away_ids
        there = {each for each in others if not await self.absences.is_away(actor.team_id, each)}
        owner_ids = sorted((away_ids | others) - there - {actor.user_id})
        lists = await asyncio.gather(*(self.store.due(actor.team_id, each, until) for each in owner_ids))
        return [each for found in lists for each in found]

    async def listed(self, actor: User, span: Span) -> list[DueItem]:
        """Today's list, or what comes up until Sunday; one's own first."""
        today = actor.today(self.now())
        until = today if span is Span.TODAY else today + timedelta(days=6 - today.weekday())
        return [*await self.due(actor, until), *await self.covered(actor, until)]

    async def of_customer(self, actor: User, customer_id: str) -> tuple[Customer, list[DueItem]]:
        """All that is open for one customer, the first due first. Raises CustomerNotFoundError."""
        customer = await self.customers.get(actor, customer_id)
        found = await self.customers.dossiers.find(actor.team_id, customer_id)
        still_open = [each for each in (found.followups if found else ()) if each.status is Status.OPEN]
        items = await self._with_customers(actor, still_open)
        return customer, sorted(items, key=lambda item: (item.followup.shown_on, item.followup.id))

    async def items(self, actor: User, followup_ids: Iterable[str]) -> list[DueItem]:
        """These follow-ups in this order, done or not; those the actor may not see are left out."""
        wanted = list(followup_ids)
        found = await self.store.get_many(actor.team_id, wanted)
        return await self._with_customers(actor, [found[each] for each in wanted if each in found])

    async def item(self, actor: User, followup_id: str) -> DueItem:
        """Raises FollowUpNotFoundError also for one the actor may not see."""
        followup = await self.store.get(actor.team_id, followup_id)
        owner_ids = await self.customers.visible_owner_ids(actor)
        customer = await self.customers.customers.find(actor.team_id, followup.customer_id)
        policy.ensure_may_change(owner_ids, followup, customer)
        (item,) = await self._with_customers(actor, [followup])
        return item

    async def get(self, actor: User, followup_id: str) -> FollowUp:
        return (await self.item(actor, followup_id)).followup

    # being done with it

    async def to_finish(self, actor: User, followup_id: str, turn: str) -> DueItem:
        """Before a form is filled in in vain. Raises FollowUpClosedError."""
        item = await self.item(actor, followup_id)
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
        item, today = await self.item(actor, followup_id), actor.today(self.now())
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
        return await self.item(actor, followup_id)

    async def drop(self, actor: User, followup_id: str, turn: str, reason: DropReason) -> DueItem:
        """Not needed this time; what comes round by itself comes round again."""
        item = await self.item(actor, followup_id)
        closing = Closing(by=actor.user_id, at=self.now(), reason=reason)
        await self._closed(actor, item, turn, closing, "", NextStep())
        await self.workspaces.record(actor.team_id, actor.user_id, "followup.not_needed", followup_id, reason)
        return await self.item(actor, followup_id)

    async def snooze(
        self, actor: User, followup_id: str, until: SnoozeLength | date, reason: SnoozeReason, turn: str = ""
    ) -> FollowUp:
        """For some working days, a week, or until a day. Raises FieldError for a day too far away."""
        item, today = await self.item(actor, followup_id), actor.today(self.now())
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
        item, team_id = await self.item(actor, followup_id), actor.team_id
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
        return await self.item(actor, followup_id)

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
            stored = (await self.store.get(actor.team_id, followup_id)).closing
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

    async def _sorted(
        self, actor: User, followups: list[FollowUp], today: date, settings: WorkspaceSettings | None = None
    ) -> list[DueItem]:
        if not followups:
            return []
        settings = settings or await self.workspaces.settings(actor.team_id)
        items, rules = await self._with_customers(actor, followups, settings), settings.cadence
        return sorted(items, key=lambda item: item.urgency(today, rules))

    async def _with_customers(
        self, actor: User, followups: list[FollowUp], settings: WorkspaceSettings | None = None
    ) -> list[DueItem]:
        """What was done for a customer that is somebody else's now stays with the old owner, its name does not."""
        if not followups:
            return []
        owner_ids = await self.customers.visible_owner_ids(actor)
        wanted = dict.fromkeys(each.customer_id for each in followups)
        customers = await self.customers.customers.get_many(actor.team_id, wanted)
        titles, now = await self._titles(actor.team_id, followups), self.now()
        load, today = (settings or await self.workspaces.settings(actor.team_id)).load, actor.today(now)
        return [
            DueItem(
                followup=each,
                customer=customers[each.customer_id],
                about=titles.get(each.id),
                visit_since=visit_due_since(customers[each.customer_id], load, today)
                if each.kind is Kind.CONTACT
                else None,
                may_undo=each.changed_by(actor.user_id, now),
            )
            for each in followups
            if each.customer_id in customers and policy.sees(owner_ids, customers[each.customer_id])
        ]

    async def _titles(self, team_id: str, followups: Sequence[FollowUp]) -> dict[str, Bilingual]:
        """Of the objections among them, as the playbook calls them now."""
        objections = [each for each in followups if each.kind is Kind.OBJECTION]
        if not objections:
            return {}
        playbook = (await self.playbook.library(team_id)).playbook
        found = {each.id: playbook.find(each.subject) for each in objections}
        return {followup_id: entry.title for followup_id, entry in found.items() if entry is not None}


def _taken_over(items: list[DueItem], actor: User) -> list[DueItem]:
    """Without customers that somebody else has been named for."""
    return [item for item in items if item.customer.stand_in_id in (None, actor.user_id)]


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
