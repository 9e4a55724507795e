"""Whose follow-ups are to be counted anew, and how far that has come."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.domain.stored import Stored
from bot.domain.workspace import WorkspaceSettings
from bot.storage import keys, walking
from bot.storage.records import Batch, Records
from bot.storage.stored import read
from bot.storage.workspaces import settled_over

RULES: Final = ("cadence", "tiers", "load", "calendar")
"""The settings that tiers and follow-ups go by."""


class Recount(Stored):
    """One under way. `round` grows with each that is wanted; `after` is the last customer done, in order of ids."""

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
        found = read(Recount, row) if row else FIRST
        return None if found.is_done else found

    async def set_rules(
        self, team_id: str, default: WorkspaceSettings, step: Callable[[WorkspaceSettings], WorkspaceSettings]
    ) -> tuple[WorkspaceSettings, WorkspaceSettings]:
        """What was and what is settled from now on. With other numbers a recount is wanted, from the first customer."""
        settings_key, key = keys.settings(team_id), keys.recount(team_id)

        def write(rows: list[str | None], batch: Batch) -> tuple[WorkspaceSettings, WorkspaceSettings]:
            settings, row = rows
            settled = read(WorkspaceSettings, settings) if settings else WorkspaceSettings()
            before = settled_over(default, settled)
            after = step(before)
            names = {name for name in RULES if getattr(after, name) != getattr(before, name)}
            if names:
                batch.set(settings_key, after.model_dump_json(include=settled.model_fields_set | names))
                round_ = read(Recount, row).round if row else FIRST.round
                batch.set(key, Recount(round=round_ + 1).model_dump_json()).wakes(team_id)
            return before, after

        return await self.records.change_many([settings_key, key], write)

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
        found = read(Recount, row) if row else FIRST
        if found != under_way:
            return None
        changed = found.model_copy(update={"after": after} if after is not None else {"is_done": True})
        return (
            changed if await self.records.commit(Batch().expect(key, row).set(key, changed.model_dump_json())) else None
        )
