"""What a webhook must not do: reach a private network, follow a redirect, or show its secret."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot import webhooks
from bot.clock import system_clock
from bot.storage import keys
from tests.jobs.office import Office
from tests.jobs.receiving import Receiver, due, listen
from tests.world import LIN, TEAM


async def test_a_redirect_is_not_followed(office: Office, receiver: Receiver) -> None:
    """It would lead into private networks behind a public address."""
    receiver.answering(307, Location=receiver.url)
    await office.overdue(LIN, "远大纺织")
    await listen(office, receiver)
    await due(office)
    assert len(receiver.requests) == 1


async def test_a_secret_is_in_no_repr(office: Office, receiver: Receiver) -> None:
    endpoint = await listen(office, receiver)
    assert endpoint.secret not in repr(endpoint)


@asynccontextmanager
async def guarded(office: Office) -> AsyncIterator[webhooks.WebhookSender]:
    """As in earnest, where no private network is allowed."""
    async with webhooks.session(()) as session:
        yield webhooks.WebhookSender(office.services.webhooks, session, system_clock)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "①②⑦.⓪.⓪.①", "127。0。0。1"),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::1]", "0", "169.254.169.254"),
    ],
)
async def test_a_private_address_is_not_connected_to_whatever_its_name(
    office: Office, receiver: Receiver, host: str
) -> None:
    """`localhost` stands for every public-looking name that is resolved to a private address; numbers are written in
    all the ways that the system understands."""
    endpoint = await listen(office, receiver)
    url = receiver.url.replace("127.0.0.1", host)
    async with guarded(office) as sender:
        _, error = await sender.post(endpoint.model_copy(update={"url": url}), "msg_1", {})
    assert error in ("refused: a private network", "InvalidUrlClientError")  # or it is no address to the HTTP client
    assert receiver.requests == []


async def test_own_networks_being_allowed_opens_no_plain_way_to_others(office: Office, receiver: Receiver) -> None:
    """Whatever a name stands for: customers' names go in clear through one's own network at most."""
    endpoint = await listen(office, receiver)
    there = endpoint.model_copy(update={"url": "http://93.184.216.34/hooks"})
    async with webhooks.session(office.core.settings.webhook_networks) as session:
        sender = webhooks.WebhookSender(office.services.webhooks, session, system_clock)
        assert await sender.post(there, "msg_1", {}) == (0, "refused: plain http to a public address")


async def test_an_allowed_network_is(office: Office, receiver: Receiver) -> None:
    endpoint = await listen(office, receiver)
    async with webhooks.session(office.core.settings.webhook_networks) as session:
        sender = webhooks.WebhookSender(office.services.webhooks, session, system_clock)
        assert await sender.post(endpoint, "msg_1", {}) == (200, "")


async def test_the_secret_is_sealed_at_rest(office: Office, receiver: Receiver) -> None:
    endpoint = await listen(office, receiver)
    row = await office.core.redis.get(keys.webhook(TEAM, endpoint.id))
    assert endpoint.secret.removeprefix("whsec_") not in str(row)


async def test_where_it_goes_is_sealed_too_and_was_open_before(office: Office, receiver: Receiver) -> None:
    """An address often carries a token. A row of an earlier release is read, and sealed when it is saved next."""
    endpoint = await listen(office, receiver)
    store, key = office.services.webhooks.store, keys.webhook(TEAM, endpoint.id)
    row = str(await office.core.redis.get(key))
    assert receiver.url not in row
    earlier = {name: value for name, value in json.loads(row).items() if name != "address"}
    await office.core.redis.set(key, json.dumps(earlier | {"url": receiver.url}))
    assert await store.endpoint(TEAM, endpoint.id) == endpoint
    await store.save(TEAM, endpoint)
    assert receiver.url not in str(await office.core.redis.get(key))
