"""A customer's records, changed together or not at all, whoever else is writing."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.customer import Customer, Details, FinanceLine, as_stand_in
from bot.domain.dossier import Dossier
from bot.domain.followup import FollowUp
from bot.errors import ConflictError, CustomerNotFoundError
from bot.storage import keys
from bot.storage.visits import Consequences
from tests.builders import (
    LIN,
    MONDAY,
    TEAM,
    make_buyer,
    make_change,
    make_contact,
    make_contact_person,
    make_customer,
    make_followup,
    make_visit,
)
from tests.storage.conftest import Stores
from tests.storage.reading import everything

CHEN = "U02CHEN"
LINE = FinanceLine(id="l1", lender="城商行", amount="3000万", pledge="厂房抵押")
WHOLE = Details(buyers=(make_buyer(),), lines=(LINE,), quiet_reason="在走上市审计")


def filled(found: Dossier) -> Dossier:
    return replace(found, details=WHOLE, contacts=(make_contact_person(),)).with_change(make_change())


async def begin(stores: Stores) -> None:
    await stores.customers.create(TEAM, make_customer(aliases=("远大",)), make_contact())

    def decide(customer: Customer | None, _: Sequence[FollowUp]) -> Consequences:
        assert customer is not None
        return Consequences(customer, (make_followup(),))

    await stores.visits.record(TEAM, make_visit(), [], decide)


async def test_what_was_written_is_read_again(stores: Stores) -> None:
    """All parts of it; a customer that has none of them yet is read all the same."""
    await begin(stores)
    fresh = await stores.dossiers.find(TEAM, "c1")
    assert fresh == Dossier(make_customer(aliases=("远大",)), followups=(make_contact(), make_followup()))
    await stores.dossiers.change(TEAM, "c1", filled)
    assert await stores.dossiers.find(TEAM, "c1") == filled(fresh)
    assert await stores.dossiers.find(TEAM, "c9") is None
    with pytest.raises(CustomerNotFoundError):
        await stores.dossiers.change(TEAM, "c9", filled)


async def test_what_is_kept_of_a_customer_cannot_be_read_in_the_store(stores: Stores) -> None:
    """Buyers, lines, reasons, people and needs."""
    await begin(stores)
    await stores.dossiers.change(TEAM, "c1", filled)
    rows = (each for each in (await everything(stores.redis)).splitlines() if ":receipt:" not in each)  # random numbers
    stored = "\n".join(rows).encode().decode("unicode_escape", errors="ignore")
    for words in ("华瑞", "城商行", "3000", "抵押", "上市", "王芳", "财务总监", "13800000000", "备货"):
        assert words not in stored


async def test_a_hand_over_moves_names_and_follow_ups_at_once(stores: Stores) -> None:
    """The old owner finds it under no name, and nothing of it is due there; who takes over stands in no more."""
    await begin(stores)
    await stores.customers.change(TEAM, "c1", lambda found: found.model_copy(update={"stand_in_id": CHEN}))
    assert await stores.customers.named(TEAM, [as_stand_in(CHEN)], "远大")
    await stores.dossiers.change(TEAM, "c1", lambda found: found.handed_over(CHEN))
    for name in ("远大纺织", "远大"):
        assert await stores.customers.named(TEAM, [LIN, as_stand_in(CHEN)], name) == []
        assert [each.owner_id for each in await stores.customers.named(TEAM, [CHEN], name)] == [CHEN]
    assert await stores.customers.owned_by(TEAM, [LIN, as_stand_in(CHEN)]) == []
    assert await stores.followups.due(TEAM, LIN, MONDAY) == []
    assert {each.id for each in await stores.followups.due(TEAM, CHEN, MONDAY)} == {"contact-c1", "step-1"}


async def test_a_new_name_takes_the_old_ones_place(stores: Stores) -> None:
    """Of an alias nobody uses any more nothing is left."""
    await begin(stores)
    renamed = {"name": "远大新材料", "aliases": ("远大纺织",)}
    await stores.dossiers.change(
        TEAM, "c1", lambda found: replace(found, customer=found.customer.model_copy(update=renamed))
    )
    assert set(await stores.redis.hgetall(keys.customers_of(TEAM, LIN))) == {"远大新材料", "远大纺织"}


async def test_changes_of_one_moment_are_all_kept(stores: Stores) -> None:
    """Ten people add something; nobody's is lost."""
    await begin(stores)

    async def add(number: int) -> None:
        change, person = make_change(id=f"h{number}"), make_contact_person(id=f"p{number}")

        def step(found: Dossier) -> Dossier:
            return replace(found, contacts=(*found.contacts, person)).with_change(change)

        await stores.dossiers.change(TEAM, "c1", step)

    await asyncio.gather(*(add(number) for number in range(10)))
    found = await stores.dossiers.find(TEAM, "c1")
    assert found is not None
    assert {each.id for each in found.changes} == {f"h{each}" for each in range(10)}
    assert {each.id for each in found.contacts} == {f"p{each}" for each in range(10)}


async def test_a_receipt_is_written_once(stores: Stores) -> None:
    """What carries it happens once, whatever the second one would have done."""
    await begin(stores)
    receipt = (keys.handover(TEAM, "form"), "told")
    await stores.dossiers.change(TEAM, "c1", lambda found: found.handed_over(CHEN), receipt)
    with pytest.raises(ConflictError):
        await stores.dossiers.change(TEAM, "c1", lambda found: found.handed_over("U9"), receipt)
    assert (await stores.customers.get(TEAM, "c1")).owner_id == CHEN
