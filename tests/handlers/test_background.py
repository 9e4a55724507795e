"""Work that goes on after Slack has its answer."""

import asyncio

from handlers.background import Background


async def test_of_works_that_come_quickly_the_last_is_done() -> None:
    """Of one key; another key's is not held up, and what is forgotten is never done."""
    later, done = Background(), []

    async def work(name: str) -> None:
        done.append(name)

    for name in ("a1", "a2", "a3"):
        later.once_quiet("a", 0.01, lambda name=name: work(name))  # type: ignore[misc]
    later.once_quiet("b", 0.01, lambda: work("b1"))
    later.once_quiet("c", 0.01, lambda: work("c1"))
    later.forget("c")
    later.forget("nothing")
    await later.drain(1)
    assert sorted(done) == ["a3", "b1"]


async def test_what_has_begun_goes_on() -> None:
    """A later work for the same key waits for nobody and stops nobody."""
    later, done, begun = Background(), [], asyncio.Event()

    async def first() -> None:
        begun.set()
        await asyncio.sleep(0)
        done.append("first")

    async def second() -> None:
        done.append("second")

    later.once_quiet("a", 0, first)
    await begun.wait()
    later.once_quiet("a", 0, second)
    await later.drain(1)
    assert done == ["first", "second"]


async def test_what_work_begins_is_waited_for_too() -> None:
    """A deploy must not lose the second half of what a click began."""
    later, done = Background(), []

    async def second() -> None:
        await asyncio.sleep(0)
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        later(second())

    later(first())
    await later.drain(1)
    assert done == ["second"]


async def test_what_takes_too_long_is_cancelled() -> None:
    later, ended = Background(), asyncio.Event()

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    later(forever())
    await later.drain(0.01)
    assert ended.is_set()
