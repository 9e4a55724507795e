"""How long a process runs: until SIGINT or SIGTERM, also while it is still starting."""

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import Awaitable, Callable

logger = logging.getLogger("factormate")


class Lifetime:
    """Told to a process by the operating system, or whoever types Ctrl-C."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()
        self._has_begun = False
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, self._stopping.set)

    def begin(self, greeting: str) -> None:
        """The process serves now; `greeting` is the one line that says so."""
        print(greeting, flush=True)  # noqa: T201 - the one line a newcomer looks for
        self._has_begun = True
        gc.freeze()  # plays and model stay for good: no collection need walk them while somebody waits

    async def ended(self) -> None:
        await self._stopping.wait()
        logger.info("stopping")

    async def run(self, process: Callable[["Lifetime"], Awaitable[None]]) -> None:
        """Runs `process`, which is to end after `ended`. Before `begin` nobody is served yet: a stop gives it up."""
        running = asyncio.ensure_future(process(self))
        told = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait([running, told], return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not self._has_begun:
            running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
