"""Customers: one JSON value each, and for each account manager a hash from every name to the customer's id."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from bot.domain.customer import Customer, folded
from bot.domain.followup import FollowUp
from bot.domain.webhook import EventType, is_told
from bot.errors import CustomerExistsError, CustomerNotFoundError
from bot.storage import keys
from bot.storage.changes import ANY_CUSTOMER, customer_changed
from bot.storage.followups import put_followup
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read_again, readable
from bot.storage.webhooks import put_event

NAMES_KEPT: Final = 64
"""Of so many people who see different customers."""


@dataclass(frozen=True, slots=True)
class CustomerStore:
    records: Records
    sealer: Sealer
    _names: dict[tuple[str, frozenset[str]], tuple[object, Sequence[str]]] = field(default_factory=dict, compare=False)
    """By workspace and owners: as of which version, and the names."""

    async def find(self, team_id: str, customer_id: str) -> Customer | None:
        row = await self.records.get(keys.customer(team_id, customer_id))
        return _read(row) if row else None

    async def get_many(self, team_id: str, customer_ids: Iterable[str]) -> dict[str, Customer]:
        wanted = [keys.customer(team_id, customer_id) for customer_id in customer_ids]
        found = [_read(row) async for rows in self.records.pages(wanted) for row in rows if row]
        return {customer.id: customer for customer in found}

    async def to_show(self, team_id: str, customer_ids: Iterable[str]) -> dict[str, Customer]:
        """For lists: without what a newer release has written and this one cannot read."""
        wanted = [keys.customer(team_id, customer_id) for customer_id in customer_ids]
        found = [each async for rows in self.records.pages(wanted) for each in readable(_read, rows)]
        return {customer.id: customer for customer in found}

    async def named(self, team_id: str, owner_ids: Iterable[str], name: str) -> list[Customer]:
        """The customers of these owners that carry exactly this name or alias."""
        redis = self.records.redis
        rows = await asyncio.gather(*(redis.hget(keys.customers_of(team_id, each), folded(name)) for each in owner_ids))
        return list((await self.get_many(team_id, dict.fromkeys(texts(filter(None, rows))))).values())

    async def ids_of_names(self, team_id: str, owner_id: str, names: Sequence[str]) -> list[str | None]:
        """For each name, as names are compared, the owner's customer that carries it."""
        rows = await self.records.redis.hmget(keys.customers_of(team_id, owner_id), names)
        return [str(row) if row else None for row in rows]

    async def owned_by(self, team_id: str, owner_ids: Iterable[str]) -> list[Customer]:
        redis = self.records.redis
        rows = await asyncio.gather(*(redis.hvals(keys.customers_of(team_id, each)) for each in owner_ids))
        return list((await self.to_show(team_id, dict.fromkeys(texts(chain(*rows))))).values())

    async def names(self, team_id: str, owner_ids: frozenset[str]) -> Sequence[str]:
        """Of all their customers, short names included: kept in memory for as long as nothing of any has changed."""
        version = await self.records.redis.hget(keys.customer_versions(team_id), ANY_CUSTOMER)
        kept_version, names = self._names.get((team_id, owner_ids), (None, ()))
        if version is None or version != kept_version:
            names = tuple(name for each in await self.owned_by(team_id, owner_ids) for name in each.names)
            while len(self._names) >= NAMES_KEPT:
                del self._names[next(iter(self._names))]
            self._names[team_id, owner_ids] = (version, names)
        return names

    async def create(self, team_id: str, customer: Customer, *followups: FollowUp) -> Customer:
        """Saves a new customer with its first follow-ups; the same id saved again changes nothing.

        Raises CustomerExistsError when its owner already has a customer of one of these names.
        """
        batch = Batch()
        batch.expect(keys.customer(team_id, customer.id), None)
        put_customer(batch, team_id, customer)
        for followup in followups:
            put_followup(batch, team_id, followup, self.sealer)
        await self.ensure_new(team_id, customer)
        if await self.records.commit(batch):
            return customer
        await ensure_free(self.records, team_id, customer)  # and clears the way where a name points to nothing
        if await self.records.commit(batch):
            return customer
        return await self.get(team_id, customer.id)

    async def get(self, team_id: str, customer_id: str) -> Customer:
        customer = await self.find(team_id, customer_id)
        if customer is None:
            raise CustomerNotFoundError
        return customer

    async def ensure_new(self, team_id: str, customer: Customer) -> None:
        """Raises CustomerExistsError when its owner has another customer of one of its names."""
        for name in customer.names:
            for other in await self.named(team_id, [customer.owner_id], name):
                if other.id != customer.id:
                    raise CustomerExistsError(name=name)

    async def change(self, team_id: str, customer_id: str, step: Callable[[Customer], Customer]) -> Customer:
        """Load, take one pure step, save; starts over if somebody else wrote in between."""

        def write(row: str | None, batch: Batch) -> Customer:
            if row is None:
                raise CustomerNotFoundError
            before = _read(row)
            changed = step(before)
            put_customer(batch, team_id, changed, before)
            return changed

        return await self.records.change(keys.customer(team_id, customer_id), write)


def _read(row: str) -> Customer:
    return read_again(Customer, row)


def put_customer(batch: Batch, team_id: str, customer: Customer, before: Customer | None = None) -> None:
    """`before` is what it was: names and holders that it no longer has are forgotten, and what changes nothing that
    webhooks tell is no event. The batch fails where another customer has taken one of its new names meanwhile."""
    batch.set(keys.customer(team_id, customer.id), customer.model_dump_json(exclude_defaults=True))
    if is_told(customer, before):
        put_event(batch, team_id, EventType.CUSTOMER_CHANGED, customer.id)
    found, known = _places(team_id, customer), _places(team_id, before) if before else set()
    for key, name in known - found:
        batch.hdel(key, name)
    for key, name in found - known:
        batch.expect_field(key, name, customer.id)
    for key, name in sorted(found):
        batch.hset(key, name, customer.id)
    customer_changed(batch, team_id, customer.id)


async def ensure_free(records: Records, team_id: str, customer: Customer) -> None:
    """Why a batch with `put_customer` may have failed: raises CustomerExistsError when whoever holds the customer finds
    another one by one of its names. A name that points to nothing is taken out."""
    for name in customer.names:
        for holder in customer.holders:
            key = keys.customers_of(team_id, holder)
            other_id = await records.redis.hget(key, folded(name))
            if not other_id or other_id == customer.id:
                continue
            other = keys.customer(team_id, str(other_id))
            if not await records.commit(Batch().expect(other, None).hdel(key, folded(name))):
                raise CustomerExistsError(name=name)


def _places(team_id: str, customer: Customer) -> set[tuple[str, str]]:
    """Where its names stand: (hash, field)."""
    return {
        (keys.customers_of(team_id, holder), folded(name)) for holder in customer.holders for name in customer.names
    }
