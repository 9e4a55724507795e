"""A backup is the whole store, and a file that is not whole is refused before anything is touched."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.clock import system_clock
from bot.storage import backups, keys
from bot.storage.backups import BackupFileError, BackupKeysError, Header
from bot.storage.connection import connect
from bot.storage.kinds import SEALED
from bot.storage.records import Batch, Records
from bot.storage.sealing import Sealer, new_key
from tests.builders import LIN
from tests.storage.conftest import Stores
from tests.storage.reading import everything, keys_of
from tests.storage.test_keys import use

HEADER = Header("2026-11-27T10:00:00+00:00", "0.4.0", ("1a2b3c4d",))
EXTRA = "factormate:{T1}:audit"


def ignored(*_: int) -> None:
    return


async def kept(redis: Redis) -> str:
    return "\n".join(line for line in (await everything(redis)).splitlines() if ":receipt:" not in line)


@pytest.fixture
async def file(redis: Redis, sealer: Sealer, tmp_path: Path) -> Path:
    """Of a store with one of everything, an audit list of 0.2.0 among it, and more rows than one page."""
    await use(Stores.on(redis, sealer), "T1")
    await Records(redis).commit(Batch().rpush(EXTRA, "newer").rpush(EXTRA, "older"))
    batch = Batch()
    for number in range(1100):
        if number < 300:
            batch.set(keys.profile("T1", f"U{number}"), "{}")
        batch.zadd("factormate:{T1}:due:U9", f"f{number}", number / 3)
    await Records(redis).commit(batch)
    path = tmp_path / "backup.gz"
    await backups.write(redis, path, HEADER, system_clock, ignored)
    return path


async def test_what_comes_back_is_what_was_there(file: Path, redis: Redis, sealer: Sealer) -> None:
    """Every key, value, score, row and end of life; the file is nobody else's to read."""
    before, ends = await kept(redis), await redis.ttl(keys.last_asked("T1", LIN))
    header, summary = backups.read(file)
    assert (header, mode(file)) == (HEADER, 0o600)
    assert set(summary.used) == set(sealer.fingerprints)
    assert set(summary.kinds) >= set(SEALED)
    await backups.empty(redis)
    assert await backups.is_empty(redis)
    await backups.restore(redis, file, ignored, summary.kinds.total())
    assert await kept(redis) == before
    assert 0 < await redis.ttl(keys.last_asked("T1", LIN)) <= ends
    assert (await Stores.on(redis, sealer).audit.verify("T1")).fault is None


async def test_from_an_embedded_store_to_a_cluster(file: Path, redis: Redis, cluster_url: str) -> None:
    """And it is found there by everybody who looks."""
    cluster = await connect(cluster_url)
    await cluster.flushdb()
    await backups.restore(cluster, file, ignored, 1)
    assert await kept(cluster) == await kept(redis)
    await cluster.aclose()


async def test_a_restore_that_is_cut_short_holds_no_workspace(file: Path, redis: Redis) -> None:
    """So nothing is served from half a store."""
    await backups.empty(redis)

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await backups.restore(redis, file, stop, 1)
    assert await keys_of(redis)
    assert not await redis.exists(keys.WORKSPACES)


Harm = Callable[[bytes], bytes]


def harmed(file: Path, harm: Harm) -> None:
    file.write_bytes(harm(file.read_bytes()))


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Harm:
    return lambda raw: gzip.compress(b"\n".join(change(gzip.decompress(raw).splitlines())))


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda raw: raw[: len(raw) // 2], "it is damaged"),
        (lambda raw: raw[:-1], "it is damaged"),
        (lambda raw: raw[:200] + bytes([raw[200] ^ 255]) + raw[201:], "it is damaged"),
        (lambda raw: b"", "it is not whole"),
        (lambda raw: b"PK\x03\x04" + raw, "it is damaged"),
        (lines(lambda found: found[:-1]), "it is not whole"),
        (lines(lambda found: [*found[:5], *found[6:]]), "it is not whole"),
        (lines(lambda found: [*found, found[1]]), "it goes on after its end"),
        (lines(lambda found: found[1:]), "it is damaged"),
        (lines(lambda found: [found[0].replace(b'"factormate":1', b'"factormate":9'), *found[1:]]), "form 9"),
    ],
    ids=["half", "one byte", "changed", "empty", "other", "no end", "a line less", "a line more", "no header", "newer"],
)
async def test_a_file_that_is_not_whole_is_refused(file: Path, harm: Harm, reason: str) -> None:
    """Before the store is touched."""
    harmed(file, harm)
    with pytest.raises(BackupFileError) as refusal:
        backups.read(file)
    assert str(refusal.value.values["reason"]).startswith(reason)


async def test_keys_that_do_not_open_it_are_told_before(file: Path, sealer: Sealer) -> None:
    """By their fingerprint; among more keys the right one is enough."""
    _, summary = backups.read(file)
    backups.ensure_opens(summary, sealer)
    with pytest.raises(BackupKeysError) as refusal:
        backups.ensure_opens(summary, Sealer([new_key()]))
    assert refusal.value.values["missing"] == sealer.fingerprints[0]
    assert re.fullmatch(r"[0-9a-f]{8}", str(refusal.value.values["missing"]))
