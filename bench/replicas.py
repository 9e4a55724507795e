"""Processes of the engine that may be killed at any moment, each waiting as long as a hurried product would."""

import asyncio
import json
import logging
import multiprocessing
import os
import time as time_of_day
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any, Final

from redis.exceptions import RedisError
from slack_sdk.web.async_client import AsyncWebClient

from bench.crowd import TEAM, TOKEN, zone_of
from bot import assembly, calendars, jobs, loading, slack
from bot.clock import Clock, system_clock
from bot.domain.user import Profile
from bot.errors import BotError, StoreUnavailableError
from bot.notices import NoticeSender
from bot.services import Services
from bot.settings import Settings
from bot.storage.connection import connect, docket_url
from bot.storage.sealing import Sealer
from bot.webhooks import WebhookSender

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
        playbook, is_work = loading.playbook(), calendars.WorkCalendar()
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
        session = await stack.enter_async_context(slack.session())
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
        self._context.set_forkserver_preload(["bench.replicas"])
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
