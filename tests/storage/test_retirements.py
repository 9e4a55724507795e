"""The days that messages named for asking the approvers: kept until something comes of them."""

import asyncio
from datetime import timedelta

from bot.storage import keys
from tests.builders import MONDAY, TEAM
from tests.storage.conftest import Stores

FEE, BANK = "cost/fee-too-high", "cost/bank-loan-cheaper"
TUESDAY = MONDAY + timedelta(days=1)


async def test_the_later_of_two_days_holds(stores: Stores) -> None:
    """Whichever message is heard of last; several at once lose nothing."""
    told = [{FEE: TUESDAY}, {FEE: MONDAY}, {BANK: MONDAY}, {FEE: MONDAY}]
    await asyncio.gather(*(stores.retirements.name(TEAM, each) for each in told))
    assert await stores.retirements.named(TEAM) == {FEE: TUESDAY, BANK: MONDAY}


async def test_a_day_is_forgotten_unless_another_was_named(stores: Stores) -> None:
    await stores.retirements.name(TEAM, {FEE: TUESDAY, BANK: MONDAY})
    await stores.retirements.forget(TEAM, FEE, MONDAY)
    await stores.retirements.forget(TEAM, BANK, MONDAY)
    await stores.retirements.forget(TEAM, BANK, MONDAY)
    assert await stores.retirements.named(TEAM) == {FEE: TUESDAY}


async def test_what_changes_nothing_writes_nothing(stores: Stores) -> None:
    await stores.retirements.forget(TEAM, FEE, MONDAY)
    assert not await stores.redis.exists(keys.retirements(TEAM))
