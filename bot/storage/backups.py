"""All of the store in one file, and back: plain commands' worth of JSON lines, so that any kind of store takes it.

Sealed values stay sealed. Records are read before indexes while bots go on working: what an index names and the file
lacks is passed over when read, whereas a record missing from its index would never be found again.
"""

import asyncio
import gzip
import json
import os
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, cast

from redis.asyncio import Redis

from bot.errors import BotError
from bot.storage import keys, walking
from bot.storage.kinds import SEALED, kind_of, with_sealed
from bot.storage.records import Batch, Records
from bot.storage.replies import entries, texts
from bot.storage.sealing import Sealer, fingerprint_of

FORM: Final = 1
PAGE: Final = 200
TYPES: Final = ("string", "hash", "set", "zset", "list", "stream")
"""Records first: see above."""
WRITES: Final = 1000
"""Of one commit."""


class BackupFileError(BotError):
    """The file is no backup, or not a whole one."""

    key = "error.backup_file"


class BackupKeysError(BotError):
    """FIELD_KEYS lacks a key that values in the file were sealed with; `missing` are their fingerprints."""

    key = "error.backup_keys"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Header:
    """What stands on the file's first line."""

    made_at: str
    release: str
    fingerprints: tuple[str, ...]
    """Of the keys that FIELD_KEYS held, of which every sealed value needs one."""

    @classmethod
    def of(cls, line: dict[str, Any]) -> "Header":
        return cls(line["made_at"], line["release"], tuple(line["needs_keys"]))

    @property
    def line(self) -> dict[str, Any]:
        told = {"made_at": self.made_at, "release": self.release, "needs_keys": list(self.fingerprints)}
        return {"factormate": FORM, **told}


@dataclass(slots=True)
class Summary:
    kinds: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    """Sealed values by the fingerprint of their key."""

    def add(self, line: dict[str, Any]) -> None:
        self.kinds[kind_of(line["key"])] += 1
        if line["type"] == "string" and kind_of(line["key"]) in SEALED:
            with_sealed(line["key"], line["value"], self._counted)

    def _counted(self, sealed: str, _: str) -> str:
        self.used[fingerprint_of(sealed)] += 1
        return sealed


async def write(
    redis: Redis, file: Path, header: Header, now: Callable[[], datetime], tell: Callable[[int, int], None]
) -> Summary:
    """The file appears when it is whole, readable by its owner only."""
    summary, total = Summary(), await walking.count(redis)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    try:
        with gzip.open(draft, "wt", encoding="utf-8", compresslevel=6) as out:
            _print(out, header.line)
            async for line in _lines(redis, now):
                _print(out, line)
                summary.add(line)
                tell(summary.kinds.total(), total)
            _print(out, {"end": summary.kinds.total()})
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return summary


def read(file: Path) -> tuple[Header, Summary]:
    """Walks through the whole file. Raises BackupFileError unless it is one, to its end."""
    summary, lines = Summary(), _read(file)
    try:
        header = Header.of(next(lines))
        for line in lines:
            summary.add(line)
    except (KeyError, TypeError) as error:  # its check sum stands at the end only
        raise BackupFileError(file=file, reason="it is damaged, or no backup") from error
    return header, summary


def ensure_opens(summary: Summary, sealer: Sealer) -> None:
    """Raises BackupKeysError when a value in the file could not be opened."""
    missing = sorted(set(summary.used) - set(sealer.fingerprints))
    if missing:
        raise BackupKeysError(missing=", ".join(missing))


async def restore(redis: Redis, file: Path, tell: Callable[[int, int], None], total: int) -> None:
    """Into an empty store. Which workspaces there are is written last: until then, it holds none."""
    records, done, workspaces = Records(redis), 0, None
    lines = _read(file)
    next(lines)
    while page := list(islice(lines, PAGE)):
        found = {line["key"]: line for line in page}
        workspaces = found.pop(keys.WORKSPACES, workspaces)
        await asyncio.gather(*(_put(records, line) for line in found.values()))
        done += len(page)
        tell(done, total)
    if workspaces is not None:
        await _put(records, workspaces)


async def is_empty(redis: Redis) -> bool:
    async for _ in walking.pages(redis):
        return False
    return True


async def empty(redis: Redis, *prefixes: str) -> None:
    """Takes out what is ours, and what else begins so."""
    for match in (f"{keys.PREFIX}:*", *(f"*{each}*" for each in prefixes)):
        async for page in walking.pages(redis, match):
            await asyncio.gather(*(redis.delete(key) for key in page))


async def _lines(redis: Redis, now: Callable[[], datetime]) -> AsyncIterator[dict[str, Any]]:
    for type_ in TYPES:
        seen: set[str] = set()
        async for page in walking.pages(redis, type_=type_):
            fresh = [key for key in page if key not in seen]  # a key may come twice; a list or stream must not
            if type_ != "string":
                seen.update(fresh)
            for line in await _page(redis, fresh, type_, now):
                yield line


async def _page(redis: Redis, page: list[str], type_: str, now: Callable[[], datetime]) -> list[dict[str, Any]]:
    """What has ended meanwhile is left out."""
    values, lefts = await asyncio.gather(
        Records(redis).get_many(page)
        if type_ == "string"
        else asyncio.gather(*(_value(redis, k, type_) for k in page)),
        asyncio.gather(*(redis.pttl(key) for key in page)),
    )
    read_at = int(now().timestamp() * 1000)
    return [
        {"key": key, "type": type_, "value": value, **({"ends": read_at + left} if left >= 0 else {})}
        for key, value, left in zip(page, values, lefts, strict=True)
        if value and left != -2
    ]


async def _value(redis: Redis, key: str, type_: str) -> Any:
    match type_:
        case "hash":
            return await redis.hgetall(key)
        case "set":
            return sorted(texts(await redis.smembers(key)))
        case "zset":
            scored = cast("list[tuple[str, float]]", await redis.zrange(key, 0, -1, withscores=True))
            return [[member, repr(score)] for member, score in scored]
        case "list":
            return texts(await redis.lrange(key, 0, -1))
        case "stream":
            return [[entry_id, fields] for entry_id, fields in entries(await redis.xrange(key))]


async def _put(records: Records, line: dict[str, Any]) -> None:
    key, writes = line["key"], _writes(line)
    while part := list(islice(writes, WRITES)):
        batch = Batch()
        for write in part:
            write(batch)
        if "ends" in line:
            batch.expire_at(key, line["ends"])
        await records.commit(batch)


def _writes(line: dict[str, Any]) -> Iterator[Callable[[Batch], Batch]]:
    key, value = line["key"], line["value"]
    match line["type"]:
        case "string":
            yield lambda batch: batch.set(key, value)
        case "hash":
            yield from (partial(Batch.hset, key=key, field=name, value=text) for name, text in value.items())
        case "set":
            yield from (partial(_sadd, key=key, member=member) for member in value)
        case "zset":
            yield from (partial(Batch.zadd, key=key, member=member, score=float(score)) for member, score in value)
        case "list":
            yield from (partial(Batch.rpush, key=key, value=each) for each in value)
        case "stream":
            yield from (partial(Batch.xadd, key=key, entry_id=entry_id, fields=fields) for entry_id, fields in value)


def _sadd(batch: Batch, key: str, member: str) -> Batch:
    return batch.sadd(key, member)


def _print(out: IO[str], line: dict[str, Any]) -> None:
    out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _read(file: Path) -> Iterator[dict[str, Any]]:
    """The header's line, then every other but the last. Raises BackupFileError."""
    count, end = -1, None
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for text in lines:
                line = json.loads(text)
                if count < 0 and line["factormate"] != FORM:
                    raise BackupFileError(file=file, reason=f"form {line['factormate']} is of another release")
                if end is not None:
                    raise BackupFileError(file=file, reason="it goes on after its end")
                end = line.get("end")
                if end is None:
                    count += 1
                    yield line
    except (gzip.BadGzipFile, EOFError, zlib.error, KeyError, TypeError, AttributeError, ValueError) as error:
        raise BackupFileError(file=file, reason="it is damaged, or no backup") from error
    if end is None or end != count:
        raise BackupFileError(file=file, reason="it is not whole")
