"""The daily round: who is looked at when."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.storage import keys
from tests.builders import LIN, TEAM
from tests.storage.conftest import Stores

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CHEN = "U02CHEN"
HOUR = timedelta(hours=1)


async def test_who_is_looked_at_when(stores: Stores) -> None:
    """The index of workspaces follows the earliest of a workspace's people."""
    nudges = stores.nudges
    await nudges.schedule(TEAM, LIN, NOW + HOUR)
    await nudges.schedule(TEAM, CHEN, NOW)
    await nudges.schedule("T2", LIN, NOW + 2 * HOUR)
    assert await nudges.due_workspaces(NOW - timedelta(seconds=1)) == []
    assert await nudges.due_workspaces(NOW) == [TEAM]
    assert list(await nudges.due_people(TEAM, NOW)) == [CHEN]
    await nudges.schedule(TEAM, CHEN, NOW + 2 * HOUR)
    assert await nudges.due_workspaces(NOW) == []
    assert list(await nudges.due_people(TEAM, NOW + HOUR)) == [LIN]
    await nudges.unschedule(TEAM, LIN)
    assert await nudges.scheduled_people(TEAM) == [CHEN]
    assert await nudges.due_workspaces(NOW + HOUR) == []
    await nudges.unschedule(TEAM, CHEN)
    assert await nudges.due_workspaces(NOW + 2 * HOUR) == ["T2"]


async def test_the_index_is_right_after_a_crowd(stores: Stores) -> None:
    """Twenty people moved at once: the workspace is due with the first of them, and with nobody else."""
    for spread in range(3):
        moments = [NOW + spread * HOUR + each * timedelta(minutes=1) for each in range(20)]
        await asyncio.gather(*(stores.nudges.schedule(TEAM, f"U{each}", at) for each, at in enumerate(moments)))
        assert await stores.redis.zscore(keys.WORKSPACES, TEAM) == min(moments).timestamp()
