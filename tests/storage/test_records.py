"""Records: batches that happen as a whole or not at all, the same on one server and on a Cluster."""

import asyncio
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis, RedisCluster

from bot.errors import ConflictError
from bot.storage.records import RECEIPT_SECONDS, TRIES, Batch, Records

ROOT = Path(__file__).parents[2]

KEY = "factormate:{T1}:note:n1"
INDEX = "factormate:{T1}:notes"


@pytest.fixture
def records(any_redis: Redis) -> Records:
    return Records(any_redis)


async def test_a_batch_writes_everything_at_once(records: Records) -> None:
    """Records, indexes and sets of one workspace are written in one step."""
    batch = Batch().expect(KEY, None).set(KEY, "费率 1.2%")
    batch.zadd(INDEX, "n1", 738_000.5).sadd(f"{INDEX}:open", "n1", "n2").hset(f"{INDEX}:names", "远大", "n1")
    assert await records.commit(batch)
    assert await records.get(KEY) == "费率 1.2%"
    assert await records.redis.zrange(INDEX, 0, -1, withscores=True) in ([("n1", 738_000.5)], [["n1", 738_000.5]])
    assert await records.redis.smembers(f"{INDEX}:open") == {"n1", "n2"}
    assert await records.redis.hgetall(f"{INDEX}:names") == {"远大": "n1"}


async def test_a_field_that_holds_something_else_stops_everything(records: Records) -> None:
    """What is not there yet, or holds the same already, does not; several fields of one hash are looked at."""
    names = f"{INDEX}:names"
    assert await records.commit(
        Batch().expect_field(names, "a", "1").expect_field(names, "b", "1").hset(names, "a", "1")
    )
    assert await records.commit(Batch().expect_field(names, "a", "1").set(KEY, "x"))
    assert not await records.commit(
        Batch().expect_field(names, "b", "2").expect_field(names, "a", "2").set(KEY, "y").hset(names, "a", "2")
    )
    assert (await records.get(KEY), await records.redis.hgetall(names)) == ("x", {"a": "1"})


async def test_a_batch_takes_away_what_another_wrote(records: Records) -> None:
    """Every kind of write has its counterpart."""
    batch = Batch().set(KEY, "1").zadd(INDEX, "n1", 1).sadd(f"{INDEX}:s", "n1").hset(f"{INDEX}:h", "a", "1")
    assert await records.commit(batch)
    batch = Batch().delete(KEY).zrem(INDEX, "n1").srem(f"{INDEX}:s", "n1").hdel(f"{INDEX}:h", "a")
    assert await records.commit(batch)
    assert await records.redis.exists(KEY, INDEX, f"{INDEX}:s", f"{INDEX}:h") == 0


@pytest.mark.parametrize(
    ("stored", "expected"),
    [("new", "old"), ("old", None), (None, "old")],
    ids=["changed", "no longer absent", "gone"],
)
async def test_nothing_is_written_when_an_expectation_fails(
    records: Records, stored: str | None, expected: str | None
) -> None:
    """A record that is not as expected leaves the whole batch unwritten."""
    if stored is not None:
        await records.redis.set(KEY, stored)
    assert not await records.commit(Batch().expect(KEY, expected).set(KEY, "mine").sadd(INDEX, "n1"))
    assert await records.get(KEY) == stored
    assert await records.redis.exists(INDEX) == 0


async def test_a_count_committed_again_counts_once(records: Records) -> None:
    """The client repeats what it had no answer for; another batch is another count."""
    batch = Batch().hincrby(INDEX, "asked", 2).hincrby(INDEX, "shared", -1)
    for _ in range(2):
        assert await records.commit(batch)
    await records.commit(Batch().hincrby(INDEX, "asked", 1))
    assert await records.redis.hgetall(INDEX) == {"asked": "3", "shared": "-1"}


async def test_only_one_of_two_identical_claims_wins(records: Records) -> None:
    """Two workers claiming with the same text are told apart: the digest goes out once."""
    claims = [Batch().expect(KEY, None).set(KEY, "sending") for _ in range(2)]
    assert sorted(await asyncio.gather(*map(records.commit, claims))) == [False, True]


async def test_a_batch_committed_twice_takes_effect_once(records: Records) -> None:
    """The client repeats a commit whose reply got lost: it hears True, and what came after is not undone."""
    batch = Batch().expect(KEY, None).set(KEY, "mine")
    assert await records.commit(batch)
    assert await records.commit(Batch().expect(KEY, "mine").set(KEY, "theirs"))
    assert await records.commit(batch)
    assert await records.get(KEY) == "theirs"


FORKED = """
import os
from bot.storage.records import Batch
reading, writing = os.pipe()
if os.fork() == 0:
    os.write(writing, Batch()._id.encode())
    os._exit(0)
os.wait()
print(Batch()._id, os.read(reading, 100).decode())
"""


def test_processes_that_were_one_make_batches_of_their_own() -> None:
    """Else the receipt of one would tell the other that it has done what it has not, and a message would go twice."""
    mine, theirs = subprocess.check_output([sys.executable, "-c", FORKED], text=True, cwd=ROOT).split()
    assert mine != theirs


async def test_a_receipt_goes_away_by_itself(records: Records) -> None:
    """What makes a repeated commit safe is kept for a minute, in the workspace's own slot."""
    assert await records.commit(Batch().expect(KEY, None).delete(KEY))
    (receipt,) = [key async for key in records.redis.scan_iter(match="*receipt*")]
    assert receipt.startswith("factormate:{T1}:receipt:")
    assert 0 < await records.redis.ttl(receipt) <= RECEIPT_SECONDS


async def test_records_expire_when_told_to(records: Records) -> None:
    """A life is given with the write or later; a write without one makes the record permanent again."""
    assert await records.commit(Batch().set(KEY, "1", ttl=60).sadd(INDEX, "n1").expire(INDEX, timedelta(seconds=90)))
    assert 55_000 < await records.redis.pttl(KEY) <= 60_000
    assert 85_000 < await records.redis.pttl(INDEX) <= 90_000
    assert await records.commit(Batch().set(KEY, "2"))
    assert await records.redis.ttl(KEY) == -1


async def test_many_records_are_read_in_order(records: Records) -> None:
    """Also those of several workspaces, which live on different nodes; what is absent is None."""
    keys = [f"factormate:{{T{place % 7}}}:note:{place}" for place in range(20)]
    await asyncio.gather(*(records.redis.set(key, key) for key in keys[1:]))
    assert await records.get_many(keys) == [None, *keys[1:]]
    assert await records.get_many([]) == []


async def test_many_index_entries_fit_one_batch(records: Records) -> None:
    """An import of thousands of customers is one batch."""
    members = [f"c{number}" for number in range(9_000)]
    assert await records.commit(Batch().sadd(INDEX, *members))
    assert await records.redis.scard(INDEX) == len(members)


async def test_keys_of_two_workspaces_in_one_batch_are_refused(records: Records) -> None:
    """On one server it would work, on a Cluster not; so it is refused on both."""
    batch = Batch().set("factormate:{T1}:a", "1").set("factormate:{T2}:a", "1")
    with pytest.raises(ValueError, match="hash tag"):
        await records.commit(batch)


async def test_an_empty_batch_is_done_at_once(records: Records) -> None:
    """Nothing expected and nothing to write needs no server."""
    assert await records.commit(Batch())


async def test_keys_without_a_hash_tag_work_alone(records: Records) -> None:
    """The index of workspaces is such a key."""
    assert await records.commit(Batch().expect("factormate:workspaces", None).zadd("factormate:workspaces", "T1", 1))


async def test_a_forgotten_script_is_sent_again(records: Records) -> None:
    """A restarted server, or a new primary, does not know the script."""
    assert await records.commit(Batch().set(KEY, "1"))
    await flush_scripts(records.redis)
    assert await records.commit(Batch().expect(KEY, "1").set(KEY, "2"))
    assert await records.get(KEY) == "2"


async def flush_scripts(client: Redis) -> None:
    target: dict[str, Any] = {"target_nodes": RedisCluster.PRIMARIES} if isinstance(client, RedisCluster) else {}
    await client.execute_command("SCRIPT FLUSH", **target)  # type: ignore[no-untyped-call]


async def test_twenty_writers_at_once_lose_nothing(records: Records) -> None:
    """Each adds its name to one record five times; change() starts over for those who come second."""

    async def add(name: str) -> None:
        def step(row: str | None, batch: Batch) -> None:
            batch.set(KEY, json.dumps([*json.loads(row or "[]"), name]))

        for _ in range(5):
            await records.change(KEY, step)

    names = [f"w{number}" for number in range(20)]
    await asyncio.gather(*map(add, names))
    assert sorted(json.loads(await records.get(KEY) or "")) == sorted(names * 5)


async def test_change_passes_on_what_the_step_returns(records: Records) -> None:
    """And writes nothing when the step wrote nothing."""

    def step(row: str | None, batch: Batch) -> str:
        return f"saw {row}"

    assert await records.change(KEY, step) == "saw None"
    assert await records.redis.exists(KEY) == 0


async def test_change_gives_up_on_a_record_that_never_rests(records: Records) -> None:
    """A bound keeps one busy record from holding a person's click for ever."""
    tries = 0

    def step(row: str | None, batch: Batch) -> None:
        nonlocal tries
        tries += 1
        batch.expect(KEY, "what it never is").set(KEY, "mine")

    with pytest.raises(ConflictError):
        await records.change(KEY, step)
    assert tries == TRIES
    assert await records.get(KEY) is None
