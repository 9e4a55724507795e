"""How a process shares its time: what is garbage goes in quiet moments."""

import asyncio
import gc
import time
import weakref
from collections.abc import AsyncIterator, Iterator

import pytest

from bot import lifetime


class Ring:
    """Holds itself: only a collection takes it away."""

    def __init__(self) -> None:
        self.next = self


@pytest.fixture
def a_fresh_heap() -> Iterator[None]:
    """Nothing is collected but by whom is tested."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


@pytest.fixture
async def collecting(a_fresh_heap: None) -> AsyncIterator[None]:
    task = asyncio.create_task(lifetime.keep_collected(every=0.01, quiet=0.3))
    yield
    task.cancel()


async def test_garbage_goes_in_a_quiet_moment(collecting: None) -> None:
    gone, ring = asyncio.Event(), Ring()
    weakref.finalize(ring, gone.set)
    del ring
    await asyncio.wait_for(gone.wait(), 60)


async def test_it_waits_while_much_is_in_work(collecting: None) -> None:
    """Looking through all of that would hold up everybody."""
    ring, until = weakref.ref(Ring()), time.process_time() + 0.4
    while time.process_time() < until:  # noqa: ASYNC110 - that is the work
        await asyncio.sleep(0)  # the loop goes round and round
    assert ring() is not None
