"""Digests: one record per person and day, the times of the next ones, and the list of those not settled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.nudge import Digest, DigestState
from bot.errors import DigestNotFoundError
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.replies import texts


@dataclass(frozen=True, slots=True)
class DigestStore:
    records: Records

    async def find(self, team_id: str, user_id: str, day: date) -> Digest | None:
        row = await self.records.get(keys.digest(team_id, user_id, day))
        return Digest.model_validate_json(row) if row else None

    async def plan(self, team_id: str, digest: Digest, planned_at: datetime) -> bool:
        """Records the intent before any job is scheduled; False when this day's digest was planned before."""
        key = keys.digest(team_id, digest.user_id, digest.day)
        batch = Batch()
        batch.expect(key, None)
        batch.set(key, digest.model_dump_json())
        batch.zadd(keys.open_digests(team_id), _name(digest), planned_at.timestamp())
        return await self.records.commit(batch)

    async def change(
        self, team_id: str, user_id: str, day: date, step: Callable[[Digest], Digest], at: datetime
    ) -> Digest:
        def write(row: str | None, batch: Batch) -> Digest:
            if row is None:
                raise DigestNotFoundError
            changed = step(Digest.model_validate_json(row))
            batch.set(keys.digest(team_id, user_id, day), changed.model_dump_json())
            if not changed.is_open:
                batch.zrem(keys.open_digests(team_id), _name(changed))
            if changed.state in (DigestState.UNCLEAR, DigestState.FAILED):
                batch.zadd(keys.troubled_digests(team_id), _name(changed), at.timestamp())
            return changed

        return await self.records.change(keys.digest(team_id, user_id, day), write)

    async def open(self, team_id: str) -> list[tuple[str, date]]:
        """Person and day of every digest whose outcome is not settled, oldest first."""
        return _parsed(texts(await self.records.redis.zrange(keys.open_digests(team_id), 0, -1)))

    async def troubled(self, team_id: str, count: int = 50) -> list[Digest]:
        """Digests that ended unclear or failed, newest first."""
        names = _parsed(texts(await self.records.redis.zrevrange(keys.troubled_digests(team_id), 0, count - 1)))
        rows = await self.records.get_many([keys.digest(team_id, user_id, day) for user_id, day in names])
        return [Digest.model_validate_json(row) for row in rows if row]

    async def lease(self, team_id: str, user_id: str, day: date, holder: str) -> bool:
        """Lets one worker at a time send a digest; ends by itself when the worker dies."""
        key = keys.digest_lease(team_id, user_id, day)
        taken = await self.records.redis.set(key, holder, nx=True, ex=keys.TTLS["lease"])
        return bool(taken) or await self.records.redis.get(key) == holder

    async def release(self, team_id: str, user_id: str, day: date, holder: str) -> None:
        key = keys.digest_lease(team_id, user_id, day)
        batch = Batch()
        batch.expect(key, holder)
        batch.delete(key)
        await self.records.commit(batch)

    async def schedule(self, team_id: str, user_id: str, at: datetime) -> None:
        """Sets when to look at the person's digest next, and keeps the index of workspaces in step."""
        await self.records.redis.zadd(keys.digest_times(team_id), {user_id: at.timestamp()})
        await self.reindex(team_id)

    async def unschedule(self, team_id: str, user_id: str) -> None:
        await self.records.redis.zrem(keys.digest_times(team_id), user_id)
        await self.reindex(team_id)

    async def reindex(self, team_id: str) -> None:
        """The workspace's place in the index is the earliest of its people's times.

        The index lies in another slot, so it is looked at again: somebody else may have moved the times meanwhile.
        """
        written: float | None = None
        while (score := await self._earliest(team_id)) != written:
            await self.records.redis.zadd(keys.WORKSPACES, {team_id: score})
            written = score

    async def _earliest(self, team_id: str) -> float:
        first = await self.records.redis.zrange(keys.digest_times(team_id), 0, 0, withscores=True)
        return float(first[0][1]) if first else float("inf")

    async def due_workspaces(self, now: datetime) -> list[str]:
        return texts(await self.records.redis.zrangebyscore(keys.WORKSPACES, "-inf", now.timestamp()))

    async def due_people(self, team_id: str, now: datetime) -> list[str]:
        return texts(await self.records.redis.zrangebyscore(keys.digest_times(team_id), "-inf", now.timestamp()))

    async def scheduled_people(self, team_id: str) -> list[str]:
        return texts(await self.records.redis.zrange(keys.digest_times(team_id), 0, -1))


def _name(digest: Digest) -> str:
    return f"{digest.user_id} {digest.day.isoformat()}"


def _parsed(names: list[str]) -> list[tuple[str, date]]:
    return [(user_id, date.fromisoformat(day)) for user_id, day in (name.split(" ") for name in names)]
