"""Slack's requests over HTTP, with the gaps closed that Bolt leaves open (each pinned by a test)."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any, Final

from aiohttp import web
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from yarl import query_to_pairs

from bot.services import Services
from bot.slack import is_at_slack
from bot.telemetry import logs, metrics, traces
from handlers import answering, envelopes

PATH = "/slack/events"
MAX_BODY = 1024 * 1024
REQUEST_ID: Final = "X-Request-Id"

_KINDS: Final = {
    "event_callback": "event",
    "block_actions": "action",
    "view_submission": "view",
    "view_closed": "view",
    "block_suggestion": "options",
    "shortcut": "shortcut",
    "message_action": "shortcut",
}

logger = logging.getLogger(__name__)

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


class SafeRequest(AsyncBoltRequest):
    """Read here: Bolt takes any form that contains the word «payload» for an interaction and loses a command that does,
    and of a long pasted note the standard library's form reader alone takes ten milliseconds.

    Raises ValueError for what is no JSON where there should be some.
    """

    def __init__(self, body: str, headers: Mapping[str, str]) -> None:
        told: dict[str, Any] = {name: headers[name] for name in _TOLD if name in headers}
        super().__init__(body=_read(body, headers.get("Content-Type", "")), headers=told, mode="socket_mode")
        self.raw_body, self.mode = body, "http"


_TOLD: Final = ("X-Slack-Retry-Num", "X-Slack-Retry-Reason")
"""Of the headers, all that matters further inside."""


def _read(body: str, content_type: str) -> Any:
    if body.startswith("{") or content_type.partition(";")[0].strip() == "application/json":
        return json.loads(body)
    form = dict(query_to_pairs(body))
    return json.loads(form["payload"]) if "payload" in form else form


def dispatcher(app: AsyncApp, services: Services) -> Dispatch:
    """Hands a request to Bolt and then remembers whether the delivery was handled (claimed in middleware.py)."""

    async def dispatch(request: AsyncBoltRequest) -> BoltResponse:
        if not envelopes.is_sound(request.body, request.context) or not _answers_to_slack(app, request.body):
            return BoltResponse(status=400, body="not what Slack sends")
        request.context["ack"] = answering.Ack()
        response = await app.async_dispatch(request)
        if delivery_id := request.context.get("delivery_id"):
            handled = not request.context.get("failed", False)
            await services.workspaces.settle(request.context.team_id or "", delivery_id, handled=handled)
        return response

    return dispatch


def _answers_to_slack(app: AsyncApp, body: Mapping[str, Any]) -> bool:
    """What is answered later goes to Slack and nowhere else, whoever got hold of the signing secret."""
    urls = [body.get("response_url")]
    if body.get("type") == "view_submission" and "command" not in body:  # else nobody has looked at its shape
        urls += [each["response_url"] for each in body.get("response_urls") or ()]
    return all(is_at_slack(str(url), app.client.base_url) for url in urls if url)


class Door:
    """Lets requests in until it is closed, and knows when the last one inside has been answered."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._is_open = True
        self._inside: set[asyncio.Future[None]] = set()

    async def __call__(self, request: AsyncBoltRequest) -> BoltResponse:
        if not self._is_open:
            return BoltResponse(status=503)  # Slack sends events again; a person is told that it did not work
        left = asyncio.get_running_loop().create_future()
        self._inside.add(left)
        try:
            return await self._dispatch(request)
        finally:
            self._inside.discard(left)
            left.set_result(None)

    async def close(self, seconds: float) -> None:
        """Waits so long for those inside."""
        self._is_open = False
        if self._inside:
            await asyncio.wait(self._inside, timeout=seconds)


def watched(dispatch: Dispatch) -> Dispatch:
    """Counts and times every request that gets as far as Bolt, whichever way it came."""

    async def watch(request: AsyncBoltRequest) -> BoltResponse:
        kind, started = kind_of(request.body), perf_counter()
        with traces.span(f"slack {kind}"):
            response = await dispatch(request)
        # The first delivery has no number over HTTP, and 0 over Socket Mode.
        is_repeated = request.headers.get("x-slack-retry-num", ("0",))[0] != "0"
        metrics.acknowledged(kind, perf_counter() - started, response.status, is_repeated=is_repeated)
        return response

    return watch


def kind_of(body: Mapping[str, Any]) -> str:
    """One of a handful: what a request wants, not who sends it."""
    return "command" if "command" in body else _KINDS.get(str(body.get("type")), metrics.OTHER)


def endpoint(dispatch: Dispatch, signing_secret: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Answers 401 or 400 to what Bolt would stumble over with a 500; nobody but Slack gets as far as Bolt.

    Every answer carries the request's id.
    """
    verifier = SignatureVerifier(signing_secret)

    async def handle(request: web.Request) -> web.StreamResponse:
        request_id = logs.begin(request.headers.get(REQUEST_ID))
        answer = await _answer(request, dispatch, verifier)
        answer.headers[REQUEST_ID] = request_id
        return answer

    return handle


async def _answer(request: web.Request, dispatch: Dispatch, verifier: SignatureVerifier) -> web.StreamResponse:
    try:
        if not _is_signed(verifier, await request.read(), request.headers):
            return _turned_away(401, "not signed by Slack")
        body = await request.text()
    except web.HTTPRequestEntityTooLarge:
        return _turned_away(413, "larger than anything that Slack sends")
    except (LookupError, UnicodeDecodeError, web.RequestPayloadError, ConnectionError):
        return _turned_away(400, "not readable text")  # whoever hung up meanwhile does not hear it
    try:
        bolt_request = SafeRequest(body, request.headers)
    except Exception:  # odd bodies break Bolt's reading in many ways
        return _turned_away(400, "not what Slack sends")
    try:
        return _told(await dispatch(bolt_request))
    except Exception as error:
        logger.error("request failed: %s", logs.without_text(error))
        return web.Response(status=500, text="failed")


def _told(response: BoltResponse) -> web.Response:
    """Bolt's own conversion is made for pages with cookies as well, and takes three times as long."""
    content_type = "application/json" if response.body.startswith("{") else "text/plain"
    return web.Response(status=response.status, body=response.body.encode(), content_type=content_type)


def _turned_away(status: int, why: str) -> web.Response:
    metrics.turned_away(status)
    return web.Response(status=status, text=why)


def _is_signed(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """By Slack, within the last five minutes. What the verifier would stumble over was not signed by it."""
    timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    is_spelt = timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12 and signature.isascii()
    return is_spelt and verifier.is_valid(body, timestamp, signature)
