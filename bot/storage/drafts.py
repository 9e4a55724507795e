"""Notes that are not saved yet: sealed as a whole, a person's own, and gone after a week."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError

from bot.domain.draft import KeptDraft
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import readable, unreadable

_KEPT = TypeAdapter(KeptDraft)
A_DAY: Final = timedelta(days=1)
"""In which a note is to be finished."""


@dataclass(frozen=True, slots=True)
class DraftStore:
    records: Records
    sealer: Sealer

    async def keep(self, team_id: str, user_id: str, kept: KeptDraft, visit_id: str) -> bool:
        """Also in the place of an older state; False where the note was saved as this visit in the meantime."""
        key, found = keys.draft(team_id, user_id, kept.id), keys.drafts_of(team_id, user_id)
        batch = Batch().expect(keys.visit(team_id, visit_id), None)
        customer = kept.draft.customer
        # The customer's id stands in front, where erasing looks for it.
        row = {"customer_id": customer.id if customer else "", "kept": _KEPT.dump_python(kept, mode="json")}
        batch.set(key, self.sealer.seal(json.dumps(row, ensure_ascii=False), key), keys.TTLS["draft"])
        batch.zadd(found, kept.id, kept.kept_at.timestamp()).expire(found, keys.TTLS["draft"])
        return await self.records.commit(batch)

    async def find(self, team_id: str, user_id: str, draft_id: str) -> KeptDraft | None:
        key = keys.draft(team_id, user_id, draft_id)
        row = await self.records.get(key)
        return self._opened(key, row) if row else None

    async def latest(self, team_id: str, user_id: str, count: int, now: datetime) -> list[KeptDraft]:
        """The newest first."""
        oldest = now.timestamp() - keys.TTLS["draft"]
        found = keys.drafts_of(team_id, user_id)
        ids = texts(await self.records.redis.zrevrangebyscore(found, "+inf", oldest, start=0, num=count))
        names = [keys.draft(team_id, user_id, each) for each in ids]
        rows = await self.records.get_many(names)
        kept = [(key, row) for key, row in zip(names, rows, strict=True) if row]
        return readable(lambda each: self._opened(*each), kept)

    async def left(self, team_id: str, user_id: str, now: datetime) -> int:
        """How many were last touched more than a day ago."""
        oldest = now.timestamp() - keys.TTLS["draft"]
        newest = (now - A_DAY).timestamp()
        return int(await self.records.redis.zcount(keys.drafts_of(team_id, user_id), oldest, newest))

    async def discard(self, team_id: str, user_id: str, draft_id: str) -> None:
        batch = Batch()
        forget_draft(batch, team_id, user_id, draft_id)
        await self.records.commit(batch)

    def _opened(self, key: str, row: str) -> KeptDraft:
        try:
            return _KEPT.validate_python(json.loads(self.sealer.open(row, key))["kept"])
        except ValidationError as error:
            raise unreadable(KeptDraft.__name__, error) from None


def forget_draft(batch: Batch, team_id: str, user_id: str, draft_id: str) -> None:
    batch.delete(keys.draft(team_id, user_id, draft_id)).zrem(keys.drafts_of(team_id, user_id), draft_id)
