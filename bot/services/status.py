"""How the app is doing, for whoever asks; for admins, how the workspace is doing."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot import __version__
from bot.clock import Clock
from bot.domain.notice import Notice
from bot.domain.status import House, Status
from bot.domain.user import Role, User
from bot.services.nudges import NudgeService
from bot.services.workspaces import WorkspaceService

LOOKED_BACK = 10
"""Days in which a last daily message is looked for: more than any run of holidays."""


@dataclass(frozen=True, slots=True)
class StatusService:
    nudges: NudgeService
    workspaces: WorkspaceService
    now: Clock

    async def of(self, actor: User, workers: int) -> Status:
        """`workers` are the processes whose jobs run now. The admins' part holds counts only."""
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        await self.workspaces.began_at(actor.team_id)
        seconds = loop.time() - asked_at
        today = actor.today(self.now())
        last, house = await asyncio.gather(self._last(actor, today), self._house(actor, today))
        next_at = await self.nudges.next_digest_at(actor, self.now()) if actor.roles else None
        local = next_at.astimezone(ZoneInfo(actor.tz)) if next_at else None
        return Status(__version__, seconds, workers, last, local, house)

    async def _last(self, actor: User, today: date) -> Notice | None:
        days = [today - timedelta(days=each) for each in range(LOOKED_BACK)]
        found = await asyncio.gather(*(self.nudges.find(actor.team_id, actor.user_id, day) for day in days))
        return next((each for each in found if each is not None), None)

    async def _house(self, actor: User, today: date) -> House | None:
        if not actor.is_(Role.ADMIN):
            return None
        team_id = actor.team_id
        since, staff, notices, troubled, parked = await asyncio.gather(
            self.workspaces.began_at(team_id),
            self.nudges.members.all(team_id),
            self.nudges.notices.of_day(team_id, today),
            self.nudges.notices.troubled(team_id),
            self.workspaces.parked(team_id),
        )
        return House(
            since=since.astimezone(ZoneInfo(actor.tz)),
            people=Counter(role for each in staff for role in each.roles),
            today=Counter(each.state for each in notices),
            troubled=len(troubled),
            parked=parked,
            calendar_until=await self.workspaces.calendar_ends_soon(team_id, today),
        )
