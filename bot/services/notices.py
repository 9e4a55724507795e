"""The records that make every message of the app's own accord exactly one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from bot.clock import Clock
from bot.domain.notice import Found, Kept, Notice
from bot.storage.notices import NoticeStore
from bot.storage.pace import PaceStore


@dataclass(frozen=True, slots=True)
class NoticeService:
    """`now` is business time: which day it is. `wall` is real time: how long ago something was posted."""

    store: NoticeStore
    pace: PaceStore | None
    """None: as fast as Slack takes it."""
    now: Clock
    wall: Clock

    async def plan(self, team_id: str, notice: Notice) -> bool:
        """Records the intent; False when a notice of this key was planned before."""
        now = self.now()
        return await self.store.plan(team_id, notice.model_copy(update={"due_at": notice.due_at or now}), now)

    async def to_deliver(self, team_ids: Collection[str], most: int | None = None) -> list[tuple[str, Notice]]:
        """The notices of these workspaces that wait for a post or a look now, the oldest of each."""
        wall = self.wall()
        waiting = []
        for team_id in team_ids:
            waiting += [(team_id, notice) for notice in await self.store.to_deliver(team_id, wall, most)]
        return waiting

    async def turn(self, team_id: str, method: str, channel_id: str = "") -> float:
        """Seconds after which the method may be called; negative: not now, ask again after so many."""
        return await self.pace.reserve(team_id, method, channel_id) if self.pace else 0.0

    async def remember_channel(self, team_id: str, user_id: str, channel_id: str) -> None:
        await self.store.remember_direct(team_id, user_id, channel_id)

    async def forget_channel(self, team_id: str, user_id: str) -> None:
        await self.store.remember_direct(team_id, user_id, None)

    async def to_send(self, team_id: str, notice_key: str) -> Found | None:
        return await self.store.to_send(team_id, notice_key)

    async def begin(self, team_id: str, before: Kept, after: Notice, holder: str) -> Kept | None:
        """The intent to post, which one of several workers can record; None for the others."""
        return await self.store.begin(team_id, before, after, holder, self.now())

    async def advance(self, team_id: str, before: Kept, after: Notice, *, gives_back: str | None = None) -> Kept | None:
        """None where somebody else has changed the record since it was read."""
        return await self.store.advance(team_id, before, after, self.now(), gives_back=gives_back)

    async def find(self, team_id: str, notice_key: str) -> Notice | None:
        return await self.store.find(team_id, notice_key)

    async def change(self, team_id: str, notice_key: str, step: Callable[[Notice], Notice]) -> Notice:
        return await self.store.change(team_id, notice_key, step, self.now())

    async def under_way(self, team_id: str) -> list[Notice]:
        """Notices whose outcome is not settled, oldest first."""
        return await self.store.open(team_id)

    async def troubled(self, team_id: str) -> list[Notice]:
        return await self.store.troubled(team_id)

    async def of_day(self, team_id: str, day: date) -> list[Notice]:
        return await self.store.of_day(team_id, day)

    async def replay(self, team_id: str, notice_key: str, day: date) -> Notice:
        """Takes up again what was given up; raises NoticeNotFoundError."""
        return await self.change(team_id, notice_key, lambda found: found.replayed(day))

    @property
    def lease_seconds(self) -> int:
        return self.store.lease_seconds

    async def lease(self, team_id: str, notice_key: str, holder: str) -> bool:
        """For a look: a post is leased by its `begin`."""
        return await self.store.lease(team_id, notice_key, holder)

    async def release(self, team_id: str, notice_key: str, holder: str) -> None:
        await self.store.release(team_id, notice_key, holder)
