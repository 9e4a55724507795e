"""Changing the playbook: suggesting, approving with four eyes, restoring; and saying that an entry is still right."""

import asyncio
import itertools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.clock import Clock
from bot.domain import entryform, policy
from bot.domain.checks import Finding
from bot.domain.entry import Entry, Kind, OwnerRole
from bot.domain.policy import EntryRights
from bot.domain.revision import APP, SHIPPED, Change, Draft, Revision, concerns, doubled
from bot.domain.user import Role, User
from bot.errors import EntryNotFoundError, FieldError, FormError, RevisionOutdatedError
from bot.services.members import MemberService
from bot.services.playbook import PlaybookService
from bot.services.workspaces import WorkspaceService
from bot.storage.revisions import RevisionStore


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry as it is in force now: none where it was retired, or is still to be written."""

    entry_id: str
    entry: Entry | None
    revision_id: str | None = None
    """None while the entry is as shipped."""


@dataclass(frozen=True, slots=True)
class RevisionService:
    store: RevisionStore
    playbook: PlaybookService
    members: MemberService
    workspaces: WorkspaceService
    now: Clock

    async def standing(self, team_id: str, entry_id: str) -> Standing:
        """Read from the store, since what is changed must not be older than the moment."""
        own = await self.store.find_own(team_id, entry_id)
        if own is None:
            return Standing(entry_id, self.playbook.shipped.playbook.find(entry_id))
        return Standing(entry_id, own.entry, own.revision_id)

    async def standing_entry(self, team_id: str, entry_id: str) -> tuple[Entry, Standing]:
        """Raises EntryNotFoundError."""
        found = await self.standing(team_id, entry_id)
        if found.entry is None:
            raise EntryNotFoundError
        return found.entry, found

    async def suggest(self, actor: User, draft: Draft) -> Revision:
        """A new entry or an edit, which waits for an approver.

        Raises FormError with every fault of the form, and RevisionOutdatedError when the entry has changed meanwhile.
        """
        kept = await self.store.find(actor.team_id, draft.form_id)
        if kept is not None:
            return kept
        today = actor.today(self.now())
        if draft.entry_id is None:
            entry = await self._new_entry(actor, draft, today)
            return await self._save(actor, draft.form_id, Change.NEW, Standing(entry.id, None), entry, draft.why)
        before, standing = await self.standing_entry(actor.team_id, draft.entry_id)
        if not await self.store.is_unchanged(actor.team_id, standing.revision_id, draft.replaces):
            raise RevisionOutdatedError
        entry = entryform.filled(draft.kind, draft.answers, before.model_dump(mode="json"))
        if entry == before:
            raise FormError([FieldError("why", "edit.nothing_changed")])
        await self._ensure_sound(actor, entry, before)
        return await self._save(actor, draft.form_id, Change.EDIT, standing, entry, draft.why)

    async def retire(self, actor: User, form_id: str, entry_id: str, why: str) -> Revision:
        """Suggests that the entry is no longer shown."""
        entry, standing = await self.standing_entry(actor.team_id, entry_id)
        policy.ensure_edits_playbook(actor, await self.owner_ids(actor.team_id, entry.owner))
        return await self._save(actor, form_id, Change.RETIRE, standing, None, why)

    async def retire_unused(self, team_id: str, revision_id: str, standing: Standing) -> Revision:
        """Suggests it as the app itself; once more, it is what was kept the first time."""
        app = User(team_id=team_id, user_id=APP)
        return await self._save(app, revision_id, Change.RETIRE, standing, None, "")

    async def restore(self, actor: User, form_id: str, entry_id: str, version: str) -> Revision:
        """Suggests an earlier version again: that of a revision, or the one that was shipped."""
        policy.ensure_edits_playbook(actor)
        if version == SHIPPED:
            entry = self.playbook.shipped.playbook.find(entry_id)
        else:
            revision = await self.store.get(actor.team_id, version)
            entry = revision.entry if revision.entry_id == entry_id else None
        if entry is None:
            raise EntryNotFoundError
        standing = await self.standing(actor.team_id, entry_id)
        return await self._save(actor, form_id, Change.RESTORE, standing, entry, "")

    async def approve(self, actor: User, revision_id: str) -> Revision:
        """In force in this process at once, in the others within seconds."""
        members, now = await self.members.all(actor.team_id), self.now()

        def step(found: Revision) -> Revision:
            policy.ensure_approves(actor, found.author_id, members)
            return found.approved(actor.user_id, now).checked_on(actor.today(now))

        decided = await self.store.decide(actor.team_id, revision_id, step)
        self.playbook.forget(actor.team_id)
        await self.workspaces.record(actor.team_id, actor.user_id, "revision.approve", decided.id)
        return decided

    async def send_back(self, actor: User, revision_id: str, reason: str) -> Revision:
        members, now = await self.members.all(actor.team_id), self.now()

        def step(found: Revision) -> Revision:
            policy.ensure_approves(actor, found.author_id, members)
            return found.sent_back(actor.user_id, now, reason)

        decided = await self.store.decide(actor.team_id, revision_id, step)
        await self.workspaces.record(actor.team_id, actor.user_id, "revision.send_back", decided.id)
        return decided

    async def verify(self, actor: User, entry_id: str) -> Entry:
        """Used, and still right: it counts as checked today. Said twice it is said once."""
        entry, standing = await self.standing_entry(actor.team_id, entry_id)
        policy.ensure_verifies(actor, await self.owner_ids(actor.team_id, entry.owner))
        today = actor.today(self.now())
        if entry.verified_on >= today:
            return entry
        revision = Revision.verified(uuid.uuid4().hex, entry, standing.revision_id, actor.user_id, self.now(), today)
        await self.store.enforce(actor.team_id, revision)
        self.playbook.forget(actor.team_id)
        await self.workspaces.record(actor.team_id, actor.user_id, "revision.verify", revision.id)
        return revision.entry or entry

    async def rights(self, actor: User, entry: Entry) -> EntryRights:
        return EntryRights.of(actor, await self.owner_ids(actor.team_id, entry.owner))

    async def get(self, actor: User, revision_id: str) -> Revision:
        """Raises RevisionNotFoundError."""
        return await self.store.get(actor.team_id, revision_id)

    async def to_decide(self, actor: User) -> list[Revision]:
        """What waits for the actor's decision, oldest first."""
        if not actor.roles & {Role.APPROVER, Role.ADMIN}:
            return []
        members = await self.members.all(actor.team_id)
        waiting = await self.store.pending(actor.team_id)
        return [each for each in waiting if policy.may_approve(actor, each.author_id, members)]

    async def for_decision(self, actor: User, revision_id: str) -> Revision:
        """Raises RevisionNotFoundError, and NotApproverError or OwnRevisionError for who may not decide about it."""
        revision = await self.store.get(actor.team_id, revision_id)
        policy.ensure_approves(actor, revision.author_id, await self.members.all(actor.team_id))
        return revision

    async def before(self, team_id: str, revision: Revision) -> Entry | None:
        """The entry that the revision was written on."""
        if revision.replaces is None:
            return self.playbook.shipped.playbook.find(revision.entry_id)
        return (await self.store.get(team_id, revision.replaces)).entry

    async def pending(self, team_id: str) -> list[Revision]:
        """Oldest first."""
        return await self.store.pending(team_id)

    async def history(self, team_id: str, entry_id: str) -> list[Revision]:
        """Newest first."""
        return (await self.store.history(team_id, entry_id))[::-1]

    async def last_entry(self, team_id: str, entry_id: str) -> Entry | None:
        """The words it has, or had before it was retired."""
        standing = await self.standing(team_id, entry_id)
        if standing.entry is not None:
            return standing.entry
        versions = (each.entry for each in await self.history(team_id, entry_id))
        return next(filter(None, versions), self.playbook.shipped.playbook.find(entry_id))

    async def approver_ids(self, team_id: str, author_id: str) -> list[str]:
        members = await self.members.all(team_id)
        return policy.approver_ids(members, self.members.admin_users, author_id)

    async def owner_ids(self, team_id: str, role: OwnerRole) -> list[str]:
        """The people who keep the entries of an owner role true."""
        return list((await self.workspaces.settings(team_id)).owners.get(role, ()))

    async def own_entries(self, team_id: str) -> Mapping[str, Entry | None]:
        """What the workspace added or changed, by id; none where it was retired."""
        return {entry_id: each.entry for entry_id, each in (await self.store.own_entries(team_id)).items()}

    async def _new_entry(self, actor: User, draft: Draft, today: date) -> Entry:
        title = entryform.slug(str(draft.answers.get("title.en") or ""))
        if not title:
            raise FormError([FieldError("title.en", "edit.title_without_letters")])
        prefix = str(draft.answers.get("category")) if draft.kind is Kind.OBJECTION else str(draft.kind)
        base: dict[str, Any] = {"id": await self._free_id(actor.team_id, f"{prefix}/{title}"), "verified_on": today}
        entry = entryform.filled(draft.kind, draft.answers, base)
        await self._ensure_sound(actor, entry, None)
        return entry

    async def _free_id(self, team_id: str, wanted: str) -> str:
        """With a number where others have the same title, those that were retired or wait included."""
        taken = {*self.playbook.shipped.playbook.entries, *await self.store.own_entries(team_id)}
        taken |= {each.entry_id for each in await self.store.pending(team_id)}
        names = itertools.chain([wanted], (f"{wanted}-{number}" for number in itertools.count(2)))
        return next(name for name in names if name not in taken)

    async def _ensure_sound(self, actor: User, entry: Entry, before: Entry | None) -> None:
        """Raises FormError for what `playbooks check` would refuse."""
        playbook = (await self.playbook.library(actor.team_id)).playbook
        rules = {each.rule for each in entry.never} - playbook.red_lines.keys()
        sources = set(entry.sources) - playbook.sources.keys()
        faults = [FieldError("never.zh", "edit.no_red_line", rule=each) for each in sorted(rules)]
        faults += [FieldError("evidence.zh", "edit.no_source", source=each) for each in sorted(sources)]
        found = concerns(entry, before, playbook, actor.today(self.now()))
        found += await asyncio.to_thread(doubled, entry, before, playbook)
        faults += [FieldError(_block(each), each.key, **each.values) for each in found if each.is_fault]
        if faults:
            raise FormError(faults)

    async def warnings(self, actor: User, revision: Revision) -> list[Finding]:
        """What author and approver may want to look at again; it stops nothing."""
        if revision.entry is None:
            return []
        playbook = (await self.playbook.library(actor.team_id)).playbook
        before = await self.before(actor.team_id, revision)
        return concerns(revision.entry, before, playbook, actor.today(self.now()))

    async def _save(
        self, actor: User, form_id: str, change: Change, standing: Standing, entry: Entry | None, why: str
    ) -> Revision:
        """What is to become of the entry that stands; a new one stands by its id alone."""
        revision = Revision(
            id=form_id,
            entry_id=standing.entry_id,
            change=change,
            values=entry.model_dump(mode="json") if entry else None,
            replaces=standing.revision_id,
            author_id=actor.user_id,
            why=why,
            written_at=self.now(),
        )
        saved = await self.store.save(actor.team_id, revision)
        await self.workspaces.record(actor.team_id, actor.user_id, "revision.suggest", saved.id)
        return saved


def _block(finding: Finding) -> str:
    """The form's input that a finding is about."""
    name = finding.field.partition(".")[0]
    if not name:
        return "related" if finding.key == "check.related_gone" else "why"
    return f"{name}.{finding.lang}" if finding.lang else name
