"""Changes to what customers need: one record each, what was said sealed, and never changed afterwards."""

import json
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.need import NeedChange, timeline
from bot.storage import keys
from bot.storage.changes import customer_changed
from bot.storage.records import Batch, Records, read_lately
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read

_WORDS: Final = ("sentence", "statement", "amount", "wanted_by", "why")


@dataclass(frozen=True, slots=True)
class NeedStore:
    records: Records
    sealer: Sealer

    async def of(self, team_id: str, customer_id: str) -> list[NeedChange]:
        """Everything ever heard of the customer's needs, oldest first."""
        ids = texts(await self.records.redis.zrange(keys.needs_of(team_id, customer_id), 0, -1))
        rows = await self.records.get_many([keys.need_change(team_id, each) for each in ids])
        return timeline(opened_change(self.sealer, team_id, row) for row in rows if row)


def put_need_change(batch: Batch, team_id: str, change: NeedChange, sealer: Sealer) -> None:
    """Nothing is written, and the batch fails, where a change of this id exists already."""
    key = keys.need_change(team_id, change.id)
    row = change.model_dump(mode="json", exclude_defaults=True)
    words = {name: row.pop(name) for name in _WORDS if name in row}
    row["words"] = sealer.seal(json.dumps(words, ensure_ascii=False), key)
    batch.expect(key, None).set(key, json.dumps(row))
    batch.zadd(keys.needs_of(team_id, change.customer_id), change.id, change.on.toordinal())
    batch.set(keys.needs_head(team_id, change.customer_id), change.id)
    customer_changed(batch, team_id, change.customer_id)


@read_lately
def opened_change(sealer: Sealer, team_id: str, row: str) -> NeedChange:
    values: dict[str, Any] = json.loads(row)
    words = sealer.open(values.pop("words"), keys.need_change(team_id, values["id"]))
    return read(NeedChange, values | json.loads(words))
