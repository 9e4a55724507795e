"""Telling those who watch (the page, waiting tests) that something in the workspace changed."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.sandbox.shapes import Json

T = TypeVar("T")
RECHECK_SECONDS: Final = 0.05
"""A condition may also look at things outside of the emulator, whose changes nobody announces."""


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    data: Json


Listener = asyncio.Queue[Change | None]


class Changes:
    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._listeners: list[tuple[str, Listener]] = []

    def tell(self, name: str, data: Json, to: Collection[str] | None = None) -> None:
        """To the pages of these people, or of all."""
        for user_id, listener in self._listeners:
            if to is None or user_id in to:
                listener.put_nowait(Change(name, data))
        self.touch()

    def touch(self) -> None:
        """Wakes those who wait, without news for the page."""
        self._changed.set()
        self._changed = asyncio.Event()

    @contextmanager
    def listening(self, user_id: str) -> Iterator[Listener]:
        """Changes as one person's page sees them; None means that the emulator closes."""
        entry = (user_id, Listener())
        self._listeners.append(entry)
        try:
            yield entry[1]
        finally:
            self._listeners.remove(entry)

    @property
    def upcoming(self) -> asyncio.Event:
        """Set by the next change; taken before one looks, nothing in between is missed."""
        return self._changed

    def end(self) -> None:
        for _, listener in self._listeners:
            listener.put_nowait(None)

    async def wait_for(self, condition: Callable[[], T | None], timeout: float) -> T:
        """The first true answer of the condition; TimeoutError when there is none in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            changed = self._changed
            answer = condition()
            if answer:
                return answer
            left = deadline - loop.time()
            if left <= 0:
                raise TimeoutError(f"not true within {timeout} s: {condition}")
            await _either(changed, min(left, RECHECK_SECONDS))


async def _either(changed: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return
