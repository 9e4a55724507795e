"""Slack's requests over Socket Mode, on the same listeners as HTTP."""

import asyncio
import contextlib
import logging
import time
from typing import Any, Final

from aiohttp import WSMessage, WSMsgType
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.telemetry import logs
from handlers.http import Dispatch

CONNECTIONS: Final = 2
"""Of one process; Slack takes ten of an app. It renews each every few hours, one after the other, so that one is always
there to be sent to."""


class SocketMode:
    """The connections to Slack. `close` answers all that was received, which the SDK's client does not."""

    def __init__(self, dispatch: Dispatch, app_token: str, web: AsyncWebClient) -> None:
        self._dispatch = dispatch
        self._app_token, self._web = app_token, web
        self._unanswered = 0
        self._all_answered = asyncio.Event()
        self._all_answered.set()
        self._log = logging.getLogger("factormate.socket")
        self._log.setLevel(logging.WARNING)
        options: dict[str, Any] = {"app_token": app_token, "web_client": web, "logger": self._log}
        self._clients = [SocketModeClient(**options) for _ in range(CONNECTIONS)]
        turn = asyncio.Lock()
        for client in self._clients:
            client.on_message_listeners.append(self._received)
            client.socket_mode_request_listeners.append(self._handle)
            client.connect_operation_lock = turn

    async def connect(self) -> None:
        """Raises SlackApiError, aiohttp.ClientError or TimeoutError when Slack gives no address to connect to.

        At that address it tries until it is cancelled: the SDK's client does so, with a traceback for every try.
        """
        self._log.setLevel(logging.CRITICAL)
        for client in self._clients:
            # The SDK's client would ask for it by itself, and for ever, whatever the answer.
            answer = await self._web.apps_connections_open(app_token=self._app_token)
            client.wss_uri = str(answer["url"])
            await client.connect()  # type: ignore[no-untyped-call]
        self._log.setLevel(logging.WARNING)

    async def is_connected(self) -> bool:
        return any([await client.is_connected() for client in self._clients])

    async def close(self, seconds: float) -> None:
        """Goes on answering until nothing waits for an answer, and closes in that moment: Slack sends what comes next
        over another connection, but tells nobody again what it has sent over this one."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        for client in self._clients:  # while one closes, the other is still sent to
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    while self._unanswered:
                        await self._all_answered.wait()
            await client.close()  # type: ignore[no-untyped-call]

    async def _received(self, message: WSMessage) -> None:
        """Counted here: the client keeps it in a queue before it is handled."""
        if message.type == WSMsgType.TEXT and '"envelope_id":' in message.data:
            self._unanswered += 1
            self._all_answered.clear()

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            await self._answer(client, request)
        finally:
            self._unanswered -= 1
            if not self._unanswered:
                self._all_answered.set()

    async def _answer(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        started = time.time()  # only handed back to the SDK, which measures with it
        logs.begin(request.envelope_id)
        bolt_request = AsyncBoltRequest(mode="socket_mode", body=request.payload, headers=build_headers(request))
        response = await self._dispatch(bolt_request)
        await send_async_response(client, request, response, started)
