"""Stand-ins that tests hand in where the bot takes the real thing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.loopback import served


class FixedClock:
    """A clock that stands still until told otherwise."""

    def __init__(self, moment: str = "2026-03-02T09:00:00+08:00") -> None:
        self._now = _aware(moment)

    def __call__(self) -> datetime:
        return self._now

    def set(self, moment: str) -> None:
        """An ISO 8601 moment with its offset."""
        self._now = _aware(moment)

    def advance(self, by: timedelta) -> None:
        self._now += by


@asynccontextmanager
async def half_a_slack(**answers: dict[str, Any] | str) -> AsyncIterator[str]:
    """The address of something that has these answers; to whatever else is asked it says nothing at all."""

    async def answer(request: web.Request) -> web.Response:
        said = answers.get(request.match_info["method"].replace(".", "_"))
        if said is None:
            await asyncio.sleep(60)
        return web.json_response(said) if isinstance(said, dict) else web.Response(text=said, content_type="text/html")

    site = web.Application()
    site.router.add_route("*", "/api/{method}", answer)
    async with served(site) as address:
        yield f"{address}/api/"


def _aware(moment: str) -> datetime:
    parsed = datetime.fromisoformat(moment)
    if parsed.tzinfo is None:
        raise ValueError(f"{moment} lacks its offset from UTC")
    return parsed
