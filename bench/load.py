"""The load: many connections, each sending its next request when the answer's content has arrived."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain, cycle

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """How many seconds each request took that was answered with the expected content, and all of them together."""

    took: Sequence[float]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds

    def percentile(self, share: int) -> float:
        """In seconds."""
        return sorted(self.took)[min(len(self.took) - 1, len(self.took) * share // 100)]


async def run(port: int, requests: Sequence[bytes], expected: bytes, connections: int, seconds: float) -> Load:
    """Raises ValueError when an answer is not a 200 or lacks `expected` (content, not just a status, counts)."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    upcoming = cycle(requests)
    took = await asyncio.gather(*(_connection(port, upcoming, expected, started + seconds) for _ in range(connections)))
    return Load([*chain.from_iterable(took)], loop.time() - started)


async def once(port: int, requests: Sequence[bytes], expected: bytes, connections: int) -> int:
    """Every request exactly once."""
    upcoming = iter(requests)
    took = await asyncio.gather(*(_connection(port, upcoming, expected, float("inf")) for _ in range(connections)))
    return sum(map(len, took))


class Connection:
    """To one server, kept open; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    @asynccontextmanager
    async def opened(cls, port: int) -> AsyncIterator["Connection"]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()

    async def ask(self, request: bytes, expected: bytes) -> bytes:
        """The body. Raises ValueError when it is not a 200 or lacks `expected`."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        body = await self._reader.readexactly(int(length[1]) if length else 0)
        if b" 200 " not in head.split(b"\r\n", 1)[0] or expected not in body:
            raise ValueError(f"unexpected answer: {head[:40]!r} {body[:200]!r}")
        return body


async def _connection(port: int, upcoming: Iterator[bytes], expected: bytes, until: float) -> list[float]:
    loop = asyncio.get_running_loop()
    took: list[float] = []
    async with Connection.opened(port) as connection:
        for request in upcoming:
            began = loop.time()
            await connection.ask(request, expected)
            took.append(loop.time() - began)
            if loop.time() > until:
                break
    return took
