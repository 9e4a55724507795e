"""The clock's edge: docket on the same store runs the sweep and its jobs, in any number of processes: one a notice, one
for each play that nobody uses, whose approvers are asked, one for each webhook to deliver, one for a workspace whose
tiers are to be looked at, and once a day the erasing of what is past its time.

Nothing of these lives in a job: jobs only name a notice, a change, or a delivery (docket pickles arguments,
so whoever can write to its Redis can run code in a worker: access to the store is a trust boundary). The record in the
workspace's slot comes first; a job that was lost between the two is scheduled again by the next sweep.
"""

import asyncio
import functools
import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any, Final

from docket import ConcurrencyLimit, Docket, Perpetual, Worker

from bot import approvals
from bot.clock import system_clock
from bot.departures import RollCall
from bot.notices import NoticeSender
from bot.services import Services
from bot.telemetry import logs, metrics
from bot.webhooks import WebhookSender

logger = logging.getLogger(__name__)

DOCKET: Final = "factormate-jobs"
"""The prefix of the engine's keys; ours begin with "factormate:"."""
SWEEP_EVERY: Final = timedelta(seconds=10)
RETENTION_EVERY: Final = timedelta(days=1)
REDELIVERY: Final = timedelta(seconds=30)
POLL: Final = timedelta(milliseconds=50)
BEGIN_ANEW_AFTER: Final = 1.0
ROLL_CALL_EVERY: Final = timedelta(hours=6)
"""So that somebody who has left loses access the same day, be one call in vain."""
ROLL_CALL_AGAIN: Final = timedelta(minutes=10)
CONCURRENCY: Final = 20
AT_ONE_ENDPOINT: Final = 2
"""Webhooks on their way to one receiver, from all processes: one that hangs holds up no other job."""
PER_WORKSPACE: Final = CONCURRENCY // 2
"""Notices of one workspace under way at the same time, so that a slow one leaves room for the others."""
LOOKS: Final = 10
"""Workspaces looked at, at the same time."""
PER_SWEEP: Final = 60
"""Notices of one workspace handed out by a sweep: as many as Slack takes until the next."""
ANEW_AFTER: Final = timedelta(minutes=1)
"""A notice that is still open then gets another job, should the engine have lost the first one: whichever runs later
finds nothing left to do."""
CUT_OFF_SECONDS: Final = 0.5

_EVERY: Final = Perpetual(every=SWEEP_EVERY, automatic=True)
_DAILY: Final = Perpetual(every=RETENTION_EVERY, automatic=True)

_PER_ENDPOINT: Final = ConcurrencyLimit("endpoint_id", AT_ONE_ENDPOINT)
_ROLL_CALL: Final = Perpetual(every=ROLL_CALL_EVERY, automatic=True)

OVERDUE_SECONDS: Final = 30
"""A job that nobody has taken up so long after its time: no worker works, or all are held up."""

Sweep = Callable[[], Awaitable[None]]
Job = Callable[..., Coroutine[Any, Any, None]]
Served = Callable[[], Awaitable[Collection[str]]]
"""The workspaces that there is a token for: asked before each step, so that one that is gone is left alone at once."""


@asynccontextmanager
async def opened(
    url: str, services: Services, sender: NoticeSender, webhooks: WebhookSender, served: Served
) -> AsyncIterator[tuple[Docket, Sweep]]:
    """A docket that knows our jobs, and the sweep itself, to be run at once after the clock was moved.

    Workspaces that are not `served` are left alone: the store may remember some this process has no token for.
    """
    roll_call = RollCall(services, sender.client_for)
    async with Docket(name=DOCKET, url=url) as docket:

        async def notice(team_id: Annotated[str, ConcurrencyLimit(PER_WORKSPACE)], notice_key: str) -> None:
            if team_id in await served():
                await sender.deliver(team_id, notice_key)

        async def request(team_id: str, revision_id: str) -> None:
            if team_id in await served():
                await approvals.ask_all(revision_id, await sender.client_for(team_id), team_id, services)

        async def webhook(
            team_id: str, delivery_id: str, endpoint_id: str, limit: ConcurrencyLimit = _PER_ENDPOINT
        ) -> None:
            if team_id in await served():
                await webhooks.deliver(team_id, delivery_id)

        async def recount(team_id: str) -> None:
            if team_id in await served():
                await services.recounts.run(team_id)

        async def tiers(team_id: str) -> None:
            if team_id in await served():
                await services.tiering.run(team_id)

        async def hand_out(team_id: str, known: set[str]) -> None:
            """`known` are the jobs that this look has added already."""
            anew = int(services.notices.wall().timestamp() / ANEW_AFTER.total_seconds())
            for _, each in await services.notices.to_deliver([team_id], PER_SWEEP):
                key = f"{team_id}:{each.key}:{each.attempts}:{each.lookups}:{anew}"
                if key not in known:
                    await docket.add(notice, key=key)(team_id, each.key)
                    known.add(key)

        async def has_more(team_id: str) -> bool:
            return await services.tiering.is_due(team_id) or await services.recounts.is_wanted(team_id)

        async def look(team_id: str) -> None:
            """All that can be due in a workspace. What was planned before goes out before more is planned."""
            for _, delivery in await services.webhooks.to_deliver([team_id]):
                await docket.add(webhook, key=f"{delivery.id}:{delivery.attempts}")(
                    team_id, delivery.id, delivery.endpoint_id
                )
            if await services.workspaces.parked(team_id) is not None:
                return
            known: set[str] = set()
            await hand_out(team_id, known)
            is_tiering = await services.tiering.is_due(team_id)
            if is_tiering:
                await docket.add(tiers, key=f"tiers:{team_id}")(team_id)
            is_recounting = await services.recounts.is_wanted(team_id)
            if is_recounting:
                await docket.add(recount, key=f"recount:{team_id}")(team_id)
            # Before the messages, which leave out what waits for an approver.
            revision_ids = await services.retirements.propose(team_id)
            for revision_id in revision_ids:
                await docket.add(request, key=f"{team_id}:{revision_id}")(team_id, revision_id)
            await services.alerts.plan(team_id)
            await services.nudges.plan_due([team_id], services.ladders.plan, functools.partial(hand_out, known=known))
            await hand_out(team_id, known)
            if not (is_tiering or is_recounting or revision_ids):
                await services.nudges.store.rest(team_id, functools.partial(has_more, team_id))

        has_looked = False

        async def sweep() -> None:
            """Looks where something is due or under way. A process's first sweep looks everywhere: another one may have
            died before it could say that something has happened."""
            nonlocal has_looked
            everywhere, turn = await served(), asyncio.Semaphore(LOOKS)
            team_ids = await services.nudges.to_sweep(everywhere) if has_looked else sorted(everywhere)

            async def one(team_id: str) -> None:
                async with turn:
                    await look(team_id)

            ended = await asyncio.gather(*map(one, team_ids), return_exceptions=True)
            for each in ended:
                if isinstance(each, BaseException):
                    raise each  # once all have been looked at: what goes wrong in one holds up no other
            has_looked = True

        async def every_sweep(perpetual: Perpetual = _EVERY) -> None:
            await sweep()

        async def retention(perpetual: Perpetual = _DAILY) -> None:
            for team_id in {*await served(), *await services.installations.removals()}:
                await services.retention.run(team_id)
            await services.installations.erase_past()

        async def every_roll_call(perpetual: Perpetual = _ROLL_CALL) -> None:
            answered = [await roll_call(team_id) for team_id in await served()]
            if not all(answered):
                perpetual.after(ROLL_CALL_AGAIN)

        for job in (notice, retention, recount, request, tiers, webhook, every_roll_call, every_sweep):
            docket.register(_watched(job))
        yield docket, sweep


def _watched(job: Job) -> Job:
    """Counts and times it, and gives what it logs an id."""
    name = job.__name__.removeprefix("every_")

    @functools.wraps(job)
    async def watched(*arguments: Any, **named: Any) -> None:
        with logs.work(), metrics.job(name):
            await job(*arguments, **named)

    return watched


async def waiting(docket: Docket) -> dict[str, float]:
    """How deep the queue is, for all processes together. Raises when the store does not answer."""
    now = system_clock().timestamp()
    async with docket.redis() as connection:
        redis: Any = connection  # the engine declares less of it than there is
        unfinished = await redis.xlen(docket.stream_key)
        running = (await redis.xpending(docket.stream_key, docket.worker_group_name))["pending"]
        scheduled = await redis.zcard(docket.queue_key)
        overdue = await redis.zcount(docket.queue_key, "-inf", now - OVERDUE_SECONDS)
    return {
        "ready": unfinished - running,
        "running": running,
        "scheduled": scheduled - overdue,
        "overdue": overdue,
    }


async def is_working(docket: Docket, worker: asyncio.Task[None]) -> bool:
    """Whether this process takes jobs: its worker runs and has shown itself in the store a moment ago."""
    if worker.done():
        return False
    async with docket.redis() as redis:
        seen_at = await redis.zscore(docket.workers_set, _worker_name())
    silent = docket.heartbeat_interval * docket.missed_heartbeats
    return seen_at is not None and system_clock().timestamp() - float(seen_at) < silent.total_seconds()


def _worker_name() -> str:
    return f"{socket.gethostname()}#{os.getpid()}"


async def work(docket: Docket, redelivery: timedelta = REDELIVERY) -> None:
    """Runs jobs until cancelled; those under way are finished first. After `redelivery` another worker takes up the
    jobs of one that has died.

    The engine waits out a store that is away by itself. Where it fails for any other reason it is begun anew: without
    jobs a process is of little use, and nobody would notice before the morning.
    """
    while True:
        try:
            async with Worker(
                docket,
                name=_worker_name(),
                concurrency=CONCURRENCY,
                redelivery_timeout=redelivery,
                minimum_check_interval=POLL,
                scheduling_resolution=POLL,
            ) as worker:
                await worker.run_forever()
        except Exception as error:
            logger.error("the worker failed and is begun anew: %s", logs.without_text(error))
            await asyncio.sleep(BEGIN_ANEW_AFTER)
        else:
            return


async def workers(docket: Docket) -> int:
    """How many processes run jobs: those that have given a sign of life within the last seconds."""
    return len(await docket.workers())


async def stop(worker: asyncio.Task[None], seconds: float) -> None:
    """Lets jobs under way finish for so long; those that take longer are cut off, and redelivered elsewhere."""
    for limit in (seconds, CUT_OFF_SECONDS):
        worker.cancel()
        await asyncio.wait([worker], timeout=limit)
