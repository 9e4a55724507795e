"""Who is taken through the first steps; one record a workspace."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.firstrun import FirstRun
from bot.domain.notice import Notice
from bot.storage import keys
from bot.storage.notices import put_notice
from bot.storage.records import Batch, Records
from bot.storage.stored import read


@dataclass(frozen=True, slots=True)
class FirstRunStore:
    records: Records

    async def find(self, team_id: str) -> FirstRun | None:
        row = await self.records.get(keys.first_run(team_id))
        return read(FirstRun, row) if row else None

    async def begin(self, team_id: str, notice: Notice, at: datetime, *, anew: bool) -> bool:
        """Plans the message with the record, so that there is none without the other; False where there was one
        before. `anew`: of this installation."""
        key = keys.first_run(team_id)

        def write(row: str | None, batch: Batch) -> bool:
            before = read(FirstRun, row) if row else None
            if before is not None and (not anew or before.notice_key == notice.key):
                return False
            first_run = FirstRun(user_id=notice.user_id, notice_key=notice.key)
            batch.set(key, first_run.model_dump_json())
            put_notice(batch, team_id, notice, at)
            return True

        return await self.records.change(key, write)

    async def change(self, team_id: str, step: Callable[[FirstRun], FirstRun]) -> None:
        key = keys.first_run(team_id)

        def write(row: str | None, batch: Batch) -> None:
            if row is not None and (after := step(before := read(FirstRun, row))) != before:
                batch.set(key, after.model_dump_json())

        await self.records.change(key, write)

    async def has_customers(self, team_id: str) -> bool:
        """Whether any was ever there."""
        return bool(await self.records.redis.exists(keys.customer_versions(team_id)))
