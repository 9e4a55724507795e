"""A store filled directly with up to a million customers, with records as the product writes them."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from redis import Redis as PlainRedis

from bench.crowd import TEAM
from bot.calendars import WorkCalendar
from bot.domain.cadence import CadenceRules
from bot.domain.customer import Customer, Tier, as_covered, folded
from bot.domain.due import contact_due
from bot.domain.user import Member, Profile, Role
from bot.storage import keys

EACH: Final = 100
"""Customers of one account manager."""
DUE: Final = 3
"""Of these are due on the day that is planned; they are not late yet."""
TODAY: Final = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Template:
    """A record as the product writes it, to be copied with other ids and days."""

    customer: Customer

    def customer_row(self, customer_id: str, owner_id: str, name: str) -> str:
        found = self.customer.model_copy(update={"id": customer_id, "owner_id": owner_id, "name": name})
        return found.model_dump_json(exclude_defaults=True)

    def followup_row(self, customer_id: str, owner_id: str) -> str:
        found = self.customer.model_copy(update={"id": customer_id, "owner_id": owner_id})
        due = contact_due(found, CadenceRules(), WorkCalendar())
        return json.dumps(due.model_dump(mode="json", exclude_defaults=True))


def template() -> Template:
    last = date(2026, 10, 27)  # tier B: due in these days, overdue later
    return Template(
        Customer(
            id="c",
            name="远大纺织",
            tier=Tier.B,
            industry="纺织服装",
            owner_id="o",
            created_on=last,
            last_contact_on=last,
        )
    )


def name_of(number: int) -> str:
    return f"苏州工业园区测试客户第{number:07}号有限公司"


def fill_people(plain: PlainRedis, first: int, last: int, looked_at: datetime) -> None:
    """Account managers in teams of ten, whom Slack is not asked about; nobody is looked at before that moment."""
    profile = Profile(name="林悦", locale="zh-CN", tz="Asia/Shanghai").model_dump_json()
    pipe = plain.pipeline(transaction=False)
    for number in range(first, last):
        user_id = f"U{number:07}"
        member = Member(user_id=user_id, roles=frozenset({Role.ACCOUNT_MANAGER}), team=f"team {number // 10}")
        pipe.set(keys.member(TEAM, user_id), member.model_dump_json())
        pipe.set(keys.profile(TEAM, user_id), profile)
        pipe.sadd(keys.members(TEAM), user_id)
        pipe.zadd(keys.digest_times(TEAM), {user_id: looked_at.timestamp()})
    pipe.zadd(keys.WORKSPACES, {TEAM: looked_at.timestamp()})
    pipe.execute()


def fill_customers(plain: PlainRedis, first: int, last: int) -> None:
    """What is on file, apart from when somebody is to be called."""
    pattern = template().customer_row("{id}", "{owner}", "{name}")
    for owner in range(first // EACH, last // EACH):
        owner_id, numbers = f"U{owner:07}", range(owner * EACH, (owner + 1) * EACH)
        rows = {
            keys.customer(TEAM, _id(each)): pattern.replace("{id}", _id(each))
            .replace("{owner}", owner_id)
            .replace("{name}", name_of(each))
            for each in numbers
        }
        names: dict[Any, Any] = {folded(name_of(each)): _id(each) for each in numbers}
        versions: dict[Any, Any] = {_id(each): f"{each:024x}" for each in numbers}
        pipe = plain.pipeline(transaction=False)
        pipe.mset(rows)
        for holder in (owner_id, as_covered(owner_id)):
            pipe.hset(keys.customers_of(TEAM, holder), mapping=names)
        pipe.hset(keys.customer_versions(TEAM), mapping=versions)
        pipe.execute()


def fill_followups(plain: PlainRedis, first: int, last: int) -> None:
    """One open contact each, some of them due today, the others later."""
    pattern = template().followup_row("{id}", "{owner}")
    for owner in range(first // EACH, last // EACH):
        owner_id, numbers = f"U{owner:07}", range(owner * EACH, (owner + 1) * EACH)
        pipe = plain.pipeline(transaction=False)
        pipe.mset(
            {
                keys.followup(TEAM, f"contact-{_id(each)}"): pattern.replace("{id}", _id(each)).replace(
                    "{owner}", owner_id
                )
                for each in numbers
            }
        )
        pipe.zadd(
            keys.due(TEAM, owner_id),
            {f"contact-{_id(each)}": float(TODAY.toordinal() + max(0, each % EACH - DUE + 1)) for each in numbers},
        )
        pipe.execute()


def _id(number: int) -> str:
    return f"{number:020x}"


def used(plain: PlainRedis) -> int:
    found: dict[str, Any] = plain.info("memory")
    return int(found["used_memory"])
