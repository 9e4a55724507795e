"""All records of one customer, read together and changed together."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from bot.domain.customer import Contact, Customer, Details
from bot.domain.dossier import Dossier
from bot.domain.followup import standing_ids
from bot.domain.handover import HandOver
from bot.errors import ConflictError, CustomerNotFoundError, RecordUnreadableError
from bot.storage import keys
from bot.storage.changes import customer_changed
from bot.storage.customers import ensure_free, put_customer
from bot.storage.followups import opened, put_followup
from bot.storage.needs import opened_change, put_need_change
from bot.storage.records import TRIES, Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import left_out, read, read_again, unreadable
from bot.storage.tiering import opened_tiering, put_tiering

_CONTACTS: TypeAdapter[tuple[Contact, ...]] = TypeAdapter(tuple[Contact, ...])


@dataclass(frozen=True, slots=True)
class DossierStore:
    records: Records
    sealer: Sealer

    async def find(self, team_id: str, customer_id: str) -> Dossier | None:
        found, _ = await self._read(team_id, customer_id)
        return found

    async def find_to_show(self, team_id: str, customer_id: str) -> Dossier | None:
        """For going through many: None also for one that this release cannot read, which is left alone."""
        try:
            return await self.find(team_id, customer_id)
        except RecordUnreadableError as error:
            left_out(error)
            return None

    async def people(self, team_id: str, customer_id: str) -> tuple[tuple[Contact, ...], Details]:
        """Its contacts, and its details with the buyers."""
        contacts_key, details_key = keys.contacts(team_id, customer_id), keys.customer_details(team_id, customer_id)
        contacts, details = await self.records.get_many([contacts_key, details_key])
        return (
            opened_contacts(self.sealer, contacts_key, contacts),
            opened_details(self.sealer, details_key, details),
        )

    async def change(
        self,
        team_id: str,
        customer_id: str,
        step: Callable[[Dossier], Dossier],
        receipt: tuple[str, str] | None = None,
        *,
        closed_ids: Iterable[str] = (),
        also: Callable[[Batch], None] | None = None,
    ) -> Dossier:
        """Load, take one pure step, save what it changed; starts over if somebody else wrote in between.

        `closed_ids` are follow-ups that the step has to know even if they are closed; `also` writes what belongs to it
        into the same batch; `receipt` is a record (key, text) written with it, which must not be there yet. Raises
        CustomerNotFoundError, CustomerExistsError when somebody who holds it has another of that name, and
        ConflictError when the receipt is there or others keep changing the customer.
        """
        for tries in range(TRIES):
            before, seen = await self._read(team_id, customer_id, closed_ids)
            if before is None:
                raise CustomerNotFoundError
            after = step(before)
            batch = Batch()
            for key, row in seen.items():
                batch.expect(key, row)
            if receipt is not None:
                if await self.records.get(receipt[0]) is not None:
                    break
                batch.expect(receipt[0], None).set(*receipt)
            self._put(batch, team_id, before, after)
            if also is not None:
                also(batch)
            if (after == before and receipt is None and also is None) or await self.records.commit(batch):
                return after
            await ensure_free(self.records, team_id, after.customer)
            await asyncio.sleep(0.002 * tries)
        raise ConflictError

    async def handover(self, team_id: str, handover_id: str) -> HandOver | None:
        row = await self.records.get(keys.handover(team_id, handover_id))
        return read(HandOver, row) if row else None

    async def hand_over(self, team_id: str, told: HandOver, step: Callable[[Dossier], Dossier]) -> None:
        """Once, with its record; then also what a note that was being saved has added for the old owner meanwhile."""
        receipt = (keys.handover(team_id, told.id), told.model_dump_json())
        await self.change(team_id, told.customer_id, step, receipt)
        await self.change(team_id, told.customer_id, lambda found: _settled(found, told))

    async def _read(
        self, team_id: str, customer_id: str, closed_ids: Iterable[str] = ()
    ) -> tuple[Dossier | None, dict[str, str | None]]:
        """With the rows as they were, by key: what the next write may count on."""
        redis, wanted = self.records.redis, self._keys(team_id, customer_id)
        # The head is read before the index: a change added in between is noticed when this is written back.
        rows, change_ids, step_ids, item_ids = await asyncio.gather(
            self.records.get_many(wanted),
            redis.zrange(keys.needs_of(team_id, customer_id), 0, -1),
            redis.smembers(keys.open_steps(team_id, customer_id)),
            redis.smembers(keys.open_items(team_id, customer_id)),
        )
        seen = dict(zip(wanted, rows, strict=True))
        customer, details, contacts, _, tiering, *lasting = rows
        if customer is None:
            return None, seen
        others = [keys.followup(team_id, each) for each in sorted({*texts(step_ids), *texts(item_ids), *closed_ids})]
        others = [each for each in others if each not in seen]
        changes, open_rows = await asyncio.gather(
            self.records.get_many([keys.need_change(team_id, each) for each in texts(change_ids)]),
            self.records.get_many(others),
        )
        seen |= zip(others, open_rows, strict=True)
        details_key, contacts_key, tiering_key = wanted[1], wanted[2], wanted[4]
        found = Dossier(
            customer=read_again(Customer, customer),
            details=opened_details(self.sealer, details_key, details),
            contacts=opened_contacts(self.sealer, contacts_key, contacts),
            changes=tuple(opened_change(self.sealer, team_id, row) for row in changes if row),
            followups=tuple(opened(self.sealer, team_id, row) for row in [*lasting, *open_rows] if row),
            tiering=opened_tiering(self.sealer, tiering_key, tiering),
        )
        return found, seen

    def _keys(self, team_id: str, customer_id: str) -> list[str]:
        return [
            keys.customer(team_id, customer_id),
            keys.customer_details(team_id, customer_id),
            keys.contacts(team_id, customer_id),
            keys.needs_head(team_id, customer_id),
            keys.tiering(team_id, customer_id),
            *(keys.followup(team_id, each) for each in standing_ids(customer_id)),
        ]

    def _put(self, batch: Batch, team_id: str, before: Dossier, after: Dossier) -> None:
        if after.customer != before.customer:
            put_customer(batch, team_id, after.customer, before.customer)
        if after.details != before.details:
            key = keys.customer_details(team_id, after.customer.id)
            batch.set(key, self.sealer.seal(after.details.model_dump_json(), key))
        if after.contacts != before.contacts:
            key = keys.contacts(team_id, after.customer.id)
            batch.set(key, self.sealer.seal(_CONTACTS.dump_json(after.contacts).decode(), key))
        if (after.details, after.contacts) != (before.details, before.contacts):
            customer_changed(batch, team_id, after.customer.id)
        if after.tiering != before.tiering:
            put_tiering(batch, team_id, after.customer.id, after.tiering, self.sealer)
        for change in after.changes[len(before.changes) :]:
            put_need_change(batch, team_id, change, self.sealer)
        known = {each.id: each for each in before.followups}
        for followup in after.followups:
            old = known.get(followup.id)
            if old is not None and old.owner_id != followup.owner_id:
                batch.zrem(keys.due(team_id, old.owner_id), old.id)
            if followup != old:
                put_followup(batch, team_id, followup, self.sealer)


def _settled(found: Dossier, told: HandOver) -> Dossier:
    """Unless it went on to somebody else already."""
    return found.handed_over(told.to_id) if found.customer.owner_id == told.to_id else found


def opened_details(sealer: Sealer, key: str, row: str | None) -> Details:
    return read(Details, sealer.open(row, key)) if row else Details()


def opened_contacts(sealer: Sealer, key: str, row: str | None) -> tuple[Contact, ...]:
    try:
        return _CONTACTS.validate_json(sealer.open(row, key)) if row else ()
    except ValidationError as error:
        raise unreadable(Contact.__name__, error) from None
