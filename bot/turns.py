"""Who computes when: what takes long waits for its turn, so that whoever asks for little is answered at once."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from itertools import islice
from typing import Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

P = ParamSpec("P")
T = TypeVar("T")

FEW: Final = 50
DRAWN: Final = 500
_ASIDE: Final = ThreadPoolExecutor(1, thread_name_prefix="aside")
_TURNS: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]] = WeakKeyDictionary()


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Beside the event loop, one after the other: tables, charts, long notes.

    Of several threads that compute, each gets its share of the interpreter, and the event loop only one of them all:
    side by side they would take as long, and everybody would wait. Short work has `asyncio.to_thread`.
    """
    call = partial(contextvars.copy_context().run, work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_ASIDE, call)


async def drawn(rows: Iterable[T]) -> list[T]:
    """All of what comes one by one, such as the rows of a table: some at a time, and others in between."""
    coming = iter(rows)
    found: list[T] = []
    while some := await aside(list, islice(coming, DRAWN)):
        found += some
    return found


@asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """For what computes for some milliseconds on the event loop, as finding a play does: one in each of its rounds,
    so that nobody waits for as long as all who ask in this moment take together."""
    loop = asyncio.get_running_loop()
    lock = _TURNS.setdefault(loop, asyncio.Lock())
    await lock.acquire()
    try:
        yield
    finally:
        loop.call_soon(lock.release)


def turn_for(rows: int) -> AbstractAsyncContextManager[None]:
    """A turn for many; a few take no longer than waiting for one."""
    return turn() if rows > FEW else nullcontext()
