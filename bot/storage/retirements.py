"""What the people who keep the playbook true were told: which entry will be put to the approvers, and from when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pydantic import TypeAdapter

from bot.storage import keys
from bot.storage.records import Batch, Records

_DAYS: Final = TypeAdapter(dict[str, date])


@dataclass(frozen=True, slots=True)
class RetirementStore:
    """One record a workspace: there is a handful of them at a time."""

    records: Records

    async def named(self, team_id: str) -> Mapping[str, date]:
        """The day that a message named, by entry id."""
        return _read(await self.records.get(keys.retirements(team_id)))

    async def name(self, team_id: str, days: Mapping[str, date]) -> None:
        """Of two messages about an entry the later day holds. Said twice it is said once."""

        def step(found: dict[str, date]) -> None:
            found.update({entry_id: max(day, found.get(entry_id, day)) for entry_id, day in days.items()})

        await self._change(team_id, step)

    async def forget(self, team_id: str, entry_id: str, day: date) -> None:
        """It came to a proposal, or somebody wants the entry. Nothing where another day was named meanwhile."""

        def step(found: dict[str, date]) -> None:
            if found.get(entry_id) == day:
                del found[entry_id]

        await self._change(team_id, step)

    async def _change(self, team_id: str, step: Callable[[dict[str, date]], None]) -> None:
        key = keys.retirements(team_id)

        def write(row: str | None, batch: Batch) -> None:
            before, found = _read(row), _read(row)
            step(found)
            if found != before:
                batch.set(key, _DAYS.dump_json(found).decode()).wakes(team_id)

        await self.records.change(key, write)


def _read(row: str | None) -> dict[str, date]:
    return _DAYS.validate_json(row) if row else {}
