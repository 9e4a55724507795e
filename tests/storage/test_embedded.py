"""The embedded store: private, one per data folder, and no acknowledged write is lost, whoever is killed."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.errors import StoreBusyError, StoreServerMissingError, StoreStartError
from bot.storage import embedded, server
from bot.storage.connection import connect
from bot.storage.embedded import EmbeddedStore, find_running, joined_or_started
from bot.storage.records import Batch, Records
from tests.servers import wait_until
from tests.storage import writer

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")


@contextmanager
def store_in(folder: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore.start(folder)
    try:
        yield store
    finally:
        store.stop()


@dataclass
class WritingBot:
    process: subprocess.Popen[str]
    acknowledged: list[int]

    def end(self) -> list[int]:
        """Waits for it; returns every number it got to say, with what was still in the pipe."""
        assert self.process.stdout is not None
        self.acknowledged += [int(line) for line in self.process.stdout if line.endswith("\n")]
        self.process.wait()
        return self.acknowledged


@contextmanager
def writing_bot(data_dir: Path) -> Iterator[WritingBot]:
    """A process of its own group that has had a hundred writes acknowledged and goes on writing."""
    command = [sys.executable, "-m", "tests.storage.writer", str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            yield WritingBot(process, [int(process.stdout.readline()) for _ in range(100)])
        finally:
            process.kill()


async def stored_of(data_dir: Path, numbers: list[int]) -> list[str | None]:
    with store_in(data_dir) as store:
        redis = await connect(store.url)
        rows = await Records(redis).get_many([writer.key(number) for number in numbers])
        await redis.aclose()
        return rows


def server_pid(data_dir: Path) -> int:
    return int((data_dir / "store" / "valkey.pid").read_text())


async def test_the_store_is_private(data_dir: Path) -> None:
    """A socket only its owner can use, in a folder only its owner can enter, and no network port."""
    with store_in(data_dir) as store:
        redis = await connect(store.url)
        assert await redis.config_get("port") == {"port": "0"}
        await redis.aclose()
        assert stat.S_IMODE((data_dir / "store").stat().st_mode) == 0o700
        assert stat.S_IMODE((data_dir / "store" / "valkey.sock").stat().st_mode) == 0o700


async def test_what_was_stored_is_there_after_a_restart(data_dir: Path) -> None:
    """Stopped and started again, with spaces and Chinese in the path."""
    folder = data_dir / "数据 with #spaces"
    with store_in(folder) as store:
        redis = await connect(store.url)
        assert await Records(redis).commit(Batch().set(writer.key(1), "note 1"))
        await redis.aclose()
    assert await stored_of(folder, [1]) == ["note 1"]


def test_a_second_start_is_refused_while_the_first_lives(data_dir: Path) -> None:
    """And does no harm to it: the first goes on answering."""
    with store_in(data_dir) as store:
        with pytest.raises(StoreBusyError):
            EmbeddedStore.start(data_dir)
        assert find_running(data_dir) == store.url


def test_commands_join_a_running_store(data_dir: Path) -> None:
    """The first to come starts it and stops it; the others get its address."""
    assert find_running(data_dir) is None
    with joined_or_started(data_dir) as url, joined_or_started(data_dir) as joined:
        assert joined == url
    assert find_running(data_dir) is None


def test_the_store_stays_while_another_command_uses_it(data_dir: Path) -> None:
    """Whoever has started it waits for the others before stopping it."""
    joined, ending, seen = threading.Event(), threading.Event(), []

    def use() -> None:
        with joined_or_started(data_dir):
            joined.set()
            ending.wait(10)
            time.sleep(0.2)
            seen.append(find_running(data_dir))

    user = threading.Thread(target=use)
    with joined_or_started(data_dir) as url:
        user.start()
        assert joined.wait(10)
        ending.set()
    assert seen == [url]
    user.join()
    assert find_running(data_dir) is None


def test_a_long_data_folder_gets_a_short_socket(data_dir: Path) -> None:
    """Paths of sockets are limited; a private temporary folder is used, which others find and stop() removes."""
    folder = data_dir / ("long" * 40)
    with store_in(folder) as store:
        socket = Path((folder / "store" / "socket").read_text())
        assert not socket.is_relative_to(data_dir)
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert find_running(folder) == store.url
        socket.parent.chmod(0o755)
        assert find_running(folder) is None, "a folder open to others is not trusted"
        socket.parent.chmod(0o700)
    assert not socket.parent.exists()


@pytest.mark.parametrize("name", ["data", "long" * 40], ids=["socket beside the data", "socket in a temporary folder"])
async def test_a_killed_server_loses_nothing_and_comes_back(data_dir: Path, name: str) -> None:
    """Writers notice no more than a pause."""
    with store_in(data_dir / name) as store:
        keeper = asyncio.create_task(store.keep_running())
        redis = await connect(store.url)
        records = Records(redis)
        killed: list[int] = []

        async def write(number: int) -> bool:
            if number == 100:
                assert store.pid is not None
                killed.append(store.pid)
                os.kill(store.pid, signal.SIGKILL)
            return await records.commit(Batch().expect(writer.key(number), None).set(writer.key(number), str(number)))

        assert all(await asyncio.gather(*map(write, range(300))))
        assert store.pid not in (None, *killed)
        rows = await records.get_many(map(writer.key, range(300)))
        assert rows == [str(number) for number in range(300)]
        await redis.aclose()
        keeper.cancel()


def kill_bot(bot: int, store: int) -> None:
    os.kill(bot, signal.SIGKILL)


def kill_store(bot: int, store: int) -> None:
    os.kill(store, signal.SIGKILL)
    os.kill(bot, signal.SIGKILL)


def kill_both(bot: int, store: int) -> None:
    """The store is held first, so that the bot's death cannot end it gently."""
    os.kill(store, signal.SIGSTOP)
    os.kill(bot, signal.SIGKILL)
    os.kill(store, signal.SIGKILL)


@pytest.mark.parametrize(
    "kill",
    [pytest.param(kill_bot, marks=pytest.mark.soak), pytest.param(kill_store, marks=pytest.mark.soak), kill_both],
)
async def test_every_acknowledged_write_survives_a_kill(data_dir: Path, kill: Callable[[int, int], None]) -> None:
    """kill -9 of the bot, of the store, of both, with writes in flight."""
    with writing_bot(data_dir) as bot:
        kill(bot.process.pid, server_pid(data_dir))
        numbers = bot.end()
    assert await stored_of(data_dir, numbers) == [f"note {number}" for number in numbers]


@on_linux
def test_the_server_dies_with_a_killed_bot(data_dir: Path) -> None:
    """Nothing is left behind that would hold the data folder."""
    with writing_bot(data_dir) as bot:
        bot.process.kill()
        wait_until(lambda: find_running(data_dir) is None)


async def test_ctrl_c_finishes_the_writes_in_hand(data_dir: Path) -> None:
    """SIGINT goes to the whole process group; the store is not in it, and outlives the last write."""
    with writing_bot(data_dir) as bot:
        assert os.getpgid(server_pid(data_dir)) != os.getpgid(bot.process.pid)
        started = time.monotonic()
        os.killpg(bot.process.pid, signal.SIGINT)
        numbers = bot.end()
        assert bot.process.returncode == 0
        assert time.monotonic() - started < 5
        assert find_running(data_dir) is None
    assert await stored_of(data_dir, numbers) == [f"note {number}" for number in numbers]
    assert await stored_of(data_dir, [max(numbers) + 1]) == [None], "the bot said of every write that it was kept"


def left_behind(data_dir: Path) -> subprocess.Popen[bytes]:
    """A server as a bot leaves it on macOS: it runs and holds its lock, while the bot's lock is free."""
    folder = data_dir / "store"
    folder.mkdir(parents=True, mode=0o700)
    socket = folder / "valkey.sock"
    (folder / "socket").write_text(str(socket))
    lock = embedded._locked(folder / "server.lock")
    assert lock is not None
    command = server.command(server.find_server(), socket, folder / "valkey.pid")
    child = subprocess.Popen(command, cwd=folder, pass_fds=[lock], stdout=subprocess.DEVNULL)
    os.close(lock)
    wait_until(lambda: find_running(data_dir) is not None)
    return child


async def test_a_server_left_behind_is_stopped_at_the_next_start(data_dir: Path) -> None:
    """Its data is kept; two servers on one folder would ruin it."""
    with left_behind(data_dir) as orphan:
        url = find_running(data_dir)
        assert url is not None
        redis = Redis.from_url(url)
        await redis.set(writer.key(1), "note 1")
        await redis.aclose()
        assert await stored_of(data_dir, [1]) == ["note 1"]
        assert orphan.wait(timeout=10) == 0, "it was asked to shut down, not killed"


@pytest.mark.soak
def test_a_hanging_server_left_behind_is_killed(data_dir: Path) -> None:
    """One that does not answer is ended by its process number."""
    with left_behind(data_dir) as orphan:
        orphan.send_signal(signal.SIGSTOP)
        with store_in(data_dir) as store:
            assert store.pid not in (None, orphan.pid)
        assert orphan.wait(timeout=10) == -signal.SIGKILL


@pytest.mark.soak
def test_a_number_that_belongs_to_somebody_else_is_not_killed(data_dir: Path) -> None:
    """The recorded process number may have been given to another program since."""
    with left_behind(data_dir) as orphan, subprocess.Popen(["sleep", "60"]) as bystander:
        orphan.send_signal(signal.SIGSTOP)
        (data_dir / "store" / "valkey.pid").write_text(str(bystander.pid))
        with pytest.raises(StoreBusyError):
            EmbeddedStore.start(data_dir)
        assert bystander.poll() is None
        bystander.kill()
        orphan.kill()


async def test_a_torn_tail_costs_only_the_torn_write(data_dir: Path) -> None:
    """A machine that loses power in the middle of a write starts again without help."""
    with store_in(data_dir) as store:
        redis = await connect(store.url)
        for number in range(20):
            assert await Records(redis).commit(Batch().set(writer.key(number), f"note {number}"))
        await redis.aclose()
    (log,) = (data_dir / "store" / "appendonlydir").glob("*.incr.aof")
    os.truncate(log, log.stat().st_size - 7)
    assert await stored_of(data_dir, list(range(20))) == [*(f"note {number}" for number in range(19)), None]


def test_damage_is_reported_with_the_servers_own_words(data_dir: Path) -> None:
    """Data that cannot be read is not silently started without; the folder is free again afterwards."""
    EmbeddedStore.start(data_dir).stop()
    (manifest,) = (data_dir / "store" / "appendonlydir").glob("*.manifest")
    manifest.write_text("nonsense\n")
    for _ in range(2):
        with pytest.raises(StoreStartError) as caught:
            EmbeddedStore.start(data_dir)
        assert caught.value.values["reason"] not in ("", "no answer")


def test_a_start_outside_the_main_thread_is_refused(data_dir: Path) -> None:
    """Linux would end the server with that thread."""
    refused: list[str] = []

    def start() -> None:
        try:
            EmbeddedStore.start(data_dir)
        except RuntimeError as error:
            refused.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert refused == ["the embedded store must be started from the main thread"]


@pytest.mark.parametrize(
    ("version", "accepted"), [("Redis server v=7.0.15 sha=0", True), ("Redis server v=6.2.14 sha=0", False)]
)
def test_a_server_on_path_has_to_be_new_enough(tmp_path: Path, version: str, accepted: bool) -> None:
    """Where the package has no binary, an installed server is taken, from version 7 on."""
    program = tmp_path / "redis-server"
    program.write_text(f"#!/bin/sh\necho '{version}'\n")
    program.chmod(0o755)
    if accepted:
        assert server.find_server("no_such_package", str(tmp_path)) == program
    else:
        with pytest.raises(StoreServerMissingError):
            server.find_server("no_such_package", str(tmp_path))
