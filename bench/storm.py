"""Bad weather for the engine: people with something due, replicas that are killed, a Slack that fails; and the count.

The suite (tests/jobs/test_chaos.py) and `python -m bench.chaos` share it; they differ in size, length and speed.
"""

import asyncio
import json
import logging
import multiprocessing
import os
import time as time_of_day
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any, Final
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from redis.exceptions import RedisError
from slack_sdk.web.async_client import AsyncWebClient

from bot import appmanifest, assembly, calendars, jobs, slack
from bot.clock import Clock, system_clock
from bot.domain.customer import Tier
from bot.domain.escalation import EscalationRules, week_of
from bot.domain.note import NewCustomer, VisitForm
from bot.domain.notice import Notice, NoticeKind, NoticeState, notice_key
from bot.domain.nudge import LATEST, digest_key
from bot.domain.user import Profile, Role
from bot.domain.visit import Channel
from bot.errors import BotError, StoreUnavailableError
from bot.notices import NoticeSender
from bot.sandbox import Emulator, Message, Workspace
from bot.sandbox.faults import FaultKind
from bot.sandbox.workspace import BusinessClock, Person
from bot.services import Services
from bot.settings import Settings
from bot.storage.connection import connect, docket_url
from bot.storage.sealing import Sealer
from bot.webhooks import WebhookSender

TEAM: Final = "T0STORM"
TOKEN: Final = "xoxb-storm"
OPENS: Final = time(9)
ZONES: Final = ("Asia/Shanghai", "Europe/Berlin", "America/New_York")
KINDS: Final[tuple[FaultKind, ...]] = ("ratelimited", "server_error", "accept_late", "drop")
"""429 with Retry-After, 500, accepted without an answer in time, accepted with the answer lost."""
TEAM_SIZE: Final = 10
LONG_AGO: Final = timedelta(days=60)
_EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Speed:
    """Every waiting time of the product, shortened by the same factor, so that a day's weather fits into minutes."""

    factor: float
    lease_seconds: int

    def wall(self) -> datetime:
        return _EPOCH + (system_clock() - _EPOCH) * self.factor

    @property
    def client_seconds(self) -> float:
        return slack.DIGEST_SECONDS / self.factor

    @property
    def redelivery(self) -> timedelta:
        return max(jobs.REDELIVERY / self.factor, timedelta(seconds=2))

    @property
    def sweep_seconds(self) -> float:
        return jobs.SWEEP_EVERY.total_seconds() / self.factor


class MovedClock:
    """Business time for all processes: a file says which moment it was when, and how fast it has run since."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> datetime:
        told = json.loads(self._path.read_text())
        since = system_clock().timestamp() - float(told["at"])
        return datetime.fromisoformat(told["moment"]) + timedelta(seconds=since * float(told["speed"]))

    def set(self, moment: datetime, speed: float) -> None:
        told = {"moment": moment.isoformat(), "at": system_clock().timestamp(), "speed": speed}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(told))
        fresh.replace(self._path)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a replica finds everything; it is handed over to another process."""

    store_url: str
    slack_url: str
    clock: Path
    field_key: str
    speed: Speed

    async def core(self, stack: AsyncExitStack) -> assembly.Core:
        redis = await connect(self.store_url)
        stack.push_async_callback(redis.aclose)
        settings, sealer = Settings(_env_file=None), Sealer((self.field_key,))
        playbook, is_work = assembly.load_playbook(), calendars.WorkCalendar()
        return assembly.Core(settings, redis, self.store_url, sealer, playbook, None, is_work)

    def services(self, core: assembly.Core, client: AsyncWebClient | None, now: Clock | None = None) -> Services:
        """Without a client people are as they are known to be: Slack is not asked."""

        async def fetch_profile(team_id: str, user_id: str) -> Profile | None:
            if client is None:
                return Profile(name=user_id, locale="zh-CN", tz=zone_of(user_id))
            return await slack.profile(client, team_id, user_id, core.settings.default_tz)

        services = core.services(now or MovedClock(self.clock), fetch_profile)
        store = replace(services.notices.store, lease_seconds=self.speed.lease_seconds)
        notices = replace(services.notices, store=store, wall=self.speed.wall, pace=None)
        nudges = replace(services.nudges, notices=notices)
        ladders = replace(services.ladders, nudges=nudges)
        escalations = replace(services.escalations, nudges=nudges)
        return replace(services, notices=notices, nudges=nudges, ladders=ladders, escalations=escalations)


# a replica


def replica(place: Place) -> None:
    """A process of its own, to be killed at any moment."""
    logging.disable(logging.CRITICAL)  # the job engine tells every death of the store at length
    Thread(target=_ends_with_its_parent, daemon=True).start()
    while True:  # as a supervisor would: a store that is just loading its data lets nobody start
        with suppress(BotError, RedisError, OSError):
            asyncio.run(_replica(place))
        time_of_day.sleep(0.3)


def _ends_with_its_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


async def _replica(place: Place) -> None:
    async with AsyncExitStack() as stack:
        core = await place.core(stack)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        api = f"{place.slack_url}/api/"
        client = slack.digest_client(TOKEN, api, session, place.speed.client_seconds, apart=0)
        services = place.services(core, client)

        async def client_for(team_id: str) -> AsyncWebClient:
            return client

        async def served() -> set[str]:
            return {TEAM}

        sender = NoticeSender(services, client_for, place.speed.wall)
        webhooks = WebhookSender(services.webhooks, session, place.speed.wall)
        while True:
            # The job engine's own client does not wait for a store that comes back; the operator's supervisor does.
            with suppress(RedisError, StoreUnavailableError, OSError):
                async with jobs.opened(docket_url(place.store_url), services, sender, webhooks, served) as (job, sweep):
                    await _both(jobs.work(job, place.speed.redelivery), _sweeping(sweep, place.speed.sweep_seconds))
            await asyncio.sleep(0.2)


async def _both(*work: Any) -> None:
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _sweeping(sweep: jobs.Sweep, seconds: float) -> None:
    while True:
        with suppress(RedisError, StoreUnavailableError):
            await sweep()
        await asyncio.sleep(seconds)


class Replicas:
    """Some processes of which any may be killed; another one takes its place."""

    def __init__(self, place: Place, count: int) -> None:
        self._place = place
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["bench.storm"])
        self._running = [self._start() for _ in range(count)]
        self.killed = 0

    def _start(self) -> Any:
        process = self._context.Process(target=replica, args=(self._place,), daemon=True)
        process.start()
        return process

    def kill(self, rng: Random) -> None:
        """kill -9, whatever it does just now."""
        which = rng.randrange(len(self._running))
        self._end(self._running[which])
        self._running[which] = self._start()
        self.killed += 1

    def stop(self) -> None:
        for each in self._running:
            self._end(each)

    def _end(self, process: Any) -> None:
        process.kill()
        process.join(10)


# the people


def zone_of(user_id: str) -> str:
    """Teams sit together."""
    return ZONES[int(user_id[1:]) // TEAM_SIZE % len(ZONES)]


@dataclass(frozen=True, slots=True)
class Crowd:
    """`size` people in teams of ten, the first of each its lead; everybody has something due for weeks."""

    size: int
    zones: Sequence[str] = ZONES

    @property
    def ids(self) -> list[str]:
        numbers = range(self.size * len(ZONES))
        return [each for number in numbers if zone_of(each := f"U{number:05}") in self.zones][: self.size]

    @property
    def leads(self) -> list[str]:
        return [each for each in self.ids if is_lead(each)]

    @property
    def managers(self) -> list[str]:
        return [each for each in self.ids if not is_lead(each)]

    def workspace(self) -> Workspace:
        people = tuple(Person(each, each.lower(), each, tz=zone_of(each)) for each in self.ids)
        return Workspace(TEAM, "Storm", people, (), "factormate", "U0BOT", "B0BOT", "A0STORM", groups=())

    async def settle_in(self, services: Services, today: date, *, promises: bool) -> None:
        """With `promises` every fifth account manager has also broken one, which goes up the line on its own days."""
        await services.workspaces.open(TEAM)
        settings = await services.workspaces.settings(TEAM)
        rules = settings.model_copy(update={"escalation": EscalationRules(per_week=200)})
        await services.workspaces.store.save_settings(TEAM, rules)
        turn = asyncio.Semaphore(20)

        async def one(number: int, user_id: str) -> None:
            role, team = Role.TEAM_LEAD if is_lead(user_id) else Role.ACCOUNT_MANAGER, f"team {user_id[1:-1]}"
            async with turn:
                await services.members.set_roles(TEAM, user_id, frozenset({role}), team, by="storm")
                await services.nudges.join(TEAM, user_id)
                actor = await services.members.actor(TEAM, user_id)
                tier = Tier.C if is_lead(user_id) else Tier.A
                last = today - LONG_AGO * (3 if is_lead(user_id) else 1)
                await services.customers.create(actor, NewCustomer("远大纺织", tier, last_contact_on=last))
                if promises and number % 5 == 0 and not is_lead(user_id):
                    other = await services.customers.create(actor, NewCustomer("恒通电子", Tier.A))
                    form = VisitForm(user_id, other.id, today, Channel.PHONE, "说好发报价", next_step="发报价")
                    await services.visits.save(actor, replace(form, next_step_on=today))

        await asyncio.gather(*(one(number, user_id) for number, user_id in enumerate(self.ids)))


def is_lead(user_id: str) -> bool:
    return user_id.endswith("0")


# Slack


@asynccontextmanager
async def slack_for(crowd: Crowd, now: Clock, wall: Clock) -> AsyncIterator[Emulator]:
    """Without its own limits, and without telling the app of its own messages: nobody listens here."""
    manifest = appmanifest.load()
    manifest["settings"].pop("event_subscriptions", None)

    async def no_move() -> datetime:
        return now()

    emulator = Emulator(
        crowd.workspace(),
        manifest,
        bot_url=None,
        signing_secret="storm",
        bot_token=TOKEN,
        app_token="xapp-storm",
        rate_limits=False,
        clock=BusinessClock(now, no_move, no_move),
        timer=lambda: wall().timestamp(),
    )
    site = web.Application()
    emulator.mount(site)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    emulator.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    await emulator.start()
    try:
        yield emulator
    finally:
        await emulator.close()
        await runner.cleanup()


# the count


@dataclass(slots=True)
class Count:
    """What arrived beside what should have; every list is empty when all is well."""

    messages: int = 0
    digests: int = 0
    escalations: int = 0
    reports: int = 0
    twice: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    """Sent though nothing asked for it: on another day, outside of its hours, of a step that was not taken."""
    unsettled: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.twice or self.missed or self.unasked or self.unsettled)

    def __str__(self) -> str:
        wrong: Mapping[str, list[str]] = {
            "twice": self.twice,
            "missed": self.missed,
            "unasked": self.unasked,
            "unsettled": self.unsettled,
        }
        told = ", ".join(f"{name} {len(found)}{f' {found[:3]}' if found else ''}" for name, found in wrong.items())
        return f"{self.digests} daily messages, {self.escalations} escalations, {self.reports} reports; {told}"


async def count(services: Services, emulator: Emulator, crowd: Crowd, days: Iterable[date]) -> Count:
    """Everybody has something to do on every one of these days, and every account manager a lead to hear of it."""
    found = Count()
    arrived = [each for user_id in crowd.ids for each in emulator.person(user_id).dm_messages()]
    keys = Counter(map(_key, arrived))
    found.messages = len(arrived)
    found.twice = [key for key, times in keys.items() if times > 1]
    wanted = {digest_key(user_id, day) for user_id in crowd.ids for day in days}
    steps = set()
    for user_id in crowd.managers:
        fired = await _fired(services, user_id)
        steps |= fired
        if not fired:
            found.missed.append(f"escalation of {user_id}")
    found.digests, found.escalations = len(wanted & set(keys)), len(steps & set(keys))
    found.missed += sorted((wanted | steps) - set(keys))
    reports = {notice_key(NoticeKind.REPORT, each, week_of(day)) for each in crowd.leads for day in days}
    found.reports = len(reports & set(keys))
    found.unasked = sorted(set(keys) - wanted - steps - reports)
    found.unasked += [f"{_key(each)} at {each.shown_at}" for each in arrived if not _is_in_hours(each)]
    notices = [*await services.notices.under_way(TEAM), *await services.notices.troubled(TEAM)]
    found.unsettled = [f"{each.key} {each.state} {each.error or ''}" for each in notices if not _is_passed_over(each)]
    sent = [await services.notices.find(TEAM, key) for key in wanted | steps]
    found.unsettled += [each.key for each in sent if each is not None and each.state is not NoticeState.SENT]
    return found


async def _fired(services: Services, user_id: str) -> set[str]:
    """The messages of all steps that were taken about one person's follow-ups."""
    followups = services.followups.store
    actor = await services.members.actor(TEAM, user_id)
    due = await followups.due(TEAM, user_id, actor.today(services.notices.now()))
    found = await services.escalations.store.find_many(TEAM, [each.id for each in due])
    return {key for each in found.values() for fired in each.fired for key in fired.notices}


def _is_passed_over(notice: Notice) -> bool:
    """A weekly report whose hours the clock has leapt over: it is settled, as too late."""
    return notice.kind is NoticeKind.REPORT and notice.state is NoticeState.FAILED


def _key(message: Message) -> str:
    return str(((message.metadata or {}).get("event_payload") or {}).get("key"))


def _is_in_hours(message: Message) -> bool:
    """Accepted on its own day, between nine and the end of the day's hours, by the reader's own clock."""
    key = _key(message)
    local = datetime.fromisoformat(message.shown_at).astimezone(ZoneInfo(zone_of(key.split(":")[1])))
    is_its_day = not key.startswith("digest:") or key.endswith(f":{local.date().isoformat()}")
    return is_its_day and OPENS <= local.time() < LATEST


async def settled(services: Services, crowd: Crowd, day: date, zones: Sequence[str] = ZONES) -> bool:
    """Whether everybody of these zones has got the day's message, and nothing is under way any more."""
    for user_id in crowd.ids:
        if zone_of(user_id) in zones:
            notice = await services.nudges.find(TEAM, user_id, day)
            if notice is None or notice.is_open:
                return False
    return not await services.notices.under_way(TEAM)


def describe_machine() -> str:
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
