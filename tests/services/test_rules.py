"""The numbers of the rules on a real store: previewed in turns, and followed by every customer."""

import asyncio

from bot.domain import tierform
from bot.domain.customer import NewCustomer, Tier
from bot.domain.customerform import marks
from bot.domain.ruleform import Subject, changed, values
from bot.domain.tierinputs import TierInputs
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


async def test_tiers_follow_the_numbers_too(desk: Desk) -> None:
    """In the round after everybody was counted anew; to the log goes the number and who changed it."""
    await admin(desk)
    customer = await desk.create(tier=Tier.C)
    blank = tierform.values(TierInputs())
    typed = blank | {"buyers": "55", "contribution": "1.5", "volume_12m": "0", "customer_since": "2020-01-05"}
    await desk.services.tiering.tell(await desk.actor(), customer.id, marks(blank), typed)
    actor, settings = await desk.actor(REED), await desk.services.workspaces.settings(TEAM)
    held = values(settings, Subject.SCORE)
    await desk.services.rules.save(actor, Subject.SCORE, marks(held), held | {"b_from": "24", "c_from": "20"})
    (line,) = await desk.services.workspaces.audit.newest(TEAM, 1)
    assert (line.action, line.subject, line.detail) == ("rules.set", "score", "b_from 60>24; c_from 40>20")
    assert not await desk.services.tiering.is_due(TEAM)
    await desk.services.recounts.run(TEAM)
    assert await desk.services.tiering.run(TEAM) == 1
    assert (await desk.services.customers.get(await desk.actor(), customer.id)).tier is Tier.B
