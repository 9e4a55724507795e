"""Gaps of the playbook and which questions each holds."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.gap import Gap
from bot.domain.question import Question
from bot.errors import ConflictError, GapNotFoundError
from bot.storage import keys
from bot.storage.questions import QuestionStore
from bot.storage.records import TRIES, Batch, Records
from bot.storage.replies import texts
from bot.storage.stored import read, readable


@dataclass(frozen=True, slots=True)
class GapStore:
    records: Records
    questions: QuestionStore

    async def get(self, team_id: str, gap_id: str) -> Gap:
        row = await self.records.get(keys.gap(team_id, gap_id))
        if row is None:
            raise GapNotFoundError
        return read(Gap, row)

    async def latest(self, team_id: str, count: int) -> list[Gap]:
        """Those that are not answered, the latest asked first."""
        ids = texts(await self.records.redis.zrevrange(keys.gaps(team_id), 0, count - 1))
        rows = await self.records.get_many([keys.gap(team_id, each) for each in ids])
        return readable(lambda row: read(Gap, row), rows)

    async def put(self, team_id: str, question_id: str, gap_id: str) -> bool:
        """Groups a question into a gap, which begins with it where there is none yet.

        False when the question is grouped already or gone, or the gap has been answered in the meantime.
        """
        question_key, gap_key = keys.question(team_id, question_id), keys.gap(team_id, gap_id)
        for _ in range(TRIES):
            question_row, gap_row = await self.records.get_many([question_key, gap_key])
            question = self.questions.opened(team_id, question_row) if question_row else None
            if question is None or question.gap_id is not None:
                await self.records.commit(Batch().zrem(keys.ungrouped(team_id), question_id))
                return False
            gap = read(Gap, gap_row) if gap_row else _begun(gap_id, question)
            if not gap.takes_likes:
                return False
            batch = Batch().expect(question_key, question_row).expect(gap_key, gap_row)
            grouped = question.model_copy(update={"gap_id": gap_id})
            batch.set(question_key, self.questions.sealed(team_id, grouped))
            batch.zrem(keys.ungrouped(team_id), question_id)
            self._put(batch, team_id, gap.joined(question))
            if await self.records.commit(batch):
                return True
        raise ConflictError(tries=TRIES)

    async def withdraw(self, team_id: str, question_id: str) -> None:
        """Takes a question back, and with its last one the gap."""
        question_key = keys.question(team_id, question_id)
        for _ in range(TRIES):
            row = await self.records.get(question_key)
            if row is None:
                return
            batch = Batch().expect(question_key, row).delete(question_key)
            batch.zrem(keys.questions(team_id), question_id).zrem(keys.ungrouped(team_id), question_id)
            gap_id = self.questions.opened(team_id, row).gap_id
            if gap_id is not None:
                gap_key = keys.gap(team_id, gap_id)
                gap_row = await self.records.get(gap_key)
                batch.expect(gap_key, gap_row)
                if gap_row is not None:
                    self._put(batch, team_id, read(Gap, gap_row).without(question_id))
            if await self.records.commit(batch):
                return
        raise ConflictError(tries=TRIES)

    async def change(self, team_id: str, gap_id: str, step: Callable[[Gap], Gap]) -> Gap:
        """Load, take one pure step, save. Raises GapNotFoundError."""

        def write(row: str | None, batch: Batch) -> Gap:
            if row is None:
                raise GapNotFoundError
            changed = step(read(Gap, row))
            self._put(batch, team_id, changed)
            return changed

        return await self.records.change(keys.gap(team_id, gap_id), write)

    def _put(self, batch: Batch, team_id: str, gap: Gap) -> None:
        key, index = keys.gap(team_id, gap.id), keys.gaps(team_id)
        if gap.count == 0:
            batch.delete(key).zrem(index, gap.id)
            return
        batch.set(key, gap.model_dump_json())
        if gap.takes_likes:
            batch.zadd(index, gap.id, gap.last_at.timestamp())
        else:
            batch.zrem(index, gap.id)


def _begun(gap_id: str, question: Question) -> Gap:
    return Gap(id=gap_id, opened_at=question.asked_at, last_at=question.asked_at)
