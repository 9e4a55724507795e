"""Clients for every kind of store: they wait out an outage, say clearly what is wrong, and never repeat an effect."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from docket import Docket, Worker
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.errors import StoreRefusedError, StoreUnavailableError, StoreUnreachableError
from bot.storage.connection import connect, docket_url
from bot.storage.durability import Durability, durability
from bot.storage.embedded import EmbeddedStore
from bot.storage.records import Batch, Records
from tests import servers

KEY = "factormate:{T1}:note:n1"


@asynccontextmanager
async def client_of(url: str, patience: float = 8) -> AsyncIterator[Redis]:
    client = await connect(url, patience)
    try:
        yield client
    finally:
        await client.aclose()


@pytest.mark.parametrize(
    "url",
    [
        "redis://ann:secret@127.0.0.1:1/0",
        "unix:///nowhere/valkey.sock?password=secret",
        pytest.param("redis+cluster://ann:secret@127.0.0.1:1", marks=pytest.mark.soak),
        pytest.param("redis+sentinel://ann:secret@127.0.0.1:1,127.0.0.1:2/store/0", marks=pytest.mark.soak),
        "redis+sentinel://127.0.0.1:1",
        "redis+other://ann:secret@127.0.0.1:1",
        "redis://ann:secret@127.0.0.1:nonsense",
        "redis://127.0.0.1:1?wrong_option=secret",
        "memory://",
    ],
)
async def test_a_store_that_is_not_there_is_reported_soon(url: str) -> None:
    """Within seconds, with the address and a reason, and without the password."""
    started = time.monotonic()
    with pytest.raises(StoreUnreachableError) as caught:
        await connect(url)
    assert time.monotonic() - started < 5
    assert caught.value.values["reason"]
    assert "secret" not in str(caught.value)


async def test_a_refused_password_is_reported_at_once(tmp_path: Path) -> None:
    """Waiting would not make it right."""
    (port,) = servers.free_ports(1)
    with servers.running(tmp_path, port, "--requirepass", "right"):
        started = time.monotonic()
        with pytest.raises(StoreRefusedError, match="assword"):
            await connect(f"redis://:wrong@127.0.0.1:{port}/0")
        with pytest.raises(StoreRefusedError, match="authenticat"):
            await connect(f"redis://127.0.0.1:{port}/0")
        assert time.monotonic() - started < 1
        async with client_of(f"redis://:right@127.0.0.1:{port}/0") as client:
            await client.set(KEY, "费率")
            assert await client.get(KEY) == "费率"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("redis://127.0.0.1:{port}/99", "DB index is out of range"),
        ("redis+cluster://127.0.0.1:{port}", "cluster"),
        ("redis+cluster://", "cluster"),
        ("redis+cluster:///1", "cluster"),
    ],
)
async def test_why_a_store_cannot_be_used(tmp_path: Path, url: str, reason: str) -> None:
    """An operator can tell a mistake in the address from a store that is down."""
    (port,) = servers.free_ports(1)
    with servers.running(tmp_path, port), pytest.raises(StoreUnreachableError) as caught:
        await connect(url.format(port=port))
    assert reason.lower() in str(caught.value.values["reason"]).lower()


async def test_a_crowd_of_calls_waits_its_turn(any_redis: Redis) -> None:
    """Five hundred at once: redis-py's own pools would refuse most of them."""
    keys = [f"factormate:{{T{number % 50}}}:{number}" for number in range(500)]
    await asyncio.gather(*(any_redis.set(key, key) for key in keys))
    assert await asyncio.gather(*(any_redis.get(key) for key in keys)) == keys


async def test_calls_of_one_moment_go_together_and_fail_apart(tmp_path: Path) -> None:
    """One exchange for all of them; the one that the store refuses, or whose asker left, is nobody else's trouble."""
    (port,) = servers.free_ports(1)
    with servers.running(tmp_path, port):
        async with client_of(f"redis://127.0.0.1:{port}/0") as client:
            await client.set(KEY, "word")
            before = (await client.info("stats"))["total_reads_processed"]
            left = asyncio.ensure_future(client.get(KEY))
            asyncio.get_running_loop().call_soon(left.cancel)
            first, refused, second = await asyncio.gather(
                client.get(KEY), client.incr(KEY), client.get(KEY), return_exceptions=True
            )
            assert (first, second) == ("word", "word")
            assert isinstance(refused, ResponseError)
            assert left.cancelled()
            assert (await client.info("stats"))["total_reads_processed"] - before == 2  # theirs, and this one


async def test_several_reads_work_everywhere(any_redis: Redis) -> None:
    """Reads of several keys in one go."""
    await any_redis.set(KEY, "1")
    first, second = await asyncio.gather(any_redis.get(KEY), any_redis.get("factormate:{T2}:note:n1"))
    assert (first, second) == ("1", None)


async def writes(client: Redis, count: int, halfway: asyncio.Event) -> None:
    records = Records(client)

    async def write(number: int) -> None:
        key = f"factormate:{{T{number % 20}}}:{number}"
        assert await records.commit(Batch().expect(key, None).set(key, str(number)))
        if number == count // 2:
            halfway.set()

    for start in range(0, count, 50):
        await asyncio.gather(*map(write, range(start, min(start + 50, count))))


async def test_a_restart_of_the_server_is_waited_out(tmp_path: Path) -> None:
    """Writers notice no more than a pause, and none is told of a conflict with itself."""
    (port,) = servers.free_ports(1)
    with servers.running(tmp_path, port, "--appendonly", "yes", "--appendfsync", "always") as server:
        async with client_of(f"redis://127.0.0.1:{port}/0") as client:
            halfway = asyncio.Event()
            writing = asyncio.create_task(writes(client, 1000, halfway))
            await halfway.wait()
            server.kill()
            server.start()
            await writing


@pytest.mark.soak
async def test_a_restart_of_a_cluster_node_is_waited_out(tmp_path: Path) -> None:
    """The same on a Cluster, where the client on its own would give up within milliseconds."""
    with servers.cluster(tmp_path) as nodes:
        async with client_of(f"redis+cluster://127.0.0.1:{nodes[0].port}") as client:
            halfway = asyncio.Event()
            writing = asyncio.create_task(writes(client, 1000, halfway))
            await halfway.wait()
            nodes[1].kill()
            await asyncio.to_thread(nodes[1].start)
            await writing


@pytest.mark.soak
async def test_a_failover_behind_sentinel_is_waited_out(tmp_path: Path) -> None:
    """Sentinel finds the primary, and its successor when it dies."""
    first, second = servers.free_ports(2)
    replica_of = ("--replicaof", "127.0.0.1", str(first), "--repl-diskless-sync-delay", "0")
    with (
        servers.running(tmp_path / "1", first, "--repl-diskless-sync-delay", "0") as primary,
        servers.running(tmp_path / "2", second, *replica_of) as replica,
        servers.sentinel(tmp_path / "s", primary) as sentinel,
    ):
        servers.wait_until(lambda: "'master_link_status': 'up'" in str(replica.ask("INFO", "replication")))
        servers.wait_until(lambda: "'slaves': 1" in str(sentinel.ask("INFO", "sentinel")))
        async with client_of(f"redis+sentinel://127.0.0.1:{sentinel.port}/store/0", patience=15) as client:
            await client.set(KEY, "1")
            servers.wait_until(lambda: replica.ask("GET", KEY) == "1")
            primary.kill()
            await client.set(KEY, "2")
            assert await client.get(KEY) == "2"
            assert replica.ask("GET", KEY) == "2"


@pytest.mark.parametrize("shape", ["single", pytest.param("cluster", marks=pytest.mark.soak)])
async def test_patience_ends(tmp_path: Path, shape: str) -> None:
    """A store that stays away becomes one error of ours, which handlers can put into words."""
    with servers.cluster(tmp_path) if shape == "cluster" else servers.running(tmp_path, servers.free_ports(1)[0]) as up:
        nodes = up if isinstance(up, list) else [up]
        scheme = "redis+cluster" if shape == "cluster" else "redis"
        async with client_of(f"{scheme}://127.0.0.1:{nodes[0].port}", patience=0.3) as client:
            await client.set(KEY, "1")
            for node in nodes:
                node.kill()
            with pytest.raises(StoreUnavailableError):
                await Records(client).get(KEY)
            for reply in await asyncio.gather(client.get(KEY), client.get(KEY), return_exceptions=True):
                assert isinstance(reply, StoreUnavailableError)


@asynccontextmanager
async def losing_replies(store_url: str, to: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A store that does what it is asked, but drops the connection instead of answering the first such command."""
    lost: list[bytes] = []
    store, db = urlsplit(store_url), 0
    if store.scheme == "redis":
        db = int(store.path.strip("/") or 0)

    async def reach() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if store.scheme == "unix":
            return await asyncio.open_unix_connection(unquote(store.path))
        return await asyncio.open_connection(store.hostname, store.port)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        store_reader, store_writer = await reach()
        while asked := await reader.read(65536):
            store_writer.write(asked)
            answer = await store_reader.read(65536)
            if to in asked and not lost:
                lost.append(answer)
                break
            writer.write(answer)
        for each in (writer, store_writer):
            each.close()
            await each.wait_closed()

    proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with proxy:
        yield f"redis://127.0.0.1:{proxy.sockets[0].getsockname()[1]}/{db}", lost


async def test_a_commit_whose_reply_got_lost_is_not_a_conflict(redis: Redis, store_url: str) -> None:
    """The client asks again, and hears that its own first try has done it."""
    assert await Records(redis).commit(Batch().set(KEY, "1"))  # the script is known from here on
    async with losing_replies(store_url, b"EVALSHA") as (url, lost), client_of(url) as client:
        assert await Records(client).commit(Batch().expect(KEY, "1").set(KEY, "2"))
        assert lost == [b":1\r\n"]
    assert await redis.get(KEY) == "2"


async def test_the_embedded_store_is_durable(data_dir: Path) -> None:
    """No acknowledged write is lost in a crash."""
    store = EmbeddedStore.start(data_dir)
    async with client_of(store.url) as client:
        assert [report.is_safe for report in await durability(client)] == [True]
    store.stop()


async def test_durability_is_told_from_the_servers_settings(tmp_path: Path) -> None:
    """A store without an append-only file is not safe, and one that does not say is unknown."""
    (port,) = servers.free_ports(1)
    with servers.running(tmp_path, port, "--maxmemory-policy", "allkeys-lru") as server:
        async with client_of(f"redis://127.0.0.1:{port}/0") as client:
            assert await durability(client) == [Durability("no", "everysec", "allkeys-lru")]
        server.ask("ACL", "SETUSER", "app", "on", ">pw", "~*", "&*", "+@all", "-config")
        async with client_of(f"redis://app:pw@127.0.0.1:{port}/0") as client:
            (report,) = await durability(client)
            assert not report.is_known
            assert not report.is_safe


async def test_every_primary_of_a_cluster_reports(cluster_url: str) -> None:
    """One careless node is enough to lose notes."""
    async with client_of(cluster_url) as client:
        assert await durability(client) == [Durability("no", "everysec", "noeviction")] * 3


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://h:6379/2", "redis://h:6379/2?max_connections=500"),
        ("unix:///a%20b/v.sock?db=0", "unix:///a%20b/v.sock?max_connections=500&db=0"),
        ("redis+cluster://h:1?max_connections=9", "redis+cluster://h:1?max_connections=9"),
    ],
)
def test_the_job_engine_gets_enough_connections(url: str, expected: str) -> None:
    """Unless the operator has named a number."""
    assert docket_url(url) == expected


async def test_the_job_engine_runs_on_the_same_store(any_redis: Redis, any_store_url: str) -> None:
    """On the embedded store's socket and on a Cluster."""
    seen: list[str] = []

    async def send(user_id: str) -> None:
        seen.append(user_id)

    async with Docket(name="test", url=docket_url(any_store_url)) as docket:
        docket.register(send)
        async with Worker(docket, minimum_check_interval=timedelta(milliseconds=20)) as worker:
            await docket.add(send, key="digest")("U1")
            await docket.add(send, key="digest")("U1")
            await worker.run_until_finished()
    assert seen == ["U1"]
