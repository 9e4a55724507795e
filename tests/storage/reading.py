"""Reading a store as somebody would who got hold of it."""

from redis.asyncio import Redis


async def keys_of(redis: Redis) -> list[str]:
    """On all nodes."""
    return sorted([key async for key in redis.scan_iter(count=1000)])


async def everything(redis: Redis) -> str:
    """All keys and values in one text."""
    return "\n".join([f"{key} {await content(redis, key)}" for key in await keys_of(redis)])


async def content(redis: Redis, key: str) -> object:
    match await redis.type(key):
        case "string":
            return await redis.get(key)
        case "hash":
            return await redis.hgetall(key)
        case "set":
            return await redis.smembers(key)
        case "zset":
            return await redis.zrange(key, 0, -1, withscores=True)
        case "list":
            return await redis.lrange(key, 0, -1)
        case "stream":
            return await redis.xrange(key)
        case "none":  # a lease that has ended since the keys were listed
            return None
        case kind:
            raise AssertionError(f"{key} is a {kind!r}")
