"""Cases: one record each with its reason sealed, found by reader and by customer while they may be open."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.case import Case
from bot.errors import CaseClosedError
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read, readable


@dataclass(frozen=True, slots=True)
class CaseStore:
    records: Records
    sealer: Sealer

    async def open(self, team_id: str, case: Case) -> bool:
        """Saves a new case; False, and nothing changed, for one that was there before."""
        batch = Batch().expect(keys.case(team_id, case.id), None)
        self._put(batch, team_id, case)
        batch.zadd(keys.cases(team_id), case.id, case.opened_at.timestamp())
        return await self.records.commit(batch)

    async def find(self, team_id: str, case_id: str) -> Case | None:
        row = await self.records.get(keys.case(team_id, case_id))
        return self._opened(team_id, row) if row else None

    async def open_to(self, team_id: str, user_id: str, now: datetime) -> list[Case]:
        """Those the person may read now, oldest first."""
        return await self._unended(team_id, keys.cases_of(team_id, user_id), now)

    async def about(self, team_id: str, customer_id: str, now: datetime) -> list[Case]:
        """The open ones about a customer, oldest first."""
        return await self._unended(team_id, keys.cases_about(team_id, customer_id), now)

    async def about_many(self, team_id: str, customer_ids: Iterable[str], now: datetime) -> list[Case]:
        """The open ones about any of these customers; asked for all at once."""
        found = await asyncio.gather(
            *(self._unended_ids(keys.cases_about(team_id, each), now) for each in customer_ids)
        )
        cases = await self._get_many(team_id, [case_id for ids in found for case_id in ids])
        return [case for case in cases if case.is_open(now)]

    async def newest(self, team_id: str, count: int) -> list[Case]:
        """Open or not, newest first."""
        return await self._get_many(
            team_id, texts(await self.records.redis.zrevrange(keys.cases(team_id), 0, count - 1))
        )

    async def change(self, team_id: str, case_id: str, step: Callable[[Case], Case]) -> Case:
        """Load, take one pure step, save; raises CaseClosedError for a case that never was."""

        def write(row: str | None, batch: Batch) -> Case:
            if row is None:
                raise CaseClosedError
            changed = step(self._opened(team_id, row))
            self._put(batch, team_id, changed)
            return changed

        return await self.records.change(keys.case(team_id, case_id), write)

    async def _unended(self, team_id: str, key: str, now: datetime) -> list[Case]:
        found = await self._get_many(team_id, await self._unended_ids(key, now))
        return sorted((case for case in found if case.is_open(now)), key=lambda case: (case.opened_at, case.id))

    async def _unended_ids(self, key: str, now: datetime) -> list[str]:
        return texts(await self.records.redis.zrangebyscore(key, f"({now.timestamp()}", "+inf"))

    async def _get_many(self, team_id: str, case_ids: list[str]) -> list[Case]:
        rows = await self.records.get_many([keys.case(team_id, case_id) for case_id in case_ids])
        return readable(lambda row: self._opened(team_id, row), rows)

    def _put(self, batch: Batch, team_id: str, case: Case) -> None:
        key = keys.case(team_id, case.id)
        sealed = case.model_dump(mode="json")
        sealed["reason"] = self.sealer.seal(case.reason, key)
        batch.set(key, json.dumps(sealed))
        if not case.customer_id:
            return
        ends_at = case.ends_at.timestamp() if case.ends_at else float("inf")
        for place in (
            keys.cases_about(team_id, case.customer_id),
            *(keys.cases_of(team_id, each) for each in case.reader_ids),
        ):
            if case.closed_at is None:
                batch.zadd(place, case.id, ends_at)
            else:
                batch.zrem(place, case.id)

    def _opened(self, team_id: str, row: str) -> Case:
        sealed = json.loads(row)
        sealed["reason"] = self.sealer.open(sealed["reason"], keys.case(team_id, sealed["id"]))
        return read(Case, sealed)
