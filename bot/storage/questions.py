"""Questions that no play fitted, kept sealed for the editors."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.question import Question
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer


@dataclass(frozen=True, slots=True)
class QuestionStore:
    records: Records
    sealer: Sealer

    async def keep(self, team_id: str, question: Question) -> None:
        key = keys.question(team_id, question.id)
        stored = question.model_copy(update={"text": self.sealer.seal(question.text, key)})
        batch = Batch()
        batch.set(key, stored.model_dump_json())
        batch.zadd(keys.questions(team_id), question.id, question.asked_at.timestamp())
        await self.records.commit(batch)

    async def since(self, team_id: str, moment: datetime) -> list[Question]:
        """Oldest first."""
        ids = texts(await self.records.redis.zrangebyscore(keys.questions(team_id), moment.timestamp(), "+inf"))
        rows = await self.records.get_many([keys.question(team_id, each) for each in ids])
        found = [Question.model_validate_json(row) for row in rows if row]
        return [
            each.model_copy(update={"text": self.sealer.open(each.text, keys.question(team_id, each.id))})
            for each in found
        ]
