"""Work that goes on after Slack has its answer, such as a confirmation by direct message."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bot.telemetry import metrics
from bot.telemetry.logs import without_text

logger = logging.getLogger(__name__)


class Background:
    """Keeps every task until it is done, and waits for them at the end of the program."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._waiting: dict[str, asyncio.Task[Any]] = {}

    def __call__(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def once_quiet(self, key: str, seconds: float, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Does the last of the works given for a key, when no other has come for so long."""
        self.forget(key)

        async def wait() -> None:
            await asyncio.sleep(seconds)
            del self._waiting[key]
            await work()

        self._waiting[key] = self(wait())

    def forget(self, key: str) -> None:
        """What waits for its quiet moment is not done any more; what has begun goes on."""
        if (waiting := self._waiting.pop(key, None)) is not None:
            waiting.cancel()

    async def drain(self, seconds: float) -> None:
        """Waits for what is under way and for what that begins; what takes longer is cancelled."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self._tasks and (left := until - loop.time()) > 0:
            await asyncio.wait(set(self._tasks), timeout=left)
        late = set(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            metrics.INCIDENTS.labels("background").inc()
            logger.error("background work failed: %s", without_text(error))
