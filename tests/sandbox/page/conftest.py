"""One browser for the tests of the page, and a world for each."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.browser import opened_browser
from tests.sandbox.page.world import World, opened_world


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with opened_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="package")
async def world(browser: Browser) -> AsyncIterator[World]:
    async with opened_world(browser) as world:
        yield world
