"""Failures on demand: each kind, with and without the effect having happened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from random import Random
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox import Emulator
from tests.sandbox.conftest import client_for
from tests.sandbox.tiny_bot import TinyBot


def texts(emulator: Emulator) -> list[str]:
    return [each.text for each in emulator.person("U01LIN").dm_messages()]


async def post(emulator: Emulator, session: ClientSession) -> Any:
    return await client_for(emulator, session).chat_postMessage(channel="D01LIN", text="digest")


@pytest.fixture
async def hasty() -> AsyncIterator[ClientSession]:
    """Waits half a second (with a session of one's own, AsyncWebClient's timeout has no effect)."""
    async with ClientSession(timeout=aiohttp.ClientTimeout(total=0.5)) as session:
        yield session


async def test_rate_limit(emulator: Emulator, session: ClientSession) -> None:
    """Nothing was posted, and the next call goes through."""
    emulator.faults.add("chat.postMessage", "ratelimited", retry_after=30)
    with pytest.raises(SlackApiError) as caught:
        await post(emulator, session)
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "30")
    assert texts(emulator) == []
    await post(emulator, session)
    assert texts(emulator) == ["digest"]
    assert [call.fault for call in emulator.calls] == ["ratelimited", None]


async def test_server_error(emulator: Emulator, session: ClientSession) -> None:
    emulator.faults.add("chat.postMessage", "server_error", times=2, status=503)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await post(emulator, session)
        assert caught.value.response.status_code == 503
    await post(emulator, session)
    assert texts(emulator) == ["digest"]


async def test_a_share_of_all_calls(emulator: Emulator, session: ClientSession) -> None:
    """In the ways that were named, until it is cleared; what was asked for on purpose comes first."""
    emulator.faults.often(0.5, ("server_error", "ratelimited"), Random(1))
    client = client_for(emulator, session)
    for _ in range(40):
        with suppress(SlackApiError):
            await client.auth_test()
    failed = [call.fault for call in emulator.calls if call.fault]
    assert 10 < len(failed) < 30
    assert set(failed) == {"server_error", "ratelimited"}
    emulator.faults.clear()
    for _ in range(10):
        await client.auth_test()


async def test_named_error_on_any_method(emulator: Emulator, session: ClientSession) -> None:
    emulator.faults.add("*", "error", error="token_revoked")
    with pytest.raises(SlackApiError) as caught:
        await client_for(emulator, session).auth_test()
    assert caught.value.response["error"] == "token_revoked"


@pytest.mark.parametrize(("kind", "posted"), [("drop", ["digest"]), ("drop_before", [])])
async def test_lost_connection(emulator: Emulator, session: ClientSession, kind: Any, posted: list[str]) -> None:
    """From outside both look the same; only one of them has posted."""
    emulator.faults.add("chat.postMessage", kind)
    with pytest.raises(aiohttp.ClientError):
        await post(emulator, session)
    assert texts(emulator) == posted


async def test_timeout_without_effect(emulator: Emulator, hasty: ClientSession) -> None:
    emulator.faults.add("chat.postMessage", "timeout")
    with pytest.raises(asyncio.TimeoutError):
        await post(emulator, hasty)
    assert texts(emulator) == []


async def test_accepted_late(emulator: Emulator, hasty: ClientSession) -> None:
    """The caller has given up when the message appears."""
    emulator.faults.add("chat.postMessage", "accept_late", effect_after=0.8)
    with pytest.raises(asyncio.TimeoutError):
        await post(emulator, hasty)
    assert texts(emulator) == []
    await emulator.wait_for(lambda: texts(emulator) == ["digest"])


async def test_slow_answer(emulator: Emulator, session: ClientSession) -> None:
    """Posted at once, answered later."""
    emulator.faults.add("chat.postMessage", "accept_late", delay=0.3)
    waiting = asyncio.create_task(post(emulator, session))
    await emulator.wait_for(lambda: texts(emulator) == ["digest"])
    assert not waiting.done()
    assert (await waiting)["ok"]


async def test_reply_addresses_can_fail_too(emulator: Emulator, bot: TinyBot) -> None:
    emulator.faults.add("response_url", "server_error")
    await emulator.person("U01LIN").command("/visit")
    reply = AsyncWebhookClient(bot.got("/visit")[0].body["response_url"])
    assert [(await reply.send(text="x")).status_code for _ in range(2)] == [500, 200]
    assert texts(emulator) == ["x"]


def test_unknown_kind(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="accept_late"):
        emulator.faults.add("chat.postMessage", "explode")  # type: ignore[arg-type]
