"""Sending by hand every message that is due: daily ones, alerts, what leads are asked, and reports."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final
from zoneinfo import ZoneInfo

from bot import loading, slackdoor
from bot.cli import OperatorError
from bot.cli.desk import OPERATOR, Desk, at_desk
from bot.clock import system_clock
from bot.domain.notice import SETTLE, Moment, Notice, NoticeKind, NoticeState
from bot.domain.nudge import digest_key
from bot.domain.user import Member, Profile, User
from bot.notices import NoticeSender
from bot.services import Services
from bot.settings import Settings
from bot.storage.members import MemberStore

PATIENCE: Final = 2 * SETTLE + timedelta(seconds=10)
"""Long enough to look what became of a post without an answer, and to settle a second one."""
AT_ONCE: Final = 10
BUSY_SECONDS: Final = 0.5
"""Between two looks at a digest that another process has in hand."""

_TROUBLE: Final = (NoticeState.FAILED, NoticeState.UNCLEAR)


class Outcome(Enum):
    SENT = auto()
    NOTHING = auto()
    """Not a working day or hour, nothing due, or done before."""
    TROUBLED = auto()


class ReadOnlyMembers(MemberStore):
    """For a dry run, which leaves no trace: what Slack says about people is not kept either."""

    async def cache_profile(self, team_id: str, user_id: str, profile: Profile) -> None:
        return


def run(at: datetime | None, settings: Settings, workspace: str | None, *, dry_run: bool) -> int:
    """None is now, as the business counts it."""
    moment = at or loading.business_clock(settings)()

    async def work(desk: Desk) -> int:
        return await (_rehearse(desk, moment) if dry_run else _send(desk, moment))

    return at_desk(work, settings, workspace)


async def _rehearse(desk: Desk, moment: datetime) -> int:
    services = desk.services(lambda: moment)
    members = replace(services.members, store=ReadOnlyMembers(services.members.store.records))
    waiting = 0
    for member in _staff(await members.all(desk.team_id)):
        actor = await members.actor(desk.team_id, member.user_id)
        day = await services.nudges.due_day(actor)
        if day is None:
            continue
        sent = await services.nudges.find(desk.team_id, actor.user_id, day)
        daily = await services.daily.of(actor, day)
        rows = len([*daily.followup_ids, *daily.soon_ids, *daily.idle, *daily.reviews, *(daily.gaps or ())])
        if sent is not None and not sent.is_open:
            print(f"{_name(actor)}: nothing more on {day} ({sent.state})")
        elif rows:
            waiting += 1
            print(f"{_name(actor)}: {_count(rows, 'row')} on {day}")
    who = _count(waiting, "person", "people") if waiting else "Nobody"
    print(f"{who} would get a message at {_shown(moment, desk.settings)}.")
    return 0


async def _send(desk: Desk, moment: datetime) -> int:
    await _ensure_slack(desk)
    services = desk.services(lambda: moment)
    sender = NoticeSender(services, desk.speaking.once_client_for, system_clock)
    staff = _staff(await services.members.all(desk.team_id))
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(member: Member) -> Outcome:
        async with turn:
            actor = await services.members.find_actor(desk.team_id, member.user_id)
            if actor is None:
                print(f"{member.user_id}: Slack does not say who that is just now")
                return Outcome.TROUBLED
            return await _nudge(sender, services, actor)

    await desk.services().workspaces.record(desk.team_id, OPERATOR, "nudges.run", moment.isoformat(timespec="seconds"))
    outcomes = await asyncio.gather(*(one(member) for member in staff))
    outcomes += await _others(sender, services, desk.team_id, staff)
    sent = outcomes.count(Outcome.SENT)
    print(f"Sent {_count(sent, 'message')} for {_shown(moment, desk.settings)}.")
    return 1 if Outcome.TROUBLED in outcomes else 0


async def _nudge(sender: NoticeSender, services: Services, actor: User) -> Outcome:
    """Brings one person's digest to its end, and says so."""
    day = await services.nudges.due_day(actor)
    if day is None:
        return Outcome.NOTHING
    before = await services.nudges.find(actor.team_id, actor.user_id, day)
    if before is not None and not before.is_open:
        print(f"{_name(actor)}: nothing more on {day} ({before.state})")
        return Outcome.TROUBLED if before.state in _TROUBLE else Outcome.NOTHING
    await services.nudges.plan_today(actor)
    digest = await _settled(sender, actor, digest_key(actor.user_id, day))
    if digest is None or digest.state is NoticeState.EMPTY:
        return Outcome.NOTHING
    if digest.state is NoticeState.SENT:
        rows = len(digest.followup_ids) + len(digest.review_ids) + len(digest.gap_ids)
        print(f"{_name(actor)}: sent {_count(rows, 'row')}")
        return Outcome.SENT
    print(f"{_name(actor)}: {_became(digest)}")
    return Outcome.TROUBLED


async def _others(sender: NoticeSender, services: Services, team_id: str, staff: Iterable[Member]) -> list[Outcome]:
    """What else is due: alerts, what leads are asked, and their reports; one after another, as they are few."""
    await services.alerts.plan(team_id)
    for member in staff:
        actor = await services.members.find_actor(team_id, member.user_id)
        if actor is not None:
            await services.nudges.plan_report(actor)
            if await services.nudges.due_day(actor) is not None:
                await services.ladders.plan(actor)
    outcomes = []
    for notice in await services.notices.under_way(team_id):
        actor = await services.members.find_actor(team_id, notice.user_id)
        if actor is None or notice.kind is NoticeKind.DIGEST or not await _is_due(services, actor, notice):
            continue
        found = await _settled(sender, actor, notice.key)
        if found is not None and found.state is not NoticeState.EMPTY:
            print(f"{_name(actor)}: {found.kind} {_became(found)}")
            outcomes.append(Outcome.SENT if found.state is NoticeState.SENT else Outcome.TROUBLED)
    return outcomes


async def _is_due(services: Services, actor: User, notice: Notice) -> bool:
    if notice.kind is NoticeKind.WELCOME:
        return True
    if notice.kind is NoticeKind.REPORT:
        return await services.nudges.report_moment(actor, notice.day) is Moment.NOW
    return await services.escalations.moment(actor, notice) is Moment.NOW


def _became(notice: Notice) -> str:
    if notice.state is NoticeState.SENT:
        return "sent"
    reason = "not settled yet; a running bot goes on with it" if notice.is_open else f"{notice.state}: {notice.error}"
    return f"{reason} (see: python -m bot nudges status)"


async def _settled(sender: NoticeSender, actor: User, notice_key: str) -> Notice | None:
    """Delivers and, after an unclear outcome, waits until it may be looked at, for as long as that is sensible."""
    deadline = system_clock() + PATIENCE
    while True:
        found = await sender.deliver(actor.team_id, notice_key)
        if found is None or not found.is_open or await sender.services.workspaces.parked(actor.team_id) is not None:
            return found
        until = max(found.retry_at or system_clock(), system_clock() + timedelta(seconds=BUSY_SECONDS))
        if until > deadline:
            return found
        await asyncio.sleep((until - system_clock()).total_seconds())


async def _ensure_slack(desk: Desk) -> None:
    """Raises a sentence for the operator unless messages would go to this very workspace."""
    try:
        await desk.ensure_speaks()
    except (slackdoor.SlackRefusedError, slackdoor.SlackUnreachableError):
        if not desk.settings.is_local:
            raise
        where = slackdoor.base_url(desk.settings)
        raise OperatorError(
            f"The local workspace does not run at {where}: start it with `make run`, or add --dry-run.", 1
        ) from None


def _staff(members: Iterable[Member]) -> list[Member]:
    return [member for member in members if member.roles]


def _shown(moment: datetime, settings: Settings) -> str:
    return f"{moment.astimezone(ZoneInfo(settings.default_tz)):%Y-%m-%d %H:%M} ({settings.default_tz})"


def _name(actor: User) -> str:
    return f"{actor.user_id} {actor.name}".strip()


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
