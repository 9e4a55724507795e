"""How long a process runs: until SIGINT or SIGTERM, also while it is still starting; and how it shares its time."""

import asyncio
import contextlib
import gc
import logging
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Final

SWITCH_SECONDS: Final = 0.001
"""After so long a thread that reads a note or draws a chart lets the event loop go on: with Python's own 5 ms and a few
such threads, everybody else would wait for tenths of a second."""
COLLECTED_AFTER: Final = (2_000, 5, 500)
"""Garbage collections of the whole heap by themselves only where memory would grow for good: in the middle of a large
import, one takes as long as a hundred answers."""
COLLECT_EVERY: Final = 30.0
QUIET_SECONDS: Final = 5.0
QUIET_SHARE: Final = 0.05
"""Of a core: who computes less than that over so long has nobody waiting."""
LATE_SHARE: Final = 0.05
"""Who is called so much later than asked for is only kept from computing, by a machine that is busy with others."""

logger = logging.getLogger("factormate")


def share_time() -> None:
    """What stays for good is no longer looked through; who waits for the processor waits a moment only."""
    gc.freeze()  # plays and model
    gc.set_threshold(*COLLECTED_AFTER)
    sys.setswitchinterval(SWITCH_SECONDS)


async def keep_collected(every: float = COLLECT_EVERY, quiet: float = QUIET_SECONDS) -> None:
    """In quiet moments: while much is in work, looking through all of it would hold up everybody."""
    while True:
        await asyncio.sleep(every)
        began, computed = time.monotonic(), time.process_time()
        await asyncio.sleep(quiet)
        late, computed = time.monotonic() - began - quiet, time.process_time() - computed
        if computed < QUIET_SHARE * quiet and late < LATE_SHARE * quiet:
            gc.collect()


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
        share_time()

    async def ended(self) -> None:
        await self._stopping.wait()
        logger.info("stopping")

    async def run(self, process: Callable[["Lifetime"], Awaitable[None]]) -> None:
        """Runs `process`, which is to end after `ended`. Before `begin` nobody is served yet: a stop gives it up."""
        running = asyncio.ensure_future(process(self))
        told = asyncio.ensure_future(self._stopping.wait())
        collecting = asyncio.ensure_future(keep_collected())
        await asyncio.wait([running, told], return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not self._has_begun:
            running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await running
            finally:
                collecting.cancel()
