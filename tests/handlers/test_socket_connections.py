"""Connections over Socket Mode that come and go, with nothing behind them but an answer that takes its time."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio
from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest

from bot import appmanifest, slack
from bot.sandbox import Emulator, demo_workspace
from handlers.socket import CONNECTIONS, SocketMode
from tests.loopback import emulated
from tests.world import APP_TOKEN, BOT_TOKEN, LIN, SECRET


@pytest_asyncio.fixture(loop_scope="session")
async def emulator() -> AsyncIterator[Emulator]:
    found = Emulator(
        demo_workspace(),
        appmanifest.load(),
        bot_url=None,
        signing_secret=SECRET,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        rate_limits=False,
    )
    async with emulated(found):
        yield found


async def _slow(_: AsyncBoltRequest) -> BoltResponse:
    await asyncio.sleep(0.2)
    return BoltResponse(status=200, body="")


async def test_what_comes_while_it_stops_is_answered(emulator: Emulator) -> None:
    """The first click is under way when the stop begins; the second comes while that is waited for."""
    async with aiohttp.ClientSession() as session:
        socket = SocketMode(_slow, APP_TOKEN, slack.client("", f"{emulator.base_url}/api/", session))
        await socket.connect()
        lin = emulator.person(LIN)
        first = asyncio.create_task(lin.command("/objection", "嫌费率高"))
        await emulator.wait_for(lambda: socket._unanswered)
        stopping = asyncio.create_task(socket.close(3))
        second = asyncio.create_task(lin.command("/objection", "银行便宜"))
        assert (await first, await second) == (200, 200)
        await stopping
        await emulator.wait_for(lambda: emulator.connected_sockets == 0)


async def test_one_stays_while_the_other_is_renewed(emulator: Emulator) -> None:
    """Slack warns all at once; they are renewed one after the other."""
    async with aiohttp.ClientSession() as session:
        socket = SocketMode(_slow, APP_TOKEN, slack.client("", f"{emulator.base_url}/api/", session))
        await socket.connect()
        await emulator.wait_for(lambda: emulator.connected_sockets == CONNECTIONS)
        fewest = CONNECTIONS
        renewing = asyncio.create_task(emulator.refresh_sockets(1.0))
        while not renewing.done():
            fewest = min(fewest, emulator.connected_sockets)
            await asyncio.sleep(0.005)
        await emulator.wait_for(lambda: emulator.connected_sockets == CONNECTIONS)
        assert fewest >= 1
        assert await socket.is_connected()
        assert await emulator.person(LIN).command("/objection", "嫌费率高") == 200
        await socket.close(3)
