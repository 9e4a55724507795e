"""Digests: planned once, taken by one worker, listed until settled; and who is looked at when."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.nudge import Digest, DigestState
from bot.errors import DigestNotFoundError
from bot.storage import keys
from tests.builders import LIN, MONDAY, TEAM, make_digest
from tests.storage.conftest import Stores

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CHEN = "U02CHEN"
HOUR = timedelta(hours=1)


async def plan(stores: Stores, digest: Digest, at: datetime = NOW) -> bool:
    return await stores.nudges.plan(TEAM, digest, at)


async def test_a_digest_is_planned_once(stores: Stores) -> None:
    """Of twenty workers at the same moment one is told that it was the first."""
    outcomes = await asyncio.gather(*(plan(stores, make_digest()) for _ in range(20)))
    assert outcomes.count(True) == 1
    assert await stores.nudges.find(TEAM, LIN, MONDAY) == make_digest()
    assert await stores.nudges.open(TEAM) == [(LIN, MONDAY)]


async def test_planning_again_does_not_send_again(stores: Stores) -> None:
    """A digest that was sent stays sent."""
    await plan(stores, make_digest())
    sent = await stores.nudges.change(TEAM, LIN, MONDAY, lambda found: found.sent("1.2"), NOW)
    assert not await plan(stores, make_digest())
    assert await stores.nudges.find(TEAM, LIN, MONDAY) == sent
    assert await stores.nudges.open(TEAM) == []


async def test_each_person_and_day_has_its_own(stores: Stores) -> None:
    """Oldest first."""
    for minute, (user_id, day) in enumerate([(CHEN, MONDAY), (LIN, MONDAY), (LIN, MONDAY + timedelta(days=1))]):
        assert await plan(stores, make_digest(user_id=user_id, day=day), NOW + timedelta(minutes=minute))
    assert await stores.nudges.open(TEAM) == [(CHEN, MONDAY), (LIN, MONDAY), (LIN, MONDAY + timedelta(days=1))]


@pytest.mark.parametrize(
    ("state", "is_listed", "is_trouble"),
    [
        (DigestState.PLANNED, True, False),
        (DigestState.POSTING, True, False),
        (DigestState.SENT, False, False),
        (DigestState.EMPTY, False, False),
        (DigestState.UNCLEAR, False, True),
        (DigestState.FAILED, False, True),
    ],
)
async def test_where_a_digest_is_listed(stores: Stores, state: DigestState, is_listed: bool, is_trouble: bool) -> None:
    """With the sweep while it is open, with the operator when it went wrong."""
    await plan(stores, make_digest())
    changed = await stores.nudges.change(
        TEAM, LIN, MONDAY, lambda found: found.model_copy(update={"state": state}), NOW
    )
    assert (await stores.nudges.open(TEAM) == [(LIN, MONDAY)]) is is_listed
    assert await stores.nudges.troubled(TEAM) == ([changed] if is_trouble else [])


async def test_the_newest_trouble_comes_first(stores: Stores) -> None:
    """As many as are asked for."""
    for hour, user_id in enumerate((LIN, CHEN)):
        await plan(stores, make_digest(user_id=user_id))
        await stores.nudges.change(TEAM, user_id, MONDAY, lambda found: found.unclear("?"), NOW + hour * HOUR)
    assert [each.user_id for each in await stores.nudges.troubled(TEAM)] == [CHEN, LIN]
    assert [each.user_id for each in await stores.nudges.troubled(TEAM, 1)] == [CHEN]


async def test_what_was_never_planned_cannot_be_changed(stores: Stores) -> None:
    """No step makes one up."""
    with pytest.raises(DigestNotFoundError):
        await stores.nudges.change(TEAM, LIN, MONDAY, Digest.empty, NOW)


async def test_one_worker_at_a_time_holds_a_digest(stores: Stores) -> None:
    """The holder may ask again; another gets it when it is given back, which only the holder can do."""
    holders = [f"w{each}" for each in range(10)]
    taken = await asyncio.gather(*(stores.nudges.lease(TEAM, LIN, MONDAY, each) for each in holders))
    (holder,) = [name for name, was_first in zip(holders, taken, strict=True) if was_first]
    assert await stores.nudges.lease(TEAM, LIN, MONDAY, holder)
    await stores.nudges.release(TEAM, LIN, MONDAY, "another")
    assert not await stores.nudges.lease(TEAM, LIN, MONDAY, "another")
    await stores.nudges.release(TEAM, LIN, MONDAY, holder)
    assert await stores.nudges.lease(TEAM, LIN, MONDAY, "another")


async def test_who_is_looked_at_when(stores: Stores) -> None:
    """The index of workspaces follows the earliest of a workspace's people."""
    nudges = stores.nudges
    await nudges.schedule(TEAM, LIN, NOW + HOUR)
    await nudges.schedule(TEAM, CHEN, NOW)
    await nudges.schedule("T2", LIN, NOW + 2 * HOUR)
    assert await nudges.due_workspaces(NOW - timedelta(seconds=1)) == []
    assert await nudges.due_workspaces(NOW) == [TEAM]
    assert await nudges.due_people(TEAM, NOW) == [CHEN]
    await nudges.schedule(TEAM, CHEN, NOW + 2 * HOUR)
    assert await nudges.due_workspaces(NOW) == []
    assert await nudges.due_people(TEAM, NOW + HOUR) == [LIN]
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
