"""Follow-ups: one JSON value each, the open ones in a sorted set per owner by the day they are shown."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from bot.domain.followup import FollowUp, Kind, Status, is_hard
from bot.domain.webhook import EventType
from bot.errors import FollowUpNotFoundError
from bot.storage import keys
from bot.storage.changes import customer_changed
from bot.storage.records import Batch, Records, read_lately
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read, readable
from bot.storage.webhooks import put_event

_SEALED: Final = {"title": "", "line": ":line"}
"""What is in somebody's own words, and what its place adds to the key."""
_ITEMS: Final = frozenset({Kind.RISK, Kind.OBJECTION, Kind.VALUE})
"""Kinds of which a customer may have several; of the others the customer's id tells the follow-up's."""


@dataclass(frozen=True, slots=True)
class FollowUpStore:
    records: Records
    sealer: Sealer

    async def due(self, team_id: str, owner_id: str, today: date) -> list[FollowUp]:
        """The owner's open follow-ups that are shown today or were before."""
        ids = texts(await self.records.redis.zrangebyscore(keys.due(team_id, owner_id), "-inf", today.toordinal()))
        return await self._to_show(team_id, ids)

    async def open_steps(self, team_id: str, customer_id: str) -> list[FollowUp]:
        ids = texts(await self.records.redis.smembers(keys.open_steps(team_id, customer_id)))
        steps = await self._to_show(team_id, ids)
        return sorted(steps, key=lambda step: (step.due_on, step.id))

    async def all_open(self, team_id: str, owner_id: str) -> list[FollowUp]:
        """The owner's open follow-ups, whenever they are due."""
        ids = texts(await self.records.redis.zrange(keys.due(team_id, owner_id), 0, -1))
        return await self._to_show(team_id, ids)

    async def steps_between(self, team_id: str, customer_id: str, first: date, last: date) -> list[FollowUp]:
        """The customer's next steps of these days, both included, whatever became of them."""
        ids = await self.records.redis.zrangebyscore(
            keys.steps(team_id, customer_id), first.toordinal(), last.toordinal()
        )
        return await self._to_show(team_id, texts(ids)) if ids else []

    async def open_ids(self, team_id: str, customer_id: str) -> list[str]:
        """Of the customer's open next steps, risk events, objections and items of value."""
        redis = self.records.redis
        steps, items = await asyncio.gather(
            redis.smembers(keys.open_steps(team_id, customer_id)), redis.smembers(keys.open_items(team_id, customer_id))
        )
        return sorted({*texts(steps), *texts(items)})

    async def get_many(self, team_id: str, followup_ids: Iterable[str]) -> dict[str, FollowUp]:
        wanted = [keys.followup(team_id, each) for each in followup_ids]
        pages = self.records.pages(wanted)
        found = [opened(self.sealer, team_id, row) async for rows in pages for row in rows if row]
        return {followup.id: followup for followup in found}

    async def _to_show(self, team_id: str, followup_ids: Iterable[str]) -> list[FollowUp]:
        """For lists: without what a newer release has written and this one cannot read."""
        pages = self.records.pages([keys.followup(team_id, each) for each in followup_ids])
        open_one = partial(opened, self.sealer, team_id)
        return [each async for rows in pages for each in readable(open_one, rows)]

    async def get(self, team_id: str, followup_id: str) -> FollowUp:
        row = await self.records.get(keys.followup(team_id, followup_id))
        if row is None:
            raise FollowUpNotFoundError
        return opened(self.sealer, team_id, row)

    async def change(self, team_id: str, followup_id: str, step: Callable[[FollowUp], FollowUp]) -> FollowUp:
        """Load, take one pure step, save; starts over if somebody else wrote in between."""

        def write(row: str | None, batch: Batch) -> FollowUp:
            if row is None:
                raise FollowUpNotFoundError
            changed = step(opened(self.sealer, team_id, row))
            put_followup(batch, team_id, changed, self.sealer)
            return changed

        return await self.records.change(keys.followup(team_id, followup_id), write)


@read_lately
def opened(sealer: Sealer, team_id: str, row: str) -> FollowUp:
    sealed = json.loads(row)
    key = keys.followup(team_id, sealed["id"])
    for name, place in _SEALED.items():
        if sealed.get(name):
            sealed[name] = sealer.open(sealed[name], f"{key}{place}")
    return read(FollowUp, sealed)


def put_followup(batch: Batch, team_id: str, followup: FollowUp, sealer: Sealer) -> None:
    key = keys.followup(team_id, followup.id)
    sealed = followup.model_dump(mode="json", exclude_defaults=True)
    for name, place in _SEALED.items():
        if sealed.get(name):
            sealed[name] = sealer.seal(sealed[name], f"{key}{place}")
    batch.set(key, json.dumps(sealed))
    if followup.status is Status.OPEN:
        batch.zadd(keys.due(team_id, followup.owner_id), followup.id, followup.shown_on.toordinal())
    else:
        batch.zrem(keys.due(team_id, followup.owner_id), followup.id)
    if followup.status is Status.DONE:
        put_event(batch, team_id, EventType.FOLLOWUP_DONE, followup.id)
    if is_hard(followup) and followup.status is Status.OPEN:
        batch.sadd(keys.hard_risks(team_id), followup.id).wakes(team_id)
    edit = batch.sadd if followup.status is Status.OPEN else batch.srem
    if followup.kind is Kind.STEP:
        edit(keys.open_steps(team_id, followup.customer_id), followup.id)
        batch.zadd(keys.steps(team_id, followup.customer_id), followup.id, followup.due_on.toordinal())
        customer_changed(batch, team_id, followup.customer_id)
    elif followup.kind in _ITEMS:
        edit(keys.open_items(team_id, followup.customer_id), followup.id)
