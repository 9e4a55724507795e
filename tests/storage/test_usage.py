"""Counts by entry and month, and votes that count once."""

from datetime import date

from bot.domain.usage import Usage, Use
from bot.storage.usage import UsageStore
from tests.builders import TEAM
from tests.storage.conftest import Stores
from tests.storage.reading import everything

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 1)
FEE, BANK = "cost/fee-too-high", "cost/bank-loan-cheaper"


async def of(store: UsageStore, *months: str) -> dict[str, Usage]:
    return {each.entry_id: each for each in await store.months(TEAM, months)}


async def test_uses_are_counted_by_entry_and_month(stores: Stores) -> None:
    """With the last day; what was used before the months asked for is still named with it."""
    await stores.usage.count(TEAM, Use.ASKED, [FEE, BANK], MARCH)
    await stores.usage.count(TEAM, Use.ASKED, [FEE], APRIL)
    await stores.usage.count(TEAM, Use.SHARED, [FEE], APRIL)
    await stores.usage.count(TEAM, Use.ASKED, [], APRIL)
    assert await of(stores.usage, "2026-03", "2026-04") == {
        FEE: Usage(FEE, {Use.ASKED: 2, Use.SHARED: 1}, APRIL),
        BANK: Usage(BANK, {Use.ASKED: 1}, MARCH),
    }
    assert (await of(stores.usage, "2026-04"))[BANK] == Usage(BANK, {}, MARCH)
    assert await stores.usage.months("T2", ["2026-03"]) == []


async def test_a_vote_counts_once_and_the_last_one_holds(stores: Stores) -> None:
    """Changed next month, it is taken out of the month it was given in."""
    vote = stores.usage.vote
    assert await vote(TEAM, "v1", FEE, Use.UP, MARCH) is None
    assert await vote(TEAM, "v1", FEE, Use.UP, MARCH) is Use.UP
    assert (await of(stores.usage, "2026-03"))[FEE].counts == {Use.UP: 1}
    assert await vote(TEAM, "v1", FEE, Use.DOWN, APRIL) is Use.UP
    assert await vote(TEAM, "v2", FEE, Use.DOWN, APRIL) is None
    counts = (await of(stores.usage, "2026-03", "2026-04"))[FEE].counts
    assert counts == {Use.UP: 0, Use.DOWN: 2}


async def test_slacks_refusal_is_remembered(stores: Stores) -> None:
    assert not await stores.usage.is_plain(TEAM)
    await stores.usage.remember_plain(TEAM)
    assert await stores.usage.is_plain(TEAM)
    assert not await stores.usage.is_plain("T2")


async def test_no_count_names_a_person(stores: Stores) -> None:
    await stores.usage.count(TEAM, Use.VISIT, [FEE], MARCH)
    await stores.usage.vote(TEAM, "0123abcd", FEE, Use.UP, MARCH)
    assert "U0" not in await everything(stores.redis)
