"""Webhooks: the endpoints, what has happened and is not handed out yet, and deliveries until they have arrived.

What happened is noted in the batch that made it happen, so neither can be without the other. It is noted by its id
only, once, however often it happens before it is handed out.
"""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain.webhook import Delivery, Endpoint, EventType
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read, readable

AT_ONCE: Final = 200
"""Events handed out, or deliveries to one endpoint looked for, in one go."""
PAGE: Final = 1000
MOST_DEAD: Final = 1000
_TYPES: Final = frozenset(EventType)

Happened = tuple[EventType, str]
"""What, and to which record."""


def put_event(batch: Batch, team_id: str, type_: EventType, subject_id: str) -> None:
    batch.sadd(keys.webhook_events(team_id), f"{type_} {subject_id}").wakes(team_id)


@dataclass(frozen=True, slots=True)
class WebhookStore:
    records: Records
    sealer: Sealer

    async def endpoints(self, team_id: str) -> list[Endpoint]:
        ids = texts(await self.records.redis.smembers(keys.webhooks(team_id)))
        rows = await self.records.get_many([keys.webhook(team_id, each) for each in ids])
        return sorted((self._opened(team_id, row) for row in rows if row), key=lambda each: each.url)

    async def endpoint(self, team_id: str, endpoint_id: str) -> Endpoint | None:
        row = await self.records.get(keys.webhook(team_id, endpoint_id))
        return self._opened(team_id, row) if row else None

    async def save(self, team_id: str, endpoint: Endpoint) -> None:
        key = keys.webhook(team_id, endpoint.id)
        address = self.sealer.seal(endpoint.url, _place_of_address(key))
        sealed = endpoint.model_dump(mode="json", exclude={"url"}) | {"address": address}
        sealed["secret"] = self.sealer.seal(endpoint.secret, key)
        await self.records.commit(Batch().set(key, json.dumps(sealed)).sadd(keys.webhooks(team_id), endpoint.id))

    async def remove(self, team_id: str, endpoint_id: str) -> None:
        """Deliveries on their way to it are dropped when their turn comes."""
        batch = Batch().delete(keys.webhook(team_id, endpoint_id)).srem(keys.webhooks(team_id), endpoint_id)
        await self.records.commit(batch)

    async def hand_out(self, team_id: str, split: Callable[[Happened], Iterable[Delivery]], wall: datetime) -> bool:
        """Turns what has happened into deliveries, each due now, and tells whether there is more.

        Of two processes at the same time one comes first; the other leaves it at that.
        """
        turn_key, events_key = keys.webhook_turn(team_id), keys.webhook_events(team_id)
        turn = await self.records.get(turn_key)
        found = texts(await self.records.redis.srandmember(events_key, AT_ONCE))
        # What only a newer release knows is left for its replicas to hand out.
        members = [each for each in found if each.partition(" ")[0] in _TYPES]
        if not members:
            return False
        batch = Batch().expect(turn_key, turn).set(turn_key, str(int(turn or 0) + 1))
        for member in members:
            type_, subject_id = member.split(" ", 1)
            for delivery in split((EventType(type_), subject_id)):
                batch.set(keys.delivery(team_id, delivery.id), delivery.model_dump_json())
                batch.zadd(keys.deliveries(team_id), delivery.id, wall.timestamp())
        batch.srem(events_key, *members)
        return await self.records.commit(batch) and len(found) == AT_ONCE

    async def forget_events(self, team_id: str) -> None:
        """Nobody listens."""
        await self.records.commit(Batch().delete(keys.webhook_events(team_id)))

    async def due(self, team_id: str, wall: datetime) -> list[Delivery]:
        """The longest due of each endpoint: however many wait for one, the others get theirs."""
        found: list[str] = []
        count: Counter[str] = Counter()
        for start in itertools.count(0, PAGE):
            ids = texts(
                await self.records.redis.zrangebyscore(
                    keys.deliveries(team_id), "-inf", wall.timestamp(), start=start, num=PAGE
                )
            )
            for each in ids:
                endpoint_id = each.rpartition("-")[2]
                count[endpoint_id] += 1
                if count[endpoint_id] <= AT_ONCE:
                    found.append(each)
            if len(ids) < PAGE:
                break
        return await self._many(team_id, found)

    async def delivery(self, team_id: str, delivery_id: str) -> Delivery | None:
        row = await self.records.get(keys.delivery(team_id, delivery_id))
        return read(Delivery, row) if row else None

    async def arrived(self, team_id: str, delivery_id: str) -> None:
        """Or not wanted any more."""
        batch = Batch().delete(keys.delivery(team_id, delivery_id))
        batch.zrem(keys.deliveries(team_id), delivery_id).zrem(keys.dead_deliveries(team_id), delivery_id)
        await self.records.commit(batch)

    async def put_off(self, team_id: str, before: Delivery, after: Delivery, due: datetime) -> None:
        """Nothing if another process has tried it in the meantime."""

        def write(batch: Batch) -> None:
            batch.zrem(keys.dead_deliveries(team_id), after.id)
            batch.zadd(keys.deliveries(team_id), after.id, due.timestamp()).wakes(team_id)

        await self._change(team_id, before, after, write)

    async def give_up(self, team_id: str, before: Delivery, after: Delivery, wall: datetime) -> None:

        def write(batch: Batch) -> None:
            batch.zrem(keys.deliveries(team_id), after.id)
            batch.zadd(keys.dead_deliveries(team_id), after.id, wall.timestamp())

        await self._change(team_id, before, after, write)
        for each in texts(await self.records.redis.zrange(keys.dead_deliveries(team_id), 0, -MOST_DEAD - 1)):
            await self.arrived(team_id, each)

    async def dead(self, team_id: str) -> list[Delivery]:
        """Those that were given up, the latest first."""
        return await self._many(
            team_id, texts(await self.records.redis.zrevrange(keys.dead_deliveries(team_id), 0, -1))
        )

    async def _many(self, team_id: str, ids: list[str]) -> list[Delivery]:
        rows = await self.records.get_many([keys.delivery(team_id, each) for each in ids])
        return readable(lambda row: read(Delivery, row), rows)

    async def _change(self, team_id: str, before: Delivery, after: Delivery, also: Callable[[Batch], None]) -> None:
        """Compared as it is read, not by its text: another release may spell the same delivery otherwise."""
        key = keys.delivery(team_id, before.id)

        def write(row: str | None, batch: Batch) -> None:
            if row is not None and read(Delivery, row) == before:
                also(batch.set(key, after.model_dump_json()))

        await self.records.change(key, write)

    def _opened(self, team_id: str, row: str) -> Endpoint:
        sealed = json.loads(row)
        key = keys.webhook(team_id, sealed["id"])
        sealed["secret"] = self.sealer.open(sealed["secret"], key)
        if address := sealed.pop("address", None):  # earlier rows have it open, as `url`
            sealed["url"] = self.sealer.open(address, _place_of_address(key))
        return read(Endpoint, sealed)


def _place_of_address(key: str) -> str:
    return f"{key}:address"
