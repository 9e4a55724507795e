"""The one way records are read and changed: a batch of writes that happens as a whole, or not at all."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import chain
from secrets import token_hex
from typing import Any, Final, Self, TypeVar, cast

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from bot.errors import ConflictError
from bot.storage.keys import BUSY

T = TypeVar("T")

TRIES: Final = 50
READ_LATELY: Final = 4096
"""Records of a kind kept as read, by their text: the same ones are read again and again, and seldom change."""
AT_ONCE: Final = 100
"""Records opened in one go: a few milliseconds of work, after which others get their turn."""
RECEIPT_SECONDS: Final = 60
"""Longer than any client goes on repeating a commit (connection.PATIENCE)."""


class Script:
    """A program for the store, which runs as one step."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


# KEYS: the receipt, then the batch's keys. ARGV: how long to keep the receipt (0 = none wanted); how many expectations,
# each as (key, absent|equal|last|field, value[, field]); how many writes, each as (command, key, count, arguments).
# Looking comes before writing: a script is atomic, but what it wrote before an error stays.
_SCRIPT: Final = Script(
    """
local at = 0
local function take() at = at + 1; return ARGV[at] end
local function key() return KEYS[tonumber(take())] end
local keep = tonumber(take())
if keep > 0 and redis.call('EXISTS', KEYS[1]) == 1 then return 1 end
for _ = 1, tonumber(take()) do
  local name, wanted, value = key(), take(), take()
  if wanted == 'absent' then
    if redis.call('EXISTS', name) == 1 then return 0 end
  elseif wanted == 'last' then
    local last = redis.call('XREVRANGE', name, '+', '-', 'COUNT', 1)[1]
    if (last and last[1] or '') ~= value then return 0 end
  elseif wanted == 'field' then
    local found = redis.call('HGET', name, take())
    if found and found ~= value then return 0 end
  elseif redis.call('GET', name) ~= value then
    return 0
  end
end
for _ = 1, tonumber(take()) do
  local command, name, count = take(), key(), tonumber(take())
  local arguments = {}
  for each = 1, count do arguments[each] = take() end
  redis.call(command, name, unpack(arguments))
end
if keep > 0 then redis.call('SET', KEYS[1], '', 'EX', keep) end
return 1
"""
)

read_lately = lru_cache(READ_LATELY)
"""For functions that make a record of its text: what comes of the same text is the same, and nobody changes it."""


class Batch:
    """What must still be so, and what to write then. All keys carry the same hash tag.

    A batch is one intention: committed twice (the same object, within a minute) it takes effect once.
    """

    __slots__ = ("_counts", "_expected", "_fields", "_id", "_leaves_receipt", "_wakes", "_writes")

    def __init__(self) -> None:
        self._id = token_hex(12)  # no count: processes that were forked from one would count alike
        self._counts = False
        self._leaves_receipt = True
        self._wakes: str | None = None
        self._expected: dict[str, tuple[str, str]] = {}
        self._fields: dict[tuple[str, str], str] = {}
        self._writes: list[tuple[str, str, tuple[str, ...]]] = []

    def expect(self, key: str, value: str | None) -> Self:
        """The record is still exactly this text; None: there is none."""
        self._expected[key] = ("absent", "") if value is None else ("equal", value)
        return self

    def expect_last(self, key: str, entry_id: str | None) -> Self:
        """The stream still ends with this entry; None: it is empty."""
        self._expected[key] = ("last", entry_id or "")
        return self

    def expect_field(self, key: str, field: str, value: str) -> Self:
        """The hash has no other value than this in the field."""
        self._fields[key, field] = value
        return self

    def set(self, key: str, value: str, ttl: timedelta | int | None = None) -> Self:
        """`ttl` in seconds; without one the record stays for good, even where the old one would have expired."""
        return self._write("SET", key, value, *(("PX", _milliseconds(ttl)) if ttl is not None else ()))

    def rewrite(self, key: str, value: str) -> Self:
        """As `set`, for a record that goes on living as long as it would have."""
        return self._write("SET", key, value, "KEEPTTL")

    def expire(self, key: str, ttl: timedelta | int) -> Self:
        return self._write("PEXPIRE", key, _milliseconds(ttl))

    def expire_at(self, key: str, moment: int) -> Self:
        """Milliseconds since 1970; what ended before is gone at once."""
        return self._write("PEXPIREAT", key, str(moment))

    def delete(self, *keys: str) -> Self:
        for key in keys:
            self._write("DEL", key)
        return self

    def zadd(self, key: str, member: str, score: float) -> Self:
        return self._write("ZADD", key, repr(float(score)), member)

    def zrem(self, key: str, *members: str) -> Self:
        return self._write_each("ZREM", key, members)

    def sadd(self, key: str, *members: str) -> Self:
        return self._write_each("SADD", key, members)

    def srem(self, key: str, *members: str) -> Self:
        return self._write_each("SREM", key, members)

    def hset(self, key: str, field: str, value: str) -> Self:
        return self._write("HSET", key, field, value)

    def hincrby(self, key: str, field: str, by: int) -> Self:
        self._counts = True
        return self._write("HINCRBY", key, field, str(by))

    def hdel(self, key: str, *fields: str) -> Self:
        return self._write_each("HDEL", key, fields)

    def rpush(self, key: str, value: str) -> Self:
        return self._write("RPUSH", key, value)

    def xadd(self, key: str, entry_id: str, fields: Mapping[str, str]) -> Self:
        return self._write("XADD", key, entry_id, *chain(*fields.items()))

    def without_receipt(self) -> Self:
        """For whoever looks again after False: a repeated commit that trips over its own values then does no harm."""
        self._leaves_receipt = False
        return self

    def wakes(self, team_id: str) -> Self:
        """The next sweep looks at the workspace. Said after the commit, since that index lies in another slot: what a
        process that dies in between leaves unsaid, the hourly look finds."""
        self._wakes = team_id
        return self

    def _write(self, command: str, key: str, *arguments: str) -> Self:
        self._writes.append((command, key, arguments))
        return self

    def _write_each(self, command: str, key: str, members: Iterable[str]) -> Self:
        # One write a member: a variadic call would be bounded by the size of Lua's stack.
        for member in members:
            self._write(command, key, member)
        return self

    def _packed(self) -> tuple[list[str], list[str]]:
        """The script's KEYS and ARGV."""
        used = [*self._expected, *(key for key, _ in self._fields), *(key for _, key, _ in self._writes)]
        places = {key: place for place, key in enumerate(dict.fromkeys(used), start=2)}
        # Without expectations and counts a second run writes the same again, so there is nothing to remember.
        is_repeatable = not (self._expected or self._counts) or not self._leaves_receipt
        # What a field must not hold otherwise is no hindrance to a second run: it holds what the first has written.
        arguments = [str(0 if is_repeatable else RECEIPT_SECONDS), str(len(self._expected) + len(self._fields))]
        for key, (wanted, value) in self._expected.items():
            arguments += [str(places[key]), wanted, value]
        for (key, field), value in self._fields.items():
            arguments += [str(places[key]), "field", value, field]
        arguments.append(str(len(self._writes)))
        for command, key, values in self._writes:
            arguments += [command, str(places[key]), str(len(values)), *values]
        return [_receipt(used[0], self._id), *places], arguments


class Records:
    """Works the same on one server, behind Sentinel and on a Cluster."""

    __slots__ = ("redis",)

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    async def get(self, key: str) -> str | None:
        return cast("str | None", await self.redis.get(key))

    async def pages(self, keys: Iterable[str]) -> AsyncIterator[list[str | None]]:
        """As `get_many`, for whoever opens what is read: however many there are, nobody else is held up."""
        wanted = list(keys)
        for start in range(0, len(wanted), AT_ONCE):
            yield await self.get_many(wanted[start : start + AT_ONCE])

    async def get_many(self, keys: Iterable[str]) -> list[str | None]:
        """In the order of `keys`, each read at its own moment when they carry different hash tags."""
        wanted = list(keys)
        tagged: dict[str, list[str]] = {}
        for key in wanted:
            tagged.setdefault(_tag(key), []).append(key)
        if len(tagged) == 1:
            return [cast("str | None", row) for row in await self.redis.mget(wanted)]
        groups = list(tagged.values())
        rows = await asyncio.gather(*(self.redis.mget(group) for group in groups))
        found = dict(zip(chain(*groups), chain(*rows), strict=True))
        return [cast("str | None", found[key]) for key in wanted]

    async def run(self, script: Script, keys: Sequence[str], arguments: Iterable[str]) -> Any:
        """The keys share a hash tag."""
        try:
            return await self.redis.evalsha(script.sha, len(keys), *keys, *arguments)
        except NoScriptError:
            return await self.redis.eval(script.text, len(keys), *keys, *arguments)

    async def commit(self, batch: Batch) -> bool:
        """Writes the batch in one round trip; False, and nothing written, when an expectation does not hold.

        The client repeats a commit whose reply got lost. The first run left a receipt in the same step as the
        writes, so the second one answers True instead of tripping over its own new values. Comparing values could
        not tell that: of two workers claiming a record with the same text, one must get False.
        After StoreUnavailableError the outcome is open; committing the same batch object again settles it.
        """
        if not batch._writes and not batch._expected and not batch._fields:
            return True
        keys, arguments = batch._packed()
        if len({*map(_tag, keys)}) > 1:
            raise ValueError(f"keys of one batch must share a hash tag: {keys[1:]}")
        done = await self.run(_SCRIPT, keys, arguments)
        if done and batch._wakes is not None:
            await self.redis.sadd(BUSY, batch._wakes)
        return bool(done)

    async def change(self, key: str, step: Callable[[str | None, Batch], T]) -> T:
        """Loads a record, lets `step` put its writes into a batch, commits; starts over if the record has changed.

        `step` is pure, since it may run again, and its result is passed on. Raises ConflictError after many tries.
        """
        return await self.change_many([key], lambda rows, batch: step(rows[0], batch))

    async def change_many(self, keys: Iterable[str], step: Callable[[list[str | None], Batch], T]) -> T:
        """The same for what depends on several records: all of them are still as `step` saw them, or it starts over."""
        wanted = list(dict.fromkeys(keys))
        for tries in range(TRIES):
            rows = await self.get_many(wanted) if len(wanted) > 1 else [await self.get(wanted[0])]
            batch = Batch()
            for key, row in zip(wanted, rows, strict=True):
                batch.expect(key, row)
            result = step(rows, batch)
            if not batch._writes or await self.commit(batch):
                return result
            # At once the first time; then the crowd is spread, or some would lose every race.
            await asyncio.sleep(random.uniform(0, 0.002 * tries))  # noqa: S311 # nosec B311
        raise ConflictError(tries=TRIES)


def _milliseconds(ttl: timedelta | int) -> str:
    return str(ttl // timedelta(milliseconds=1) if isinstance(ttl, timedelta) else ttl * 1000)


def _receipt(key: str, batch_id: str) -> str:
    """Beside the batch's own keys: same hash tag, or the whole key as the tag where it has none."""
    return f"factormate:{{{_tag(key)}}}:receipt:{batch_id}"


def _tag(key: str) -> str:
    """What decides on a key's slot: its hash tag, or where it has none the whole key."""
    start = key.find("{")
    end = key.find("}", start + 1)
    return key[start + 1 : end] if start >= 0 and end > start + 1 else key
