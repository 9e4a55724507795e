"""Notes that are not saved yet: what is read from their words, and keeping them until they are saved or a week old."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain import policy
from bot.domain.dates import Writing
from bot.domain.draft import Draft, KeptDraft, Suggested, suggested
from bot.domain.user import User
from bot.domain.visit import Visit
from bot.errors import CustomerNotFoundError, DraftNotFoundError
from bot.services.customers import CustomerService
from bot.services.playbook import PlaybookService
from bot.services.readings import Read
from bot.services.visits import change_id, visit_id
from bot.storage.drafts import DraftStore
from bot.turns import aside

OFFERED = 2
"""Drafts that a new form offers to go on with."""


@dataclass(frozen=True, slots=True)
class DraftService:
    store: DraftStore
    customers: CustomerService
    playbook: PlaybookService
    read: Read
    now: Clock

    async def suggest(
        self,
        actor: User,
        draft: Draft,
        started_at: datetime,
        untouched: Collection[str],
        given: Iterable[str] = (),
        saved: Visit | None = None,
    ) -> Suggested:
        """The draft with what its words seem to say, put where nobody has picked or typed anything.

        Days are counted from `started_at` in the author's zone. Only customers that the author sees are found.
        `saved` is the note that is being changed.
        """
        policy.ensure_writes_notes(actor)
        if not draft.text.strip():
            return Suggested(draft)
        customers = await self.customers.suggest(actor, "")
        _, is_work = await self.customers.workspaces.counting(actor.team_id)
        library = await self.playbook.library(actor.team_id)
        writing = Writing(started_at.astimezone(ZoneInfo(actor.tz)), is_work)
        reading = await aside(self.read, draft.text, writing, customers, library)
        by_id = {each.id: each for each in customers}
        today = actor.today(self.now())
        facts = saved.facts if saved else None
        return suggested(draft, reading, untouched, by_id, given, today, is_work, facts)

    async def keep(
        self,
        actor: User,
        form_id: str,
        draft_id: str,
        started_at: datetime,
        draft: Draft,
        saved: Visit | None = None,
        version: int = 0,
    ) -> None:
        """Nothing is kept of an empty form, nor of one that was saved in the meantime.

        `saved` is the note that is being changed, from its `version` on; as long as it says the same, there is nothing
        to keep.
        """
        policy.ensure_writes_notes(actor)
        if saved is not None and (_says(draft, saved) or saved.change_id == change_id(actor, form_id)):
            return
        if draft.is_worth_keeping:
            kept = KeptDraft(draft_id, started_at, self.now(), draft, saved.id if saved else "", version)
            await self.store.keep(actor.team_id, actor.user_id, kept, visit_id(actor, form_id))

    async def latest(self, actor: User) -> list[KeptDraft]:
        """One's own, the newest first."""
        return await self.store.latest(actor.team_id, actor.user_id, OFFERED, self.now())

    async def resume(self, actor: User, draft_id: str) -> KeptDraft:
        """Raises DraftNotFoundError. A customer that the author no longer sees is left out."""
        policy.ensure_writes_notes(actor)
        kept = await self.store.find(actor.team_id, actor.user_id, draft_id)
        if kept is None:
            raise DraftNotFoundError
        draft = replace(kept.draft, choices=tuple(each.resumed for each in kept.draft.choices))
        if draft.customer is not None:
            try:
                found = await self.customers.get(actor, draft.customer.id)
                draft = replace(draft, customer=found, customer_name=found.name)
            except CustomerNotFoundError:
                draft = replace(draft, customer=None, customer_name="")
        return replace(kept, draft=draft)

    async def discard(self, actor: User, draft_id: str) -> None:
        await self.store.discard(actor.team_id, actor.user_id, draft_id)


def _says(draft: Draft, saved: Visit) -> bool:
    """Whether the saved note says all of it already."""
    same = (draft.note, draft.on, draft.channel) == (saved.note, saved.on, saved.channel)
    same = same and set(draft.objection_ids) == set(saved.objection_ids) and not draft.next_step.strip()
    return same and saved.facts.joined(draft.facts()) == saved.facts
