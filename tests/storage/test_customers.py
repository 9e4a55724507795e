"""Customers: found by any of their names, kept by everybody who writes at the same time."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.domain.customer import Customer
from bot.errors import CustomerExistsError, CustomerNotFoundError
from bot.storage import keys
from bot.storage.customers import NAMES_KEPT, CustomerStore, put_customer
from bot.storage.records import AT_ONCE, Batch, Records
from bot.storage.sealing import Sealer
from tests.builders import LIN, MONDAY, TEAM, make_contact, make_customer
from tests.storage.conftest import Stores

CHEN = "U02CHEN"


async def create(stores: Stores, customer: Customer) -> Customer:
    contact = make_contact(id=f"contact-{customer.id}", customer_id=customer.id, owner_id=customer.owner_id)
    return await stores.customers.create(TEAM, customer, contact)


async def test_a_created_customer_is_there_with_its_first_contact(stores: Stores) -> None:
    """Both or none."""
    customer = make_customer(aliases=("远大",), industry="纺织", last_contact_on=date(2026, 2, 2))
    assert await create(stores, customer) == customer
    assert await stores.customers.get(TEAM, "c1") == customer
    assert [each.id for each in await stores.followups.due(TEAM, LIN, MONDAY)] == ["contact-c1"]


@pytest.mark.parametrize(
    "typed", ["远大YD纺织", "远大yd纺织", "远大ＹＤ 纺织", "小远"], ids=["name", "case", "wide", "alias"]
)
async def test_a_customer_is_found_by_each_of_its_names(stores: Stores, typed: str) -> None:
    """As an input method may have typed it."""
    customer = await create(stores, make_customer(name="远大YD纺织", aliases=("小远",)))
    assert await stores.customers.named(TEAM, [LIN, CHEN], typed) == [customer]
    assert await stores.customers.named(TEAM, [CHEN], typed) == []
    assert await stores.customers.named(TEAM, [], typed) == []


async def test_several_managers_may_know_a_customer_by_the_same_name(stores: Stores) -> None:
    """Each has a record of one's own; a lead finds both."""
    mine = await create(stores, make_customer())
    theirs = await create(stores, make_customer(id="c2", owner_id=CHEN))
    found = await stores.customers.named(TEAM, [LIN, CHEN], "远大纺织")
    assert sorted(found, key=lambda each: each.id) == [mine, theirs]
    assert await stores.customers.owned_by(TEAM, [CHEN]) == [theirs]


async def test_an_owner_has_each_name_once(stores: Stores) -> None:
    """Whether as a name or as an alias, in whatever spelling; and the refused one leaves nothing behind."""
    await create(stores, make_customer(aliases=("YD",)))
    with pytest.raises(CustomerExistsError) as told:
        await create(stores, make_customer(id="c2", name="宏达机械", aliases=("ｙｄ",)))
    assert told.value.values == {"name": "ｙｄ"}
    assert await stores.customers.find(TEAM, "c2") is None
    assert await stores.customers.named(TEAM, [LIN], "宏达机械") == []
    assert [each.id for each in await stores.followups.due(TEAM, LIN, MONDAY)] == ["contact-c1"]


async def test_creating_again_under_the_same_id_changes_nothing(stores: Stores) -> None:
    """A repeated request gets what the first one made, with what happened since."""
    await create(stores, make_customer())
    contacted = await stores.customers.change(TEAM, "c1", lambda found: found.contacted(MONDAY))
    assert await create(stores, make_customer(industry="另一行")) == contacted


async def test_names_that_are_kept_are_those_of_now(stores: Stores) -> None:
    """Of a new customer, of one that is called otherwise, and without one that somebody else has now."""
    owner = frozenset({LIN})
    assert list(await stores.customers.names(TEAM, owner)) == []
    await create(stores, make_customer(name="远大纺织", aliases=("小远",)))
    for _ in range(2):
        assert {*await stores.customers.names(TEAM, owner)} == {"远大纺织", "小远"}
    await stores.customers.change(TEAM, "c1", lambda each: each.model_copy(update={"name": "远大集团"}))
    assert {*await stores.customers.names(TEAM, owner)} == {"远大集团", "小远"}
    await stores.customers.change(TEAM, "c1", lambda each: each.model_copy(update={"owner_id": CHEN}))
    assert list(await stores.customers.names(TEAM, owner)) == []
    assert {*await stores.customers.names(TEAM, owner | {CHEN})} == {"远大集团", "小远"}


async def test_names_of_many_people_are_kept_for_the_latest(stores: Stores) -> None:
    await create(stores, make_customer(name="远大纺织"))
    for number in range(NAMES_KEPT + 2):
        assert list(await stores.customers.names(TEAM, frozenset({LIN, f"U{number}"}))) == ["远大纺织"]


async def test_a_customer_with_several_names_is_listed_once(stores: Stores) -> None:
    """Aliases are names of the same."""
    customer = await create(stores, make_customer(aliases=("远大", "YD")))
    assert await stores.customers.owned_by(TEAM, [LIN]) == [customer]


class CountingRedis(Redis):
    """Counts what this client asks for; a server's own figures hold what tests in other processes ask it, too."""

    several_reads = 0

    def mget(self, *args: Any, **options: Any) -> Any:
        self.several_reads += 1
        return super().mget(*args, **options)


async def test_many_customers_are_read_a_few_at_a_time(redis: Redis, sealer: Sealer) -> None:
    """Reading 50,000 in one go would hold everybody up for seconds."""
    counting = CountingRedis(connection_pool=redis.connection_pool)
    customers = CustomerStore(Records(counting), sealer)
    batch = Batch()
    for number in range(2 * AT_ONCE + 1):
        put_customer(batch, TEAM, make_customer(id=f"c{number}", name=f"客户{number}号"))
    await customers.records.commit(batch)
    before = counting.several_reads
    found = await customers.owned_by(TEAM, [LIN])
    assert (len(found), counting.several_reads - before) == (2 * AT_ONCE + 1, 3)


async def test_a_name_added_later_is_found(stores: Stores) -> None:
    """The index follows the record."""
    await create(stores, make_customer())
    await stores.customers.change(TEAM, "c1", lambda found: found.model_copy(update={"aliases": ("小远",)}))
    assert [each.id for each in await stores.customers.named(TEAM, [LIN], "小远")] == ["c1"]


async def test_what_is_not_there_cannot_be_got_or_changed(stores: Stores) -> None:
    """`find` is for those who do not know."""
    assert await stores.customers.find(TEAM, "c1") is None
    assert await stores.customers.get_many(TEAM, ["c1"]) == {}
    with pytest.raises(CustomerNotFoundError):
        await stores.customers.get(TEAM, "c1")
    with pytest.raises(CustomerNotFoundError):
        await stores.customers.change(TEAM, "c1", lambda found: found)


async def test_twenty_changes_at_once_are_all_kept(stores: Stores) -> None:
    """Each is made to what the one before has written."""
    await create(stores, make_customer(industry="0"))

    def counted(found: Customer) -> Customer:
        return found.model_copy(update={"industry": str(int(found.industry) + 1)})

    await asyncio.gather(*(stores.customers.change(TEAM, "c1", counted) for _ in range(20)))
    assert (await stores.customers.get(TEAM, "c1")).industry == "20"


async def test_twenty_customers_created_at_once_are_all_there(stores: Stores) -> None:
    """They share the index of their owner."""
    many = [make_customer(id=f"c{each}", name=f"客户{each}", created_on=MONDAY - timedelta(each)) for each in range(20)]
    await asyncio.gather(*(create(stores, each) for each in many))
    assert sorted(await stores.customers.owned_by(TEAM, [LIN]), key=lambda each: each.created_on) == many[::-1]


async def test_two_customers_of_one_name_created_at_once_are_one(stores: Stores) -> None:
    """The other hears that there is one."""
    told = await asyncio.gather(
        *(create(stores, make_customer(id=each)) for each in ("c1", "c2")), return_exceptions=True
    )
    assert [type(each) for each in told if isinstance(each, BaseException)] == [CustomerExistsError]
    assert len(await stores.customers.owned_by(TEAM, [LIN])) == 1


async def test_a_name_that_points_to_nothing_can_be_taken(stores: Stores) -> None:
    """An index that was not cleaned up keeps nobody from a name."""
    await stores.redis.hset(keys.customers_of(TEAM, LIN), "远大纺织", "gone")
    assert await create(stores, make_customer()) == make_customer()
    assert [each.id for each in await stores.customers.named(TEAM, [LIN], "远大纺织")] == ["c1"]


async def test_one_customer_created_by_a_double_click_is_one(stores: Stores) -> None:
    """Two requests with one id, at the same moment."""
    first, second = await asyncio.gather(*(create(stores, make_customer()) for _ in range(2)))
    assert first == second
    assert await stores.customers.owned_by(TEAM, [LIN]) == [first]
