"""The bot with a pulse in its event loop: `python -m bench.heartbeat FILE`, started by `bench.blocking`.

Writes down each time that the loop, one callback, or a garbage collection took longer than TOLD, and where it was.
A line's `ours` is what was computed in that time, by the process for the loop, by the loop's own thread for the others:
when the machine runs somebody else, the loop is late and nobody here is to blame.
"""

import asyncio
import contextlib
import gc
import json
import signal
import sys
import time
import traceback
from asyncio import events
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TextIO

import app
from bot import settings as setting
from bot import stores
from bot.telemetry import logs

BEAT: Final = 0.001
TOLD: Final = 0.008
LOOKED_AT: Final = 0.015
"""A callback that has run so long is asked what it is at."""
ROOT: Final = Path(app.__file__).parent


class Book:
    """One line for each thing that took long: when it ended (monotonic), how long it was, and what it was."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def note(self, kind: str, seconds: float, ours: float, what: str = "") -> None:
        if seconds >= TOLD:
            line = {"at": time.monotonic(), "kind": kind, "seconds": seconds, "ours": min(ours, seconds), "what": what}
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()


async def beat(book: Book) -> None:
    """How much later than asked for the loop comes back."""
    while True:
        wall, ours = time.perf_counter(), time.process_time()
        await asyncio.sleep(BEAT)
        book.note("loop", time.perf_counter() - wall - BEAT, time.process_time() - ours)


@contextlib.contextmanager
def timed_callbacks(book: Book) -> Iterator[None]:
    """Every callback of the loop by itself; where it was is told by a timer that goes off while it still runs."""
    found: list[str] = []

    def look(_: int, frame: Any) -> None:
        stack = traceback.extract_stack(frame)
        at = [each for each in stack[:-1] if Path(each.filename).is_relative_to(ROOT) and "bench" not in each.filename]
        found.append(
            " < ".join(f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in [stack[-1], *at[:-4:-1]])
        )

    handles: Any = events.Handle
    plain = handles._run

    def run(handle: Any) -> None:
        wall, ours = time.perf_counter(), time.thread_time()
        signal.setitimer(signal.ITIMER_REAL, LOOKED_AT)
        plain(handle)
        signal.setitimer(signal.ITIMER_REAL, 0)
        book.note("callback", time.perf_counter() - wall, time.thread_time() - ours, " | ".join(found))
        found.clear()

    before = signal.signal(signal.SIGALRM, look)
    handles._run = run
    try:
        yield
    finally:
        handles._run = plain
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def timed_collections(book: Book) -> Iterator[None]:
    began = [0.0, 0.0]

    def collected(phase: str, about: dict[str, int]) -> None:
        if phase == "start":
            began[:] = time.perf_counter(), time.thread_time()
        else:
            what = f"generation {about['generation']}"
            book.note("collection", time.perf_counter() - began[0], time.thread_time() - began[1], what)

    gc.callbacks.append(collected)
    try:
        yield
    finally:
        gc.callbacks.remove(collected)


async def serve(book: Book) -> None:
    settings = setting.read()
    with contextlib.closing(app.bound(settings)) as listening, stores.store(settings) as store_url:
        pulse = asyncio.create_task(beat(book))
        await app.serve(settings, store_url, listening, None)
        pulse.cancel()


def main() -> int:
    logs.configure("WARNING", setting.LogFormat.TEXT)
    with Path(sys.argv[1]).open("w", encoding="utf-8") as file:
        book = Book(file)
        with timed_collections(book), timed_callbacks(book):
            asyncio.run(serve(book))
    return 0


if __name__ == "__main__":
    sys.exit(main())
