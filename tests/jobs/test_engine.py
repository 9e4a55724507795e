"""The same through the job engine: sweeps, jobs and workers, on a single server and on a Cluster."""

import asyncio
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from docket import Docket
from slack_sdk.web.async_client import AsyncWebClient

from bench.crowd import TEAM as STORM
from bench.crowd import TOKEN, Crowd, slack_for
from bot import jobs, slack
from bot.domain.customer import Tier
from bot.domain.notice import NoticeState
from bot.domain.user import Profile
from bot.notices import NoticeSender
from bot.storage.connection import docket_url
from tests.jobs.office import AT_NINE, TODAY, Office, until
from tests.world import BOT_TOKEN, CHEN, LIN, TEAM


async def until_sent(office: Office, *user_ids: str) -> None:
    await office.slack.wait_for(lambda: all(office.digests(user_id) for user_id in user_ids), timeout=15)


async def until_settled(office: Office) -> None:
    """Nobody's digest is under way any more."""

    async def is_settled() -> bool:
        return not await office.services.notices.under_way(TEAM)

    await until(is_settled)


@pytest.fixture
async def any_planned(any_office: Office) -> Office:
    """Nine o'clock: Lin and Chen have something to do, and nothing was decided yet."""
    await any_office.overdue(LIN, "远大纺织")
    await any_office.overdue(CHEN, "恒通电子")
    any_office.clock.set(AT_NINE)
    return any_office


async def test_a_worker_sends_by_itself_what_is_due(any_planned: Office) -> None:
    """Its first sweep comes with its start: from the decision to the message in everybody's DM."""
    async with any_planned.engine():
        await until_sent(any_planned, LIN, CHEN)
    assert len(any_planned.posts) == 2


async def test_two_processes_and_their_sweeps_send_once(any_planned: Office) -> None:
    """Both decide, both schedule, both work."""
    async with any_planned.engine() as one, any_planned.engine() as two:
        await asyncio.gather(one(), two(), one(), two())
        await until_sent(any_planned, LIN, CHEN)
        await asyncio.gather(one(), two())
        await until_settled(any_planned)
    assert len(any_planned.posts) == 2


async def test_a_job_lost_after_the_intent_is_scheduled_by_the_next_sweep(any_planned: Office) -> None:
    """The process died between writing the record and adding the job."""
    await any_planned.plan()
    async with any_planned.engine():
        await until_sent(any_planned, LIN, CHEN)
    assert len(any_planned.posts) == 2


async def test_jobs_that_were_wiped_out_come_back(any_planned: Office) -> None:
    """The engine's data is gone (it may live elsewhere, and less safely): the records are enough."""
    async with any_planned.engine(working=False) as sweep:
        await sweep()
    async with Docket(name=jobs.DOCKET, url=docket_url(any_planned.core.store_url)) as docket:
        assert await docket.clear() == 4  # with the recount that a new workspace begins with
    async with any_planned.engine():
        await until_sent(any_planned, LIN, CHEN)
    assert len(any_planned.posts) == 2


async def test_a_duplicated_job_sends_once(planned: Office) -> None:
    """The engine promises at least once: twice at the same time must be harmless."""
    async with planned.engine() as sweep:
        for _ in range(5):
            await sweep()
        await until_sent(planned, LIN)
        await until_settled(planned)
    assert len(planned.digests()) == 1


async def test_an_unclear_post_is_settled_by_later_sweeps(planned: Office) -> None:
    """Half a minute later a sweep looks, and it is found."""
    planned.slack.faults.add("chat.postMessage", "drop")
    async with planned.engine() as sweep:
        await until_sent(planned, LIN)
        planned.wall.advance(timedelta(seconds=31))
        await sweep()
        await until_settled(planned)
    assert len(planned.posts) == 1


async def test_restarts_in_the_middle_send_once(planned: Office) -> None:
    """The process ends while Slack holds back its answer; the next one looks, posts, and goes on."""
    planned.slack.faults.add("chat.postMessage", "timeout")
    async with planned.engine():
        await planned.slack.wait_for(lambda: planned.posts)
    digest = await planned.find()
    assert digest is not None
    assert digest.state is NoticeState.POSTING
    planned.wall.advance(timedelta(seconds=31))
    async with planned.engine() as sweep:

        async def is_sent() -> bool:
            await sweep()
            return bool(planned.digests())

        await until(is_sent)
    assert len(planned.calls("conversations.history")) == 1
    assert (len(planned.posts), len(planned.digests())) == (2, 1)


async def test_a_killed_process_leaves_a_post_that_is_found(planned: Office, store_url: str) -> None:
    """kill -9 between Slack's accepting the message and its answer; nothing but the store survives."""
    planned.slack.faults.add("chat.postMessage", "accept_late")
    planned.wall.set(datetime.now(UTC).isoformat())
    arguments = [store_url, planned.slack.base_url, planned.field_key]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.jobs.dying_worker", *arguments)
    await planned.slack.wait_for(planned.digests, timeout=30)
    process.kill()
    await process.wait()
    digest = await planned.find()
    assert digest is not None
    assert digest.state is NoticeState.POSTING
    planned.wall.advance(timedelta(minutes=1))
    assert (await planned.deliver()).state is NoticeState.POSTING, "its lease is still held"
    assert await planned.has_lease_run_out()
    assert (await planned.deliver()).state is NoticeState.SENT
    assert len(planned.posts) == 1


async def test_a_slow_workspace_delays_no_other(office: Office) -> None:
    """Thirty people of another workspace, whose Slack answers nothing, and a worker that does not lose patience."""
    await office.overdue(LIN, "远大纺织")
    office.clock.set(AT_NINE)
    crowd, services = Crowd(30, ("Asia/Shanghai",)), office.services
    await crowd.settle_in(services, TODAY, promises=False)
    for user_id in crowd.ids:
        await services.members.store.cache_profile(STORM, user_id, Profile(name=user_id, tz="Asia/Shanghai"))
    async with slack_for(crowd, office.clock, office.wall) as slow:
        slow.faults.add("*", "timeout", times=1000)
        clients = {
            team_id: slack.digest_client(token, f"{url}/api/", office.session, 60)
            for team_id, token, url in ((TEAM, BOT_TOKEN, office.slack.base_url), (STORM, TOKEN, slow.base_url))
        }

        async def client_for(team_id: str) -> AsyncWebClient:
            return clients[team_id]

        async def served() -> list[str]:
            return [STORM, TEAM]

        sender = NoticeSender(services, client_for, office.wall)
        opened = jobs.opened(docket_url(office.core.store_url), services, sender, office.poster(), served)
        async with opened as (docket, _):
            working = asyncio.create_task(jobs.work(docket))
            await slow.wait_for(lambda: any(call.method == "conversations.open" for call in slow.calls), 20)
            await until_sent(office, LIN)
            waiting = [call for call in slow.calls if call.method == "conversations.open"]
            assert 0 < len(waiting) <= jobs.PER_WORKSPACE
            await jobs.stop(working, 0.1)


async def test_what_is_past_its_time_is_erased_by_itself(office: Office) -> None:
    """A worker looks once a day, the first time when it starts."""
    customer = await office.customer(LIN, "远大纺织", Tier.A, "2020-01-02")
    await office.services.retention.end(TEAM, customer.id, date(2020, 1, 3), by="test")
    async with office.engine():

        async def is_gone() -> bool:
            return await office.services.customers.customers.find(TEAM, customer.id) is None

        await until(is_gone)
