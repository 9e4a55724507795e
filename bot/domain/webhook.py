"""Webhooks by the Standard Webhooks specification (1.0): what is told to a company's other systems, to which of them,
and when it is tried again. Records hold ids only; what is sent is put together when it is sent."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field

from bot.domain.customer import Customer
from bot.domain.stored import Stored
from bot.errors import WebhookAddressError

Network = IPv4Network | IPv6Network

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what every secret begins with
SECRET_BYTES: Final = 32
RETRIES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each failure it is tried again, as the specification suggests: three days in all."""
GONE: Final = 410
"""The answer of a receiver that wants nothing more."""
CUSTOMER_FIELDS: Final = (
    "id",
    "external_id",
    "name",
    "aliases",
    "tier",
    "risk",
    "industry",
    "size",
    "owner_id",
    "contract_expires_on",
    "created_on",
    "last_contact_on",
    "ended_on",
)
"""What is told of a customer."""
_NAT64: Final = IPv6Network("64:ff9b::/96")
_UNICAST: Final = IPv6Network("2000::/3")
"""Where public addresses are given out; elsewhere are ways to IPv4 that only some networks know (RFC 4291, 8215)."""


class EventType(StrEnum):
    VISIT_LOGGED = "visit.logged"
    CUSTOMER_CHANGED = "customer.changed"
    FOLLOWUP_DONE = "followup.done"


class Endpoint(Stored):
    """Where events go. `secret` signs them; without `with_text` notes, steps and titles are left out."""

    id: str
    url: str
    secret: str = Field(repr=False)
    events: frozenset[EventType]
    with_text: bool = False
    is_paused: bool = False
    """Its receiver answered 410 Gone."""

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


class Delivery(Stored):
    """One event on its way to one endpoint. The event's id stays the same however often it is tried."""

    id: str
    event_id: str
    type: EventType
    subject_id: str
    at: datetime
    endpoint_id: str
    attempts: int = 0
    error: str = ""

    def failed(self, error: str) -> "Delivery":
        return self.model_copy(update={"attempts": self.attempts + 1, "error": error})

    @property
    def wait(self) -> timedelta | None:
        """Until the next try, after a failure; None when it was the last."""
        return RETRIES[self.attempts - 1] if self.attempts <= len(RETRIES) else None


def told_of_customer(customer: Customer) -> dict[str, Any]:
    return customer.model_dump(mode="json", include=set(CUSTOMER_FIELDS))


def is_told(customer: Customer, before: Customer | None) -> bool:
    """Whether those who listen would see that it has changed."""
    return before is None or told_of_customer(customer) != told_of_customer(before)


def signature(secret: str, event_id: str, at: datetime, body: bytes) -> str:
    """The value of `webhook-signature`. `at` is the moment of the try, to the second."""
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = b".".join((event_id.encode(), str(int(at.timestamp())).encode(), body))
    return f"v1,{b64encode(hmac.digest(key, signed, sha256)).decode()}"


def ensure_address(url: str, allowed: Iterable[Network]) -> None:
    """Raises WebhookAddressError for what is no https address, and for plain http unless own networks are `allowed`.

    An address written as a number is looked at here; a name's addresses are when it is connected to.
    """
    networks = tuple(allowed)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise WebhookAddressError(reason="it is no address") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and networks):
        raise WebhookAddressError(reason="it must start with https://")
    if not host or port == 0 or parts.username or parts.password or parts.fragment:
        raise WebhookAddressError(reason="it must be https://host/path, without a user, a password or a #")
    try:
        address = ip_address(host)
    except ValueError:
        return
    if not is_reachable(address, networks):
        raise WebhookAddressError(reason="it is in a private network")
    if parts.scheme == "http" and is_reachable(address, ()):
        raise WebhookAddressError(reason="it must start with https://")


def is_reachable(address: IPv4Address | IPv6Address, allowed: Iterable[Network]) -> bool:
    """Public, or in a network the operator allows. An IPv4 address inside an IPv6 one counts for itself: otherwise
    it would be the way around (server-side request forgery)."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_reachable(inner, allowed)
    if any(address.version == each.version and address in each for each in allowed):
        return True
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast
