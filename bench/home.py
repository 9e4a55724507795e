"""Measures how long Home takes to open with 500 customers: `python -m bench.home [CUSTOMERS]`.

From the request until the view is sent, but for Slack's own part: for an account manager with so many customers, and
for the lead of a team of ten with as many together. Beside the same run's floor: reading the same rows as they are
stored. Prints the ratios, and exits 1 when a goal is missed.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from bench.search import percentile, profile, said
from bot import assembly, text
from bot.clock import system_clock
from bot.domain.customer import Customer, NewCustomer, Tier
from bot.domain.followup import contact_id, need_id, renewal_id
from bot.domain.need import NeedChange, NeedStatus
from bot.domain.user import Role, User
from bot.services import Services
from bot.settings import Settings
from bot.storage import keys
from bot.storage.embedded import EmbeddedStore
from bot.storage.sealing import new_key
from bot.views import home
from handlers.home import home_state

CUSTOMERS = 500
MEMBERS = 10
ROUNDS = 30
GOAL = 1.0
MAX_BLOCKS = 100
TEAM, MANAGER, LEAD = "T0BENCH", "U0MANAGER", "U0LEAD"


async def staffed(services: Services, count: int) -> tuple[User, User]:
    """One with all customers, and a lead of ten colleagues with as many together."""
    await services.workspaces.open(TEAM)
    manager = frozenset({Role.ACCOUNT_MANAGER})
    members = [f"U{number:04}" for number in range(MEMBERS)]
    await services.members.set_roles(TEAM, MANAGER, manager, "west", by="bench")
    await services.members.set_roles(TEAM, LEAD, frozenset({Role.TEAM_LEAD}), "east", by="bench")
    for user_id in members:
        await services.members.set_roles(TEAM, user_id, manager, "east", by="bench")
    for number in range(count):
        await kept(services, await services.members.actor(TEAM, MANAGER), number)
        await kept(services, await services.members.actor(TEAM, members[number % MEMBERS]), number)
    return await services.members.actor(TEAM, MANAGER), await services.members.actor(TEAM, LEAD)


async def kept(services: Services, actor: User, number: int) -> None:
    """Of all tiers, contacted at all times up to a tier's gap and beyond, with an open need, some near renewal."""
    today = actor.today(system_clock())
    tier = list(Tier)[number % 4]
    new = NewCustomer(f"测试公司{number:03}", tier, "纺织", (), today - timedelta(days=number * 7 % 120))
    customer = await services.customers.create(actor, new)
    need = NeedChange(
        id=f"h-{customer.id}",
        need_id=f"n-{customer.id}",
        customer_id=customer.id,
        on=today - timedelta(days=number % 200),
        at=system_clock(),
        author_id=actor.user_id,
        statement="旺季备货周转",
        sentence="旺季备货要垫六十天",
        status=NeedStatus.CONFIRMED,
    )
    ends = today + timedelta(days=number % 90) if number % 5 == 0 else None
    rules, is_work = await services.workspaces.counting(TEAM)

    def step(found: Customer) -> Customer:
        return found.model_copy(update={"contract_expires_on": ends})

    await services.followups.customers.dossiers.change(
        TEAM,
        customer.id,
        lambda found: found.with_customer(step(found.customer)).with_change(need).recounted(rules, is_work, today),
    )


async def timed(act: Callable[[], Awaitable[object]]) -> list[float]:
    found = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await act()
        found.append(time.perf_counter() - started)
    return found


async def opened(services: Services, user_id: str) -> int:
    """As the event does it, up to the bytes that are sent; the blocks of the view."""
    actor = await services.members.actor(TEAM, user_id)
    view = home.home(await home_state(services, actor), text.load(actor.lang))
    json.dumps(view)
    return len(view["blocks"])


async def floor(services: Services, customer_ids: list[str]) -> None:
    """The rows of these customers as they are stored, in one go, looked at by nobody."""
    names = [keys.customer(TEAM, each) for each in customer_ids]
    names += [keys.followup(TEAM, of(each)) for each in customer_ids for of in (contact_id, need_id, renewal_id)]
    await services.followups.store.records.get_many(names)


async def measured(folder: Path, count: int) -> bool:
    store = EmbeddedStore.start(folder)
    try:
        settings = Settings(_env_file=None, field_keys=(new_key(),), data_dir=folder)
        async with assembly.core(settings, store.url, answers=False) as core:
            services = core.services(system_clock, profile)
            manager, lead = await staffed(services, count)
            return await figures(services, manager, lead, count)
    finally:
        store.stop()


async def figures(services: Services, manager: User, lead: User, count: int) -> bool:
    owned = await services.customers.customers.owned_by(TEAM, [manager.user_id])
    ids = [each.id for each in owned]
    least = await timed(lambda: floor(services, ids))
    print(f"Home with {count} customers, {ROUNDS} times:")
    said("floor: the same rows, only read", least)
    good = True
    for who, actor in (("account manager", manager), (f"lead of {MEMBERS}", lead)):
        blocks = await opened(services, actor.user_id)
        found = await timed(lambda user_id=actor.user_id: opened(services, user_id))  # type: ignore[misc]
        said(f"{who}, {blocks} blocks", found)
        print(f"  ratio to the floor: {statistics.median(found) / statistics.median(least):.1f};   goal ≤ {GOAL:.0f} s")
        good = good and percentile(found, 95) <= GOAL and blocks <= MAX_BLOCKS
    return good


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS
    with tempfile.TemporaryDirectory(prefix="factormate-bench-") as folder:
        return 0 if asyncio.run(measured(Path(folder), count)) else 1


if __name__ == "__main__":
    sys.exit(main())
