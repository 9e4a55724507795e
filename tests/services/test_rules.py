"""The numbers of the rules on a real store: previewed in turns, and followed by every customer."""

import asyncio

from bot.domain.customer import Tier
from bot.domain.note import NewCustomer
from bot.domain.ruleform import Subject, changed, values
from bot.domain.user import Role
from bot.services.rules import AT_ONCE
from tests.builders import TEAM
from tests.services.conftest import REED, Desk


async def admin(desk: Desk) -> None:
    await desk.services.members.set_roles(TEAM, REED, frozenset({Role.ADMIN}), None, by="test")


async def test_others_have_their_turn_while_customers_are_gone_through(desk: Desk) -> None:
    """After every few of them."""
    await admin(desk)
    count = AT_ONCE * 4
    for number in range(count):
        await desk.services.customers.create(await desk.actor(), NewCustomer(f"客户{number:03}号", Tier.A))
    actor, settings = await desk.actor(REED), await desk.services.workspaces.settings(TEAM)
    after = changed(settings, Subject.TIER_A, values(settings, Subject.TIER_A) | {"max_gap": "7", "ideal_gap": "5"})
    turns = 0

    async def somebody_else() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    other = asyncio.create_task(somebody_else())
    found = await desk.services.rules.preview(actor, after)
    other.cancel()
    assert (found.customers, found.due_moved, found.due_now) == (count, count, 0)
    assert turns >= count // AT_ONCE
