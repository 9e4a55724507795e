"""Deciding whose digest is due, and which lead's weekly report."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain import policy
from bot.domain.escalation import week_of
from bot.domain.notice import Moment, Notice, NoticeKind
from bot.domain.nudge import digest_closes, digest_day, digest_key
from bot.domain.reportday import due_on, next_report_at
from bot.domain.user import Member, User
from bot.domain.workcalendar import next_working_moment
from bot.services.members import MemberService
from bot.services.notices import NoticeService
from bot.services.workspaces import WorkspaceService
from bot.storage.nudges import RoundStore

AT_ONCE = 25
"""People of a workspace planned for at the same time: what they write together is durable together."""
PORTION, DRAWN_FROM = 100, 400
ASK_AGAIN = timedelta(minutes=1)
RECHECK = timedelta(hours=1)
"""For whoever flew east, the hour that was right at home would come at night: people are looked at more often."""

Also = Callable[[User], Awaitable[None]]
"""What else is planned for a person in the hours of the daily message."""
Then = Callable[[str], Awaitable[None]]
"""What is done in a workspace (team_id) after some of its people were planned for."""

logger = logging.getLogger(__name__)


async def _nothing(actor: User) -> None:
    """For whoever plans daily messages alone."""


async def _no_more(team_id: str) -> None:
    """For whoever only plans."""


@dataclass(frozen=True, slots=True)
class NudgeService:
    store: RoundStore
    notices: NoticeService
    members: MemberService
    workspaces: WorkspaceService
    now: Clock

    async def to_sweep(self, team_ids: Collection[str]) -> list[str]:
        """Those of these workspaces where somebody is due or something is under way; the others cost nothing."""
        due, busy = await asyncio.gather(self.store.due_workspaces(self.now()), self.store.busy_workspaces())
        return sorted({*due, *busy}.intersection(team_ids))

    async def plan_due(self, team_ids: Collection[str], also: Also = _nothing, then: Then = _no_more) -> None:
        """Records a digest for everybody in these workspaces whose time has come, and does what else is due then.

        In portions, each followed by `then`: what is planned need not wait for the rest, and is not lost with it.
        Drawn from those longest due, so that several processes do not all plan for the same people.
        """
        now = self.now()

        async def plan_all(team_id: str) -> None:
            turn = asyncio.Semaphore(AT_ONCE)  # of each workspace, so that one where Slack is slow delays no other
            done: set[str] = set()

            async def plan(user_id: str, since: datetime) -> None:
                async with turn:  # each may have to ask Slack about the person
                    await self._plan(team_id, user_id, also, since)

            while left := await self._left(team_id, now, done):
                portion = random.sample(sorted(left), min(PORTION, len(left)))  # nosec B311
                await asyncio.gather(*(plan(user_id, left[user_id]) for user_id in portion))
                done.update(portion)
                await then(team_id)
            await self.store.reindex(team_id)

        await asyncio.gather(*map(plan_all, set(team_ids).intersection(await self.store.due_workspaces(now))))

    async def _left(self, team_id: str, now: datetime, done: Collection[str]) -> dict[str, datetime]:
        """Who of those longest due is still to be planned for, and since when."""
        due = await self.store.due_people(team_id, now, DRAWN_FROM)
        return {user_id: since for user_id, since in due.items() if user_id not in done}

    async def plan(self, team_id: str, user_id: str) -> None:
        """For one person who has just chosen another hour: today's digest where it is due, and when to look next."""
        await self._plan(team_id, user_id, _nothing, None)
        await self.store.reindex(team_id)

    async def _plan(self, team_id: str, user_id: str, also: Also, since: datetime | None) -> None:
        """Records today's digest unless it was before, and does what else is due in the day's hours; then sets the next
        time, so that a process that dies in between leaves all of it to another one. The index is left to the caller.
        `since`: when it should have run.

        While Slack does not tell the person's time zone, it is asked again every minute; it may know nobody of that id.
        What goes wrong with the rest is logged, tried again as soon, and keeps nobody's message back.
        """
        actor, is_done = await self.members.find_actor(team_id, user_id), True
        if actor is not None:
            await self.plan_report(actor)
            if await self.plan_today(actor, since) is not None:
                is_done = await _tried(also, actor)
        if actor is None or not is_done:
            await self.store.put(team_id, user_id, self.now() + ASK_AGAIN)
        else:
            await self._set_next(actor)

    async def plan_report(self, actor: User) -> None:
        """One a week, whatever becomes of the weekday that is settled."""
        day = await self.report_day(actor)
        if day is not None:
            notice = Notice(kind=NoticeKind.REPORT, user_id=actor.user_id, day=day, ref=week_of(day))
            await self.notices.plan(actor.team_id, notice)

    async def report_day(self, actor: User) -> date | None:
        """The day whose weekly report may be sent to the actor now; never to who leads no team."""
        if not policy.leads_a_team(actor):
            return None
        settings = await self.workspaces.settings(actor.team_id)
        return due_on(self.now(), settings.report, actor.tz, self.workspaces.calendar(settings))

    async def report_moment(self, actor: User, day: date) -> Moment:
        if await self.report_day(actor) == day:
            return Moment.NOW
        closes = digest_closes(day, (await self.workspaces.settings(actor.team_id)).report.at, actor.tz)
        return Moment.OVER if not policy.leads_a_team(actor) or self.now() >= closes else Moment.EARLY

    async def plan_today(self, actor: User, since: datetime | None = None) -> date | None:
        """Records today's digest unless it was before; the day, if one may be sent now. The next time stays."""
        day = await self.due_day(actor)
        if day is not None:
            hour = datetime.combine(day, await self._at(actor), ZoneInfo(actor.tz))
            due_at = max(hour, since) if since is not None else None
            await self.notices.plan(actor.team_id, Notice(user_id=actor.user_id, day=day, due_at=due_at))
        return day

    async def due_day(self, actor: User) -> date | None:
        """The day whose digest may be sent to the actor now."""
        if not _gets_digests(actor):
            return None
        settings = await self.workspaces.settings(actor.team_id)
        return digest_day(
            self.now(), actor.digest_at or settings.digest_at, actor.tz, self.workspaces.calendar(settings)
        )

    async def moment(self, actor: User, day: date) -> Moment:
        """Whether what is due on the actor's day may be sent now: in the hours of the daily message."""
        if await self.due_day(actor) == day:
            return Moment.NOW
        return Moment.OVER if await self.is_over(actor, day) else Moment.EARLY

    async def is_over(self, actor: User, day: date) -> bool:
        """Whether the day's digest must not be sent any more: its hours are past, or the actor has left the round."""
        return not _gets_digests(actor) or self.now() >= digest_closes(day, await self._at(actor), actor.tz)

    async def _set_next(self, actor: User) -> None:
        """When to look at the person again: at the next digest or before; never for somebody without a role."""
        if not _gets_digests(actor):
            await self.store.unschedule(actor.team_id, actor.user_id)
            return
        now = self.now()
        look_at = min(await self.next_digest_at(actor, now), now + RECHECK)
        if policy.leads_a_team(actor):
            settings = await self.workspaces.settings(actor.team_id)
            look_at = min(look_at, next_report_at(now, settings.report, actor.tz, self.workspaces.calendar(settings)))
        await self.store.put(actor.team_id, actor.user_id, look_at)

    async def join(self, team_id: str, user_id: str) -> None:
        """Takes a person into (or out of) the daily round; today's digest is still due if its time is past."""
        if not _gets_digests(await self.members.find(team_id, user_id)):
            await self.store.unschedule(team_id, user_id)
        elif user_id not in await self.store.scheduled_people(team_id):
            await self.store.schedule(team_id, user_id, self.now())

    async def find(self, team_id: str, user_id: str, day: date) -> Notice | None:
        return await self.notices.find(team_id, digest_key(user_id, day))

    async def next_digest_at(self, actor: User, after: datetime) -> datetime:
        settings = await self.workspaces.settings(actor.team_id)
        at = actor.digest_at or settings.digest_at
        return next_working_moment(after, at, actor.tz, self.workspaces.calendar(settings))

    async def _at(self, actor: User) -> time:
        """The person's own hour, or the workspace's."""
        return actor.digest_at or (await self.workspaces.settings(actor.team_id)).digest_at


def _gets_digests(person: User | Member) -> bool:
    """Account managers and leads for their customers; the others of the staff for what they keep true."""
    return bool(person.roles)


async def _tried(also: Also, actor: User) -> bool:
    try:
        await also(actor)
    except Exception as error:
        logger.error("somebody's escalations were not planned: %s", type(error).__name__)
        return False
    return True
