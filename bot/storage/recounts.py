"""Whose follow-ups are to be counted anew, and how far that has come."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from bot.domain.cadence import CadenceRules
from bot.storage import keys, walking
from bot.storage.records import Batch, Records
from bot.storage.workspaces import settled_with


class Recount(BaseModel):
    """One under way. `round` grows with each that is wanted; `after` is the last customer done, in order of ids."""

    model_config = ConfigDict(frozen=True)
    round: int = 1
    after: str = ""
    is_done: bool = False


FIRST = Recount()
"""What is wanted where nothing is written: an earlier release has filled the workspace, or nobody yet."""


@dataclass(frozen=True, slots=True)
class RecountStore:
    records: Records

    async def find(self, team_id: str) -> Recount | None:
        """The one that is wanted or under way."""
        row = await self.records.get(keys.recount(team_id))
        found = Recount.model_validate_json(row) if row else FIRST
        return None if found.is_done else found

    async def set_rules(self, team_id: str, rules: CadenceRules) -> None:
        """With them a recount is wanted, which begins with the first customer."""
        key = keys.recount(team_id)
        while True:
            settings, row = await self.records.get_many([keys.settings(team_id), key])
            before = Recount.model_validate_json(row) if row else FIRST
            batch = Batch().expect(keys.settings(team_id), settings).expect(key, row)
            batch.set(keys.settings(team_id), settled_with(settings, "cadence", rules))
            batch.set(key, Recount(round=before.round + 1).model_dump_json())
            if await self.records.commit(batch):
                return

    async def customer_ids(self, team_id: str) -> list[str]:
        """Of all customers, in order."""
        prefix = keys.customer(team_id, "")
        found: set[str] = set()
        async for page in walking.pages(self.records.redis, keys.customer(team_id, "*")):
            found |= {each.removeprefix(prefix) for each in page}
        return sorted(found)

    async def came_to(self, team_id: str, under_way: Recount, after: str | None) -> Recount | None:
        """Notes the last customer done; None: all are. Returns None when another one is wanted by now."""
        key = keys.recount(team_id)
        row = await self.records.get(key)
        found = Recount.model_validate_json(row) if row else FIRST
        if found != under_way:
            return None
        changed = found.model_copy(update={"after": after} if after is not None else {"is_done": True})
        return (
            changed if await self.records.commit(Batch().expect(key, row).set(key, changed.model_dump_json())) else None
        )
