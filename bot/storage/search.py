"""What can be searched of each customer, read from the records. Nothing is stored for searching but versions."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast

from bot.domain.customer import Contact, Customer, Details
from bot.domain.followup import FollowUp
from bot.domain.need import Need, needs
from bot.domain.search import CustomerFile, Kind, Passage, known_as, said_of, told_of, written
from bot.domain.visit import Visit
from bot.storage import followups, keys
from bot.storage.changes import ANY_CUSTOMER
from bot.storage.dossiers import opened_contacts, opened_details
from bot.storage.needs import opened_change
from bot.storage.records import Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read_again, readable
from bot.storage.visits import VisitStore


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A customer's rows as they are stored."""

    version: str | None
    customer: str
    visits: Sequence[tuple[str, float]]
    """Each with the day it is sorted by."""
    steps: Sequence[str]
    need_changes: Sequence[str]
    contacts: str | None
    details: str | None


@dataclass(frozen=True, slots=True)
class SearchStore:
    records: Records
    sealer: Sealer
    visits: VisitStore

    async def customer_ids(self, team_id: str, owner_ids: Iterable[str]) -> list[str]:
        redis = self.records.redis
        rows = await asyncio.gather(*(redis.hvals(keys.customers_of(team_id, each)) for each in owner_ids))
        return list(dict.fromkeys(texts(chain(*rows))))

    async def version(self, team_id: str) -> str | None:
        """Changes whenever that of any customer does."""
        return cast("str | None", await self.records.redis.hget(keys.customer_versions(team_id), ANY_CUSTOMER))

    async def versions(self, team_id: str, customer_ids: Sequence[str]) -> dict[str, str | None]:
        """None for a customer that nothing was written about since this is kept."""
        if not customer_ids:
            return {}
        found = await self.records.redis.hmget(keys.customer_versions(team_id), list(customer_ids))
        return dict(zip(customer_ids, cast("list[str | None]", found), strict=True))

    async def sealed(self, team_id: str, customer_ids: Sequence[str]) -> list[SealedFile]:
        """The files of those that exist. What is written meanwhile has another version than the one read first."""
        redis = self.records.redis
        versions, visits, steps, changes = await asyncio.gather(
            self.versions(team_id, customer_ids),
            asyncio.gather(
                *(
                    redis.zrange(keys.visits_of(team_id, each), 0, -1, desc=True, withscores=True)
                    for each in customer_ids
                )
            ),
            asyncio.gather(*(redis.smembers(keys.open_steps(team_id, each)) for each in customer_ids)),
            asyncio.gather(*(redis.zrange(keys.needs_of(team_id, each), 0, -1) for each in customer_ids)),
        )
        visit_ids = [cast("list[tuple[str, float]]", found) for found in visits]
        step_ids, change_ids = [sorted(texts(found)) for found in steps], [texts(found) for found in changes]
        wanted = [keys.customer(team_id, each) for each in customer_ids]
        wanted += [keys.visit(team_id, visit_id) for visit_id, _ in chain(*visit_ids)]
        wanted += [keys.followup(team_id, step_id) for step_id in chain(*step_ids)]
        wanted += [keys.need_change(team_id, change_id) for change_id in chain(*change_ids)]
        wanted += [keys.contacts(team_id, each) for each in customer_ids]
        wanted += [keys.customer_details(team_id, each) for each in customer_ids]
        rows = iter(await self.records.get_many(wanted))
        customers = [next(rows) for _ in customer_ids]
        notes = [[(next(rows), at) for _, at in found] for found in visit_ids]
        promised = [[next(rows) for _ in found] for found in step_ids]
        heard = [[next(rows) for _ in found] for found in change_ids]
        contacts, details = [next(rows) for _ in customer_ids], [next(rows) for _ in customer_ids]
        return [
            SealedFile(
                version=versions[customer_id],
                customer=customer,
                visits=[(row, at) for row, at in own_notes if row],
                steps=[row for row in own_steps if row],
                need_changes=[row for row in own_changes if row],
                contacts=own_contacts,
                details=own_details,
            )
            for customer_id, customer, own_notes, own_steps, own_changes, own_contacts, own_details in zip(
                customer_ids, customers, notes, promised, heard, contacts, details, strict=True
            )
            if customer
        ]

    def opened(self, team_id: str, sealed: SealedFile) -> CustomerFile:
        """Decrypts a file, which for many of them takes long: not for the event loop."""
        steps = readable(lambda row: followups.opened(self.sealer, team_id, row), sealed.steps)
        visits = [(note, at) for row, at in sealed.visits for note in self.visits.to_show(team_id, [row])]
        changes = readable(lambda row: opened_change(self.sealer, team_id, row), sealed.need_changes)
        customer = read_again(Customer, sealed.customer)
        contacts = opened_contacts(self.sealer, keys.contacts(team_id, customer.id), sealed.contacts)
        details = opened_details(self.sealer, keys.customer_details(team_id, customer.id), sealed.details)
        return CustomerFile(
            customer=customer,
            version=sealed.version,
            passages=(
                *_notes(visits, steps),
                *map(_step, steps),
                *map(_need, needs(changes)),
                *_people(customer, contacts, details),
            ),
        )


def _notes(visits: Iterable[tuple[Visit, float]], steps: Iterable[FollowUp]) -> Iterator[Passage]:
    """A note's next step is found with it once it is done; until then it is found by itself."""
    promised = {step.title for step in steps}
    for visit, at in visits:
        yield Passage(Kind.NOTE, visit.id, at, written(visit, with_step=visit.next_step not in promised))


def _people(customer: Customer, contacts: Iterable[Contact], details: Details) -> Iterator[Passage]:
    """They have no day of their own."""
    at = customer.last_heard_on.toordinal()
    yield from (Passage(Kind.CONTACT, each.id, at, known_as(each)) for each in contacts)
    yield from (Passage(Kind.BUYER, each.id, at, told_of(each)) for each in details.buyers)


def _step(step: FollowUp) -> Passage:
    return Passage(Kind.STEP, step.id, step.due_on.toordinal(), step.title)


def _need(need: Need) -> Passage:
    return Passage(Kind.NEED, need.id, need.changes[-1].on.toordinal(), said_of(need))
