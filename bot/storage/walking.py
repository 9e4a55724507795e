"""Going through all that is stored, in pages, on every node, while bots go on working."""

from collections.abc import AsyncIterator
from typing import Final

from redis.asyncio import Redis

from bot.storage.keys import PREFIX
from bot.storage.kinds import kind_of

PAGE: Final = 500
_PASSING: Final = {"receipt"}
"""Notes of the store to itself that are gone within a minute."""


async def pages(
    redis: Redis, match: str = f"{PREFIX}:*", size: int = PAGE, type_: str | None = None
) -> AsyncIterator[list[str]]:
    """Our keys: each that is there all the while, once or, rarely, twice."""
    page: list[str] = []
    async for key in redis.scan_iter(match=match, count=size, _type=type_):
        if kind_of(key) not in _PASSING:
            page.append(key)
        if len(page) >= size:
            yield page
            page = []
    if page:
        yield page


async def count(redis: Redis) -> int:
    """How many keys there are on all nodes, other programs' among them."""
    return int(await redis.dbsize())
