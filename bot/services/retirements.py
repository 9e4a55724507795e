"""Entries that nobody used or checked for long: told to who keeps them true, and a week later put to the approvers."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain import retirement
from bot.domain.entry import Entry
from bot.domain.nudge import digest_day
from bot.services.revisions import RevisionService
from bot.services.workspaces import WorkspaceService
from bot.storage.retirements import RetirementStore
from bot.storage.usage import UsageStore


@dataclass(frozen=True, slots=True)
class RetirementService:
    store: RetirementStore
    usage: UsageStore
    revisions: RevisionService
    workspaces: WorkspaceService
    now: Clock
    tz: str
    """By whose days it is counted where nobody's message is concerned."""

    async def days_to_name(self, team_id: str, entries: Iterable[Entry], today: date) -> Mapping[str, date]:
        """By entry id, of those that nobody wants: from when a message of today says the approvers will be asked."""
        found = [entry for entry in entries if retirement.is_unwanted(entry, entry.verified_on, today)]
        if not found:
            return {}
        named, quiet = await asyncio.gather(self.store.named(team_id), self._quiet_since(team_id, found))
        return {
            entry.id: retirement.day_to_name(named.get(entry.id), quiet[entry.id], today)
            for entry in found
            if retirement.is_unwanted(entry, quiet[entry.id], today)
        }

    async def name(self, team_id: str, days: Mapping[str, date]) -> None:
        """A message that names these days has reached somebody who keeps the entries true."""
        if days:
            await self.store.name(team_id, days)

    async def propose(self, team_id: str) -> list[str]:
        """Writes the proposals whose day has come, at the hours of the daily messages.

        Returns the revisions whose approvers are to be asked, again until `asked` says that they were.
        """
        named = await self.store.named(team_id)
        if not named:
            return []
        settings = await self.workspaces.settings(team_id)
        today = digest_day(self.now(), settings.digest_at, self.tz, self.workspaces.calendar(settings))
        if today is None:
            return []
        due = [(entry_id, day) for entry_id, day in named.items() if day <= today]
        found = [await self._propose(team_id, entry_id, day, today) for entry_id, day in due]
        return [revision_id for revision_id in found if revision_id is not None]

    async def asked(self, team_id: str, revision_id: str) -> None:
        """The approvers know of it, or have decided already; what becomes of it is in its history."""
        for entry_id, day in (await self.store.named(team_id)).items():
            if revision_id == _revision_id(entry_id, day):
                await self.store.forget(team_id, entry_id, day)

    async def _propose(self, team_id: str, entry_id: str, day: date, today: date) -> str | None:
        """Several processes at once write one and the same revision."""
        revision_id = _revision_id(entry_id, day)
        history = await self.revisions.history(team_id, entry_id)
        if any(each.id == revision_id for each in history):
            return revision_id
        standing = await self.revisions.standing(team_id, entry_id)
        entry = standing.entry
        if entry is not None:
            quiet = (await self._quiet_since(team_id, [entry]))[entry_id]
            if retirement.is_to_be_proposed(day, quiet, today):
                return (await self.revisions.retire_unused(team_id, revision_id, standing)).id
        await self.store.forget(team_id, entry_id, day)
        return None

    async def _quiet_since(self, team_id: str, entries: list[Entry]) -> Mapping[str, date]:
        """By entry id."""
        used, began_at = await asyncio.gather(self.usage.last_used(team_id), self.workspaces.began_at(team_id))
        histories = await asyncio.gather(*(self.revisions.history(team_id, entry.id) for entry in entries))
        zone = ZoneInfo(self.tz)
        began_on = began_at.astimezone(zone).date()
        found = {}
        for entry, history in zip(entries, histories, strict=True):
            looked_at = [(each.decided_at or each.written_at).astimezone(zone).date() for each in history]
            found[entry.id] = retirement.quiet_since(entry, began_on, used.get(entry.id), looked_at)
        return found


def _revision_id(entry_id: str, day: date) -> str:
    """The proposal that follows from the day that was named, and no other."""
    return f"unused-{entry_id}-{day.isoformat()}"
