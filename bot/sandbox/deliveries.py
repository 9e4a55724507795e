"""Requests to the app: signed HTTP or a websocket, 3 s to answer, events retried (reference, 1.1 to 1.6)."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.faults import Duplicates
from bot.sandbox.recorded import Delivery
from bot.sandbox.shapes import Json
from bot.sandbox.signing import signed_headers

ACK_SECONDS: Final = 3.0
RETRY_DELAYS: Final = (0.0, 60.0, 300.0)
Kind = Literal["slash_commands", "interactive", "events_api"]
PLAIN_KINDS: Final = {"slash_commands": "command", "interactive": "interaction", "events_api": "event"}


@dataclass(slots=True)
class Reply:
    """Status 0 with a failure means that no answer came."""

    status: int = 0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    failure: str | None = None


class Line(Protocol):
    """A way to the app."""

    async def send(self, kind: Kind, body: Json, retry: dict[str, str]) -> tuple[Reply, dict[str, str]]:
        """The app's answer, and the headers that were sent."""


class HttpLine:
    """Signed POSTs to the one URL of the app."""

    def __init__(self, bot_url: str, secret: str, session: Callable[[], aiohttp.ClientSession]) -> None:
        self._bot_url, self._secret, self._session = bot_url, secret, session

    async def send(self, kind: Kind, body: Json, retry: dict[str, str]) -> tuple[Reply, dict[str, str]]:
        content_type, raw = encoded(kind, body)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **retry,
            **signed_headers(self._secret, raw, time.time()),
        }
        return await self._post(raw, headers), headers

    async def _post(self, raw: bytes, headers: dict[str, str]) -> Reply:
        timeout = aiohttp.ClientTimeout(total=ACK_SECONDS)
        try:
            async with self._session().post(
                self._bot_url, data=raw, headers=headers, timeout=timeout, max_redirects=2
            ) as response:
                text = await response.text()
                return Reply(
                    response.status, _read(text), {key.lower(): value for key, value in response.headers.items()}
                )
        except TimeoutError:
            return Reply(failure="http_timeout")
        except aiohttp.TooManyRedirects:
            return Reply(failure="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Reply(failure="ssl_error")
        except aiohttp.ClientError:
            return Reply(failure="connection_failed")


def encoded(kind: Kind, body: Json) -> tuple[str, bytes]:
    """Commands are forms, interactions a form with one field, events JSON."""
    if kind == "events_api":
        return "application/json", json.dumps(body, ensure_ascii=False).encode()
    fields = body if kind == "slash_commands" else {"payload": json.dumps(body, ensure_ascii=False)}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _read(text: str) -> Any:
    """JSON where it is JSON; else the words themselves, which a command may answer with."""
    try:
        return json.loads(text)
    except ValueError:
        return text or None


class Deliveries:
    """Sends, records, duplicates and retries."""

    def __init__(self, line: Callable[[], Line], retry_delays: Sequence[float], touch: Callable[[], None]) -> None:
        self.sent: list[Delivery] = []
        self.duplicates = Duplicates()
        self._line, self._retry_delays, self._touch = line, retry_delays, touch
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = 0

    @property
    def in_flight(self) -> int:
        """How many requests have no answer yet; waiting retries do not count."""
        return self._open

    async def ask(self, kind: Kind, body: Json) -> Delivery:
        """A command or an interaction: sent once, unless a duplicate was asked for."""
        again = self.duplicates.take(kind, PLAIN_KINDS[kind], str(body.get("type")))
        if again == "together":
            self.in_background(self._send_again(kind, body))
        delivery = await self._send(kind, body)
        if again == "after":
            await self._send(kind, body)
        return delivery

    def tell(self, envelope: Json) -> None:
        """An event: in the background, with retries."""
        again = self.duplicates.take("events_api", "event", str(envelope["event"]["type"]))
        self._open += 1
        self.in_background(self._tell(envelope, again))

    async def _tell(self, envelope: Json, again: str) -> None:
        try:
            if again == "together":
                self.in_background(self._send_again("events_api", envelope))
            delivery = await self._send("events_api", envelope)
            if again == "after":
                await self._send("events_api", envelope, 1, "http_timeout")
        finally:
            self._open -= 1
            self._touch()
        await self._retry(envelope, delivery)

    async def _retry(self, envelope: Json, delivery: Delivery) -> None:
        for attempt, delay in enumerate(self._retry_delays, start=1):
            if delivery.ok or delivery.answer_headers.get("x-slack-no-retry") == "1":
                return
            await asyncio.sleep(delay)
            delivery = await self._send("events_api", envelope, attempt, delivery.failure or "http_error")

    async def _send_again(self, kind: Kind, body: Json) -> None:
        event = kind == "events_api"
        await self._send(kind, body, 1 if event else 0, "http_timeout" if event else "")

    async def _send(self, kind: Kind, body: Json, attempt: int = 0, reason: str = "") -> Delivery:
        retry = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}
        delivery = Delivery(kind, body, retry, time.time(), attempt)
        self.sent.append(delivery)
        self._open += 1
        try:
            reply, delivery.headers = await self._line().send(kind, body, retry)
        finally:
            self._open -= 1
        delivery.status, delivery.answer, delivery.failure = reply.status, reply.body, reply.failure
        delivery.answer_headers = reply.headers
        self._touch()
        return delivery

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
