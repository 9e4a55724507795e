"""Webhooks from the saved record to the receiver, over real HTTP, through the job engine."""

import asyncio
import hmac
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from operator import methodcaller

from aiohttp import web

from bot import jobs
from bot.clock import system_clock
from bot.domain.customer import Tier
from bot.domain.note import VisitForm
from bot.domain.visit import Channel
from bot.domain.webhook import RETRIES, Delivery, EventType
from bot.storage import keys
from bot.storage.records import Batch
from bot.storage.webhooks import AT_ONCE
from tests.jobs.office import TODAY, Office, until
from tests.jobs.receiving import ALL, NOTE, Receiver, due, lin, listen, log_visit, seed
from tests.loopback import served
from tests.world import LIN, TEAM


async def test_the_engine_tells_what_happened_signed(office: Office, receiver: Receiver) -> None:
    """By a worker, within a sweep: the visit, and the customer whose last contact it is."""
    await office.overdue(LIN, "远大纺织")
    endpoint = await listen(office, receiver)
    [customer] = await office.services.customers.named(await lin(office), "远大纺织")
    async with office.engine() as sweep:
        await log_visit(office, customer.id)
        await sweep()

        async def has_all() -> bool:
            return receiver.types() >= {"visit.logged", "customer.changed"}

        await until(has_all)
    for headers, body in receiver.requests:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = b64encode(hmac.digest(b64decode(endpoint.secret.removeprefix("whsec_")), signed, sha256)).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        assert headers["webhook-timestamp"] == str(int(office.wall().timestamp()))


async def test_ids_and_days_are_told_and_texts_only_where_wanted(office: Office, receiver: Receiver) -> None:
    customer_id = await seed(office, receiver)
    await log_visit(office, customer_id)
    await due(office)
    [visit] = [each["data"] for each in receiver.events if each["type"] == "visit.logged"]
    assert visit["customer_id"] == customer_id
    assert visit["on"] == "2026-11-24"
    assert not any("费率" in body.decode() or "报价" in body.decode() for _, body in receiver.requests)


async def test_an_endpoint_added_with_text_gets_the_note(office: Office, receiver: Receiver) -> None:
    await log_visit(office, await seed(office, receiver, with_text=True))
    await due(office)
    [visit] = [each["data"] for each in receiver.events if each["type"] == "visit.logged"]
    assert (visit["note"], visit["next_step"]) == (NOTE, "给报价")


async def test_a_finished_follow_up_is_told(office: Office, receiver: Receiver) -> None:
    customer_id = await seed(office, receiver)
    await log_visit(office, customer_id)
    [step] = await office.services.customers.open_steps(await lin(office), customer_id)
    done = VisitForm("form-2", customer_id, TODAY, Channel.PHONE, "已发报价", done_followup_ids=(step.id,))
    await office.services.visits.save(await lin(office), done)
    await due(office)
    [told] = [each["data"] for each in receiver.events if each["type"] == "followup.done"]
    assert (told["id"], told["status"], "title" in told) == (step.id, "done", False)


async def test_only_the_events_asked_for(office: Office, receiver: Receiver) -> None:
    await office.overdue(LIN, "远大纺织")
    await listen(office, receiver, frozenset({EventType.VISIT_LOGGED}))
    assert await due(office) == []


async def test_what_happened_while_nobody_listened_is_not_kept(office: Office, receiver: Receiver) -> None:
    await seed(office, receiver)
    assert await due(office) == []
    assert receiver.requests == []


async def test_two_processes_hand_an_event_out_once(office: Office, receiver: Receiver) -> None:
    customer_id = await seed(office, receiver)
    await log_visit(office, customer_id)
    lists = await asyncio.gather(*(office.services.webhooks.to_deliver({TEAM}) for _ in range(4)))
    found = {each.id: each.type for one in lists for _, each in one}
    assert sorted(found.values()) == ["customer.changed", "visit.logged"]


async def test_a_failure_is_tried_again_under_the_same_id_and_then_no_more(office: Office, receiver: Receiver) -> None:
    receiver.answering(503, 200)
    await office.overdue(LIN, "远大纺织")
    await listen(office, receiver)
    assert await due(office) == ["customer.changed"]
    assert await due(office) == []  # not yet
    office.wall.advance(RETRIES[0])
    assert await due(office) == ["customer.changed"]
    office.wall.advance(timedelta(days=30))
    assert await due(office) == []
    first, second = (headers["webhook-id"] for headers, _ in receiver.requests)
    assert first == second


async def test_what_never_arrives_is_given_up_listed_and_can_be_started_again(
    office: Office, receiver: Receiver
) -> None:
    receiver.answering(500)
    await office.overdue(LIN, "远大纺织")
    await listen(office, receiver)
    for wait in (timedelta(0), *RETRIES):
        office.wall.advance(wait)
        assert await due(office) == ["customer.changed"]
    office.wall.advance(timedelta(days=30))
    assert await due(office) == []
    [dead] = await office.services.webhooks.store.dead(TEAM)
    assert (dead.error, dead.attempts) == ("HTTP 500", len(RETRIES) + 1)
    receiver.answering(200)
    assert await office.services.webhooks.retry(TEAM, by="test") == 1
    assert await due(office) == ["customer.changed"]
    assert await office.services.webhooks.store.dead(TEAM) == []


async def test_gone_pauses_the_endpoint(office: Office, receiver: Receiver) -> None:
    receiver.answering(410)
    await office.overdue(LIN, "远大纺织")
    await listen(office, receiver)
    await due(office)
    [endpoint] = await office.services.webhooks.store.endpoints(TEAM)
    assert endpoint.is_paused
    await office.overdue(LIN, "恒通电子")
    assert await due(office) == []


async def test_what_waits_for_a_paused_endpoint_is_not_sent(office: Office, receiver: Receiver) -> None:
    """Its receiver wants nothing more; it can be started again."""
    receiver.answering(410)
    await office.overdue(LIN, "远大纺织")
    await listen(office, receiver)
    await office.overdue(LIN, "恒通电子")
    assert await due(office) == ["customer.changed", "customer.changed"]
    assert len(receiver.requests) == 1
    receiver.answering(200)
    assert await office.services.webhooks.retry(TEAM, by="test") == 2
    await due(office)
    assert len(receiver.requests) == 3


async def test_what_is_on_its_way_to_a_removed_endpoint_is_dropped(office: Office, receiver: Receiver) -> None:
    await office.overdue(LIN, "远大纺织")
    endpoint = await listen(office, receiver)
    [(_, delivery)] = await office.services.webhooks.to_deliver({TEAM})
    await office.services.webhooks.remove(TEAM, endpoint.id, by="test")
    await office.poster().deliver(TEAM, delivery.id)
    assert receiver.requests == []
    assert await office.services.webhooks.store.delivery(TEAM, delivery.id) is None


async def test_a_change_that_is_not_told_is_no_event(office: Office, receiver: Receiver) -> None:
    """Who stands in is nobody else's business; a new tier and the end are told."""
    customer_id = await seed(office, receiver)
    change = office.services.customers.customers.change
    changes: tuple[tuple[int, dict[str, object]], ...] = (
        (0, {"stand_in_id": "U2"}),
        (1, {"tier": Tier.B}),
        (0, {"tier": Tier.B}),
        (1, {"ended_on": TODAY}),
    )
    for told, values in changes:
        await change(TEAM, customer_id, methodcaller("model_copy", update=values))
        assert await due(office) == ["customer.changed"] * told
    assert receiver.events[-1]["data"]["ended_on"] == str(TODAY)


async def test_a_receiver_that_hangs_holds_up_no_other(office: Office, receiver: Receiver) -> None:
    """Two at a time from two processes, while another receiver gets everything; nothing is lost."""
    slow = Hanging()
    async with slow.listening():
        await office.services.webhooks.add(TEAM, slow.url, ALL, with_text=False, by="test")
        await listen(office, receiver)
        names = [f"远大{number}厂" for number in range(jobs.CONCURRENCY + 5)]
        async with office.engine() as sweep, office.engine():
            await office.overdue(LIN, *names)
            await sweep()

            async def others_have_all() -> bool:
                return {each["data"]["name"] for each in receiver.events} == set(names)

            await until(others_have_all)
            assert slow.most == jobs.AT_ONE_ENDPOINT
            slow.goes_on.set()

            async def has_all() -> bool:
                return slow.taken == set(names) and not await due_keys(office)

            await until(has_all)
            assert slow.most == jobs.AT_ONE_ENDPOINT


async def due_keys(office: Office) -> int:
    return int(await office.core.redis.zcard(keys.deliveries(TEAM)))


@dataclass
class Hanging:
    """A receiver that answers nobody until it `goes_on`, and counts who waits."""

    url: str = ""
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    most: int = 0
    taken: set[str] = field(default_factory=set)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        body = await request.json()
        await self.goes_on.wait()
        self.waiting -= 1
        self.taken.add(body["data"]["name"])
        return web.Response()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        site = web.Application()
        site.router.add_post("/hooks", self.take)
        async with served(site) as address:
            self.url = f"{address}/hooks"
            yield


async def test_many_that_wait_for_one_endpoint_hide_nothing_from_another(office: Office, receiver: Receiver) -> None:
    """The sweep looks past them."""
    store = office.services.webhooks.store
    batch = Batch()
    for number in range(AT_ONCE + 1):
        put_waiting(batch, f"msg_{number}", "slow", float(number))
    put_waiting(batch, "msg_last", "quick", AT_ONCE + 2.0)
    await store.records.commit(batch)
    found = await store.due(TEAM, office.wall())
    assert Counter(each.endpoint_id for each in found) == {"slow": AT_ONCE, "quick": 1}


def put_waiting(batch: Batch, event_id: str, endpoint_id: str, at: float) -> None:
    delivery = Delivery(
        id=f"{event_id}-{endpoint_id}",
        event_id=event_id,
        type=EventType.VISIT_LOGGED,
        subject_id="v1",
        at=system_clock(),
        endpoint_id=endpoint_id,
    )
    batch.set(keys.delivery(TEAM, delivery.id), delivery.model_dump_json())
    batch.zadd(keys.deliveries(TEAM), delivery.id, at)
