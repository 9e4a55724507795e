"""Notices: one record per key, who sends it now, and the lists of those not settled and of those gone wrong."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot.domain.notice import Found, Kept, Notice, NoticeKind, reader_of
from bot.errors import NoticeNotFoundError
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.stored import read, readable

_KINDS = frozenset(NoticeKind)
PAGE: Final = 120
"""Records read at once."""


@dataclass(frozen=True, slots=True)
class NoticeStore:
    """`lease_seconds`: for how long a worker that has died keeps the others from its notice."""

    records: Records
    lease_seconds: int = keys.TTLS["lease"]

    async def find(self, team_id: str, notice_key: str) -> Notice | None:
        row = await self.records.get(keys.notice(team_id, notice_key))
        return read(Notice, row) if row else None

    async def to_send(self, team_id: str, notice_key: str) -> Found | None:
        wanted = keys.notice(team_id, notice_key), keys.direct(team_id, reader_of(notice_key)), keys.parked(team_id)
        row, channel_id, parked = await self.records.get_many(wanted)
        return Found(_kept(row), channel_id, parked is not None) if row else None

    async def begin(self, team_id: str, before: Kept, after: Notice, holder: str, at: datetime) -> Kept | None:
        """Records the intent to post and leases the notice, in one write: of several workers one gets it.

        None where somebody else holds the notice, or has changed it since it was read.
        """
        lease_key = keys.notice_lease(team_id, after.key)
        batch, kept = _advanced(team_id, before, after, at)
        batch.expect(lease_key, None).set(lease_key, holder, ttl=self.lease_seconds)
        return kept if await self.records.commit(batch) else None

    async def advance(
        self, team_id: str, before: Kept, after: Notice, at: datetime, *, gives_back: str | None = None
    ) -> Kept | None:
        """Takes the record on from where it was read; None where somebody else has changed it since.

        `gives_back` is the holder whose lease ends with this write, if it has not by itself.
        """
        if gives_back is not None:
            batch, kept = _advanced(team_id, before, after, at)
            lease_key = keys.notice_lease(team_id, after.key)
            if await self.records.commit(batch.expect(lease_key, gives_back).delete(lease_key)):
                return kept
        batch, kept = _advanced(team_id, before, after, at)
        return kept if await self.records.commit(batch) else None

    async def plan(self, team_id: str, notice: Notice, planned_at: datetime) -> bool:
        """Records the intent before any job is scheduled; False when a notice of this key was planned before."""
        batch = Batch().expect(keys.notice(team_id, notice.key), None)
        put_notice(batch, team_id, notice, planned_at)
        return await self.records.commit(batch)

    async def change(self, team_id: str, notice_key: str, step: Callable[[Notice], Notice], at: datetime) -> Notice:
        def write(row: str | None, batch: Batch) -> Notice:
            if row is None:
                raise NoticeNotFoundError
            found = read(Notice, row)
            changed = step(found)
            put_notice(batch, team_id, changed, at, found)
            return changed

        return await self.records.change(keys.notice(team_id, notice_key), write)

    async def open(self, team_id: str) -> list[Notice]:
        """Every notice whose outcome is not settled, oldest first."""
        return await self._named(team_id, texts(await self.records.redis.zrange(keys.open_notices(team_id), 0, -1)))

    async def to_deliver(self, team_id: str, wall: datetime, most: int | None = None) -> list[Notice]:
        """Those that wait for a post or a look now, oldest first; however many there are, no more are read than that
        takes."""
        found: list[Notice] = []
        for start in itertools.count(0, PAGE):
            names = texts(await self.records.redis.zrange(keys.open_notices(team_id), start, start + PAGE - 1))
            found += [each for each in await self._named(team_id, names) if each.is_open and not each.waits(wall)]
            if len(names) < PAGE or (most is not None and len(found) >= most):
                return found[:most]
        raise AssertionError

    async def troubled(self, team_id: str, count: int = 50) -> list[Notice]:
        """Notices that ended unclear or failed, newest first."""
        names = await self.records.redis.zrevrange(keys.troubled_notices(team_id), 0, count - 1)
        return await self._named(team_id, texts(names))

    async def of_day(self, team_id: str, day: date) -> list[Notice]:
        """Those of the last days, whatever became of them."""
        names = texts(await self.records.redis.smembers(keys.notices_of(team_id, day)))
        return sorted(await self._named(team_id, names), key=lambda each: each.key)

    async def _named(self, team_id: str, names: list[str]) -> list[Notice]:
        rows = await self.records.get_many([keys.notice(team_id, _key(name)) for name in names]) if names else []
        return readable(lambda row: read(Notice, row), rows)

    async def direct(self, team_id: str, user_id: str) -> str | None:
        """The person's conversation with the app, as far as it is remembered."""
        return await self.records.get(keys.direct(team_id, user_id))

    async def remember_direct(self, team_id: str, user_id: str, channel_id: str | None) -> None:
        """None forgets it."""
        key = keys.direct(team_id, user_id)
        if channel_id is None:
            await self.records.commit(Batch().delete(key))
        else:
            await self.records.commit(Batch().set(key, channel_id, ttl=keys.TTLS["direct"]))

    async def lease(self, team_id: str, notice_key: str, holder: str) -> bool:
        """Lets one worker at a time send a notice; ends by itself when the worker dies."""
        key = keys.notice_lease(team_id, notice_key)
        taken = await self.records.redis.set(key, holder, nx=True, ex=self.lease_seconds)
        return bool(taken) or await self.records.redis.get(key) == holder

    async def release(self, team_id: str, notice_key: str, holder: str) -> None:
        key = keys.notice_lease(team_id, notice_key)
        await self.records.commit(Batch().expect(key, holder).delete(key))


def _kept(row: str) -> Kept:
    return Kept(read(Notice, row), row)


def _advanced(team_id: str, before: Kept, after: Notice, at: datetime) -> tuple[Batch, Kept]:
    batch = Batch().expect(keys.notice(team_id, after.key), before.mark)
    return batch, Kept(after, put_notice(batch, team_id, after, at, before.notice))


def put_notice(batch: Batch, team_id: str, notice: Notice, at: datetime, before: Notice | None = None) -> str:
    """Writes the record and its place in the lists: with the sweep while it is open, with the operator in trouble.

    Gives the record's text.
    """
    row = notice.model_dump_json()
    batch.set(keys.notice(team_id, notice.key), row)
    if before is None or before.day != notice.day:
        of_day = keys.notices_of(team_id, notice.day)
        batch.sadd(of_day, _name(notice)).expire(of_day, keys.TTLS["notices-of"])
    if notice.is_open and not (before and before.is_open):
        batch.zadd(keys.open_notices(team_id), _name(notice), at.timestamp()).wakes(team_id)
    if not notice.is_open:
        batch.zrem(keys.open_notices(team_id), _name(notice))
    if notice.is_troubled:
        batch.zadd(keys.troubled_notices(team_id), _name(notice), at.timestamp())
    elif before and before.is_troubled:
        batch.zrem(keys.troubled_notices(team_id), _name(notice))
    return row


def _name(notice: Notice) -> str:
    """A digest is named as releases before 0.5.0 did; apart from its kind, any other by the rest of its record's key,
    by which an erasure knows it."""
    name = notice.key.replace(":", " ", 1)
    return name.removeprefix("digest ").replace(":", " ") if notice.kind is NoticeKind.DIGEST else name


def _key(name: str) -> str:
    key = name.replace(" ", ":")
    return key if key.split(":", 1)[0] in _KINDS else f"{NoticeKind.DIGEST}:{key}"
