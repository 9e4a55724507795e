"""The daily round: when each person is looked at next, and the index of workspaces by the earliest of these times."""

from collections.abc import Awaitable, Callable
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
        await self.put(team_id, user_id, at)
        await self.reindex(team_id)

    async def put(self, team_id: str, user_id: str, at: datetime) -> None:
        """For many at once, who `reindex` after them; until then the workspace counts as due."""
        await self.records.redis.zadd(keys.digest_times(team_id), {user_id: at.timestamp()})

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

    async def due_people(self, team_id: str, now: datetime, most: int | None = None) -> dict[str, datetime]:
        """Who is to be looked at, and since when; the longest due first."""
        start = None if most is None else 0
        times, until = keys.digest_times(team_id), now.timestamp()
        found: Any = await self.records.redis.zrangebyscore(
            times, "-inf", until, start=start, num=most, withscores=True
        )
        return {str(user_id): datetime.fromtimestamp(float(score), UTC) for user_id, score in found}

    async def busy_workspaces(self) -> list[str]:
        """Where something is under way, or has happened that a sweep goes on with."""
        return texts(await self.records.redis.smembers(keys.BUSY))

    async def rest(self, team_id: str, has_more: Callable[[], Awaitable[bool]]) -> None:
        """Until something happens there, unless something still goes on: notices, hard risks, webhooks, or `has_more`.

        All of it is looked at again once it rests: somebody else may have begun something meanwhile.
        """
        if not await self._is_busy(team_id):
            await self.records.redis.srem(keys.BUSY, team_id)
            if await self._is_busy(team_id) or await has_more():
                await self.records.redis.sadd(keys.BUSY, team_id)

    async def _is_busy(self, team_id: str) -> bool:
        under_way = keys.open_notices, keys.hard_risks, keys.webhook_events, keys.deliveries
        return bool(await self.records.redis.exists(*(key(team_id) for key in under_way)))

    async def scheduled_people(self, team_id: str) -> list[str]:
        return texts(await self.records.redis.zrange(keys.digest_times(team_id), 0, -1))
