"""The Web API over HTTP: tokens, scopes, rate limits, faults, then the method itself (reference, 2)."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

from aiohttp import web

from bot.sandbox import (
    assistant_methods,
    chat_methods,
    conversation_methods,
    file_methods,
    function_methods,
    people_methods,
    view_methods,
)
from bot.sandbox.args import Args, read_args
from bot.sandbox.asking import Ask, Method
from bot.sandbox.errors import ApiError, RateLimitedError
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.grants import Grants
from bot.sandbox.pace import Pace
from bot.sandbox.recorded import Call
from bot.sandbox.shapes import Json
from bot.sandbox.state import State
from bot.sandbox.workspace import bot_scopes

METHODS: Final[Mapping[str, Method]] = {
    **chat_methods.METHODS,
    **assistant_methods.METHODS,
    **view_methods.METHODS,
    **people_methods.METHODS,
    **conversation_methods.METHODS,
    **file_methods.METHODS,
    **function_methods.METHODS,
}
APP_SCOPES: Final = ("connections:write",)
Answer = tuple[int, Json, dict[str, str]]


class WebApi:
    def __init__(
        self,
        state: State,
        *,
        grants: Grants,
        app_token: str,
        faults: Faults,
        pace: Pace,
        open_socket: Callable[[], str],
        base_url: Callable[[], str],
    ) -> None:
        self.calls: list[Call] = []
        self._state = state
        self._grants, self._app_token = grants, app_token
        self._faults, self._pace = faults, pace
        self._open_socket, self._base_url = open_socket, base_url
        self._closing = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            args = await read_args(request)
        except ApiError as error:
            return web.json_response(error.answer())
        call = Call(method, _token(request, args), args.values, time.time())
        self.calls.append(call)
        fault = self._faults.take(method)

        def run() -> Answer:
            return self._answer(call, args)

        response = await self.with_fault(request, fault, call, run)
        self._state.changes.touch()
        return response

    async def with_fault(
        self, request: web.Request, fault: Fault | None, call: Call, run: Callable[[], Answer]
    ) -> web.StreamResponse:
        """Runs the call, or fails in the way that was asked for."""
        if fault is None:
            return _respond(call, run())
        call.fault = fault.kind
        if fault.kind == "ratelimited":
            return _respond(call, _too_many(fault.retry_after))
        if fault.kind == "server_error":
            call.status = fault.status
            return web.Response(status=fault.status, text="")
        if fault.kind == "error":
            return _respond(call, (200, ApiError(fault.error).answer(), {}))
        if fault.kind in ("drop", "drop_before"):
            if fault.kind == "drop":
                _note(call, run())
            return _hang_up(request)
        return await self._late(request, fault, call, run)

    async def _late(
        self, request: web.Request, fault: Fault, call: Call, run: Callable[[], Answer]
    ) -> web.StreamResponse:
        """Slow: with `accept_late` the effect comes all the same, with `timeout` it does not."""
        answer: Answer = (503, ApiError("request_timeout").answer(), {})
        waited = 0.0
        if fault.kind == "accept_late":
            await self._wait(fault.effect_after)
            waited = fault.effect_after
            answer = run()
            _note(call, answer)
            self._state.changes.touch()
        await self._wait(None if fault.delay is None else max(0.0, fault.delay - waited))
        if fault.delay is None or self._closing.is_set():
            return _hang_up(request)
        return _respond(call, answer)

    async def _wait(self, seconds: float | None) -> None:
        """Ends early when the emulator closes."""
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return

    def close(self) -> None:
        self._closing.set()

    def _answer(self, call: Call, args: Args) -> Answer:
        method = METHODS.get(call.method)
        if method is None:
            return 200, ApiError("unknown_method", req_method=call.method).answer(), {}
        scopes = APP_SCOPES if call.token == self._app_token else bot_scopes(self._state.manifest)
        headers = {"x-oauth-scopes": ",".join(scopes), "x-accepted-oauth-scopes": ",".join(method.scopes)}
        ask = Ask(self._state, args, scopes, self._base_url(), self._open_socket, call.token)
        try:
            self._check_token(call.token, method)
            ask.needs_scope(*method.scopes)
            if call.method == "auth.revoke":
                self._grants.revoke(call.token)
            self._pace.spend(call.method, method.per_minute, self._target(args))
            return 200, method.run(ask), headers
        except RateLimitedError as error:
            return _too_many(error.retry_after)
        except ApiError as error:
            return 200, error.answer(), headers

    def _target(self, args: Args) -> str:
        """A person's id and his DM are the same place to post to."""
        channel = args.text("channel")
        return self._state.dm_id(channel) if self._state.workspace.find_person(channel) else channel

    def _check_token(self, token: str, method: Method) -> None:
        if method.is_open:
            return
        if not token:
            raise ApiError("not_authed")
        if token != self._app_token and token not in [each.token for each in self._state.executions.values()]:
            self._grants.check(token)
        if (token == self._app_token) != method.app_token:
            raise ApiError("not_allowed_token_type")


def _token(request: web.Request, args: Args) -> str:
    """From the header, else from the arguments (where it does not stay, so that no record shows it twice)."""
    sent = str(args.values.pop("token", None) or "")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else sent


def _too_many(retry_after: int) -> Answer:
    return 429, ApiError("ratelimited").answer(), {"Retry-After": str(retry_after)}


def _note(call: Call, answer: Answer) -> None:
    call.status, call.result = answer[0], answer[1]


def _respond(call: Call, answer: Answer) -> web.Response:
    _note(call, answer)
    status, body, headers = answer
    return web.json_response(body, status=status, headers=headers)


def _hang_up(request: web.Request) -> web.Response:
    """Closes the connection; what is returned never leaves."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
