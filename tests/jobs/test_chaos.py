"""Fifty people, three workers of which one is killed every second or so, and a Slack that fails every tenth call."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from bench.storm import KINDS, Crowd, MovedClock, Place, Replicas, count, settled, slack_for
from bot.storage.sealing import new_key
from tests.jobs.office import TODAY, until

PEOPLE, WORKERS, KILLS = 50, 3, 6
SHANGHAI = ("Asia/Shanghai",)
TEN_TIMES = 10.0
"""A worker's lease ends after 12 seconds here, an unclear post is looked into after three."""
MORNING = datetime(2026, 11, 24, 9, 0, 5, tzinfo=ZoneInfo("Asia/Shanghai"))


async def test_nobody_twice_nobody_missed(redis: Redis, store_url: str, tmp_path: Path) -> None:
    """The day's message for each, and for each account manager one step up the line."""
    rng, crowd, clock = Random(), Crowd(PEOPLE, SHANGHAI), MovedClock(tmp_path / "clock")
    clock.set(MORNING.replace(hour=8), 0)
    key = new_key()
    async with AsyncExitStack() as stack:
        place = Place(store_url, "", tmp_path / "clock", key, TEN_TIMES)
        core = await place.core(stack)
        services = place.services(core, None)
        await crowd.settle_in(services, TODAY, promises=False)
        slack = await stack.enter_async_context(slack_for(crowd, clock, place.speed.wall))
        slack.faults.often(0.1, KINDS, rng)
        place = Place(store_url, slack.base_url, tmp_path / "clock", key, TEN_TIMES)
        clock.set(MORNING, 60)
        replicas = await asyncio.to_thread(Replicas, place, WORKERS)
        stack.callback(replicas.stop)
        for _ in range(KILLS):
            await asyncio.sleep(rng.uniform(0.2, 1.2))  # at any moment: that is what is tested
            await asyncio.to_thread(replicas.kill, rng)
        await until(lambda: settled(services, crowd, TODAY), 40)
        found = await count(services, slack, crowd, [TODAY])
    assert found.is_good, str(found)
    assert (found.digests, found.escalations) == (PEOPLE, len(crowd.managers))
    assert any(call.fault for call in slack.calls)
