"""The running app against a hundred thousand spoilt requests: no failure, nothing in the log, memory flat."""

import asyncio
import gc
import logging
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import slack
from bot.domain.policy import Relation
from bot.domain.user import Role
from bot.sandbox import Delivery
from bot.storage import pace
from tests.fakes import FixedClock
from tests.handlers.cast import cast_of, workspace_for
from tests.handlers.conftest import NOW
from tests.handlers.scene import staged
from tests.handlers.test_who_sees_what import ROWS
from tests.logged import configured
from tests.security.mutating import Sent, mutated
from tests.world import SECRET, World, emptied, opened_world

pytestmark = [pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

INPUTS: Final = 96_000
EXAMPLES: Final = 200
IN_EACH: Final = 20
"""What Hypothesis chooses, and makes smaller when it fails."""
CONNECTIONS: Final = 8
GROWTH_MB: Final = 25
"""From the first tenth of the inputs to the last."""
REFUSED_BY_SLACK: Final = re.compile(r"(incident \w+|background work failed): SlackApiError at ")
"""A request named a channel, a person or a window that Slack does not have."""


class Log(logging.Handler):
    """What an operator would be woken for, beside the requests that were under way."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: Counter[str] = Counter()
        self.under_way: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        is_bad = record.levelno >= logging.ERROR and not REFUSED_BY_SLACK.match(line)
        if is_bad or record.exc_info or "evil.example" in line or SECRET in line:
            self.found[f"{record.name}: {line} {list(self.under_way)}"[:1000]] += 1


@dataclass(slots=True)
class Target:
    """The app's door, what was recorded at it, and what came of what was sent."""

    world: World
    corpus: Sequence[Delivery]
    log: Log
    answers: Counter[int] = field(default_factory=Counter)

    @property
    def host(self) -> str:
        return self.world.bot_url.split("/")[2]

    async def send(self, line: "Line", sent: Sent) -> int:
        """The status; 0 where there was no answer."""
        self.log.under_way[sent.mark] += 1
        try:
            if sent.hung_up is not None:
                return await hung_up(self.host, sent)
            status = await line.ask(sent.raw(self.host))
        finally:
            self.log.under_way -= Counter([sent.mark])
        self.answers[status] += 1
        return status

    def forget(self) -> None:
        """What the emulator remembers for tests would grow with every request."""
        slack, state = self.world.slack, self.world.slack.state
        slack.calls.clear()
        slack.deliveries.clear()
        for message in state.messages.everything():
            state.messages.remove(message)


async def hung_up(host: str, sent: Sent) -> int:
    """Nobody waits for the answer: what it would be."""
    raw, (name, port) = sent.raw(host), host.split(":")
    _, writer = await asyncio.open_connection(name, int(port))
    writer.write(raw[: int(len(raw) * (sent.hung_up or 0))])
    writer.close()
    return 400


class Line:
    """One connection, opened again when the server has closed it."""

    def __init__(self, host: str) -> None:
        self._host, self._port = host.split(":")
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> int:
        for _ in range(2):  # a server may close a connection that it kept after its last answer
            if self._open is None:
                self._open = await asyncio.open_connection(self._host, int(self._port))
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                return await asyncio.wait_for(self._exchange(*self._open, request), 20)
            self.close()
        return 0

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        if b"connection: close" in head.lower():
            self.close()
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def target(store_url: str, models_dir: Path) -> AsyncIterator[Target]:
    """Everything that anybody can do was done once before, and recorded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slack, "PACE_SECONDS", 0.0)
        patch.setattr(pace, "CHANNEL", (0.0, 1))
        patch.setattr(pace, "METHODS", dict.fromkeys(pace.METHODS, (0.0, 1)))
        async with opened_world(
            await emptied(store_url), models_dir, FixedClock(NOW), workspace=workspace_for(2)
        ) as world:
            corpus = await recorded(world)
            async with logged() as log:
                yield Target(world, corpus, log)
                await world.running.later.drain(30)


async def recorded(world: World) -> list[Delivery]:
    """One payload of each kind, from every way in that `test_who_sees_what` knows."""
    cast = cast_of(world)
    await cast.staff()
    scene = await staged(world, cast)
    await scene.becomes(Role.ACCOUNT_MANAGER)
    for row in ROWS.values():
        for relation in (Relation.OWN, Relation.CASE):
            await row.attempt(scene, scene.customers[relation])
    await world.quiet()
    return list({_kind(each): each for each in world.slack.deliveries}.values())


def _kind(delivery: Delivery) -> tuple[str, ...]:
    body = delivery.body
    actions, view = body.get("actions") or [{}], body.get("view") or {}
    named = (body.get("callback_id"), view.get("callback_id"), actions[0].get("action_id"), body.get("action_id"))
    return (delivery.kind, delivery.type, *(str(each).split(".")[0] for each in named))


@asynccontextmanager
async def logged() -> AsyncIterator[Log]:
    """As production logs, with the loop's own complaints."""
    root, log = logging.getLogger(), Log()
    before, level = root.handlers[:], root.level
    configured("INFO")
    root.handlers = [log]
    yield log
    root.handlers, root.level = before, level


def rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.timeout(900)
async def test_a_hundred_thousand_spoilt_requests(target: Target) -> None:
    """Every one is answered, none with a failure; nothing of them is in the log; memory stays."""
    seed = random.randrange(2**32)
    rng, sizes = random.Random(seed), []

    async def send_many(count: int) -> None:
        line = Line(target.host)
        for _ in range(count):
            await target.send(line, mutated(rng, target.corpus))
        line.close()

    for _ in range(10):
        await asyncio.gather(*(send_many(INPUTS // 10 // CONNECTIONS) for _ in range(CONNECTIONS)))
        await target.world.running.later.drain(30)
        target.forget()
        gc.collect()
        sizes.append(rss_mb())
    assert not target.log.found, f"seed {seed}"
    assert {status for status in target.answers if status == 0 or status >= 500} == set(), f"seed {seed}"
    assert {200, 400, 401, 413} <= target.answers.keys(), "all of them are tried"
    assert sizes[-1] - sizes[0] < GROWTH_MB, sizes


@settings(max_examples=EXAMPLES, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck))
@given(rng=st.randoms(use_true_random=False))
async def test_what_hypothesis_comes_to(target: Target, rng: random.Random) -> None:
    """A failure prints the smallest such requests that were found."""
    line = Line(target.host)
    target.log.found.clear()
    for sent in [mutated(rng, target.corpus) for _ in range(IN_EACH)]:
        status = await target.send(line, sent)
        assert 0 < status < 500, sent
    line.close()
    assert not target.log.found
