"""The clock's edge: docket on the same store runs the sweep and its jobs, in any number of processes: one a digest, one
for each play that nobody uses, whose approvers are asked, one for each webhook to deliver, and once a day the erasing
of what is past its time.

Nothing of these lives in a job: jobs only name a person and a day, a change, or a delivery (docket pickles arguments,
so whoever can write to its Redis can run code in a worker: access to the store is a trust boundary). The record in the
workspace's slot comes first; a job that was lost between the two is scheduled again by the next sweep.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Final

from docket import Docket, Perpetual, Worker

from bot import approvals
from bot.digests import DigestSender
from bot.services import Services
from bot.webhooks import WebhookSender

DOCKET: Final = "factormate-jobs"
"""The prefix of the engine's keys; ours begin with "factormate:"."""
SWEEP_EVERY: Final = timedelta(seconds=10)
RETENTION_EVERY: Final = timedelta(days=1)
REDELIVERY: Final = timedelta(seconds=30)
POLL: Final = timedelta(milliseconds=50)
CONCURRENCY: Final = 20
CUT_OFF_SECONDS: Final = 0.5

_EVERY: Final = Perpetual(every=SWEEP_EVERY, automatic=True)
_DAILY: Final = Perpetual(every=RETENTION_EVERY, automatic=True)

Sweep = Callable[[], Awaitable[None]]
Served = Callable[[], Awaitable[Collection[str]]]
"""The workspaces this process has a token for."""


@asynccontextmanager
async def opened(
    url: str, services: Services, sender: DigestSender, webhooks: WebhookSender, served: Served
) -> AsyncIterator[tuple[Docket, Sweep]]:
    """A docket that knows our jobs, and the sweep itself, to be run at once after the clock was moved.

    Workspaces that are not `served` are left alone: the store may remember some this process has no token for.
    """
    async with Docket(name=DOCKET, url=url) as docket:

        async def digest(team_id: str, user_id: str, day: str) -> None:
            if team_id in await served():
                await sender.deliver(team_id, user_id, date.fromisoformat(day))

        async def request(team_id: str, revision_id: str) -> None:
            if team_id in await served():
                await approvals.ask_all(revision_id, await sender.client_for(team_id), team_id, services)

        async def webhook(team_id: str, delivery_id: str) -> None:
            if team_id in await served():
                await webhooks.deliver(team_id, delivery_id)

        async def sweep() -> None:
            team_ids = await served()
            for team_id in team_ids:  # before the messages, which leave out what waits for an approver
                for revision_id in await services.retirements.propose(team_id):
                    await docket.add(request, key=f"{team_id}:{revision_id}")(team_id, revision_id)
            await services.nudges.plan_due(team_ids)
            for team_id, each in await services.nudges.to_deliver(team_ids):
                day = each.day.isoformat()
                key = f"{team_id}:{each.user_id}:{day}:{each.attempts}:{each.lookups}"
                await docket.add(digest, key=key)(team_id, each.user_id, day)
            for team_id, delivery in await services.webhooks.to_deliver(team_ids):
                await docket.add(webhook, key=f"{delivery.id}:{delivery.attempts}")(team_id, delivery.id)

        async def every_sweep(perpetual: Perpetual = _EVERY) -> None:
            await sweep()

        async def retention(perpetual: Perpetual = _DAILY) -> None:
            for team_id in await served():
                await services.retention.run(team_id)

        docket.register(digest)
        docket.register(retention)
        docket.register(request)
        docket.register(webhook)
        docket.register(every_sweep)
        yield docket, sweep


async def work(docket: Docket) -> None:
    """Runs jobs until cancelled; those under way are finished first."""
    async with Worker(
        docket,
        concurrency=CONCURRENCY,
        redelivery_timeout=REDELIVERY,
        minimum_check_interval=POLL,
        scheduling_resolution=POLL,
    ) as worker:
        await worker.run_forever()


async def stop(worker: asyncio.Task[None], seconds: float) -> None:
    """Lets jobs under way finish for so long; those that take longer are cut off, and redelivered elsewhere."""
    for limit in (seconds, CUT_OFF_SECONDS):
        worker.cancel()
        await asyncio.wait([worker], timeout=limit)
