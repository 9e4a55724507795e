"""Limits of what is taken from one person and one workspace, by replicas that know of each other through the store."""

import pytest
from redis.asyncio import Redis

from bot.errors import TooManyRequestsError
from bot.services.limits import SHARES, LimitService
from bot.storage.limits import LimitStore
from bot.storage.records import Records
from tests.builders import LIN, TEAM
from tests.world import CHEN

LIMIT = 12


def replica(redis: Redis, user_limit: int = LIMIT, workspace_limit: int = 1000) -> LimitService:
    return LimitService(LimitStore(Records(redis)), user_limit, workspace_limit)


async def taken(limits: LimitService, user_id: str = LIN, *, is_typing: bool = False) -> int:
    """How many requests in a row are taken."""
    for count in range(1000):
        try:
            await limits.tell(limits.admit(TEAM, user_id, is_typing=is_typing))
        except TooManyRequestsError:
            return count
    return 1000


async def test_the_limit_is_kept_and_told_with_its_end(any_redis: Redis) -> None:
    """Up to a share more; only the first that is refused says so."""
    limits = replica(any_redis)
    assert LIMIT <= await taken(limits) <= LIMIT + LIMIT // SHARES
    with pytest.raises(TooManyRequestsError) as told:
        await limits.tell(limits.admit(TEAM, LIN))
    assert 1 <= int(str(told.value.values["count"])) <= 10
    assert not told.value.is_first


async def test_replicas_count_together(any_redis: Redis) -> None:
    """Whoever used up the limit at one gets no more than a share from another."""
    one, other = replica(any_redis), replica(any_redis)
    await taken(one)
    assert await taken(other) <= LIMIT // SHARES


async def test_others_go_on(any_redis: Redis) -> None:
    limits = replica(any_redis)
    await taken(limits)
    assert await taken(limits, CHEN) >= LIMIT


async def test_a_workspace_has_a_limit_of_its_own(any_redis: Redis) -> None:
    """However many people share it."""
    limits = replica(any_redis, user_limit=1000, workspace_limit=60)
    assert await taken(limits, LIN) + await taken(limits, CHEN) <= 60 + 60 // SHARES


async def test_typing_is_counted_apart(any_redis: Redis) -> None:
    """Slack tells of every character: that takes nothing from what one asks for."""
    limits = replica(any_redis)
    assert await taken(limits, is_typing=True) >= 5 * LIMIT
    await limits.tell(limits.admit(TEAM, LIN))


async def test_a_quiet_moment_later_all_is_taken_again(any_redis: Redis) -> None:
    """The count ends by itself."""
    limits = replica(any_redis)
    await taken(limits)
    (key,) = [each async for each in any_redis.scan_iter(match="*requests*")]
    assert 0 < await any_redis.pttl(key) <= 10_000
