"""Erasing goes through every kind of record there is, on a single server and on a Cluster."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from bot.domain.audit import AuditRow
from bot.domain.customer import Customer
from bot.domain.entry import OwnerRole
from bot.domain.erasure import CustomerErasure, Erased, PersonErasure, Subject, hashed, is_erased, people_in
from bot.domain.workspace import WorkspaceSettings
from bot.errors import ConflictError
from bot.storage import keys
from bot.storage.durability import durability, rewrite_log
from bot.storage.kinds import LASTING, kind_of, opened
from bot.storage.privacy import PrivacyStore
from bot.storage.records import Records
from bot.storage.sealing import FieldKeysError, Sealer, new_key
from bot.storage.visits import Consequences
from tests.builders import LIN, make_contact, make_customer, make_question, make_revision, make_visit
from tests.storage.conftest import Stores
from tests.storage.reading import content, keys_of
from tests.storage.test_keys import use

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NAME, NICK = "青鸾独角厂", "Qingluan"
GONE = "erased-1a2b3c4d"


async def readable(redis: Redis, sealer: Sealer, *, lasting: bool = False) -> str:
    """Every key and value in one text, as somebody reads it who has the keys; the audit log and its like apart."""
    lines = []
    for key in await keys_of(redis):
        if (kind_of(key) in LASTING) == lasting and kind_of(key) != "receipt":
            found = await content(redis, key)
            lines.append(f"{key} {opened(sealer, key, found) if isinstance(found, str) else found}")
    return "\n".join(lines)


@pytest.fixture
def store(any_redis: Redis, sealer: Sealer) -> PrivacyStore:
    return PrivacyStore(Records(any_redis), sealer)


@pytest.fixture
async def filled(stores: Stores) -> Stores:
    """Two workspaces with one of everything; in the first the customer has a name of its own, which others mention."""
    for team_id in ("T1", "T2"):
        await use(stores, team_id)
    named = {"name": NAME, "aliases": (NICK,)}
    await stores.customers.change("T1", "c1", lambda found: Customer(**{**found.model_dump(), **named}))
    other = make_customer(id="c2", name="另一家")
    await stores.customers.create("T1", other, make_contact(id="x", customer_id="c2"))
    note = make_visit(id="v2", customer_id="c2", note=f"{NAME}的老板介绍来的，qingluan <@{LIN}> 也认识")
    await stores.visits.record("T1", note, [], lambda *_: Consequences(other, ()))
    await stores.revisions.save("T1", make_revision("r9", why=f"{NAME} 说得好，{LIN}"))
    reply = f"像{NICK}那样"
    await stores.questions.keep("T1", make_question(id="q9", reply=reply, asked_of=LIN))
    return stores


async def test_of_a_customer_nothing_is_left(filled: Stores, store: PrivacyStore, sealer: Sealer) -> None:
    """Neither records nor what points to them nor its names in other people's words; all else stays as it was."""
    before = await readable(filled.redis, sealer)
    assert all(each in before for each in (NAME, NICK.casefold(), ":c1", "嫌费率高", "step-1", "contact-c1"))
    done = await store.erase("T1", CustomerErasure("c1", (NAME, NICK)))
    assert done.keys() >= {
        "customer",
        "customers",
        "visit",
        "visits",
        "followup",
        "due",
        "steps",
        "question",
        "revision",
    }
    found = "\n".join(line for line in (await readable(filled.redis, sealer)).splitlines() if "{T1}" in line)
    assert [
        each for each in (NAME, NICK, NICK.casefold(), "c1'", ":c1 ", "step-1", "contact-c1", "-c1-") if each in found
    ] == []
    visit = await filled.visits.find("T1", "v2")
    assert visit is not None
    assert visit.note == f"•••的老板介绍来的，••• <@{LIN}> 也认识"
    assert (await filled.revisions.get("T1", "r9")).entry == make_revision().entry
    assert [each.name for each in await filled.customers.owned_by("T1", [LIN])] == ["另一家"]
    assert (await filled.customers.get("T2", "c1")).name == "远大纺织"
    left = [*await filled.webhooks.due("T1", NOW), *await filled.webhooks.dead("T1")]
    assert {each.subject_id for each in left} <= {"c2", "v2", "x"}, "what is on its way about it is not sent"
    assert not await store.erase("T1", CustomerErasure("c1", (NAME, NICK)))


async def test_of_a_person_only_a_pseudonym_is_left(filled: Stores, store: PrivacyStore, sealer: Sealer) -> None:
    """In every record, index and key; the audit log alone keeps the id. The work goes on under the pseudonym."""
    assert LIN in await readable(filled.redis, sealer)
    await store.erase("T1", PersonErasure(LIN, GONE))
    mine = [line for line in (await readable(filled.redis, sealer)).splitlines() if "{T1}" in line and LIN in line]
    assert mine == []
    assert LIN in await readable(filled.redis, sealer, lasting=True)
    assert {each.name for each in await filled.customers.owned_by("T1", [GONE])} == {NAME, "另一家"}
    assert [each.id for each in await filled.followups.due("T1", GONE, NOW.date())] == [
        *("contact-c1", "risk-c1-fraud", "step-1", "x")
    ]
    visit = await filled.visits.find("T1", "v2")
    assert visit is not None
    assert (visit.author_id, "<@" in visit.note) == (GONE, False)
    assert (await filled.workspaces.settings("T1", WorkspaceSettings())).owners[OwnerRole.PRICING] == (GONE,)
    assert [each.key for each in await filled.notices.open("T1")] == [f"digest:U3:{NOW.date()}"]
    assert LIN in await readable(filled.redis, sealer), "the other workspace's person of the same id"


async def test_everything_about_a_person_is_told(filled: Stores, store: PrivacyStore) -> None:
    """Readable, with where it stands; nothing of somebody else's alone."""
    held = await store.about("T1", LIN)
    kinds = Counter(each["kind"] for each in held)
    assert kinds.keys() >= {"member", "members", "profile", "customer", "visit", "followup", "digest", "question"}
    assert any(each["held"].get("note", "").startswith(NAME) for each in held if each["kind"] == "visit")
    assert "vote" not in kinds
    assert await store.people("T1") == {LIN, "U02CHEN"}, "and who stands in"


async def test_what_does_not_open_stops_an_erasure(filled: Stores, store: PrivacyStore) -> None:
    """It may hold the name; to say that all is gone would be a guess."""
    key = keys.visit("T1", "v2")
    row = str(await filled.redis.get(key))
    await filled.redis.set(key, row.replace('"note": "', f'"note": "{Sealer([new_key()]).fingerprints[0]}'))
    with pytest.raises(FieldKeysError):
        await store.erase("T1", CustomerErasure("c1", (NAME,)))


async def test_the_list_knows_a_person_and_does_not_tell_who(filled: Stores, store: PrivacyStore) -> None:
    """Whoever has the store alone cannot even try ids: the salt is sealed."""
    erased = Erased(id="1a2b3c4d", subject=Subject.PERSON, at=NOW, salt="s", hash=hashed("s", LIN))
    await store.note("T1", erased)
    (found,) = [each for each in await store.erased("T1") if each.id == erased.id]
    assert (found, found.is_of(LIN), found.is_of("U02CHEN"), found.pseudonym) == (erased, True, False, GONE)
    stored = str(await filled.redis.get(keys.erasure("T1", erased.id)))
    assert (LIN in stored, '"salt":"s"' in stored) == (False, False)
    assert is_erased(GONE)
    assert not people_in((GONE,))


async def test_an_erasure_that_is_undone_all_the_time_is_told(filled: Stores, store: PrivacyStore) -> None:
    """Somebody writes about the customer faster than it can be erased."""

    class Undone(CustomerErasure):
        def member(self, kind: str, text: str) -> str | None:
            return None if kind == "due" else f"{text} "

    with pytest.raises(ConflictError):
        await store.erase("T1", Undone("c1"))


async def test_audit_rows_outlive_everybody(filled: Stores, store: PrivacyStore) -> None:
    """They hold ids, and the chain stays whole."""
    await filled.audit.append("T1", AuditRow(NOW, LIN, "customer.create", "c1"))
    await store.erase("T1", CustomerErasure("c1"))
    await store.erase("T1", PersonErasure(LIN, GONE))
    assert (await filled.audit.verify("T1")).fault is None
    assert (await filled.audit.newest("T1", 1))[0].who == LIN


async def test_only_a_store_with_a_file_writes_it_anew(any_redis: Redis) -> None:
    """On every node. The embedded one keeps a file; the Cluster of these tests, and other servers, may not."""
    keeps_one = all(each.appendonly == "yes" for each in await durability(any_redis))
    assert await rewrite_log(any_redis) is keeps_one
