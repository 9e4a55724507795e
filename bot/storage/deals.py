"""Deals and renewals: one record each with its volume sealed, found by customer."""

import json
from dataclasses import dataclass

from bot.domain.deal import Deal
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read, readable


@dataclass(frozen=True, slots=True)
class DealStore:
    records: Records
    sealer: Sealer

    async def find(self, team_id: str, deal_id: str) -> Deal | None:
        row = await self.records.get(keys.deal(team_id, deal_id))
        return self._opened(team_id, row) if row else None

    def put(self, batch: Batch, team_id: str, deal: Deal) -> None:
        """In the place of one of this id, with what it does to its customer."""
        key = keys.deal(team_id, deal.id)
        sealed = deal.model_dump(mode="json", exclude_none=True)
        if "volume" in sealed:
            sealed["volume"] = self.sealer.seal(sealed["volume"], key)
        batch.set(key, json.dumps(sealed))
        batch.zadd(keys.deals_of(team_id, deal.customer_id), deal.id, deal.began_on.toordinal())

    async def of(self, team_id: str, customer_id: str) -> list[Deal]:
        """The first begun first."""
        ids = texts(await self.records.redis.zrange(keys.deals_of(team_id, customer_id), 0, -1))
        rows = await self.records.get_many([keys.deal(team_id, each) for each in ids]) if ids else []
        return readable(lambda row: self._opened(team_id, row), rows)

    def _opened(self, team_id: str, row: str) -> Deal:
        sealed = json.loads(row)
        if "volume" in sealed:
            sealed["volume"] = self.sealer.open(sealed["volume"], keys.deal(team_id, sealed["id"]))
        return read(Deal, sealed)
