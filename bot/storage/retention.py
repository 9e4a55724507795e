"""Customers whose relationship has ended, by the day it did, and questions by the day they were asked."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.customer import Customer
from bot.errors import CustomerNotFoundError
from bot.storage import keys
from bot.storage.customers import put_customer
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.stored import read_again


@dataclass(frozen=True, slots=True)
class RetentionStore:
    records: Records

    async def end(self, team_id: str, customer_id: str, on: date) -> None:
        """Raises CustomerNotFoundError."""

        def write(row: str | None, batch: Batch) -> None:
            before = _opened(row)
            put_customer(batch, team_id, before.model_copy(update={"ended_on": on}), before)
            batch.zadd(keys.ended(team_id), customer_id, on.toordinal())

        await self.records.change(keys.customer(team_id, customer_id), write)

    async def reopen(self, team_id: str, customer_id: str, on: date) -> None:
        """It is kept again; what was ended and reopened on one day was a slip. Raises CustomerNotFoundError."""

        def write(row: str | None, batch: Batch) -> None:
            before = _opened(row)
            again_on = on if before.ended_on is not None and before.ended_on < on else before.reopened_on
            put_customer(batch, team_id, before.model_copy(update={"ended_on": None, "reopened_on": again_on}), before)
            batch.zrem(keys.ended(team_id), customer_id)

        await self.records.change(keys.customer(team_id, customer_id), write)

    async def ended_by(self, team_id: str, last: date) -> list[str]:
        """Customers that ended on that day or before."""
        return texts(await self.records.redis.zrangebyscore(keys.ended(team_id), "-inf", last.toordinal()))

    async def forget_end(self, team_id: str, customer_id: str) -> None:
        await self.records.commit(Batch().zrem(keys.ended(team_id), customer_id))

    async def asked_before(self, team_id: str, moment: datetime) -> list[str]:
        index = keys.questions(team_id)
        return texts(await self.records.redis.zrangebyscore(index, "-inf", f"({moment.timestamp()}"))


def _opened(row: str | None) -> Customer:
    if row is None:
        raise CustomerNotFoundError
    return read_again(Customer, row)
