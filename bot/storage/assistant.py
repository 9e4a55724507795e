"""Which play a conversation with the app is about, for as long as somebody may ask on. Ids only."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.assistant import Talk
from bot.storage import keys
from bot.storage.records import Records
from bot.storage.stored import read


@dataclass(frozen=True, slots=True)
class AssistantStore:
    records: Records

    async def find(self, team_id: str, user_id: str, thread: str) -> Talk | None:
        row = await self.records.get(keys.talk(team_id, user_id, thread))
        return read(Talk, row) if row else None

    async def keep(self, team_id: str, user_id: str, threads: Sequence[str], talk: Talk) -> None:
        row = talk.model_dump_json()
        for each in threads:
            await self.records.redis.set(keys.talk(team_id, user_id, each), row, ex=keys.TTLS["talk"])

    async def forget(self, team_id: str, user_id: str, thread: str) -> None:
        await self.records.redis.delete(keys.talk(team_id, user_id, thread))
