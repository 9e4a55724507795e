"""An office at eight in the morning, on a single server, and on a Cluster as well where asked for."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from redis.asyncio import Redis

from bot import loading
from bot.domain.playbook import Playbook
from tests.jobs.office import AT_NINE, Office, opened_office
from tests.jobs.receiving import Receiver
from tests.loopback import served
from tests.world import LIN


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    return loading.playbook()


@pytest.fixture
async def office(redis: Redis, store_url: str, playbook: Playbook) -> AsyncIterator[Office]:
    async with opened_office(redis, store_url, playbook) as opened:
        yield opened


@pytest.fixture
async def any_office(any_redis: Redis, any_store_url: str, playbook: Playbook) -> AsyncIterator[Office]:
    async with opened_office(any_redis, any_store_url, playbook) as opened:
        yield opened


@pytest.fixture
async def planned(office: Office) -> Office:
    """Nine o'clock: Lin has something to do, and her message is decided on but not sent."""
    await office.overdue(LIN, "远大纺织")
    office.clock.set(AT_NINE)
    await office.plan()
    return office


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    site = web.Application()
    site.router.add_post("/hooks", found.take)
    site.router.add_get("/hooks", found.take)
    async with served(site) as address:
        found.url = f"{address}/hooks"
        yield found
