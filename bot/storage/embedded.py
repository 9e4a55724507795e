"""The store that needs no set-up: a private Valkey server under the data folder, a child of the bot."""

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError, TimeoutError
from redis.retry import Retry

from bot.errors import BotError, StoreBusyError, StoreStartError
from bot.storage import server

LOADING_SECONDS: Final = 60.0
STOPPING_SECONDS: Final = 3.0
LONGEST_SOCKET: Final = 100
"""Bytes in a socket's path; the kernels stop at 104 (macOS) and 108 (Linux), end mark included."""

_log = logging.getLogger(__name__)


class EmbeddedStore:
    """Two locks tell what goes on in a data folder.

    The bot holds `bot.lock` while it lives, the server inherits `server.lock` and holds it while it lives. Both die
    with their holder, so neither can be stale: only the second one held means a server that outlived its bot.
    """

    def __init__(self, folder: Path, bot_lock: int) -> None:
        self._folder = folder
        self._bot_lock: int | None = bot_lock
        self._socket = folder / "valkey.sock"
        self._child: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, data_dir: Path) -> Self:
        """Blocks until the store answers. To be called in the main thread: Linux ends a child with its thread.

        Raises StoreBusyError while another process runs this folder's store, StoreServerMissingError and
        StoreStartError when there is no server or it does not come up.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("the embedded store must be started from the main thread")
        folder = _folder(data_dir)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        bot_lock = _locked(folder / "bot.lock")
        if bot_lock is None:
            raise StoreBusyError(folder=folder)
        store = cls(folder, bot_lock)
        try:
            _log_file(folder).write_bytes(b"")
            store._launch()
            store._await_ready()
        except BaseException:
            store.stop()
            raise
        return store

    @property
    def url(self) -> str:
        return _url(self._socket)

    @property
    def pid(self) -> int | None:
        """Of the server, while it runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    async def keep_running(self) -> None:
        """Brings the server back when it was killed, for as long as this task runs; clients wait that out."""
        while True:
            await asyncio.sleep(0.25)
            if self.pid is None:
                _log.warning("the store's server has ended; starting it again")
                try:
                    self._launch()
                except (OSError, BotError):
                    _log.exception("the store's server does not start")
                await asyncio.sleep(1)

    def stop(self) -> None:
        """Lets the server finish; after a few seconds it is killed, which loses no acknowledged write either."""
        if self._child is not None:
            self._child.terminate()
            try:
                self._child.wait(STOPPING_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            self._child = None
            _forget_socket(self._folder)
        if self._bot_lock is not None:
            os.close(self._bot_lock)
            self._bot_lock = None

    def _launch(self) -> None:
        binary = server.find_server()
        lock = _locked(self._folder / "server.lock")
        if lock is None:
            lock = _stop_orphan(self._folder)
        try:
            if self._child is None:  # when it comes back, clients look for it where it was
                self._socket = _choose_socket(self._folder)
            with _log_file(self._folder).open("ab") as log:
                self._child = subprocess.Popen(  # noqa: S603 # nosec B603
                    [
                        *(sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")), str(os.getpid())),
                        *server.command(binary, self._socket, _pid_file(self._folder)),
                    ],
                    cwd=self._folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C is for the bot, which then stops the server in its own time
                    pass_fds=[lock],
                )
        finally:
            os.close(lock)

    def _await_ready(self) -> None:
        if not _within(LOADING_SECONDS, lambda: self.pid is None or _answers(self._socket)) or self.pid is None:
            said = _log_file(self._folder).read_text(errors="replace").strip().splitlines()
            raise StoreStartError(folder=self._folder, reason=said[-1] if said else "no answer")


def find_running(data_dir: Path) -> str | None:
    """The address of the store another process runs in this data folder."""
    socket = _recorded_socket(_folder(data_dir))
    return _url(socket) if socket is not None and _answers(socket) else None


@contextmanager
def joined_or_started(data_dir: Path) -> Iterator[str]:
    """The address of the store that another process runs in this folder, or of one started for as long as needed.

    All who use it so share `users.lock`; whoever has started it waits until it is alone before stopping it.
    """
    import fcntl

    folder = _folder(data_dir)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(users, fcntl.LOCK_SH)
        url, store = _join_or_start(data_dir)
        try:
            yield url
        finally:
            if store is not None:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX)
                finally:  # Ctrl-C ends the waiting
                    store.stop()
    finally:
        os.close(users)


def _join_or_start(data_dir: Path) -> tuple[str, EmbeddedStore | None]:
    """The store's address, and the store itself when it was started here and has to be stopped here."""
    deadline = time.monotonic() + LOADING_SECONDS
    while True:
        url = find_running(data_dir)
        if url is not None:
            return url, None
        try:
            store = EmbeddedStore.start(data_dir)
        except StoreBusyError:  # it is just starting, or stopping
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return store.url, store


def _folder(data_dir: Path) -> Path:
    return data_dir.absolute() / "store"


def _pid_file(folder: Path) -> Path:
    return folder / "valkey.pid"


def _log_file(folder: Path) -> Path:
    return folder / "valkey.log"


def _url(socket: Path) -> str:
    return f"unix://{quote(str(socket))}?db=0"


def _locked(path: Path) -> int | None:
    """The open lock file, or None while another process holds it."""
    import fcntl  # not on Windows, where the rest of the bot should still work with REDIS_URL

    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _stop_orphan(folder: Path) -> int:
    """Ends a server that outlived its bot and takes over its lock."""
    taken: list[int] = []

    def take() -> bool:
        lock = _locked(folder / "server.lock")
        taken.extend([lock] if lock is not None else [])
        return lock is not None

    socket = _recorded_socket(folder)
    for ask in (signal.SIGTERM, signal.SIGKILL):
        if socket is not None and ask is signal.SIGTERM:
            _shut_down(socket)
        else:
            _kill(folder)
        if _within(STOPPING_SECONDS, take):
            return taken[0]
    raise StoreBusyError(folder=folder)


def _shut_down(socket: Path) -> None:
    try:
        with _client(socket) as client:
            client.execute_command("SHUTDOWN", "NOSAVE")
    except RedisError:
        _log.debug("the store left behind does not answer; it will be killed")


def _kill(folder: Path) -> None:
    """Only a process that still is a server: the number may belong to somebody else by now."""
    try:
        pid = int(_pid_file(folder).read_text())
        if "valkey" in (name := _program(pid)) or "redis" in name:
            os.kill(pid, signal.SIGKILL)
    except (OSError, ValueError):
        _log.debug("the store left behind has no process number")


def _program(pid: int) -> str:
    if sys.platform == "linux":
        return Path(f"/proc/{pid}/comm").read_text()
    return subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout  # noqa: S603, S607 # nosec B603, B607


def _choose_socket(folder: Path) -> Path:
    """Beside the data where the path is short enough, else in a private temporary folder; recorded for others."""
    _forget_socket(folder)
    socket = folder / "valkey.sock"
    if len(os.fsencode(socket)) > LONGEST_SOCKET:
        socket = Path(tempfile.mkdtemp(prefix="factormate-")) / "valkey.sock"
    if len(os.fsencode(socket)) > LONGEST_SOCKET:
        socket.parent.rmdir()
        socket = Path(tempfile.mkdtemp(prefix="factormate-", dir="/tmp")) / "valkey.sock"  # nosec B108
    (folder / "socket").write_text(str(socket))
    return socket


def _recorded_socket(folder: Path) -> Path | None:
    """None as well when its folder is not ours alone: after a restart of the machine others can take a /tmp name."""
    try:
        socket = Path((folder / "socket").read_text())
        owner = socket.parent.stat()
    except OSError:
        return None
    return socket if owner.st_uid == os.getuid() and not owner.st_mode & 0o077 else None


def _forget_socket(folder: Path) -> None:
    socket = _recorded_socket(folder)
    if socket is not None and socket.parent != folder:
        shutil.rmtree(socket.parent, ignore_errors=True)
    (folder / "socket").unlink(missing_ok=True)


def _client(socket: Path) -> Redis:
    return Redis(unix_socket_path=str(socket), socket_timeout=1, retry=Retry(NoBackoff(), 0))


def _answers(socket: Path) -> bool:
    try:
        with _client(socket) as client:
            return bool(client.ping())
    except (ConnectionError, TimeoutError):  # also while it is loading
        return False


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
