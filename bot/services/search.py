"""Searching what one may see. Customers' files are kept in memory in the form that is searched, never in the store."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.domain import policy
from bot.domain.customer import Customer
from bot.domain.need import needs
from bot.domain.search import (
    HITS_SHOWN,
    QUERY_LIMIT,
    Hit,
    Kind,
    Place,
    Results,
    heading,
    known_as,
    said_of,
    told_of,
    written,
)
from bot.domain.user import User
from bot.domain.visit import Visit
from bot.errors import NoteNotFoundError, StoreUnavailableError
from bot.matching import search as engine
from bot.matching.search import Finding, Searchable
from bot.services.customers import CustomerService
from bot.storage.needs import NeedStore
from bot.storage.search import SealedFile, SearchStore

CUSTOMERS_AT_ONCE: Final = 50
"""Read and decrypted together: a few hundred notes, so that others get their turn in between."""
MEMORY: Final = 256 * 1024 * 1024
"""Bytes of all files kept; those that were searched longest ago make room. About half a million notes."""
CLEAN_SECONDS: Final = 10.0
"""How long something erased may stay in memory; it is not found from the moment it is erased."""

FileKey = tuple[str, str]
Written = dict[tuple[str, str], tuple[str, date | None]]
"""(customer id, id) → what is written there, and its day."""


@dataclass(slots=True)
class _Versions:
    """Of customers of a workspace, right as long as the workspace's own version is the same."""

    of_workspace: str | None
    of_customers: dict[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Kept:
    """Files by workspace and customer, the most recently searched last."""

    files: "OrderedDict[FileKey, Searchable]" = field(default_factory=OrderedDict)
    size: int = 0
    versions: dict[str, "_Versions"] = field(default_factory=dict)

    def known(self, team_id: str, versions: Mapping[str, str | None]) -> list[Searchable]:
        """The files among them that are still right."""
        found, files = [], self.files
        for customer_id, version in versions.items():
            file = files.get((team_id, customer_id))
            if file is not None and file.version == version:
                files.move_to_end((team_id, customer_id))
                found.append(file)
        return found

    def put(self, team_id: str, file: Searchable, limit: int) -> None:
        self.drop((team_id, file.customer.id))
        self.files[team_id, file.customer.id] = file
        self.size += file.size
        while self.size > limit:
            self.drop(next(iter(self.files)))

    def drop(self, key: FileKey) -> None:
        if (file := self.files.pop(key, None)) is not None:
            self.size -= file.size


@dataclass(frozen=True, slots=True)
class SearchService:
    store: SearchStore
    customers: CustomerService
    needs: NeedStore
    memory: int = MEMORY
    _kept: _Kept = field(default_factory=_Kept, repr=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find(self, actor: User, typed: str, first: int = 0, patience: float | None = None) -> Results | None:
        """One screen of what the actor may see, from the `first` hit on.

        None when it takes longer than `patience` seconds because files have to be read and decrypted first. What was
        read until then is kept, so asking again takes up there.
        """
        finding = Finding(engine.terms(typed), first + HITS_SHOWN)
        try:
            async with asyncio.timeout(patience):
                await self._find(actor, finding)
        except TimeoutError:
            return None
        shown = finding.first[first:]
        hits = await self._hits(actor, shown, finding.wanted)
        await self.customers.record_reads(actor, (hit.customer for hit in hits if hit.kind.is_read), "find")
        return Results(typed[:QUERY_LIMIT], hits, first, finding.total - len(shown) + len(hits))

    async def note(self, actor: User, customer_id: str, visit_id: str) -> Visit:
        """A note that was found. Raises CustomerNotFoundError or NoteNotFoundError."""
        await self.customers.get(actor, customer_id)
        visit = await self.customers.visits.find(actor.team_id, visit_id)
        if visit is None or visit.customer_id != customer_id:
            raise NoteNotFoundError
        return visit

    async def keep_clean(self) -> None:
        """Forgets what has changed, for as long as the bot runs; a store that is away is asked again."""
        while True:
            await asyncio.sleep(CLEAN_SECONDS)
            with suppress(StoreUnavailableError):
                await self.forget_changed()

    async def forget_changed(self) -> None:
        """Lets go of every file that is no longer as it was read, so that nothing erased stays in memory."""
        for team_id in {team_id for team_id, _ in self._kept.files}:
            ids = [customer_id for team, customer_id in self._kept.files if team == team_id]
            for customer_id, version in (await self._versions(team_id, ids)).items():
                file = self._kept.files.get((team_id, customer_id))
                if file is not None and file.version != version:
                    self._kept.drop((team_id, customer_id))

    async def _find(self, actor: User, finding: Finding) -> None:
        """In files that the actor may see, and in no others: which are looked at is decided before looking."""
        team_id, owner_ids = actor.team_id, await self.customers.visible_owner_ids(actor)
        customer_ids = await self.store.customer_ids(team_id, owner_ids)
        versions = await self._versions(team_id, customer_ids)
        known = self._kept.known(team_id, versions)
        await _look_through(known, owner_ids, finding)
        have = {file.customer.id for file in known}
        lacking = [each for each in customer_ids if each not in have]
        for start in range(0, len(lacking), CUSTOMERS_AT_ONCE):
            some = {each: versions[each] for each in lacking[start : start + CUSTOMERS_AT_ONCE]}
            await _look_through(await self._read(team_id, some), owner_ids, finding)

    async def _versions(self, team_id: str, customer_ids: Sequence[str]) -> dict[str, str | None]:
        """As the store has them now."""
        current = await self.store.version(team_id)
        seen = self._kept.versions.get(team_id)
        if seen is None or seen.of_workspace != current:
            seen = self._kept.versions[team_id] = _Versions(current)
        seen.of_customers |= await self.store.versions(
            team_id, [each for each in customer_ids if each not in seen.of_customers]
        )
        return {each: seen.of_customers[each] for each in customer_ids}

    async def _read(self, team_id: str, versions: Mapping[str, str | None]) -> list[Searchable]:
        """One after the other in the whole process: reading is work for a whole core."""
        async with self._turn:
            known = self._kept.known(team_id, versions)  # another search may have read them meanwhile
            have = {file.customer.id for file in known}
            sealed = await self.store.sealed(team_id, [each for each in versions if each not in have])
            fresh = await asyncio.to_thread(self._opened, team_id, sealed)
            for file in fresh:
                self._kept.put(team_id, file, self.memory)
        return [*known, *fresh]

    def _opened(self, team_id: str, sealed: Sequence[SealedFile]) -> list[Searchable]:
        return [Searchable.of(self.store.opened(team_id, each)) for each in sealed]

    async def _hits(self, actor: User, places: Sequence[Place], wanted: Sequence[str]) -> list[Hit]:
        """As the records are now: what was erased or handed over meanwhile is left out."""
        team_id, ids = actor.team_id, {kind: [each.id for each in places if each.kind is kind] for kind in Kind}
        needing = list({each.customer_id for each in places if each.kind is Kind.NEED})
        peopled = list({each.customer_id for each in places if each.kind in (Kind.CONTACT, Kind.BUYER)})
        owner_ids, customers, visits, steps, changes, people = await asyncio.gather(
            self.customers.visible_owner_ids(actor),
            self.customers.customers.get_many(team_id, {each.customer_id for each in places}),
            asyncio.gather(*(self.customers.visits.find(team_id, each) for each in ids[Kind.NOTE])),
            self.customers.followups.get_many(team_id, ids[Kind.STEP]),
            asyncio.gather(*(self.needs.of(team_id, each) for each in needing)),
            asyncio.gather(*(self.customers.dossiers.people(team_id, each) for each in peopled)),
        )
        written_in: Written = {(each.id, each.id): (heading(each), None) for each in customers.values()}
        written_in |= {(each.customer_id, each.id): (written(each), each.on) for each in visits if each}
        written_in |= {(each.customer_id, each.id): (each.title, each.due_on) for each in steps.values()}
        for customer_id, heard in zip(needing, changes, strict=True):
            written_in |= {(customer_id, each.id): (said_of(each), each.changes[-1].on) for each in needs(heard)}
        for customer_id, (contacts, details) in zip(peopled, people, strict=True):
            written_in |= {(customer_id, each.id): (known_as(each), None) for each in contacts}
            written_in |= {(customer_id, each.id): (told_of(each), None) for each in details.buyers}
        return list(_shown(places, customers, owner_ids, written_in, wanted))


async def _look_through(files: Sequence[Searchable], owner_ids: frozenset[str], finding: Finding) -> None:
    visible = [file for file in files if policy.sees(owner_ids, file.customer)]
    if visible:
        await asyncio.to_thread(finding.look_through, visible)


def _shown(
    places: Sequence[Place],
    customers: dict[str, Customer],
    owner_ids: frozenset[str],
    written_in: Written,
    wanted: Sequence[str],
) -> Iterator[Hit]:
    for place in places:
        customer = customers.get(place.customer_id)
        if customer and policy.sees(owner_ids, customer) and (customer.id, place.id) in written_in:
            text, on = written_in[customer.id, place.id]
            yield Hit(place.kind, place.id, customer, on, engine.excerpt(text, wanted))
