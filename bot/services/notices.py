"""The records that make every message of the app's own accord exactly one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.notice import Notice
from bot.storage.notices import NoticeStore


@dataclass(frozen=True, slots=True)
class NoticeService:
    """`now` is business time: which day it is. `wall` is real time: how long ago something was posted."""

    store: NoticeStore
    now: Clock
    wall: Clock

    async def plan(self, team_id: str, notice: Notice) -> bool:
        """Records the intent; False when a notice of this key was planned before."""
        return await self.store.plan(team_id, notice, self.now())

    async def to_deliver(self, team_ids: Collection[str]) -> list[tuple[str, Notice]]:
        """Every notice of these workspaces that waits for a post or a look now."""
        wall = self.wall()
        return [
            (team_id, notice)
            for team_id in team_ids
            for notice in await self.store.open(team_id)
            if notice.is_open and not notice.waits(wall)
        ]

    async def find(self, team_id: str, notice_key: str) -> Notice | None:
        return await self.store.find(team_id, notice_key)

    async def change(self, team_id: str, notice_key: str, step: Callable[[Notice], Notice]) -> Notice:
        return await self.store.change(team_id, notice_key, step, self.now())

    async def under_way(self, team_id: str) -> list[Notice]:
        """Notices whose outcome is not settled, oldest first."""
        return await self.store.open(team_id)

    async def troubled(self, team_id: str) -> list[Notice]:
        return await self.store.troubled(team_id)

    async def lease(self, team_id: str, notice_key: str, holder: str) -> bool:
        return await self.store.lease(team_id, notice_key, holder)

    async def release(self, team_id: str, notice_key: str, holder: str) -> None:
        await self.store.release(team_id, notice_key, holder)
