"""What listens on a loopback port for as long as a test needs it: any application, and the Slack of the tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.sandbox import Emulator


@asynccontextmanager
async def served(site: web.Application, port: int = 0) -> AsyncIterator[str]:
    """Its address. What is under way at the end is cut soon."""
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def emulated(slack: Emulator, port: int = 0) -> AsyncIterator[Emulator]:
    """It knows its own address and has started."""
    site = web.Application()
    slack.mount(site)
    async with served(site, port) as slack.base_url:
        await slack.start()
        try:
            yield slack
        finally:
            await slack.close()
