"""Servers of other shapes than the embedded one, from the same binary: single ones, a loopback Cluster, a Sentinel."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.retry import Retry

from bot.storage import launch, server

SLOTS = 16384


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Fails when the condition does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {condition}"
        time.sleep(0.02)


def free_ports(count: int) -> list[int]:
    """All different, since all are held until the last is known."""
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]


class Server:
    """On a loopback port; can be killed and started again with what it had on disk."""

    def __init__(self, folder: Path, port: int, *options: str) -> None:
        self.port = port
        self._folder = folder
        self._options = [*options, "--port", str(port), "--bind", "127.0.0.1", "--loglevel", "warning"]
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it takes commands."""
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid())]  # ends with the test run
        command += [str(server.find_server()), *self._options]
        with (self._folder / "log").open("wb") as log:
            child = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=subprocess.STDOUT)
        self._child = child
        wait_until(lambda: child.poll() is not None or self.answers())
        if child.poll() is not None:
            raise OSError(f"no server on port {self.port}: {(self._folder / 'log').read_text()}")

    def kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def answers(self) -> bool:
        try:
            return bool(self.ask("PING"))
        except AuthenticationError:
            return True
        except RedisError:
            return False

    def ask(self, *command: str | int) -> object:
        with Redis(port=self.port, decode_responses=True, socket_timeout=2, retry=Retry(NoBackoff(), 0)) as client:
            return client.execute_command(*command)


@contextmanager
def running(folder: Path, port: int, *options: str) -> Iterator[Server]:
    found = Server(folder, port, *options)
    try:
        found.start()
        yield found
    finally:
        found.kill()


@contextmanager
def cluster(folder: Path, size: int = 3, replicas: int = 0) -> Iterator[list[Server]]:
    """A Cluster of primaries, and so many replicas of each; the primaries come first."""
    total = size * (1 + replicas)
    ports = free_ports(2 * total)
    buses = dict(zip(ports[:total], ports[total:], strict=True))
    options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--save", "")
    with ExitStack() as stack:
        nodes = [
            stack.enter_context(running(folder / str(port), port, *options, "--cluster-port", str(bus)))
            for port, bus in buses.items()
        ]
        for place, node in enumerate(nodes):
            if place < size:
                node.ask("CLUSTER", "ADDSLOTSRANGE", place * SLOTS // size, (place + 1) * SLOTS // size - 1)
            nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", node.port, buses[node.port])
        wait_until(lambda: all(_is_complete(node, size, total) for node in nodes))
        for place, node in enumerate(nodes[size:]):
            node.ask("CLUSTER", "REPLICATE", str(nodes[place % size].ask("CLUSTER", "MYID")))
        wait_until(lambda: all("'master_link_status': 'up'" in str(n.ask("INFO", "replication")) for n in nodes[size:]))
        yield nodes


def _is_complete(node: Server, size: int, total: int) -> bool:
    info = str(node.ask("CLUSTER", "INFO")).split()
    return {"cluster_state:ok", f"cluster_size:{size}", f"cluster_known_nodes:{total}"} <= set(info)


@contextmanager
def sentinel(folder: Path, primary: Server) -> Iterator[Server]:
    """One Sentinel that watches the primary as `store`."""
    (port,) = free_ports(1)
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "sentinel.conf"
    settings.write_text(
        f"sentinel monitor store 127.0.0.1 {primary.port} 1\n"
        "sentinel down-after-milliseconds store 500\n"
        "sentinel failover-timeout store 3000\n"
    )
    with running(folder, port, str(settings), "--sentinel") as watcher:
        yield watcher
