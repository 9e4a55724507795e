"""Socket Mode: one-time URLs, hello, envelopes and their acks, refreshing (reference, 1.7)."""

import asyncio
import itertools
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import WSMsgType, web

from bot.sandbox.deliveries import ACK_SECONDS, Kind, Reply
from bot.sandbox.shapes import Json

CONNECTIONS: Final = 10
LIFE_SECONDS: Final = 18_060
HOST: Final = "applink-local"


@dataclass(slots=True, eq=False)
class _Connection:
    socket: web.WebSocketResponse
    leaving: bool = False


class SocketHub:
    """The websockets of the app; every payload goes to any one of them."""

    def __init__(self, app_id: str, base_url: Callable[[], str], touch: Callable[[], None]) -> None:
        self._app_id, self._base_url, self._touch = app_id, base_url, touch
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._acks: dict[str, asyncio.Future[Json]] = {}
        self._turn = itertools.count()

    @property
    def connected(self) -> int:
        return len(self._connections)

    def issue_url(self) -> str:
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return f"{self._base_url().replace('http', 'ws', 1)}/socket/{ticket}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets:
            return web.Response(status=404, text="this connection URL was used or never issued")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._connections) >= CONNECTIONS:
            await _disconnect(socket, "too_many_websockets")
            await socket.close()
            return socket
        connection = _Connection(socket)
        self._connections.append(connection)
        try:
            await socket.send_json(self._hello())
            self._touch()
            await self._read(socket)
        finally:
            self._connections.remove(connection)
            self._touch()
        return socket

    async def _read(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type != WSMsgType.TEXT:
                continue
            ack = _read_ack(message.data)
            future = self._acks.pop(str(ack.get("envelope_id")), None)
            if future is not None and not future.done():
                future.set_result(ack)

    async def send(self, kind: Kind, body: Json, retry: dict[str, str]) -> tuple[Reply, dict[str, str]]:
        """Acked within 3 s or failed; the ack may carry the answer."""
        connection = self._choose()
        if connection is None:
            return Reply(failure="connection_failed"), retry
        envelope_id = str(uuid.uuid4())
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id] = future
        try:
            await connection.socket.send_json(_envelope(envelope_id, kind, body, retry))
            ack = await asyncio.wait_for(future, ACK_SECONDS)
        except TimeoutError:
            return Reply(failure="http_timeout"), retry
        except ConnectionError:
            return Reply(failure="connection_failed"), retry
        finally:
            self._acks.pop(envelope_id, None)
        return Reply(200, ack.get("payload")), retry

    def _choose(self) -> _Connection | None:
        staying = [each for each in self._connections if not each.leaving and not each.socket.closed]
        candidates = staying or [each for each in self._connections if not each.socket.closed]
        return candidates[next(self._turn) % len(candidates)] if candidates else None

    async def refresh(self, warning_seconds: float) -> None:
        """As Slack does every few hours: a warning, then the request to reconnect, then the end."""
        leaving = list(self._connections)
        for connection in leaving:
            connection.leaving = True
            await _disconnect(connection.socket, "warning")
        await asyncio.sleep(warning_seconds)
        for connection in leaving:
            await _disconnect(connection.socket, "refresh_requested")
            await connection.socket.close()

    async def close(self) -> None:
        for connection in list(self._connections):
            await connection.socket.close()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {"host": HOST, "build_number": 1, "approximate_connection_time": LIFE_SECONDS},
            "connection_info": {"app_id": self._app_id},
        }


def _envelope(envelope_id: str, kind: Kind, body: Json, retry: dict[str, str]) -> Json:
    envelope: Json = {
        "envelope_id": envelope_id,
        "type": kind,
        "payload": body,
        "accepts_response_payload": kind != "events_api",
    }
    if kind == "events_api":
        envelope["retry_attempt"] = int(retry.get("X-Slack-Retry-Num", 0))
        envelope["retry_reason"] = {"http_timeout": "timeout"}.get(
            reason := retry.get("X-Slack-Retry-Reason", ""), reason
        )
    return envelope


async def _disconnect(socket: web.WebSocketResponse, reason: str) -> None:
    if socket.closed:
        return
    try:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}})
    except ConnectionError:
        return


def _read_ack(text: Any) -> Json:
    try:
        ack = json.loads(text)
    except ValueError:
        return {}
    return ack if isinstance(ack, dict) else {}
