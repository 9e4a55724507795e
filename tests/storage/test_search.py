"""What can be searched of customers, read from the records; versions tell what has changed."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.customer import Details
from bot.domain.search import Kind
from bot.storage.changes import ANY_CUSTOMER, customer_changed
from bot.storage.needs import put_need_change
from bot.storage.records import Batch, Records
from bot.storage.sealing import Sealer
from bot.storage.search import SearchStore
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

Write = Callable[[Stores, Sealer], Awaitable[object]]


@pytest.fixture
def search(stores: Stores, sealer: Sealer) -> SearchStore:
    return SearchStore(Records(stores.redis), sealer, stores.visits)


async def log(stores: Stores, _: Sealer) -> None:
    visit = make_visit(next_step="发报价", next_step_on=MONDAY)
    step = make_followup(id="step-v1", title="发报价")
    await stores.visits.record(TEAM, visit, [], lambda *_: Consequences(make_customer(), (step,)))


async def finish(stores: Stores, _: Sealer) -> None:
    await stores.followups.change(TEAM, "step-v1", lambda found: found.completed())


async def hear(stores: Stores, sealer: Sealer) -> None:
    batch = Batch()
    put_need_change(batch, TEAM, make_change(), sealer)
    await Records(stores.redis).commit(batch)


async def rename(stores: Stores, _: Sealer) -> None:
    await stores.customers.change(TEAM, "c1", lambda found: found.model_copy(update={"name": "新远大"}))


async def meet(stores: Stores, _: Sealer) -> None:
    await stores.dossiers.change(TEAM, "c1", lambda found: replace(found, contacts=(make_contact_person(),)))


async def name_buyer(stores: Stores, _: Sealer) -> None:
    await stores.dossiers.change(TEAM, "c1", lambda found: replace(found, details=Details(buyers=(make_buyer(),))))


async def put_off_contact(stores: Stores, _: Sealer) -> None:
    """Nothing that is searched."""
    await stores.followups.change(TEAM, "contact-c1", lambda found: found)


async def create(stores: Stores) -> None:
    for customer_id, name in (("c1", "远大纺织"), ("c2", "顺达物流")):
        contact = make_contact(id=f"contact-{customer_id}", customer_id=customer_id)
        await stores.customers.create(TEAM, make_customer(id=customer_id, name=name), contact)


@pytest.mark.parametrize(
    ("write", "is_new"),
    [
        (log, True),
        (finish, True),
        (hear, True),
        (rename, True),
        (meet, True),
        (name_buyer, True),
        (put_off_contact, False),
    ],
    ids=["note", "step done", "need", "customer", "somebody there", "buyer", "contact"],
)
async def test_the_version_changes_with_what_is_searched(
    stores: Stores, search: SearchStore, sealer: Sealer, write: Write, is_new: bool
) -> None:
    """That of the customer and of the workspace; the other customer keeps its own."""
    await create(stores)
    await log(stores, sealer)
    before, workspace = await search.versions(TEAM, ["c1", "c2"]), await search.version(TEAM)
    if write is log:
        await stores.visits.record(TEAM, make_visit(id="v2"), [], lambda *_: Consequences(make_customer(), ()))
    else:
        await write(stores, sealer)
    after = await search.versions(TEAM, ["c1", "c2"])
    assert (after["c1"] != before["c1"], await search.version(TEAM) != workspace) == (is_new, is_new)
    assert after["c2"] == before["c2"]


async def test_a_file_holds_all_that_can_be_searched(stores: Stores, search: SearchStore, sealer: Sealer) -> None:
    """Notes with the day they are sorted by, the open step by itself, the need in every wording; once done, the step
    is part of its note."""
    await create(stores)
    await log(stores, sealer)
    await hear(stores, sealer)
    await meet(stores, sealer)
    await name_buyer(stores, sealer)
    (sealed,) = await search.sealed(TEAM, ["c1", "gone"])
    file = search.opened(TEAM, sealed)
    assert file.customer == make_customer()
    assert file.version == (await search.versions(TEAM, ["c1"]))["c1"]
    found = {each.kind: (each.id, int(each.at), each.text) for each in file.passages}
    assert found == {
        Kind.NOTE: ("v1", MONDAY.toordinal(), make_visit().note),
        Kind.STEP: ("step-v1", MONDAY.toordinal(), "发报价"),
        Kind.NEED: ("n1", MONDAY.toordinal(), "备货缺钱"),
        Kind.CONTACT: ("p1", file.customer.last_heard_on.toordinal(), "财务总监 · 王芳"),
        Kind.BUYER: ("b1", file.customer.last_heard_on.toordinal(), "华瑞百货"),
    }
    await finish(stores, sealer)
    (sealed,) = await search.sealed(TEAM, ["c1"])
    notes = [each.text for each in search.opened(TEAM, sealed).passages if each.kind is Kind.NOTE]
    assert notes == [f"{make_visit().note}\n发报价"]


async def test_customers_are_those_of_the_owners(stores: Stores, search: SearchStore) -> None:
    """Each once, however many names it has; nobody's are none."""
    await create(stores)
    await stores.customers.create(
        TEAM, make_customer(id="c3", name="别家", owner_id="U2"), make_contact(id="contact-c3")
    )
    assert sorted(await search.customer_ids(TEAM, [LIN])) == ["c1", "c2"]
    assert await search.customer_ids(TEAM, []) == []
    assert await search.versions(TEAM, []) == {}


async def test_nothing_of_it_lies_open_in_the_store(stores: Stores, search: SearchStore, sealer: Sealer) -> None:
    """Versions are random and tell nothing but that something was written."""
    await create(stores)
    await log(stores, sealer)
    await hear(stores, sealer)
    await stores.dossiers.change(TEAM, "c1", lambda found: found.with_change(make_change(id="h2", sentence="要保理")))
    await search.sealed(TEAM, ["c1", "c2"])
    kept = await everything(stores.redis)
    assert not [
        word for word in (make_visit().note, "发报价", "备货", "要保理", make_contact_person().name) if word in kept
    ]


async def test_a_customer_written_by_an_earlier_release_has_no_version_yet(stores: Stores, search: SearchStore) -> None:
    """None is a version too: it is read once, and again when something is written."""
    assert await search.versions(TEAM, ["old"]) == {"old": None}
    batch = Batch()
    customer_changed(batch, TEAM, "old")
    await Records(stores.redis).commit(batch)
    found = await search.versions(TEAM, ["old", ANY_CUSTOMER])
    assert found["old"] == found[ANY_CUSTOMER] != None  # noqa: E711
