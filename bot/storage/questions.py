"""Questions that were answered badly or not at all, kept sealed for the editors; and what somebody asked last."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain.question import LastAsked, Question
from bot.errors import GapNotFoundError
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read, readable

_TYPED: Final = ("missing", "reply")
"""What people may have typed besides the question itself."""


@dataclass(frozen=True, slots=True)
class QuestionStore:
    records: Records
    sealer: Sealer

    async def keep(self, team_id: str, question: Question) -> None:
        """A new question, which waits for being grouped; kept again, it changes nothing."""
        key = keys.question(team_id, question.id)
        asked = question.asked_at.timestamp()
        batch = Batch().expect(key, None).set(key, self.sealed(team_id, question))
        batch.zadd(keys.questions(team_id), question.id, asked)
        batch.zadd(keys.ungrouped(team_id), question.id, asked)
        await self.records.commit(batch)

    async def find(self, team_id: str, question_id: str) -> Question | None:
        row = await self.records.get(keys.question(team_id, question_id))
        return self.opened(team_id, row) if row else None

    async def all(self, team_id: str, question_ids: Iterable[str]) -> list[Question]:
        """Those that exist, in this order."""
        rows = await self.records.get_many([keys.question(team_id, each) for each in question_ids])
        return readable(lambda row: self.opened(team_id, row), rows)

    async def since(self, team_id: str, moment: datetime) -> list[Question]:
        """Oldest first."""
        index = keys.questions(team_id)
        return await self.all(team_id, texts(await self.records.redis.zrangebyscore(index, moment.timestamp(), "+inf")))

    async def ungrouped(self, team_id: str, count: int) -> list[Question]:
        """Oldest first."""
        return await self.all(team_id, texts(await self.records.redis.zrange(keys.ungrouped(team_id), 0, count - 1)))

    async def change(self, team_id: str, question_id: str, step: Callable[[Question], Question]) -> Question:
        """Load, take one pure step, save. Raises GapNotFoundError."""
        key = keys.question(team_id, question_id)

        def write(row: str | None, batch: Batch) -> Question:
            if row is None:
                raise GapNotFoundError
            changed = step(self.opened(team_id, row))
            batch.set(key, self.sealed(team_id, changed))
            return changed

        return await self.records.change(key, write)

    async def swap_last_asked(self, team_id: str, user_id: str, asked: LastAsked) -> LastAsked | None:
        """Remembers the person's newest question, and returns the one before while it is fresh."""
        key = keys.last_asked(team_id, user_id)
        sealed = self.sealer.seal(asked.model_dump_json(), key)
        row = await self.records.redis.set(key, sealed, ex=keys.TTLS["last-asked"], get=True)
        return read(LastAsked, self.sealer.open(str(row), key)) if row else None

    def sealed(self, team_id: str, question: Question) -> str:
        key = keys.question(team_id, question.id)
        row = question.model_dump(mode="json")
        row["text"] = self.sealer.seal(question.text, key)
        for name in _TYPED:
            if row[name]:
                row[name] = self.sealer.seal(row[name], f"{key}:{name}")
        return json.dumps(row)

    def opened(self, team_id: str, row: str) -> Question:
        values: dict[str, Any] = json.loads(row)
        key = keys.question(team_id, values["id"])
        values["text"] = self.sealer.open(values["text"], key)
        for name in _TYPED:
            if values.get(name):
                values[name] = self.sealer.open(values[name], f"{key}:{name}")
        return read(Question, values)
