"""The store that settings name: the operator's Redis, or the embedded one, joined or started."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from redis.asyncio import Redis

from bot.errors import BotError, StoreBusyError, StoreStartError, StoreUnreachableError
from bot.settings import Settings
from bot.storage.connection import connect
from bot.storage.embedded import EmbeddedStore, joined_or_started

BUSY_SECONDS = 4.0
"""At start, for another process to let go of the embedded store."""


class DataFolderError(BotError):
    """The data folder cannot be made or written to."""

    key = "error.data_folder"


class ForeignStoreError(BotError):
    """The local workspace was given a store with a real workspace in it."""

    key = "error.foreign_store"


async def connected(settings: Settings, store_url: str) -> Redis:
    """Raises StoreUnreachableError or, of the embedded store, StoreStartError."""
    try:
        return await connect(store_url)
    except StoreUnreachableError as error:
        if settings.redis_url is not None:
            raise
        raise StoreStartError(folder=settings.home, reason=error.values["reason"]) from error


@contextlib.contextmanager
def store(settings: Settings) -> Iterator[str]:
    """The operator's store, or the embedded one: joined where it runs already, started (in this thread) elsewhere."""
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value()
        return
    with contextlib.ExitStack() as stack:
        try:
            _make_home(settings)
            url = stack.enter_context(joined_or_started(settings.home))
        except OSError as error:
            raise DataFolderError(folder=settings.home, reason=error.strerror) from error
        yield url


@contextlib.contextmanager
def own_store(settings: Settings) -> Iterator[tuple[str, EmbeddedStore | None]]:
    """The operator's store, or an embedded one that nobody else has started.

    Raises DataFolderError, StoreBusyError and what else keeps the embedded store from starting.
    """
    try:
        _make_home(settings)
        child = _started(settings.home) if settings.redis_url is None else None
    except OSError as error:
        raise DataFolderError(folder=settings.home, reason=error.strerror) from error
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value(), None
    elif child is not None:
        try:
            yield child.url, child
        finally:
            child.stop()


def _make_home(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.home.mkdir(exist_ok=True, mode=0o700)


def _started(folder: Path) -> EmbeddedStore:
    """Waits a little for a command that runs the store, or for a bot that is just stopping."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return EmbeddedStore.start(folder)
        except StoreBusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
