"""Installations: the tokens, sealed; which workspaces are served; and what remains after an uninstall."""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.installation import Installation, Removal
from bot.storage import keys, walking
from bot.storage.kinds import opened, with_sealed
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read

STATE_SECONDS: Final = keys.TTLS["oauth-state"]


@dataclass(frozen=True, slots=True)
class InstallationStore:
    """The index of those served lies in another slot than what it names, and is written after it; every step can be
    done again by whoever hears of it again."""

    records: Records
    sealer: Sealer

    async def served(self) -> frozenset[str]:
        return frozenset(texts(await self.records.redis.smembers(keys.INSTALLED)))

    async def of(self, home_id: str) -> Installation | None:
        row = await self.records.get(keys.installation(home_id))
        return self._opened(home_id, row) if row else None

    async def find(self, team_id: str, organisation_id: str | None = None) -> tuple[Installation | None, bool]:
        """The installation that speaks for a workspace: the organisation's before its own; and whether the workspace
        is known to be served by it.

        `organisation_id` is what Slack says where nothing is known here yet.
        """
        own, org = await self.records.get_many([keys.installation(team_id), keys.organisation(team_id)])
        for home_id in dict.fromkeys(each for each in (org, organisation_id) if each):
            if (found := await self.of(home_id)) is not None:
                return found, home_id == org
        return (self._opened(team_id, own), True) if own else (None, False)

    async def save(self, installation: Installation, team_ids: Iterable[str]) -> None:
        """Installed (anew); what was kept of an earlier time is theirs again."""
        home_id = installation.home_id
        batch = Batch().set(keys.installation(home_id), self._sealed(installation)).delete(keys.removed(home_id))
        await self.records.commit(batch.delete(keys.parked(home_id)))
        for team_id in team_ids:
            await self.serve(team_id, home_id)

    async def serve(self, team_id: str, home_id: str) -> None:
        """The workspace is one of those that the installation speaks for."""
        batch = Batch().delete(keys.removed(team_id), keys.parked(team_id)).wakes(team_id)
        if home_id != team_id:
            await self.records.commit(Batch().sadd(keys.organised(home_id), team_id))
            batch.set(keys.organisation(team_id), home_id)
        await self.records.commit(batch)
        await self.records.redis.sadd(keys.INSTALLED, team_id)

    async def renew(self, before: Installation, after: Installation) -> bool:
        """False when it was installed anew, or taken away, meanwhile."""
        key = keys.installation(before.home_id)
        row = await self.records.get(key)
        if row is None or self._opened(before.home_id, row) != before:
            return False
        return await self.records.commit(Batch().expect(key, row).set(key, self._sealed(after)))

    async def lease_renewal(self, home_id: str, holder: str) -> bool:
        """One replica at a time spends the refresh token, which works once."""
        key = keys.renewal(home_id)
        taken = await self.records.redis.set(key, holder, nx=True, ex=keys.TTLS["renewal"])
        return bool(taken) or await self.records.redis.get(key) == holder

    async def release_renewal(self, home_id: str, holder: str) -> None:
        key = keys.renewal(home_id)
        await self.records.commit(Batch().expect(key, holder).delete(key))

    async def organised(self, home_id: str) -> list[str]:
        """The workspaces that an organisation's installation speaks for."""
        return sorted(texts(await self.records.redis.smembers(keys.organised(home_id))))

    async def take_away(self, home_id: str) -> None:
        """The token goes; what is kept of the workspaces stays."""
        batch = Batch().delete(keys.installation(home_id), keys.organised(home_id), keys.renewal(home_id))
        await self.records.commit(batch)

    async def stop(self, team_id: str, removal: Removal, parked: str) -> bool:
        """Nothing is served there any more; False when that was so before. `parked` holds back what is being sent."""
        key, row = keys.removed(team_id), removal.model_dump_json()
        batch = Batch().expect(key, None).set(key, row).set(keys.parked(team_id), parked)
        was_served = await self.records.commit(batch.delete(keys.organisation(team_id)))
        # Again each time, for one that died in between.
        await self.records.redis.srem(keys.INSTALLED, team_id)
        await self.records.redis.zadd(keys.WORKSPACES, {team_id: float("inf")}, xx=True)
        return was_served

    async def removals(self, team_ids: Collection[str]) -> dict[str, Removal]:
        """Of the workspaces that do not have the app any more."""
        rows = await self.records.get_many([keys.removed(each) for each in team_ids]) if team_ids else []
        return {each: read(Removal, row) for each, row in zip(team_ids, rows, strict=True) if row is not None}

    async def erase(self, team_id: str) -> int:
        """Everything of a workspace that does not have the app any more; how many records. Stops where it is installed
        again meanwhile."""
        removed, count = keys.removed(team_id), 0
        row = await self.records.get(removed)
        if row is None:
            return 0
        async for page in walking.pages(self.records.redis, keys.everything(team_id)):
            theirs = [each for each in page if each != removed]
            if not await self.records.commit(Batch().expect(removed, row).delete(*theirs).without_receipt()):
                return count
            count += len(theirs)
        # Last, so that what was cut short is begun again.
        await self.records.redis.zrem(keys.WORKSPACES, team_id)
        await self.records.redis.srem(keys.BUSY, team_id)
        await self.records.commit(Batch().expect(removed, row).delete(removed))
        return count

    async def issue_state(self, state: str) -> None:
        await self.records.commit(Batch().set(_state_key(state), "issued", ttl=STATE_SECONDS))

    async def consume_state(self, state: str) -> bool:
        """True once, for a state that was issued and has not expired."""
        key = _state_key(state)
        return await self.records.commit(Batch().expect(key, "issued").delete(key))

    def _sealed(self, installation: Installation) -> str:
        row = json.dumps(installation.model_dump(mode="json"))
        return with_sealed(keys.installation(installation.home_id), row, self.sealer.seal)

    def _opened(self, home_id: str, row: str) -> Installation:
        found: dict[str, Any] = opened(self.sealer, keys.installation(home_id), row)
        return read(Installation, found)


def _state_key(state: str) -> str:
    """Of its hash: what stands in the store, or in a copy of it, finishes nobody's installation."""
    return keys.oauth_state(hashlib.sha256(state.encode()).hexdigest())
