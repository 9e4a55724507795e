"""Tiers: one sealed record a customer, found by the day it is looked at next and by whether a lead is to decide."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bot.domain.tierrecord import TierRecord
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read

PAGE: Final = 100
"""Records opened at once: nobody waits for longer than some milliseconds."""


@dataclass(frozen=True, slots=True)
class TieringStore:
    records: Records
    sealer: Sealer

    async def get_many(self, team_id: str, customer_ids: Sequence[str]) -> dict[str, TierRecord]:
        """Of those that have a record."""
        wanted = [keys.tiering(team_id, each) for each in customer_ids]
        rows = zip(customer_ids, wanted, await self.records.get_many(wanted), strict=True)
        return {each: opened_tiering(self.sealer, key, row) for each, key, row in rows if row}

    async def known(self, team_id: str, customer_ids: Sequence[str]) -> dict[str, TierRecord]:
        """The same for any number of customers, page by page."""
        found: dict[str, TierRecord] = {}
        for start in range(0, len(customer_ids), PAGE):
            found |= await self.get_many(team_id, customer_ids[start : start + PAGE])
        return found

    async def to_look_at(self, team_id: str, today: date, count: int) -> list[str]:
        """Customers whose day has come."""
        index = keys.tier_looks(team_id)
        found = await self.records.redis.zrangebyscore(index, "-inf", today.toordinal(), start=0, num=count)
        return texts(found)

    async def look_again(self, team_id: str, on: date) -> None:
        """All of them, on that day at the latest: the volumes that they are compared with have changed."""
        index = keys.tier_looks(team_id)
        async for some in self._pages(team_id):
            await self.records.redis.zadd(index, dict.fromkeys(some, float(on.toordinal())), lt=True, xx=True)

    async def forget(self, team_id: str, customer_id: str) -> None:
        """One that is in the index only: its record went meanwhile, or the relationship is over."""
        batch = Batch().zrem(keys.tier_looks(team_id), customer_id).srem(keys.tier_questions(team_id), customer_id)
        await self.records.commit(batch)

    async def questions(self, team_id: str) -> list[str]:
        return sorted(texts(await self.records.redis.smembers(keys.tier_questions(team_id))))

    async def volumes(self, team_id: str) -> list[Decimal]:
        """What was financed in 12 months for each customer of whom that is known, in rising order."""
        found = []
        async for some in self._pages(team_id):
            wanted = [keys.tiering(team_id, each) for each in some]
            for key, row in zip(wanted, await self.records.get_many(wanted), strict=True):
                volume = json.loads(self.sealer.open(row, key))["inputs"]["volume_12m"] if row else None
                if volume is not None:
                    found.append(Decimal(volume))
        return sorted(found)

    async def _pages(self, team_id: str) -> AsyncIterator[list[str]]:
        found = texts(await self.records.redis.zrange(keys.tier_looks(team_id), 0, -1))
        for start in range(0, len(found), PAGE):
            yield found[start : start + PAGE]


def opened_tiering(sealer: Sealer, key: str, row: str | None) -> TierRecord:
    return read(TierRecord, sealer.open(row, key)) if row else TierRecord()


def put_tiering(batch: Batch, team_id: str, customer_id: str, record: TierRecord, sealer: Sealer) -> None:
    key = keys.tiering(team_id, customer_id)
    batch.set(key, sealer.seal(record.model_dump_json(), key))
    looks_on = record.looks_on.toordinal() if record.looks_on is not None else 0
    batch.zadd(keys.tier_looks(team_id), customer_id, looks_on).wakes(team_id)
    edit = batch.sadd if record.wants_lead else batch.srem
    edit(keys.tier_questions(team_id), customer_id)
