"""Sending webhooks: signed, to public addresses only, again after a failure, and in the end given up, with a trace."""

import json
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from bot.clock import Clock
from bot.domain.webhook import GONE, Endpoint, Network, is_reachable, signature
from bot.services.webhooks import WebhookService

SECONDS: Final = 15
"""For one try, within the 15 to 30 that the specification recommends."""


class RefusedAddressError(OSError):
    """The name stands for an address to which nothing may go."""


_is_plain: Final = ContextVar("_is_plain", default=False)
"""Whether what this task sends goes by http, which only the operator's own networks may see."""


@asynccontextmanager
async def session(networks: Iterable[Network]) -> AsyncIterator[aiohttp.ClientSession]:
    """Looks at every address when it is connected to: a name that is public when it is looked up and private a moment
    later (DNS rebinding) gets nowhere either. No proxy of the environment, no cookies."""
    allowed = tuple(networks)

    def guarded(info: Any) -> socket.socket:
        family, kind, protocol, _, address = info
        found = ip_address(str(address[0]).partition("%")[0])
        if not is_reachable(found, allowed):
            raise RefusedAddressError("refused: a private network")
        if _is_plain.get() and is_reachable(found, ()):
            raise RefusedAddressError("refused: plain http to a public address")
        return socket.socket(family, kind, protocol)

    connector = aiohttp.TCPConnector(socket_factory=guarded, force_close=True)
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class WebhookSender:
    webhooks: WebhookService
    session: aiohttp.ClientSession
    wall: Clock

    async def deliver(self, team_id: str, delivery_id: str) -> None:
        """One try. A receiver that answers anything but 2xx, a redirect among it, gets the event again later."""
        delivery = await self.webhooks.store.delivery(team_id, delivery_id)
        if delivery is None:
            return
        message = await self.webhooks.message(team_id, delivery)
        if message is None:
            await self.webhooks.store.arrived(team_id, delivery_id)
            return
        endpoint, payload = message
        if endpoint.is_paused:  # it said so while this one was waiting
            await self.webhooks.failed(team_id, delivery, f"HTTP {GONE}", GONE)
            return
        status, error = await self.post(endpoint, delivery.event_id, payload)
        if error:
            await self.webhooks.failed(team_id, delivery, error, status)
        else:
            await self.webhooks.store.arrived(team_id, delivery_id)

    async def post(self, endpoint: Endpoint, event_id: str, payload: dict[str, Any]) -> tuple[int, str]:
        """The receiver's answer and, unless it is 2xx, what went wrong: never what the receiver wrote."""
        body = json.dumps(payload, ensure_ascii=False).encode()
        headers = _headers(endpoint, event_id, self.wall(), body)
        _is_plain.set(urlsplit(endpoint.url).scheme != "https")
        try:
            # Redirects are not followed, as the specification says: they would lead around every check.
            async with self.session.post(endpoint.url, data=body, headers=headers, allow_redirects=False) as answer:
                return answer.status, "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            cause = getattr(error, "os_error", None)
            return 0, str(cause) if isinstance(cause, RefusedAddressError) else type(error).__name__


def _headers(endpoint: Endpoint, event_id: str, at: datetime, body: bytes) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "user-agent": "factormate",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(endpoint.secret, event_id, at, body),
    }
