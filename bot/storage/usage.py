"""How often each entry was used, by month; votes that can be changed; and whether Slack takes its own buttons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from bot.domain.usage import Usage, Use, month_of
from bot.storage import keys
from bot.storage.records import Batch, Records


@dataclass(frozen=True, slots=True)
class UsageStore:
    records: Records

    async def count(self, team_id: str, use: Use, entry_ids: Iterable[str], day: date) -> None:
        batch = Batch()
        for entry_id in entry_ids:
            _add(batch, team_id, month_of(day), entry_id, use, 1)
            batch.hset(keys.last_used(team_id), entry_id, day.isoformat())
        await self.records.commit(batch)

    async def vote(self, team_id: str, vote_id: str, entry_id: str, use: Use, day: date) -> Use | None:
        """Counts it in the place of an earlier vote, which is returned; the same vote again counts nothing."""
        key = keys.vote(team_id, vote_id)

        def write(row: str | None, batch: Batch) -> Use | None:
            before, month = row.split() if row else (None, month_of(day))
            if before == use:
                return use
            if before is not None:
                _add(batch, team_id, month, entry_id, Use(before), -1)
            _add(batch, team_id, month, entry_id, use, 1)
            batch.set(key, f"{use} {month}", ttl=keys.TTLS["vote"])
            return Use(before) if before else None

        return await self.records.change(key, write)

    async def last_used(self, team_id: str) -> Mapping[str, date]:
        """The day of the last use, by the ids of the entries that were ever used."""
        used = cast("Mapping[str, str]", await self.records.redis.hgetall(keys.last_used(team_id)))
        return {entry_id: date.fromisoformat(day) for entry_id, day in used.items()}

    async def months(self, team_id: str, months: Iterable[str]) -> list[Usage]:
        """Of every entry that was ever used, summed up over these months."""
        used = await self.last_used(team_id)
        found = {entry_id: Usage(entry_id, {}, day) for entry_id, day in used.items()}
        for month in months:
            counted = cast("Mapping[str, str]", await self.records.redis.hgetall(keys.usage(team_id, month)))
            for name, number in counted.items():
                entry_id, use = name.split()
                counts = found.setdefault(entry_id, Usage(entry_id)).counts
                counts[Use(use)] = counts.get(Use(use), 0) + int(number)
        return list(found.values())

    async def is_plain(self, team_id: str) -> bool:
        """Slack refused its own feedback buttons here, not long ago."""
        return bool(await self.records.redis.exists(keys.plain_feedback(team_id)))

    async def remember_plain(self, team_id: str) -> None:
        await self.records.commit(Batch().set(keys.plain_feedback(team_id), "1", ttl=keys.TTLS["plain-feedback"]))


def _add(batch: Batch, team_id: str, month: str, entry_id: str, use: Use, by: int) -> None:
    batch.hincrby(keys.usage(team_id, month), f"{entry_id} {use}", by)
