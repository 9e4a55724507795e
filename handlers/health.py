"""What an operator's programs ask a process: is it alive, is it ready, what are its figures.

`/healthz` and `/readyz` are harmless and answered on the bot's own port, where a load balancer looks. `/metrics` tells
how busy the company is, so it is only served on a port of its own, which nobody publishes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.telemetry import metrics

logger = logging.getLogger(__name__)

STORE_EVERY: Final = 2.0
SLACK_EVERY: Final = 30.0
JOBS_EVERY: Final = 5.0
"""Seconds between two looks, however often somebody asks."""
AGAIN: Final = 5.0
"""At most, before what was not well is looked at again."""
STORE_SECONDS: Final = 1.0
SLACK_SECONDS: Final = 3.0
"""For one look; what takes longer is not well."""
FIGURE_SECONDS: Final = 1.0

Look = Callable[[], Awaitable[bool]]
Queue = Callable[[], Awaitable[Mapping[str, float]]]
"""How many jobs wait, by state."""


@dataclass(slots=True)
class Check:
    """Looks at something now and then, and knows what it saw last. However many ask, there is one look at a time."""

    look: Look
    every: float
    limit: float
    is_well: bool = False
    _seen_at: float = float("-inf")
    _looking: asyncio.Task[None] | None = None

    async def state(self) -> bool:
        """What was seen within `every` and `limit` seconds; a caller seldom waits for a look, and never beyond it."""
        now = asyncio.get_running_loop().time()
        age = now - self._seen_at
        if age >= (self.every if self.is_well else min(self.every, AGAIN)) and self._looking is None:
            self._looking = asyncio.create_task(self._look())
        if self._looking is not None and (age > self.every + self.limit or not self.is_well):
            await asyncio.shield(self._looking)
        return self.is_well

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(self.limit):
                self.is_well = await self.look()
        except Exception:  # whatever it is, it is not well
            self.is_well = False
        finally:
            self._seen_at = asyncio.get_running_loop().time()
            self._looking = None

    def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()


class Health:
    """Of one process. Until it has started, and from when it stops, it is not ready whatever the checks say."""

    def __init__(self) -> None:
        self._phase = "starting"
        self._checks: dict[str, Check] = {}
        self._queue: Queue | None = None

    def started(self, *, store: Look, slack: Look, jobs: Look | None, queue: Queue) -> None:
        """From here on it is looked at whether the store and Slack answer and whether this process takes jobs.

        `jobs` is None where others do them: that these are away is no reason to send people's requests elsewhere.
        """
        self._checks = {
            "store": Check(store, STORE_EVERY, STORE_SECONDS),
            "slack": Check(slack, SLACK_EVERY, SLACK_SECONDS),
        }
        if jobs is not None:
            self._checks["jobs"] = Check(jobs, JOBS_EVERY, STORE_SECONDS)
        self._queue = queue
        self._phase = "running"

    def stops(self) -> None:
        self._phase = "stopping"
        for each in self._checks.values():
            each.close()

    async def _states(self) -> dict[str, bool]:
        found = await asyncio.gather(*(each.state() for each in self._checks.values()))
        return dict(zip(self._checks, found, strict=True))

    def mount(self, site: web.Application) -> None:
        """Where a load balancer looks."""
        site.router.add_get("/healthz", _alive)
        site.router.add_get("/readyz", self._ready)

    def site(self) -> web.Application:
        """The operator's own port: all of it."""
        site = web.Application()
        self.mount(site)
        site.router.add_get("/metrics", self._figures)
        return site

    async def _ready(self, _: web.Request) -> web.Response:
        states = await self._states() if self._phase == "running" else {}
        is_ready = bool(states) and all(states.values())
        told = {name: "ok" if is_well else "failing" for name, is_well in states.items()}
        answer = {"ready": is_ready, "phase": self._phase, "checks": told}
        return web.json_response(answer, status=200 if is_ready else 503)

    async def _figures(self, request: web.Request) -> web.Response:
        metrics.show(metrics.READY, await self._states())
        metrics.show(metrics.JOBS_WAITING, await self._waiting())
        body, content_type = metrics.page(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def _waiting(self) -> Mapping[str, float]:
        """Nothing where the store does not tell: the other figures are there all the same."""
        if self._queue is None:
            return {}
        try:
            async with asyncio.timeout(FIGURE_SECONDS):
                return await self._queue()
        except Exception as error:
            logger.warning("the depth of the queue is not known: %s", type(error).__name__)
            return {}


async def _alive(_: web.Request) -> web.Response:
    """It answers: the event loop turns."""
    return web.Response(text="ok")
