"""The daily round: when each person is looked at next, and the index of workspaces by the earliest of these times."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.storage import keys
from bot.storage.records import Records
from bot.storage.replies import texts


@dataclass(frozen=True, slots=True)
class RoundStore:
    records: Records

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

    async def due_people(self, team_id: str, now: datetime) -> dict[str, datetime]:
        """Who is to be looked at, and since when."""
        times = keys.digest_times(team_id)
        found: Any = await self.records.redis.zrangebyscore(times, "-inf", now.timestamp(), withscores=True)
        return {str(user_id): datetime.fromtimestamp(float(score), UTC) for user_id, score in found}

    async def scheduled_people(self, team_id: str) -> list[str]:
        return texts(await self.records.redis.zrange(keys.digest_times(team_id), 0, -1))
