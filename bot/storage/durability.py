"""What the store promises about acknowledged writes, and how what was deleted leaves its file, too."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import ResponseError

REWRITE_SECONDS: Final = 600
"""For a server to write its file anew; one of some gigabytes takes minutes."""
REWRITE_PAUSE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Durability:
    """What the store promises about acknowledged writes; None where a managed server does not say."""

    appendonly: str | None
    appendfsync: str | None
    maxmemory_policy: str | None

    @property
    def is_known(self) -> bool:
        return None not in (self.appendonly, self.appendfsync, self.maxmemory_policy)

    @property
    def is_safe(self) -> bool:
        """No acknowledged write is lost in a crash, and none evicted."""
        return (self.appendonly, self.appendfsync, self.maxmemory_policy) == ("yes", "always", "noeviction")


async def durability(client: Redis) -> list[Durability]:
    """One report per server that takes writes."""
    if isinstance(client, RedisCluster):
        return [await _durability(client, target_nodes=node) for node in client.get_primaries()]
    return [await _durability(client)]


async def _durability(client: Redis, **target: Any) -> Durability:
    async def setting(name: str) -> str | None:
        try:
            answer = await client.config_get(name, **target)
        except ResponseError:  # renamed or forbidden, as managed servers do
            return None
        return answer.get(name)

    return Durability(await setting("appendonly"), await setting("appendfsync"), await setting("maxmemory-policy"))


async def rewrite_log(client: Redis) -> bool:
    """Makes every server write its append-only file anew: what was overwritten or deleted is then gone from it.

    False where a server keeps no such file, or may not be told, as with managed ones.
    """
    if isinstance(client, RedisCluster):
        return all([await _rewrite_log(client, target_nodes=node) for node in client.get_primaries()])
    return await _rewrite_log(client)


async def _rewrite_log(client: Redis, **target: Any) -> bool:
    async def state() -> dict[str, Any]:
        return await client.info("persistence", **target)

    if not (await state()).get("aof_enabled"):
        return False
    async with asyncio.timeout(REWRITE_SECONDS):
        while _is_rewriting(await state()):  # noqa: ASYNC110 - it rings no bell; one that began before our deletions
            await asyncio.sleep(REWRITE_PAUSE)
        try:
            await client.bgrewriteaof(**target)
        except ResponseError:
            return False
        while _is_rewriting(found := await state()):  # noqa: ASYNC110
            await asyncio.sleep(REWRITE_PAUSE)
    return bool(found["aof_last_bgrewrite_status"] == "ok")


def _is_rewriting(found: dict[str, Any]) -> bool:
    return bool(found["aof_rewrite_in_progress"] or found["aof_rewrite_scheduled"])
