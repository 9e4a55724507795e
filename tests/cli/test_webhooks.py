"""`webhooks add`, `test`, `list`, `remove` and `retry`, and what `doctor` says of what was given up."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from bot.domain.customer import NewCustomer, Tier
from bot.domain.webhook import RETRIES, EventType
from tests.cli.conftest import Bot, Company
from tests.loopback import served
from tests.world import LIN, TEAM


@dataclass
class Receiver:
    url: str = ""
    status: int = 200
    signatures: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.signatures.append(request.headers["webhook-signature"])
        return web.Response(status=self.status)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    site = web.Application()
    site.router.add_post("/hooks", found.take)
    async with served(site) as address:
        found.url = f"{address}/hooks"
        yield found


async def test_an_endpoint_is_added_tried_listed_and_removed(bot: Bot, company: Company, receiver: Receiver) -> None:
    """The secret is shown once, and nowhere else."""
    inside = {**company.environment, "WEBHOOK_NETWORKS": "127.0.0.0/8"}
    added = await bot("webhooks", "add", receiver.url, "--event", "visit.logged", **inside)
    assert added.code == 0, added.err
    [secret] = re.findall(r"whsec_\S+", added.out)
    endpoint_id = added.out.split(":")[0]
    tried = await bot("webhooks", "test", endpoint_id, **inside)
    assert (tried.code, len(receiver.signatures)) == (0, 1)
    listed = await bot("webhooks", "list", **inside)
    assert (receiver.url in listed.out, "visit.logged" in listed.out, secret in listed.out) == (True, True, False)
    assert (await bot("webhooks", "remove", endpoint_id, **inside)).code == 0
    assert await company.services.webhooks.store.endpoints(TEAM) == []


async def test_a_private_address_is_refused(bot: Bot, company: Company) -> None:
    private = await bot("webhooks", "add", "https://10.0.0.8/hooks", **company.environment)
    assert (private.code, "private network" in private.err) == (2, True)
    assert await company.services.webhooks.store.endpoints(TEAM) == []


async def test_doctor_lists_what_was_given_up_and_retry_starts_it_again(bot: Bot, company: Company) -> None:
    endpoint = await company.services.webhooks.add(
        TEAM, "https://crm.example.com/hooks", (EventType.CUSTOMER_CHANGED,), with_text=False, by="test"
    )
    actor = await company.services.members.actor(TEAM, LIN)
    await company.services.customers.create(actor, NewCustomer("远大纺织", Tier.A))
    [(_, delivery)] = await company.services.webhooks.to_deliver({TEAM})
    last = delivery.model_copy(update={"attempts": len(RETRIES), "error": "HTTP 500"})
    store = company.services.webhooks.store
    await store.put_off(TEAM, delivery, last, company.services.webhooks.wall())
    await company.services.webhooks.failed(TEAM, last, "HTTP 500")
    looked = await bot("doctor", **company.environment)
    assert "customer.changed" in looked.out
    assert "crm.example.com (HTTP 500)" in looked.out
    assert endpoint.secret not in looked.out
    again = await bot("webhooks", "retry", **company.environment)
    assert (again.code, "Started again: 1" in again.out) == (0, True)
    assert await store.dead(TEAM) == []
