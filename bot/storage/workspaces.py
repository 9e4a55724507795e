"""Workspaces: which there are, their settings, the version of their data, and what was handled already."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from redis.asyncio import Redis

from bot.domain.entry import OwnerRole
from bot.domain.stored import Stored
from bot.domain.workspace import SCHEMA_ACCEPTED, SCHEMA_VERSION, Parked, Retention, WorkspaceSettings
from bot.errors import SchemaTooNewError
from bot.storage import keys
from bot.storage.records import Batch, Records, read_lately
from bot.storage.replies import texts
from bot.storage.sealing import FieldKeysError, FieldKeysMismatchError, Sealer
from bot.storage.stored import read

READ_LATELY: Final = 64
"""Settings kept as read, by their text."""


@dataclass(frozen=True, slots=True)
class WorkspaceStore:
    records: Records
    sealer: Sealer

    @property
    def redis(self) -> Redis:
        return self.records.redis

    async def all_ids(self) -> list[str]:
        return sorted(texts(await self.redis.zrange(keys.WORKSPACES, 0, -1)))

    async def is_known(self, team_id: str) -> bool:
        """Whether it was ever served."""
        return await self.redis.zscore(keys.WORKSPACES, team_id) is not None

    async def open(self, team_id: str) -> None:
        """Makes the workspace known and stamps its data's version, which only ever rises.

        Bots of the next release may be at work there already. Raises SchemaTooNewError when it was one later still,
        FieldKeysMismatchError when other keys sealed it.
        """
        await self.redis.zadd(keys.WORKSPACES, {team_id: float("inf")}, nx=True)
        key = keys.schema(team_id)

        def stamp(row: str | None, batch: Batch) -> int:
            found = int(row or 0)
            if found < SCHEMA_VERSION:
                batch.set(key, str(SCHEMA_VERSION))
            return max(found, SCHEMA_VERSION)

        found = await self.records.change(key, stamp)
        if found > SCHEMA_ACCEPTED:
            raise SchemaTooNewError(found=found, known=SCHEMA_VERSION)
        await self._check_keys(team_id)

    async def begin(self, team_id: str, now: datetime) -> None:
        """Notes since when the workspace is in use: the oldest line of an earlier release tells, where there is one."""
        oldest = await self.redis.lrange(keys.unchained_audit(team_id), -1, -1)
        began_at = json.loads(oldest[0])["at"] if oldest else now.isoformat()
        await self.redis.set(keys.began(team_id), began_at, nx=True)

    async def began_at(self, team_id: str) -> datetime | None:
        """None while it was never noted."""
        found = await self.redis.get(keys.began(team_id))
        return datetime.fromisoformat(str(found)) if found else None

    async def _check_keys(self, team_id: str) -> None:
        key = keys.key_check(team_id)
        await self.redis.set(key, self.sealer.seal(team_id, key), nx=True)
        try:
            self.sealer.open(str(await self.redis.get(key)), key)
        except FieldKeysError:
            raise FieldKeysMismatchError(team_id=team_id) from None

    async def schema(self, team_id: str) -> int:
        """The version of the workspace's data; 0 where none is stamped."""
        return int(await self.redis.get(keys.schema(team_id)) or 0)

    async def settings(self, team_id: str, default: WorkspaceSettings) -> WorkspaceSettings:
        """What the workspace has not settled for itself is as in `default`."""
        row = await self.redis.get(keys.settings(team_id))
        if not row:
            return default
        return settled_over(default, opened_settings(str(row)))

    async def save_settings(self, team_id: str, settings: WorkspaceSettings) -> None:
        await self.redis.set(keys.settings(team_id), settings.model_dump_json())

    async def set_owners(self, team_id: str, role: OwnerRole, user_ids: tuple[str, ...]) -> None:
        """Nobody else's choice is lost, and what else is settled stays."""

        def step(settled: WorkspaceSettings) -> dict[OwnerRole, tuple[str, ...]]:
            owners = {**settled.owners, role: user_ids}
            return {each: ids for each, ids in owners.items() if ids}

        await self._settle(team_id, "owners", step)

    async def set_retention(self, team_id: str, retention: Retention) -> None:
        """What else is settled stays."""
        await self._settle(team_id, "retention", lambda _: retention)

    async def set_heads(self, team_id: str, user_ids: tuple[str, ...]) -> None:
        """Who is asked above the leads; what else is settled stays."""
        await self._settle(
            team_id, "escalation", lambda settled: settled.escalation.model_copy(update={"heads": user_ids})
        )

    async def _settle(self, team_id: str, name: str, step: Callable[[WorkspaceSettings], object]) -> None:
        key = keys.settings(team_id)

        def write(row: str | None, batch: Batch) -> None:
            settled = read(WorkspaceSettings, row) if row else WorkspaceSettings()
            batch.set(key, settled_with(row, name, step(settled)))

        await self.records.change(key, write)

    async def park(self, team_id: str, parked: Parked) -> bool:
        """False when it was parked before."""
        key = keys.parked(team_id)
        return await self.records.commit(Batch().expect(key, None).set(key, parked_row(parked)))

    async def parked(self, team_id: str) -> Parked | None:
        row = await self.records.get(keys.parked(team_id))
        if row is None:
            return None
        found = json.loads(row)
        return Parked(error=found["error"], at=datetime.fromisoformat(found["at"]))

    async def unpark(self, team_id: str) -> None:
        await self.records.commit(Batch().delete(keys.parked(team_id)).wakes(team_id))

    async def claim(self, team_id: str, delivery_id: str) -> bool:
        """True for the first to handle a delivery; False while it is handled or after it was."""
        key = keys.seen(team_id, delivery_id)
        # A batch, not SET NX: repeated after a lost reply, that would take the first try for somebody else's.
        batch = Batch().expect(key, None).set(key, "working", ttl=keys.TTLS["working"])
        return await self.records.commit(batch)

    async def settle(self, team_id: str, delivery_id: str, *, handled: bool) -> None:
        """Remembers a handled delivery; a failed one is forgotten, so that Slack's retry gets through."""
        key = keys.seen(team_id, delivery_id)
        if handled:
            await self.redis.set(key, "handled", ex=keys.TTLS["seen"])
        else:
            await self.redis.delete(key)


@lru_cache(READ_LATELY)
@read_lately
def opened_settings(row: str) -> WorkspaceSettings:
    return read(WorkspaceSettings, row)


def parked_row(parked: Parked) -> str:
    return json.dumps({"error": parked.error, "at": parked.at.isoformat()})


def settled_with(row: str | None, name: str, value: object) -> str:
    """The stored settings with one of them settled otherwise; what was not settled stays open."""
    settled = read(WorkspaceSettings, row) if row else WorkspaceSettings()
    if isinstance(value, Stored):
        value = value.with_unknown_of(getattr(settled, name))
    changed = settled.model_copy(update={name: value})
    return changed.model_dump_json(include=settled.model_fields_set | {name})


@read_lately
def settled_over(default: WorkspaceSettings, settled: WorkspaceSettings) -> WorkspaceSettings:
    """What the workspace has not settled for itself is as in `default`."""
    return default.model_copy(update={name: getattr(settled, name) for name in settled.model_fields_set})
