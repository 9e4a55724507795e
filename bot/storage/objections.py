"""What became of the objections of a customer; the notes themselves say when they were raised."""

import json
from dataclasses import dataclass
from typing import cast

from bot.domain.objection import Outcome
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.stored import read


@dataclass(frozen=True, slots=True)
class ObjectionStore:
    records: Records

    async def outcomes(self, team_id: str, customer_id: str) -> list[Outcome]:
        rows = cast("dict[str, str]", await self.records.redis.hgetall(keys.objections(team_id, customer_id)))
        found = []
        for place, row in rows.items():
            visit_id, _, entry_id = place.partition(" ")
            found.append(read(Outcome, {"visit_id": visit_id, "entry_id": entry_id} | json.loads(row)))
        return found


def put_outcome(batch: Batch, team_id: str, customer_id: str, outcome: Outcome) -> None:
    """Said again, the later word counts."""
    row = json.dumps({"held": outcome.held, "by": outcome.by, "on": outcome.on.isoformat()})
    batch.hset(keys.objections(team_id, customer_id), f"{outcome.visit_id} {outcome.entry_id}", row)
