"""Several workers at one daily message: one sends it, whoever dies, stands still or comes back late."""

import asyncio
from dataclasses import replace

import pytest
from docket import Worker
from redis.asyncio import RedisCluster
from slack_sdk.web.async_client import AsyncWebClient

from bot import jobs
from bot.domain.notice import NoticeState
from bot.domain.nudge import digest_key
from bot.storage.connection import docket_url
from tests.jobs.office import LIN_DM, TODAY, Office, until
from tests.world import LIN, TEAM


async def test_what_was_sent_is_never_sent_again(planned: Office) -> None:
    """However often its job runs."""
    await planned.deliver()
    for _ in range(3):
        await planned.settle()
    assert len(planned.posts) == 1


async def test_the_intent_is_recorded_before_the_post(planned: Office) -> None:
    """At the moment Slack hears of the message, the store knows that it may have been sent."""
    planned.slack.faults.add("chat.postMessage", "timeout")
    task = asyncio.create_task(planned.deliver())
    await planned.slack.wait_for(lambda: planned.posts)
    digest = await planned.find()
    assert digest is not None
    assert digest.state is NoticeState.POSTING
    assert digest.posting_at == planned.wall()
    await task


async def test_five_workers_at_once(planned: Office) -> None:
    """One sends, the others see that it does."""
    await asyncio.gather(*(planned.deliver() for _ in range(5)))
    assert len(planned.posts) == 1


@pytest.mark.parametrize("was_posted", [True, False], ids=["after the post", "before the post"])
async def test_a_worker_that_died(planned: Office, was_posted: bool) -> None:
    """It leaves a recorded intent and a lease. When both have aged, another worker looks and goes on."""
    notices = planned.services.notices
    digest = await planned.find()
    assert digest is not None
    assert await notices.lease(TEAM, digest.key, "dead")
    await notices.change(TEAM, digest.key, lambda found: found.posting(LIN_DM, ("f1",), planned.wall()))
    if was_posted:
        planned.arrived()
    assert (await planned.settle()).state is NoticeState.POSTING, "the lease is still held"
    assert await planned.has_lease_run_out()
    await planned.settle()
    assert (await planned.settle()).state is NoticeState.SENT
    assert len(planned.digests()) == 1
    assert len(planned.posts) == (0 if was_posted else 1)


async def test_a_worker_that_comes_back_late_changes_nothing(planned: Office) -> None:
    """It stood still while it prepared the message; meanwhile another one has sent it."""
    planned.slack.faults.add("conversations.open", "timeout", delay=0.6)
    late = asyncio.create_task(planned.deliver())
    await planned.slack.wait_for(lambda: planned.calls("conversations.open"))
    assert (await planned.deliver()).state is NoticeState.SENT
    assert (await late).state is NoticeState.SENT
    assert len(planned.posts) == 1


async def test_a_worker_whose_lease_may_end_posts_no_more(planned: Office) -> None:
    """Who looks later finds nothing in the channel, and posts."""
    worker = planned.worker()
    notices = worker.services.notices
    await notices.remember_channel(TEAM, LIN, LIN_DM)
    everywhere: dict[str, str] = {"target_nodes": "primaries"} if isinstance(planned.core.redis, RedisCluster) else {}

    async def client_for(team_id: str) -> AsyncWebClient:
        """Asked for once the message is written; what comes after is the intent, which takes so long."""
        await planned.core.redis.client_pause(700, all=False, **everywhere)
        return await worker.client_for(team_id)

    short = replace(notices, store=replace(notices.store, lease_seconds=1))
    hasty = replace(worker, services=replace(worker.services, notices=short), client_for=client_for)
    digest = await hasty.deliver(TEAM, digest_key(LIN, TODAY))
    assert digest is not None
    assert digest.state is NoticeState.POSTING
    assert planned.posts == []
    await planned.settle()
    assert (await planned.deliver()).state is NoticeState.SENT
    assert len(planned.posts) == 1


async def test_the_job_of_a_stranger_is_nothing(planned: Office) -> None:
    """A job names a person and a day; without a record of it there is nothing to do."""
    assert await planned.worker().deliver(TEAM, digest_key("U0NOBODY", TODAY)) is None
    assert await planned.worker().deliver("T0OTHER", digest_key(LIN, TODAY)) is None
    assert planned.slack.calls == [call for call in planned.slack.calls if call.method == "users.info"]


async def test_a_worker_whose_engine_fails_is_begun_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As by a fault of its own: what it does when the store is away is the engine's affair."""
    monkeypatch.setattr(jobs, "BEGIN_ANEW_AFTER", 0.01)
    really, runs = Worker.run_forever, 0

    async def fails_first(self: Worker) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise KeyError("远大纺织")
        await really(self)

    monkeypatch.setattr(Worker, "run_forever", fails_first)

    async def served() -> set[str]:
        return {TEAM}

    url = docket_url(office.core.store_url)
    async with jobs.opened(url, office.services, office.worker(), office.poster(), served) as (docket, _):
        worker = asyncio.create_task(jobs.work(docket))
        await until(lambda: jobs.is_working(docket, worker))
        await jobs.stop(worker, 5)
    assert runs == 2
    assert "the worker failed and is begun anew: KeyError" in caplog.text
    assert "远大" not in "".join(record.getMessage() for record in caplog.records if record.name == "bot.jobs")


async def test_jobs_are_not_well_once_their_worker_has_ended(office: Office) -> None:
    """What /readyz looks at: alone, while store and Slack are well."""

    async def served() -> set[str]:
        return {TEAM}

    url = docket_url(office.core.store_url)
    async with jobs.opened(url, office.services, office.worker(), office.poster(), served) as (docket, _):
        worker = asyncio.create_task(jobs.work(docket))
        await until(lambda: jobs.is_working(docket, worker))
        await jobs.stop(worker, 5)
        assert worker.done()
        assert not await jobs.is_working(docket, worker)
        alive = asyncio.create_task(asyncio.sleep(60))
        async with docket.redis() as redis:
            await redis.delete(docket.workers_set)
        assert not await jobs.is_working(docket, alive), "it has given no sign of life"
        alive.cancel()
