"""Searching: what one may see, as it is now, whichever replica it was written on."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.customer import Buyer, Contact, Customer, Details
from bot.domain.dossier import Dossier
from bot.domain.followup import FollowUp
from bot.domain.search import HITS_SHOWN, Kind, Results
from bot.errors import CustomerNotFoundError, NoteNotFoundError
from bot.services import SearchService
from bot.storage import keys
from bot.storage.changes import customer_changed
from bot.storage.needs import put_need_change
from bot.storage.records import Batch
from tests.builders import TEAM, make_buyer, make_change, make_contact_person
from tests.services.conftest import CHEN, LIN, REED, WEST, ZHOU, Desk

NOTES = (
    "客户嫌费率高，想再等等看",
    "账期九十天，旺季前要备料",
    "担心通知买方影响订单，要和老板商量",
    "The bank is cheaper, she says; 想先试一票",
    "发票还没开齐，税票下周补",
)


@pytest.fixture
def search(desk: Desk) -> SearchService:
    """One replica; another one is made anew from the desk."""
    return desk.services.search


async def find(search: SearchService, desk: Desk, query: str, who: str = LIN, first: int = 0) -> Results:
    found = await search.find(await desk.actor(who), query, first)
    assert found is not None
    return found


async def kinds(search: SearchService, desk: Desk, query: str, who: str = LIN) -> list[Kind]:
    return [hit.kind for hit in (await find(search, desk, query, who)).hits]


async def change(desk: Desk, customer: Customer, **values: object) -> None:
    store = desk.services.customers.customers
    await store.change(TEAM, customer.id, lambda found: found.model_copy(update=values))


async def known(
    desk: Desk, customer: Customer, contacts: tuple[Contact, ...] = (), buyers: tuple[Buyer, ...] = ()
) -> None:
    """As *Edit* keeps it."""

    def step(found: Dossier) -> Dossier:
        return replace(found, contacts=contacts, details=Details(buyers=buyers))

    await desk.services.customers.dossiers.change(TEAM, customer.id, step)


async def test_everything_about_a_customer_is_found(search: SearchService, desk: Desk) -> None:
    """By two characters, with the words around them, the customer and the day."""
    customer = await desk.create(industry="服装")
    await desk.log(customer, note="嫌费率高", next_step="发报价对比", next_step_on=desk.today)
    batch = Batch()
    put_need_change(batch, TEAM, make_change(customer_id=customer.id, sentence="年底备货缺钱"), desk.core.sealer)
    await desk.services.customers.customers.records.commit(batch)
    await known(desk, customer, contacts=(make_contact_person(),), buyers=(make_buyer(disputes="尺码不符"),))
    for query, kind, day in (
        ("费率", Kind.NOTE, desk.today),
        ("报价", Kind.STEP, desk.today),
        ("备货", Kind.NEED, desk.today),
        ("远大", Kind.CUSTOMER, None),
        ("服装", Kind.CUSTOMER, None),
        ("财务", Kind.CONTACT, None),
        ("王芳", Kind.CONTACT, None),
        ("华瑞", Kind.BUYER, None),
        ("尺码", Kind.BUYER, None),
    ):
        (hit,) = (await find(search, desk, query)).hits
        assert (hit.kind, hit.customer.id, hit.on) == (kind, customer.id, day)
        assert [piece.text for piece in hit.excerpt if piece.is_hit] == [query]


async def test_the_pasted_text_finds_its_note(search: SearchService, desk: Desk) -> None:
    """With the words around the hit, though the note itself has none of them."""
    customer = await desk.create()
    logged = await desk.log(customer, note="纪要见下", pasted="会议纪要。" * 1000 + "回款账户要改到我行监管账户")
    (hit,) = (await find(search, desk, "监管账户")).hits
    assert (hit.kind, hit.id) == (Kind.NOTE, logged.visit.id)
    assert "回款账户要改到我行监管账户" in "".join(piece.text for piece in hit.excerpt)


async def test_a_telephone_number_finds_nobody(search: SearchService, desk: Desk) -> None:
    """It is there to be called, not to be gone through."""
    customer = await desk.create()
    await known(desk, customer, contacts=(make_contact_person(reach="13800138000"),))
    assert await kinds(search, desk, "13800138000") == []


async def test_who_reads_in_a_colleagues_file_by_searching_is_written_down(search: SearchService, desk: Desk) -> None:
    """What an excerpt shows was read; that there is such a customer was not. Each customer once a screen."""
    customer, other = await desk.create(), await desk.create("顺达物流")
    await desk.log(customer, note="嫌费率高")
    await desk.log(customer, form_id="V2", note="费率谈妥")
    await desk.log(other, form_id="V3", note="来电")
    audit = desk.services.workspaces.audit
    before = len(await audit.newest(TEAM))
    await find(search, desk, "费率")
    assert await kinds(search, desk, "顺达", ZHOU) == [Kind.CUSTOMER]
    assert await kinds(search, desk, "没有的", ZHOU) == []
    assert len(await audit.newest(TEAM)) == before, "one's own, and names that every list shows"
    assert await kinds(search, desk, "费率", ZHOU) == [Kind.NOTE, Kind.NOTE]
    (read,) = (await audit.newest(TEAM))[: len(await audit.newest(TEAM)) - before]
    assert (read.who, read.action, read.subject, read.detail) == (ZHOU, "customer.read", customer.id, "find")


async def test_hidden_notes_are_as_if_they_were_not_there(search: SearchService, desk: Desk) -> None:
    """Every part of every note, asked for by five people: what each finds is what the visible notes have, no more."""
    chance = random.Random(20260302)
    written: dict[str, list[str]] = {LIN: [], CHEN: []}
    for by in (LIN, CHEN):
        for number in range(2):
            customer = await desk.create(f"东升{'甲乙'[number]}厂", by=by)
            for each in range(3):
                note = "。".join(chance.sample(NOTES, 2)) + f" 第{by[-1]}{number}{each}号"
                await desk.log(customer, by=by, form_id=f"{by}{number}{each}", note=note)
                written[by].append(note)
    visible = {LIN: written[LIN], CHEN: written[CHEN], ZHOU: written[LIN] + written[CHEN], WEST: [], REED: []}
    for _ in range(12):
        note = chance.choice(written[LIN] + written[CHEN])
        start = chance.randrange(len(note) - 8)
        query = note[start : start + chance.randint(2, 8)].split()[0]
        for who, notes in visible.items():
            found = await find(search, desk, query, who)
            assert found.total == sum(query.casefold() in each.casefold() for each in notes), (query, who)
            assert len(found.hits) == min(found.total, HITS_SHOWN)


async def test_a_stand_in_finds_and_an_owner_who_handed_over_does_not(search: SearchService, desk: Desk) -> None:
    """From the next search on."""
    customer = await desk.create()
    await desk.log(customer, note="嫌费率高")
    assert await kinds(search, desk, "费率", CHEN) == []
    await change(desk, customer, stand_in_id=CHEN)
    assert await kinds(search, desk, "费率", CHEN) == [Kind.NOTE]
    await change(desk, customer, stand_in_id=None, owner_id=CHEN)
    assert await kinds(search, desk, "费率", CHEN) == [Kind.NOTE]
    assert await kinds(search, desk, "费率", LIN) == []


async def test_what_is_written_elsewhere_is_found_here_at_once(search: SearchService, desk: Desk) -> None:
    """A note, a change, a step that is done, a name: each search looks whether something has changed."""
    elsewhere = desk.services
    customer = await desk.create()
    assert await kinds(search, desk, "费率") == []
    logged = await desk.log(customer, note="嫌费率高", next_step="发报价", next_step_on=desk.today)
    assert await kinds(search, desk, "费率") == [Kind.NOTE]
    assert await kinds(search, desk, "报价") == [Kind.STEP]
    step = f"step-{logged.visit.id}"
    await elsewhere.followups.store.change(TEAM, step, FollowUp.completed)
    assert await kinds(search, desk, "报价") == [Kind.NOTE]
    store, batch = elsewhere.visits.store, Batch()
    store.put(batch, TEAM, logged.visit.model_copy(update={"note": "谈妥了"}))
    await store.records.commit(batch)
    assert await kinds(search, desk, "费率") == []
    assert await kinds(search, desk, "谈妥") == [Kind.NOTE]
    await change(desk, customer, name="宏图服饰")
    assert await kinds(search, desk, "宏图") == [Kind.CUSTOMER]
    assert await kinds(search, desk, "远大") == []


async def test_what_is_erased_is_not_found_and_leaves_the_memory(search: SearchService, desk: Desk) -> None:
    """Also where only the records are gone, and on replicas where nobody searches any more."""
    customer = await desk.create()
    logged = await desk.log(customer, note="嫌费率高青鸾")
    assert await kinds(search, desk, "费率") == [Kind.NOTE]
    records, key = desk.services.visits.store.records, keys.visit(TEAM, logged.visit.id)
    await records.commit(Batch().delete(key))
    found = await find(search, desk, "费率")
    assert (found.hits, found.total) == ([], 0)
    assert [file.text for file in search._kept.files.values()] == ["嫌费率高青鸾"]
    assert "青鸾" not in repr(search), "what is in memory does not get into a log"
    batch = Batch()
    customer_changed(batch, TEAM, customer.id)
    await records.commit(batch)
    await search.forget_changed()
    assert (len(search._kept.files), search._kept.size) == (0, 0)
    with pytest.raises(NoteNotFoundError):
        await search.note(await desk.actor(), customer.id, logged.visit.id)


async def test_pages_follow_one_another(search: SearchService, desk: Desk) -> None:
    """The newest first, each once."""
    customer = await desk.create()
    days = [desk.today - timedelta(days=number) for number in range(HITS_SHOWN + 2)]
    for number, day in enumerate(days):
        await desk.log(customer, form_id=f"V{number}", note=f"第{number}次谈费率", on=day)
    first = await find(search, desk, "费率")
    second = await find(search, desk, "费率", first=HITS_SHOWN)
    assert [hit.on for hit in (*first.hits, *second.hits)] == days
    assert (first.total, second.total) == (len(days), len(days))
    assert (first.has_more, second.has_more) == (True, False)


async def test_files_make_room_for_others(search: SearchService, desk: Desk) -> None:
    """However little memory there is, everything is found; what does not fit is read again."""
    for number in range(4):
        customer = await desk.create(f"客户{number}号")
        await desk.log(customer, form_id=f"V{number}", note="嫌费率高")
    assert (await find(search, desk, "费率")).total == 4
    whole = search._kept.size
    small = replace(desk.services.search, memory=whole // 2)
    for _ in range(2):
        assert (await find(small, desk, "费率")).total == 4
        assert 0 < small._kept.size <= whole // 2


async def test_who_cannot_wait_hears_so_and_is_ready_sooner_the_next_time(search: SearchService, desk: Desk) -> None:
    """Instead of being told that there is nothing."""
    customer = await desk.create()
    await desk.log(customer, note="嫌费率高")
    actor = await desk.actor()
    async with search._turn:  # somebody else's files are being read
        assert await search.find(actor, "费率", patience=0.05) is None
    many = await asyncio.gather(*(search.find(actor, "费率", patience=5) for _ in range(5)))
    assert [found.total for found in many if found] == [1] * 5


async def test_a_found_note_is_read_by_who_sees_its_customer(search: SearchService, desk: Desk) -> None:
    """And only as a note of that customer."""
    customer, other = await desk.create(), await desk.create("顺达物流")
    logged = await desk.log(customer, note="嫌费率高")
    assert (await search.note(await desk.actor(), customer.id, logged.visit.id)).note == "嫌费率高"
    with pytest.raises(NoteNotFoundError):
        await search.note(await desk.actor(), other.id, logged.visit.id)
    with pytest.raises(CustomerNotFoundError):
        await search.note(await desk.actor(WEST), customer.id, logged.visit.id)
