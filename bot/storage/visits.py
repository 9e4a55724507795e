"""Visit notes, sealed, and what saving one changes with it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.domain.customer import Customer
from bot.domain.followup import FollowUp
from bot.domain.visit import Visit
from bot.storage import keys
from bot.storage.changes import customer_changed
from bot.storage.customers import put_customer
from bot.storage.followups import opened, put_followup
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer

_EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a saved visit changes: the customer's clock, its follow-ups."""

    customer: Customer
    followups: tuple[FollowUp, ...]


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
        return [self.opened(team_id, row) for row in rows if row]

    async def record(
        self, team_id: str, visit: Visit, followup_ids: Sequence[str], decide: Decide
    ) -> tuple[Visit, bool]:
        """Saves a visit with its consequences, all or nothing, and tells whether it was new.

        `decide` gets the customer as stored (None for one created with this visit) and those of the follow-ups
        that exist, and may be called again if somebody else wrote in between. A visit already saved under this
        id is returned as it was.
        """
        owner_keys = [keys.visit(team_id, visit.id), keys.customer(team_id, visit.customer_id)]
        followup_keys = [keys.followup(team_id, each) for each in followup_ids]
        while True:
            saved, customer, *followups = await self.records.get_many(owner_keys + followup_keys)
            if saved is not None:
                return self.opened(team_id, saved), False
            outcome = decide(
                Customer.model_validate_json(customer) if customer else None,
                [opened(self.sealer, team_id, row) for row in followups if row],
            )
            batch = Batch()
            for key, row in zip(owner_keys + followup_keys, [saved, customer, *followups], strict=True):
                batch.expect(key, row)
            self.put(batch, team_id, visit)
            put_customer(batch, team_id, outcome.customer)
            for followup in outcome.followups:
                put_followup(batch, team_id, followup, self.sealer)
            if await self.records.commit(batch):
                return visit, True

    def put(self, batch: Batch, team_id: str, visit: Visit) -> None:
        """The note alone, without what follows from it."""
        key = keys.visit(team_id, visit.id)
        sealed = visit.model_dump(mode="json")
        sealed["note"] = self.sealer.seal(visit.note, key)
        if visit.next_step:
            sealed["next_step"] = self.sealer.seal(visit.next_step, f"{key}:next_step")
        batch.set(key, json.dumps(sealed))
        batch.zadd(keys.visits_of(team_id, visit.customer_id), visit.id, _order(visit))
        customer_changed(batch, team_id, visit.customer_id)

    def opened(self, team_id: str, row: str) -> Visit:
        """A stored row as a note that can be read."""
        sealed = json.loads(row)
        key = keys.visit(team_id, sealed["id"])
        sealed["note"] = self.sealer.open(sealed["note"], key)
        if sealed.get("next_step"):
            sealed["next_step"] = self.sealer.open(sealed["next_step"], f"{key}:next_step")
        return Visit.model_validate(sealed)


def _order(visit: Visit) -> float:
    """By day, and within a day by when it was written, be it years later."""
    waited = visit.created_at.timestamp() / 86_400 - (visit.on.toordinal() - _EPOCH)
    return visit.on.toordinal() + min(max((waited + 1) / 4096, 0), 0.999)
