"""Notices: planned once, taken by one worker, listed until settled."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.notice import Notice, NoticeKind, NoticeState
from bot.domain.nudge import digest_key
from bot.errors import NoticeNotFoundError
from tests.builders import LIN, MONDAY, TEAM, make_digest
from tests.storage.conftest import Stores

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CHEN = "U02CHEN"
HOUR = timedelta(hours=1)
LIN_MONDAY = digest_key(LIN, MONDAY)


async def opened(stores: Stores) -> list[str]:
    return [each.key for each in await stores.notices.open(TEAM)]


async def plan(stores: Stores, notice: Notice, at: datetime = NOW) -> bool:
    return await stores.notices.plan(TEAM, notice, at)


async def test_a_digest_is_planned_once(stores: Stores) -> None:
    """Of twenty workers at the same moment one is told that it was the first."""
    outcomes = await asyncio.gather(*(plan(stores, make_digest()) for _ in range(20)))
    assert outcomes.count(True) == 1
    assert await stores.notices.find(TEAM, LIN_MONDAY) == make_digest()
    assert await opened(stores) == [LIN_MONDAY]


async def test_planning_again_does_not_send_again(stores: Stores) -> None:
    """A digest that was sent stays sent."""
    await plan(stores, make_digest())
    sent = await stores.notices.change(TEAM, LIN_MONDAY, lambda found: found.sent("1.2"), NOW)
    assert not await plan(stores, make_digest())
    assert await stores.notices.find(TEAM, LIN_MONDAY) == sent
    assert await opened(stores) == []


async def test_each_person_and_day_has_its_own(stores: Stores) -> None:
    """Oldest first."""
    digests = [(CHEN, MONDAY), (LIN, MONDAY), (LIN, MONDAY + timedelta(days=1))]
    for minute, (user_id, day) in enumerate(digests):
        assert await plan(stores, make_digest(user_id=user_id, day=day), NOW + timedelta(minutes=minute))
    assert await opened(stores) == [digest_key(user_id, day) for user_id, day in digests]


@pytest.mark.parametrize(
    ("state", "is_listed", "is_trouble"),
    [
        (NoticeState.PLANNED, True, False),
        (NoticeState.POSTING, True, False),
        (NoticeState.SENT, False, False),
        (NoticeState.EMPTY, False, False),
        (NoticeState.UNCLEAR, False, True),
        (NoticeState.FAILED, False, True),
    ],
)
async def test_where_a_digest_is_listed(stores: Stores, state: NoticeState, is_listed: bool, is_trouble: bool) -> None:
    """With the sweep while it is open, with the operator when it went wrong."""
    await plan(stores, make_digest())
    changed = await stores.notices.change(
        TEAM, LIN_MONDAY, lambda found: found.model_copy(update={"state": state}), NOW
    )
    assert (await opened(stores) == [LIN_MONDAY]) is is_listed
    assert await stores.notices.troubled(TEAM) == ([changed] if is_trouble else [])


async def test_the_newest_trouble_comes_first(stores: Stores) -> None:
    """As many as are asked for."""
    for hour, user_id in enumerate((LIN, CHEN)):
        await plan(stores, make_digest(user_id=user_id))
        await stores.notices.change(
            TEAM, digest_key(user_id, MONDAY), lambda found: found.unclear("?"), NOW + hour * HOUR
        )
    assert [each.user_id for each in await stores.notices.troubled(TEAM)] == [CHEN, LIN]
    assert [each.user_id for each in await stores.notices.troubled(TEAM, 1)] == [CHEN]


async def test_what_was_never_planned_cannot_be_changed(stores: Stores) -> None:
    """No step makes one up."""
    with pytest.raises(NoticeNotFoundError):
        await stores.notices.change(TEAM, LIN_MONDAY, Notice.empty, NOW)


async def test_one_worker_at_a_time_holds_a_digest(stores: Stores) -> None:
    """The holder may ask again; another gets it when it is given back, which only the holder can do."""
    holders = [f"w{each}" for each in range(10)]
    taken = await asyncio.gather(*(stores.notices.lease(TEAM, LIN_MONDAY, each) for each in holders))
    (holder,) = [name for name, was_first in zip(holders, taken, strict=True) if was_first]
    assert await stores.notices.lease(TEAM, LIN_MONDAY, holder)
    await stores.notices.release(TEAM, LIN_MONDAY, "another")
    assert not await stores.notices.lease(TEAM, LIN_MONDAY, "another")
    await stores.notices.release(TEAM, LIN_MONDAY, holder)
    assert await stores.notices.lease(TEAM, LIN_MONDAY, "another")


async def test_notices_of_every_kind_share_the_lists(stores: Stores) -> None:
    """What a release before 0.5.0 has put there stays readable beside them."""
    await stores.redis.zadd(f"factormate:{{{TEAM}}}:digests-open", {f"{LIN} 2026-03-02": NOW.timestamp()})
    await plan(stores, make_digest())
    about = make_digest(kind=NoticeKind.ESCALATION, ref="contact-c1:1:0", customer_id="c1")
    assert await plan(stores, about, NOW + HOUR)
    assert await opened(stores) == [LIN_MONDAY, f"escalation:{LIN}:contact-c1:1:0"]
    failed = await stores.notices.change(TEAM, about.key, lambda found: found.missed(), NOW)
    assert (await opened(stores), await stores.notices.troubled(TEAM)) == ([LIN_MONDAY], [failed])
