"""A small bot for the tests to kill: runs a store and writes, printing each number once its write is acknowledged.

    python -m tests.storage.writer DATA_DIR

SIGINT ends it as Ctrl-C ends the bot: writes in hand are finished, then the store is stopped.
"""

import asyncio
import signal
import sys
from itertools import count
from pathlib import Path

from bot.storage.connection import connect
from bot.storage.embedded import EmbeddedStore
from bot.storage.records import Batch, Records

WRITERS = 8


def key(number: int) -> str:
    return f"factormate:{{T1}}:note:{number}"


async def write(url: str) -> None:
    redis = await connect(url)
    records, numbers, stopping = Records(redis), count(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stopping.set)

    async def keep_writing() -> None:
        while not stopping.is_set():
            number = next(numbers)
            if await records.commit(Batch().expect(key(number), None).set(key(number), f"note {number}")):
                print(number, flush=True)  # noqa: T201

    await asyncio.gather(*(keep_writing() for _ in range(WRITERS)))
    await redis.aclose()


def main() -> None:
    store = EmbeddedStore.start(Path(sys.argv[1]))
    try:
        asyncio.run(write(store.url))
    finally:
        store.stop()


if __name__ == "__main__":
    main()
