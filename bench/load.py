"""The load: many connections, each sending its next request when the answer's content has arrived."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """Requests answered with the expected content, by how many connections, in how many seconds."""

    answered: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds


async def run(port: int, requests: Sequence[bytes], expected: bytes, connections: int, seconds: float) -> Load:
    """Raises ValueError when an answer is not a 200 or lacks `expected` (content, not just a status, counts)."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    upcoming = cycle(requests)
    counts = await asyncio.gather(
        *(_connection(port, upcoming, expected, started + seconds) for _ in range(connections))
    )
    return Load(sum(counts), loop.time() - started)


async def once(port: int, requests: Sequence[bytes], expected: bytes, connections: int) -> int:
    """Every request exactly once."""
    upcoming = iter(requests)
    counts = await asyncio.gather(*(_connection(port, upcoming, expected, float("inf")) for _ in range(connections)))
    return sum(counts)


async def _connection(port: int, upcoming: Iterator[bytes], expected: bytes, until: float) -> int:
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    for request in upcoming:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        if b" 200 " not in head.split(b"\r\n", 1)[0] or expected not in body:
            raise ValueError(f"unexpected answer: {head[:40]!r} {body[:200]!r}")
        answered += 1
        if loop.time() > until:
            break
    writer.close()
    return answered
