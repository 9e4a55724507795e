"""Slack's limits, kept by replicas that know of each other only through the store."""

import asyncio
from itertools import pairwise

import pytest
from redis.asyncio import Redis

from bot.storage import pace
from bot.storage.pace import PaceStore
from bot.storage.records import Records
from tests.builders import TEAM

POST = "chat.postMessage"


@pytest.fixture
def replicas(any_redis: Redis) -> list[PaceStore]:
    return [PaceStore(Records(any_redis)) for _ in range(3)]


async def test_replicas_together_write_into_a_channel_once_a_second(replicas: list[PaceStore]) -> None:
    """Each gets a turn of its own, a second after the one before; who would wait too long gets none."""
    turns = await asyncio.gather(*(replicas[each % 3].reserve(TEAM, POST, "D1") for each in range(8)))
    given = sorted(each for each in turns if each >= 0)
    assert len(given) == 5
    assert given[0] < 0.1
    gaps = [after - before for before, after in pairwise(given)]
    assert all(pace.CHANNEL[0] - 0.2 < gap < pace.CHANNEL[0] + 0.2 for gap in gaps)
    assert all(each < -pace.LONGEST for each in turns if each < 0)


async def test_other_channels_and_workspaces_do_not_wait(replicas: list[PaceStore]) -> None:
    for _ in range(5):
        await replicas[0].reserve(TEAM, POST, "D1")
    assert await replicas[1].reserve(TEAM, POST, "D2") == 0
    assert await replicas[2].reserve("T2", POST, "D1") == 0


@pytest.mark.parametrize("method", pace.METHODS)
async def test_a_method_takes_some_at_once_and_then_its_pace(replicas: list[PaceStore], method: str) -> None:
    """Below Slack's figure for a minute, whatever came before."""
    interval, burst = pace.METHODS[method]
    turns = [await replicas[each % 3].reserve(TEAM, method) for each in range(burst + 2)]
    assert turns[:burst] == [0.0] * burst
    assert all(0 < each <= 2 * interval for each in turns[burst:])
    assert burst + 60 / interval <= {"chat.postMessage": 300}.get(method, 50)


async def test_what_was_refused_takes_no_turn(replicas: list[PaceStore]) -> None:
    """Asking over and over moves nobody further back."""
    for _ in range(20):
        await replicas[0].reserve(TEAM, POST, "D1")
    last = await replicas[1].reserve(TEAM, POST, "D1")
    assert -pace.LONGEST - 2 * pace.CHANNEL[0] < last < -pace.LONGEST
