"""A workspace's own entries and edits, laid over the shipped ones, and every revision that led to them.

What people wrote is sealed: an entry may quote a customer, and the reason for a change may name one.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from bot.domain.entry import Entry
from bot.domain.revision import Change, OwnEntry, Revision, State
from bot.errors import ConflictError, RevisionNotFoundError, RevisionOutdatedError
from bot.storage import keys
from bot.storage.records import TRIES, Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read, readable, unreadable

_TYPED: Final = {"values", "why", "reason"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RevisionStore:
    records: Records
    sealer: Sealer

    async def version(self, team_id: str) -> str | None:
        """Changes whenever the workspace's own entries do; None while it has none."""
        return await self.records.get(keys.own_entries_version(team_id))

    async def own_entries(self, team_id: str) -> Mapping[str, OwnEntry]:
        """By entry id."""
        ids = texts(await self.records.redis.smembers(keys.own_entries(team_id)))
        own_keys = [keys.own_entry(team_id, each) for each in ids]
        rows = await self.records.get_many(own_keys)
        return {
            entry_id: read(OwnEntry, self._opened(row, key))
            for entry_id, key, row in zip(ids, own_keys, rows, strict=True)
            if row
        }

    async def to_show(self, team_id: str) -> dict[str, Entry | None]:
        """By id what the workspace says instead; none where it retired an entry. Also where a newer release has written
        what this one cannot read: nobody is shown words that are in force no more."""
        found: dict[str, Entry | None] = {}
        for entry_id, own in (await self.own_entries(team_id)).items():
            try:
                found[entry_id] = own.entry
            except ValidationError as error:
                found[entry_id] = None
                logger.warning("entry %s is not shown: %s", entry_id, unreadable("Entry", error))
        return found

    async def find_own(self, team_id: str, entry_id: str) -> OwnEntry | None:
        """None where the entry is as shipped, or there is none."""
        key = keys.own_entry(team_id, entry_id)
        row = await self.records.get(key)
        return read(OwnEntry, self._opened(row, key)) if row else None

    async def save(self, team_id: str, revision: Revision) -> Revision:
        """A new revision that waits for an approver; saved again it is what was kept the first time."""
        batch = self._written(team_id, revision)
        batch.zadd(keys.pending_revisions(team_id), revision.id, revision.written_at.timestamp())
        return revision if await self.records.commit(batch) else await self.get(team_id, revision.id)

    async def enforce(self, team_id: str, revision: Revision) -> None:
        """A new revision that is in force at once.

        Raises RevisionOutdatedError when the entry has changed since it was written.
        """
        batch = self._written(team_id, revision)
        await self._put_in_force(team_id, revision, batch)
        if not await self.records.commit(batch):
            raise RevisionOutdatedError

    def _written(self, team_id: str, revision: Revision) -> Batch:
        key = keys.revision(team_id, revision.id)
        batch = Batch().expect(key, None).set(key, self._sealed(revision, key))
        return batch.zadd(keys.revisions_of(team_id, revision.entry_id), revision.id, revision.written_at.timestamp())

    async def find(self, team_id: str, revision_id: str) -> Revision | None:
        key = keys.revision(team_id, revision_id)
        row = await self.records.get(key)
        return read(Revision, self._opened(row, key)) if row else None

    async def get(self, team_id: str, revision_id: str) -> Revision:
        """Raises RevisionNotFoundError."""
        found = await self.find(team_id, revision_id)
        if found is None:
            raise RevisionNotFoundError
        return found

    async def pending(self, team_id: str) -> list[Revision]:
        """Oldest first."""
        return await self._all(team_id, keys.pending_revisions(team_id))

    async def history(self, team_id: str, entry_id: str) -> list[Revision]:
        """Of one entry, oldest first."""
        return await self._all(team_id, keys.revisions_of(team_id, entry_id))

    async def _all(self, team_id: str, index: str) -> list[Revision]:
        ids = texts(await self.records.redis.zrange(index, 0, -1))
        wanted = [keys.revision(team_id, each) for each in ids]
        rows = await self.records.get_many(wanted)
        found = [(row, key) for key, row in zip(wanted, rows, strict=True) if row]
        return readable(lambda each: read(Revision, self._opened(*each)), found)

    async def decide(self, team_id: str, revision_id: str, step: Callable[[Revision], Revision]) -> Revision:
        """Takes a pending revision one pure step on; an approved one is in force from the same moment.

        Raises RevisionNotFoundError, and RevisionOutdatedError when the entry has changed since it was written.
        """
        key = keys.revision(team_id, revision_id)
        for _ in range(TRIES):
            row = await self.records.get(key)
            if row is None:
                raise RevisionNotFoundError
            decided = step(read(Revision, self._opened(row, key)))
            batch = Batch().expect(key, row).set(key, self._sealed(decided, key))
            batch.zrem(keys.pending_revisions(team_id), revision_id)
            if decided.state is State.APPROVED:
                await self._put_in_force(team_id, decided, batch)
            if await self.records.commit(batch):
                return decided
        raise ConflictError(tries=TRIES)

    async def _put_in_force(self, team_id: str, revision: Revision, batch: Batch) -> None:
        own_key = keys.own_entry(team_id, revision.entry_id)
        before = await self.records.get(own_key)
        in_force = read(OwnEntry, self._opened(before, own_key)).revision_id if before else None
        if not await self.is_unchanged(team_id, in_force, revision.replaces):
            raise RevisionOutdatedError
        own = OwnEntry(revision_id=revision.id, values=revision.values)
        batch.expect(own_key, before).set(own_key, self._sealed(own, own_key))
        batch.sadd(keys.own_entries(team_id), revision.entry_id)
        batch.set(keys.own_entries_version(team_id), revision.id)

    async def is_unchanged(self, team_id: str, in_force: str | None, replaces: str | None) -> bool:
        """Whether the words in force are still those that were replaced: "still right" in between changes no word."""
        while in_force != replaces:
            found = await self.find(team_id, in_force) if in_force else None
            if found is None or found.change is not Change.VERIFY:
                return False
            in_force = found.replaces
        return True

    def _sealed(self, record: BaseModel, key: str) -> str:
        """Seals what was typed; the rest is looked up and sorted by."""
        plain = {*type(record).model_fields} - _TYPED  # what this release does not know may have been typed, too
        typed = record.model_dump_json(exclude=plain)
        return json.dumps({**record.model_dump(mode="json", include=plain), "sealed": self.sealer.seal(typed, key)})

    def _opened(self, row: str, key: str) -> dict[str, Any]:
        stored: dict[str, Any] = json.loads(row)
        typed: dict[str, Any] = json.loads(self.sealer.open(stored.pop("sealed"), key))
        return stored | typed
