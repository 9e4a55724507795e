"""Visit notes, sealed, with every version they had, and what saving one changes with it."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from bot.domain.customer import Customer
from bot.domain.followup import FollowUp
from bot.domain.need import NeedChange
from bot.domain.visit import Visit
from bot.domain.webhook import EventType
from bot.errors import VisitChangedError, VisitNotFoundError
from bot.storage import keys
from bot.storage.changes import customer_changed
from bot.storage.customers import ensure_free, put_customer
from bot.storage.drafts import forget_draft
from bot.storage.followups import opened, put_followup
from bot.storage.needs import put_need_change
from bot.storage.records import READ_LATELY, Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read, read_again, readable
from bot.storage.webhooks import put_event

_EPOCH: Final = date(1970, 1, 1).toordinal()
_SEALED: Final = ("note", "pasted", "next_step")


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a saved visit changes: the customer's clock, its follow-ups, what is known of its needs."""

    customer: Customer
    followups: tuple[FollowUp, ...]
    needs: tuple[NeedChange, ...] = ()


Decide = Callable[[Customer | None, Sequence[FollowUp]], Consequences]


@dataclass(frozen=True, slots=True)
class VisitStore:
    records: Records
    sealer: Sealer

    async def find(self, team_id: str, visit_id: str) -> Visit | None:
        row = await self.records.get(keys.visit(team_id, visit_id))
        return self.opened(team_id, row) if row else None

    async def latest(self, team_id: str, customer_id: str, count: int) -> list[Visit]:
        """The customer's newest notes, newest first."""
        ids = texts(await self.records.redis.zrevrange(keys.visits_of(team_id, customer_id), 0, count - 1))
        rows = await self.records.get_many([keys.visit(team_id, visit_id) for visit_id in ids])
        return self.to_show(team_id, rows)

    async def between(self, team_id: str, customer_id: str, first: date, last: date) -> list[Visit]:
        """The customer's notes of these days, both included."""
        until = f"({last.toordinal() + 1}"
        ids = await self.records.redis.zrangebyscore(keys.visits_of(team_id, customer_id), first.toordinal(), until)
        rows = await self.records.get_many([keys.visit(team_id, each) for each in texts(ids)]) if ids else []
        return self.to_show(team_id, rows)

    async def record(
        self, team_id: str, visit: Visit, followup_ids: Sequence[str], decide: Decide, draft_id: str = ""
    ) -> tuple[Visit, bool]:
        """Saves a visit with its consequences, all or nothing, and tells whether it was new.

        `decide` gets the customer as stored (None for one created with this visit) and those of the follow-ups
        that exist, and may be called again if somebody else wrote in between. A visit already saved under this
        id is returned as it was. The author's draft it was made from is gone with it.
        Raises CustomerExistsError when its customer is new and another one took the name meanwhile.
        """
        owner_keys = [keys.visit(team_id, visit.id), keys.customer(team_id, visit.customer_id)]
        followup_keys = [keys.followup(team_id, each) for each in followup_ids]
        while True:
            saved, customer, *followups = await self.records.get_many(owner_keys + followup_keys)
            if saved is not None:
                return self.opened(team_id, saved), False
            known = read_again(Customer, customer) if customer else None
            outcome = decide(known, [opened(self.sealer, team_id, row) for row in followups if row])
            batch = Batch()
            for key, row in zip(owner_keys + followup_keys, [saved, customer, *followups], strict=True):
                batch.expect(key, row)
            self._put_with(batch, team_id, visit, outcome, known)
            put_event(batch, team_id, EventType.VISIT_LOGGED, visit.id)
            if draft_id:
                forget_draft(batch, team_id, visit.author_id, draft_id)
            if await self.records.commit(batch):
                return visit, True
            await ensure_free(self.records, team_id, outcome.customer)

    async def revise(
        self,
        team_id: str,
        visit_id: str,
        change: Callable[[Visit], Visit],
        followup_ids: Sequence[str],
        decide: Callable[[Visit, Customer | None, Sequence[FollowUp]], Consequences],
        draft_id: str = "",
    ) -> tuple[Visit, bool]:
        """Puts a changed version in the place of a note, keeps the one before, and tells whether it was new.

        `change` makes the next version, `decide` gets it with the customer and those of the follow-ups that exist; both
        may run again if somebody else wrote in between.
        Raises VisitNotFoundError, and VisitChangedError where the stored note is not the one before.
        """
        key = keys.visit(team_id, visit_id)
        while True:
            row = await self.records.get(key)
            if row is None:
                raise VisitNotFoundError
            before = self.opened(team_id, row)
            after = change(before)
            if after.change_id == before.change_id:
                return before, False
            if after.version != before.version + 1:
                raise VisitChangedError(before)
            others = [
                keys.customer(team_id, before.customer_id),
                *(keys.followup(team_id, each) for each in followup_ids),
            ]
            customer, *followups = rows = await self.records.get_many(others)
            known = read_again(Customer, customer) if customer else None
            outcome = decide(
                after,
                known,
                [opened(self.sealer, team_id, each) for each in followups if each],
            )
            batch = Batch().expect(key, row)
            for other, seen in zip(others, rows, strict=True):
                batch.expect(other, seen)
            old = keys.visit_version(team_id, visit_id, before.version)
            batch.set(old, self._sealed(before, old))
            self._put_with(batch, team_id, after, outcome, known)
            if draft_id:
                forget_draft(batch, team_id, after.written_by, draft_id)
            if await self.records.commit(batch):
                return after, True

    async def versions(self, team_id: str, visit: Visit) -> list[Visit]:
        """What the note was before, the newest first."""
        names = [keys.visit_version(team_id, visit.id, each) for each in range(visit.version - 1, 0, -1)]
        rows = await self.records.get_many(names)
        found = [(key, row) for key, row in zip(names, rows, strict=True) if row]
        return readable(lambda each: _opened(self.sealer, *each), found)

    def withdraw(self, batch: Batch, team_id: str, visit: Visit) -> None:
        """A note that was taken back within a minute: as if it had never been written."""
        batch.delete(keys.visit(team_id, visit.id))
        batch.zrem(keys.visits_of(team_id, visit.customer_id), visit.id)
        customer_changed(batch, team_id, visit.customer_id)

    def put(self, batch: Batch, team_id: str, visit: Visit) -> None:
        """The note alone, without what follows from it."""
        key = keys.visit(team_id, visit.id)
        batch.set(key, self._sealed(visit, key))
        batch.zadd(keys.visits_of(team_id, visit.customer_id), visit.id, _order(visit))
        customer_changed(batch, team_id, visit.customer_id)

    def _put_with(
        self, batch: Batch, team_id: str, visit: Visit, outcome: Consequences, known: Customer | None
    ) -> None:
        """`known` is the customer as it was."""
        self.put(batch, team_id, visit)
        put_customer(batch, team_id, outcome.customer, known)
        for followup in outcome.followups:
            put_followup(batch, team_id, followup, self.sealer)
        for change in outcome.needs:
            put_need_change(batch, team_id, change, self.sealer)

    def _sealed(self, visit: Visit, key: str) -> str:
        """Without what is as in every plain note, which is how earlier releases wrote all of them."""
        row = visit.model_dump(mode="json", exclude_defaults=True)
        for name in _SEALED:
            if row.get(name):
                row[name] = self.sealer.seal(row[name], _place(key, name))
        if "facts" in row:
            row["facts"] = self.sealer.seal(json.dumps(row["facts"], ensure_ascii=False), _place(key, "facts"))
        return json.dumps(row)

    def to_show(self, team_id: str, rows: Iterable[str | None]) -> list[Visit]:
        """For lists: without what a newer release has written and this one cannot read."""
        return readable(lambda row: self.opened(team_id, row), rows)

    def opened(self, team_id: str, row: str) -> Visit:
        """A stored row as a note that can be read."""
        return _newest(self.sealer, team_id, row)


@lru_cache(READ_LATELY // 4)  # they are long
def _newest(sealer: Sealer, team_id: str, row: str) -> Visit:
    return _opened(sealer, keys.visit(team_id, json.loads(row)["id"]), row)


def _opened(sealer: Sealer, key: str, row: str) -> Visit:
    """Also an earlier version, whose key is not its id's."""
    sealed: dict[str, Any] = json.loads(row)
    for name in _SEALED:
        if sealed.get(name):
            sealed[name] = sealer.open(sealed[name], _place(key, name))
    if "facts" in sealed:
        sealed["facts"] = json.loads(sealer.open(sealed["facts"], _place(key, "facts")))
    return read(Visit, sealed)


def _place(key: str, name: str) -> str:
    return key if name == "note" else f"{key}:{name}"


def _order(visit: Visit) -> float:
    """By day, and within a day by when it was written, be it years later."""
    waited = visit.created_at.timestamp() / 86_400 - (visit.on.toordinal() - _EPOCH)
    return visit.on.toordinal() + min(max((waited + 1) / 4096, 0), 0.999)
