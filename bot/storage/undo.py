"""What was just done with a follow-up, for the minute in which it can be taken back."""

from dataclasses import dataclass

from bot.domain.undo import Undo
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.sealing import Sealer
from bot.storage.stored import read


@dataclass(frozen=True, slots=True)
class UndoStore:
    records: Records
    sealer: Sealer

    async def find(self, team_id: str, followup_id: str) -> Undo | None:
        key = keys.undo(team_id, followup_id)
        row = await self.records.get(key)
        return read(Undo, self.sealer.open(row, key)) if row else None

    async def keep(self, team_id: str, undo: Undo) -> None:
        batch = Batch()
        self.put(batch, team_id, undo)
        await self.records.commit(batch)

    def put(self, batch: Batch, team_id: str, undo: Undo) -> None:
        key = keys.undo(team_id, undo.followup_id)
        batch.set(key, self.sealer.seal(undo.model_dump_json(), key), keys.TTLS["undo"])

    def forget(self, batch: Batch, team_id: str, followup_id: str) -> None:
        batch.delete(keys.undo(team_id, followup_id))
