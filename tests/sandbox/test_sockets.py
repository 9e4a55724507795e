"""Socket Mode with Slack's own client as the peer (reference, 1.7)."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Emulator
from tests.sandbox.builders import input_block, modal, text_input
from tests.sandbox.conftest import APP_TOKEN, Start, client_for

Connect = Callable[[], Awaitable[SocketModeClient]]


class Peer:
    """What came over the wire, and what to ack it with; `silent` acks nothing."""

    def __init__(self) -> None:
        self.requests: list[SocketModeRequest] = []
        self.answers: dict[str, Any] = {}
        self.silent = False

    def of(self, kind: str) -> list[SocketModeRequest]:
        return [each for each in self.requests if each.type == kind]

    async def take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if not self.silent:
            answer = self.answers.get(str(request.payload.get("type") or request.payload.get("command")))
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))


@pytest.fixture
async def emulator(start: Start) -> Emulator:
    running: Emulator = await start(socket=True, retry_delays=(0, 0, 0))
    return running


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
async def connect(emulator: Emulator, peer: Peer) -> AsyncIterator[Connect]:
    clients: list[SocketModeClient] = []

    async def begin() -> SocketModeClient:
        web_client = AsyncWebClient(base_url=f"{emulator.base_url}/api/")
        client = SocketModeClient(APP_TOKEN, web_client=web_client)
        client.socket_mode_request_listeners.append(peer.take)
        clients.append(client)
        before = emulator.connected_sockets
        await client.connect()  # type: ignore[no-untyped-call]
        await emulator.wait_for(lambda: emulator.connected_sockets > before)
        return client

    yield begin
    for client in clients:
        await client.close()  # type: ignore[no-untyped-call]


async def test_command_and_its_reply(emulator: Emulator, peer: Peer, connect: Connect) -> None:
    await connect()
    peer.answers["/visit"] = {"text": "over the socket"}
    lin = emulator.person("U01LIN")
    assert await lin.command("/visit", "远大") == 200
    assert lin.dm_messages()[0].text == "over the socket"
    (request,) = peer.of("slash_commands")
    assert request.accepts_response_payload is True
    assert request.payload["text"] == "远大"


async def test_event_and_submission(emulator: Emulator, peer: Peer, connect: Connect, session: ClientSession) -> None:
    await connect()
    lin = emulator.person("U01LIN")
    await lin.dm("你好")
    await emulator.wait_for(lambda: peer.of("events_api"))
    assert peer.of("events_api")[0].payload["event"]["text"] == "你好"
    trigger_id = emulator.state.triggers.issue("U01LIN")
    await client_for(emulator, session).views_open(trigger_id=trigger_id, view=modal(input_block(text_input())))
    peer.answers["view_submission"] = {"response_action": "errors", "errors": {"b": "no"}}
    result = await lin.submit(lin.views()[0], {"b": {"a": {"value": "x"}}})
    assert result.errors == {"b": "no"}


async def test_unacked_event_is_retried(emulator: Emulator, peer: Peer, connect: Connect) -> None:
    """As after a non-200 from Bolt, which then sends no ack at all."""
    await connect()
    peer.silent = True
    await emulator.person("U01LIN").dm("你好")
    await emulator.wait_for(lambda: len(peer.of("events_api")) == 2, timeout=10)
    peer.silent = False
    assert [each.retry_attempt for each in peer.of("events_api")] == [0, 1]
    assert peer.of("events_api")[1].retry_reason == "timeout"


async def test_nobody_connected(emulator: Emulator) -> None:
    lin = emulator.person("U01LIN")
    assert await lin.command("/visit") == 0
    assert "dispatch_failed" in lin.dm_messages()[0].text


async def test_any_connection_gets_it_once(emulator: Emulator, peer: Peer, connect: Connect) -> None:
    await connect()
    await connect()
    lin = emulator.person("U01LIN")
    for _ in range(4):
        assert await lin.command("/visit") == 200
    assert len(peer.requests) == 4


async def test_refresh_loses_nothing(emulator: Emulator, peer: Peer, connect: Connect) -> None:
    """The client reconnects after `disconnect`; commands go on over the new connection."""
    await connect()
    await emulator.refresh_sockets()
    await emulator.wait_for(lambda: emulator.connected_sockets >= 1)
    await emulator.wait_for(lambda: sum(call.method == "apps.connections.open" for call in emulator.calls) >= 2)
    lin = emulator.person("U01LIN")
    assert await lin.command("/visit") == 200


async def url_of(emulator: Emulator, session: ClientSession) -> str:
    answer = await client_for(emulator, session, APP_TOKEN).apps_connections_open(app_token=APP_TOKEN)
    return str(answer["url"])


async def test_hello_and_one_time_url(emulator: Emulator, session: ClientSession) -> None:
    url = await url_of(emulator, session)
    async with session.ws_connect(url) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"] == {"app_id": "A0LOCAL"}
        async with session.get(url) as response:
            assert response.status == 404


async def test_eleventh_connection_is_turned_away(emulator: Emulator, session: ClientSession) -> None:
    sockets = [await session.ws_connect(await url_of(emulator, session)) for _ in range(11)]
    first = [await socket.receive_json() for socket in sockets]
    assert [each["type"] for each in first] == ["hello"] * 10 + ["disconnect"]
    assert first[10]["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()


async def test_disconnect_comes_as_warning_then_request(emulator: Emulator, session: ClientSession) -> None:
    async with session.ws_connect(await url_of(emulator, session)) as socket:
        await socket.receive_json()
        await emulator.refresh_sockets()
        received = [await socket.receive() for _ in range(3)]
    assert [json.loads(each.data)["reason"] for each in received[:2]] == ["warning", "refresh_requested"]
    assert received[2].type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED)
