"""Fifty people, three workers of which one is killed again and again, and a Slack that fails every tenth call."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis

from bench.counting import count, settled
from bench.crowd import KINDS, Crowd, slack_for
from bench.replicas import MovedClock, Place, Replicas, Speed
from bot.sandbox import Emulator
from bot.storage.sealing import new_key
from tests.jobs.office import TODAY, until

PEOPLE, WORKERS, KILLS = 50, 3, 6
SHANGHAI = ("Asia/Shanghai",)
SPEED = Speed(factor=10.0, lease_seconds=5)
"""An unclear post is looked into after three seconds here; the notice of a dead worker is free again after five."""
PATIENCE = 100
"""Seconds for a machine that is busy with other things; a free one needs about fifteen for all of it."""
MORNING = datetime(2026, 11, 24, 9, 0, 5, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.timeout(240)
async def test_nobody_twice_nobody_missed(redis: Redis, store_url: str, tmp_path: Path) -> None:
    """The day's message for each, and for each account manager one step up the line."""
    rng, crowd, clock = Random(), Crowd(PEOPLE, SHANGHAI), MovedClock(tmp_path / "clock")
    clock.set(MORNING.replace(hour=8), 0)
    key = new_key()
    async with AsyncExitStack() as stack:
        place = Place(store_url, "", tmp_path / "clock", key, SPEED)
        core = await place.core(stack)
        services = place.services(core, None)
        await crowd.settle_in(services, TODAY, promises=False)
        slack = await stack.enter_async_context(slack_for(crowd, clock, place.speed.wall))
        slack.faults.often(0.1, KINDS, rng)
        place = Place(store_url, slack.base_url, tmp_path / "clock", key, SPEED)
        clock.set(MORNING, 60)
        replicas = await asyncio.to_thread(Replicas, place, WORKERS)
        stack.callback(replicas.stop)
        for _ in range(KILLS):
            then = len(slack.calls) + rng.randint(3, 25)
            await slack.wait_for(partial(_has_called, slack, then), PATIENCE)
            await asyncio.to_thread(replicas.kill, rng)
        await until(lambda: settled(services, crowd, TODAY), PATIENCE)
        found = await count(services, slack, crowd, [TODAY])
    assert found.is_good, str(found)
    assert (found.digests, found.escalations) == (PEOPLE, len(crowd.managers))
    assert any(call.fault for call in slack.calls)


def _has_called(slack: Emulator, times: int) -> bool:
    return len(slack.calls) >= times
