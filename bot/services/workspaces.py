"""A workspace: its settings, its audit log, and which deliveries of Slack were handled already."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.clock import Clock
from bot.domain.audit import AuditRow
from bot.domain.cadence import CadenceRules
from bot.domain.entry import OwnerRole
from bot.domain.workcalendar import Calendar
from bot.domain.workspace import Parked, WorkspaceSettings
from bot.storage.audit import AuditStore
from bot.storage.workspaces import WorkspaceStore, settled_over
from bot.telemetry import metrics


@dataclass(frozen=True, slots=True)
class WorkspaceService:
    store: WorkspaceStore
    audit: AuditStore
    now: Clock
    defaults: WorkspaceSettings
    calendar_of: Callable[[str], Calendar]
    """By country or region; raises a BotError for one whose holidays nobody knows."""

    async def settings(self, team_id: str) -> WorkspaceSettings:
        return await self.store.settings(team_id, self.defaults)

    def settled(self, found: WorkspaceSettings | None) -> WorkspaceSettings:
        """What the workspace has settled for itself, and the rest as the operator did."""
        return settled_over(self.defaults, found) if found else self.defaults

    def calendar(self, settings: WorkspaceSettings) -> Calendar:
        return self.calendar_of(settings.calendar.country)

    async def calendar_ends_soon(self, team_id: str, today: date) -> date | None:
        """The last day of the holiday data, once it is near."""
        return self.calendar(await self.settings(team_id)).ends_soon(today)

    async def counting(self, team_id: str) -> tuple[CadenceRules, Calendar]:
        """What the workspace's due days are counted by: its numbers, and its working days."""
        settings = await self.settings(team_id)
        return settings.cadence, self.calendar(settings)

    async def set_owners(self, team_id: str, role: OwnerRole, user_ids: tuple[str, ...]) -> None:
        await self.store.set_owners(team_id, role, user_ids)

    async def set_heads(self, team_id: str, user_ids: tuple[str, ...], *, by: str) -> None:
        """The heads of the department, whom the ladder ends with; without any the admins stand there."""
        await self.store.set_heads(team_id, user_ids)
        await self.record(team_id, by, "heads.set", team_id, " ".join(user_ids))

    async def open(self, team_id: str) -> None:
        await self.store.open(team_id)
        await self.store.begin(team_id, self.now())

    async def began_at(self, team_id: str) -> datetime:
        """The moment since which the workspace is in use; now, where none was noted."""
        return await self.store.began_at(team_id) or self.now()

    async def record(self, team_id: str, who: str, action: str, subject: str, detail: str = "") -> None:
        """Adds a row to the audit log: ids only, never a name or what was written."""
        await self.audit.append(team_id, AuditRow(self.now(), who, action, subject, detail))

    async def park(self, team_id: str, error: str) -> bool:
        """Stops all that is sent there of the app's own accord; False when it was stopped before."""
        is_news = await self.store.park(team_id, Parked(error, self.now()))
        if is_news:
            metrics.PARKED.inc()
        return is_news

    async def parked(self, team_id: str) -> Parked | None:
        return await self.store.parked(team_id)

    async def unpark(self, team_id: str) -> None:
        """The token works (again)."""
        await self.store.unpark(team_id)

    async def claim(self, team_id: str, delivery_id: str) -> bool:
        return await self.store.claim(team_id, delivery_id)

    async def settle(self, team_id: str, delivery_id: str, *, handled: bool) -> None:
        await self.store.settle(team_id, delivery_id, handled=handled)
