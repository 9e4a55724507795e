"""Webhooks: the signature of the specification, where events may go, and when they are tried again."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.webhook import RETRIES, Delivery, EventType, ensure_address, is_reachable, signature
from bot.errors import WebhookAddressError

OFFICE = ip_network("10.20.0.0/16")


def test_signs_as_the_specification_s_example() -> None:
    """The vector that the libraries of Standard Webhooks test themselves with."""
    signed = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=200), st.binary(max_size=200), st.datetimes(timezones=st.just(UTC)))
def test_another_body_has_another_signature(one: bytes, other: bytes, at: datetime) -> None:
    secret = f"whsec_{b64encode(b'k' * 32).decode()}"
    assert (signature(secret, "msg_1", at, one) == signature(secret, "msg_1", at, other)) == (one == other)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",  # the metadata of cloud machines
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse, not to bind
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.8",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2002:a00:8::1",
        "::127.0.0.1",
        "::ffff:0:10.0.0.1",
        "64:ff9b:1::10.0.0.1",
        "fec0::1",
    ],
)
def test_private_addresses_are_refused_however_they_are_written(address: str) -> None:
    assert not is_reachable(ip_address(address), ())


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_public_ones_are_not(address: str) -> None:
    assert is_reachable(ip_address(address), ())


@given(st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_an_allowed_network_opens_itself_and_nothing_else(address: IPv4Address) -> None:
    assert is_reachable(address, (OFFICE,)) == (address in OFFICE)
    assert is_reachable(IPv6Address(f"::ffff:{address}"), (OFFICE,)) == (address in OFFICE)


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.com/hooks",
        "ftp://crm.example.com/",
        "crm.example.com",
        "https://",
        "https://:443/",
        "https://user:pw@crm.example.com/",
        "https://crm.example.com/#part",
        "https://crm.example.com:99999/",
        "https://[::1/",
        "https://[::1]/",
        "https://10.20.3.4/hooks",
        "https://169.254.169.254/latest",
    ],
)
def test_what_is_no_public_https_address_is_refused_when_it_is_added(url: str) -> None:
    with pytest.raises(WebhookAddressError):
        ensure_address(url, ())


@pytest.mark.parametrize(
    "url", ["https://crm.example.com/hooks", "http://10.20.3.4:8080/hooks", "https://93.184.216.34/"]
)
def test_own_networks_may_be_allowed(url: str) -> None:
    ensure_address(url, (OFFICE,))


def test_is_tried_for_three_days_and_then_given_up() -> None:
    delivery = Delivery(
        id="d",
        event_id="msg_1",
        type=EventType.VISIT_LOGGED,
        subject_id="v-1",
        at=datetime(2026, 11, 24, tzinfo=UTC),
        endpoint_id="e",
    )
    waits = []
    while (delivery := delivery.failed("HTTP 500")).wait is not None:
        waits.append(delivery.wait)
    assert tuple(waits) == RETRIES
    assert delivery.attempts == len(RETRIES) + 1
    assert timedelta(days=3) < sum(waits, timedelta()) < timedelta(days=4)


def test_plain_http_is_for_own_networks_only() -> None:
    ensure_address("http://10.20.3.4/hooks", (OFFICE,))
    with pytest.raises(WebhookAddressError):
        ensure_address("http://93.184.216.34/hooks", (OFFICE,))
