"""A workspace's own entries and edits, laid over the shipped ones, and every revision that led to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.revision import OwnEntry, Revision, State
from bot.errors import ConflictError, RevisionNotFoundError, RevisionOutdatedError
from bot.storage import keys
from bot.storage.records import TRIES, Batch, Records
from bot.storage.replies import texts


@dataclass(frozen=True, slots=True)
class RevisionStore:
    records: Records

    async def version(self, team_id: str) -> str | None:
        """Changes whenever the workspace's own entries do; None while it has none."""
        return await self.records.get(keys.own_entries_version(team_id))

    async def own_entries(self, team_id: str) -> Mapping[str, OwnEntry]:
        """By entry id."""
        ids = texts(await self.records.redis.smembers(keys.own_entries(team_id)))
        rows = await self.records.get_many([keys.own_entry(team_id, each) for each in ids])
        return {entry_id: OwnEntry.model_validate_json(row) for entry_id, row in zip(ids, rows, strict=True) if row}

    async def save(self, team_id: str, revision: Revision) -> None:
        """A new revision; saved again, it changes nothing."""
        key = keys.revision(team_id, revision.id)
        batch = Batch().expect(key, None).set(key, revision.model_dump_json())
        written = revision.written_at.timestamp()
        batch.zadd(keys.revisions_of(team_id, revision.entry_id), revision.id, written)
        batch.zadd(keys.pending_revisions(team_id), revision.id, written)
        await self.records.commit(batch)

    async def get(self, team_id: str, revision_id: str) -> Revision:
        row = await self.records.get(keys.revision(team_id, revision_id))
        if row is None:
            raise RevisionNotFoundError
        return Revision.model_validate_json(row)

    async def pending(self, team_id: str) -> list[Revision]:
        """Oldest first."""
        return await self._all(team_id, keys.pending_revisions(team_id))

    async def history(self, team_id: str, entry_id: str) -> list[Revision]:
        """Of one entry, oldest first."""
        return await self._all(team_id, keys.revisions_of(team_id, entry_id))

    async def _all(self, team_id: str, index: str) -> list[Revision]:
        ids = texts(await self.records.redis.zrange(index, 0, -1))
        rows = await self.records.get_many([keys.revision(team_id, each) for each in ids])
        return [Revision.model_validate_json(row) for row in rows if row]

    async def decide(self, team_id: str, revision_id: str, step: Callable[[Revision], Revision]) -> Revision:
        """Takes a pending revision one pure step on; an approved one is in force from the same moment.

        Raises RevisionNotFoundError, and RevisionOutdatedError when the entry has changed since it was written.
        """
        key = keys.revision(team_id, revision_id)
        for _ in range(TRIES):
            row = await self.records.get(key)
            if row is None:
                raise RevisionNotFoundError
            decided = step(Revision.model_validate_json(row))
            batch = Batch().expect(key, row).set(key, decided.model_dump_json())
            batch.zrem(keys.pending_revisions(team_id), revision_id)
            if decided.state is State.APPROVED:
                await self._put_in_force(team_id, decided, batch)
            if await self.records.commit(batch):
                return decided
        raise ConflictError(tries=TRIES)

    async def _put_in_force(self, team_id: str, revision: Revision, batch: Batch) -> None:
        own_key = keys.own_entry(team_id, revision.entry_id)
        before = await self.records.get(own_key)
        in_force = OwnEntry.model_validate_json(before).revision_id if before else None
        if in_force != revision.replaces:
            raise RevisionOutdatedError
        own = OwnEntry(revision_id=revision.id, values=revision.values)
        batch.expect(own_key, before).set(own_key, own.model_dump_json())
        batch.sadd(keys.own_entries(team_id), revision.entry_id)
        batch.set(keys.own_entries_version(team_id), revision.id)
