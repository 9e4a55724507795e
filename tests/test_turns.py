"""Sharing one process: what takes long is done beside the event loop, or in turns on it."""

import asyncio
import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from bot.turns import DRAWN, FEW, aside, drawn, turn, turn_for

WHOSE: ContextVar[str] = ContextVar("whose")


async def rounds(until: asyncio.Event) -> int:
    """Of the event loop, until then."""
    count = 0
    while not until.is_set():
        await asyncio.sleep(0)
        count += 1
    return count


async def test_no_two_compute_in_the_same_round() -> None:
    """Each in the order of asking, and others get theirs in between."""
    done: list[int] = []
    seen: list[int] = []
    over = asyncio.Event()

    async def compute(number: int) -> None:
        async with turn():
            done.append(number)

    async def watch() -> None:
        while not over.is_set():
            seen.append(len(done))
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*map(compute, range(5)))
    over.set()
    await watching
    assert done == [0, 1, 2, 3, 4]
    assert {0, 1, 2, 3, 4} <= {*seen}, "somebody else was heard after each of them"


async def test_whoever_fails_gives_the_turn_back() -> None:
    with pytest.raises(ValueError, match="broken"):
        async with turn():
            raise ValueError("broken")
    async with asyncio.timeout(1), turn():
        pass


async def test_whoever_gave_up_waiting_is_not_waited_for() -> None:
    async with turn():
        waiting = asyncio.create_task(turn().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
    async with asyncio.timeout(1), turn():
        pass


async def test_a_few_rows_wait_for_nobody() -> None:
    async with turn():
        async with asyncio.timeout(1), turn_for(FEW):
            pass
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), turn_for(FEW + 1):
                pass


async def test_one_after_the_other_beside_the_loop() -> None:
    """With what its task knows, such as the request it belongs to; the loop goes on meanwhile."""
    WHOSE.set("mine")
    going, over = threading.Event(), asyncio.Event()
    at_work, most = 0, 0

    def work(number: int) -> tuple[int, str, bool]:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        assert going.wait(5)
        at_work -= 1
        return number, WHOSE.get(), threading.current_thread() is threading.main_thread()

    counting = asyncio.create_task(rounds(over))
    found = asyncio.gather(*(aside(work, number) for number in range(3)))
    for _ in range(10):
        await asyncio.sleep(0)
    going.set()
    assert await found == [(number, "mine", False) for number in range(3)]
    over.set()
    assert await counting >= 10
    assert most == 1


async def test_what_fails_beside_the_loop_is_told_to_who_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 / 0)
    assert await aside(int, "7") == 7


async def test_a_long_table_lets_others_in_between() -> None:
    """Somebody's note is read before the last row is."""
    order: list[str] = []

    def rows() -> Iterator[int]:
        yield from range(4 * DRAWN)
        order.append("table")

    reading = asyncio.create_task(drawn(rows()))
    await asyncio.sleep(0)
    await aside(order.append, "note")
    assert await reading == list(range(4 * DRAWN))
    assert order == ["note", "table"]
