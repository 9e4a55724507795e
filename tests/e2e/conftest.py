"""The product in a real browser: `python app.py` for each module, and its people at their pages."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.clock import OffsetClock
from bot.text import Lang
from tests.browser import opened_browser
from tests.e2e.pages import GRACE, LIN, ROOT, OpenPage, back, opened, shown_modal, speaks
from tests.servers import free_ports

STARTING_SECONDS = 60
FRIDAY = "2026-11-27T14:00:00+08:00"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with opened_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def product_dir(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the product puts its data; at first there is at most the trained model, and what day it is: what is due
    differs from day to day, and after a weekend there is more of it than a message shows."""
    data_dir = tmp_path_factory.mktemp("local")
    (data_dir / "local").mkdir()
    OffsetClock(data_dir / "local" / "clock-offset").move_to(datetime.fromisoformat(FRIDAY))
    if (models_dir / "models").exists():
        shutil.copytree(models_dir / "models", data_dir / "models")
    return data_dir


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(product_dir: Path) -> AsyncIterator[str]:
    """`python app.py` with nothing set but where to put its data and which port to use; its URL."""
    port = free_ports(1)[0]
    kept = ("PATH", "HOME", "CI", "LANG")
    environment = {name: value for name, value in os.environ.items() if name in kept}
    environment |= {"DATA_DIR": str(product_dir), "PORT": str(port), "LOG_LEVEL": "WARNING", "USER_LIMIT": "1000"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "app.py", cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(STARTING_SECONDS):
        line = (await process.stdout.readline()).decode()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, f"no URL in {line!r}"
    yield found[0]
    process.terminate()
    assert await process.wait() == 0


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(browser: Browser, product: str) -> AsyncIterator[OpenPage]:
    async with AsyncExitStack() as stack:

        async def opening(person: str, lang: Lang) -> Page:
            page = await stack.enter_async_context(asynccontextmanager(opened)(browser, product, person))
            while await shown_modal(page).count():  # left open by a test that failed
                await back(page)
            await speaks(page, lang)
            return page

        yield opening


@pytest_asyncio.fixture(loop_scope="module")
async def lin(browser: Browser, product: str) -> AsyncIterator[Page]:
    async for page in opened(browser, product, LIN):
        yield page


@pytest_asyncio.fixture(loop_scope="module")
async def grace(browser: Browser, product: str) -> AsyncIterator[Page]:
    async for page in opened(browser, product, GRACE):
        yield page
