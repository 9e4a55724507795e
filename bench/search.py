"""Measures `/find` with 100,000 notes in one workspace: `python -m bench.search [NOTES [NOTES_OF_THE_PEER]]`.

Beside the same run's floor (looking through the same plain texts in a list) and beside the other design, HMACs of pairs
of letters in the store. Prints the ratios, and exits 1 when a goal is missed.
"""

import asyncio
import csv
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from redis.asyncio import Redis

from bench.ngrams import HmacPairs
from bot import assembly
from bot.clock import system_clock
from bot.domain.customer import Buyer, Contact, Customer, Details, Tier
from bot.domain.user import Profile, Role, User
from bot.domain.visit import NOTE_LIMIT, Channel, Visit
from bot.matching.folding import searchable
from bot.matching.search import terms
from bot.services import SearchService, Services
from bot.settings import Settings
from bot.storage import keys
from bot.storage.customers import put_customer
from bot.storage.embedded import EmbeddedStore
from bot.storage.records import Batch, Records
from bot.storage.sealing import Sealer, new_key
from bot.storage.visits import VisitStore

NOTES = 100_000
PEER_NOTES = 10_000
OWNERS = 50
NOTES_A_CUSTOMER = 20
CONTACTS_A_CUSTOMER, BUYERS_A_CUSTOMER = 2, 3
PASTED_EVERY, PASTED_LETTERS = 50, 2000
"""One note in so many was made from a longer text."""
QUERIES = 200
TEAM, LEAD = "T0BENCH", "U0LEAD"
P95_GOAL = 0.1
FRESH_GOAL = 1.0
LINES = Path(__file__).parent.parent / "tests" / "data" / "dev-queries.tsv"


@dataclass(frozen=True, slots=True)
class Written:
    """What is on record, as plain text: by owner, note id → note."""

    notes: dict[str, dict[str, str]]

    @property
    def all(self) -> list[str]:
        return [note for own in self.notes.values() for note in own.values()]


def invented(count: int) -> Written:
    """Put together from what people say, most of them short, a few as long as a form takes; ever the same ones."""
    chance = random.Random(20260302)
    with LINES.open(encoding="utf-8") as lines:
        said = [row["query"] for row in csv.DictReader(lines, delimiter="\t")]
    notes: dict[str, dict[str, str]] = {owner(number): {} for number in range(OWNERS)}
    for number in range(count):
        length = max(1, int(chance.lognormvariate(1.2, 0.7)))
        note = "。".join(chance.choices(said, k=length)) + f"，第{number}票"
        notes[owner(number // NOTES_A_CUSTOMER)][f"v-{number:016x}"] = note[:NOTE_LIMIT]
    return Written(notes)


def owner(number: int) -> str:
    return f"U{number % OWNERS:04}"


def asked(notes: Sequence[str]) -> list[str]:
    """Half of two letters, as people search in Chinese; the others longer, and some of two words.

    No word has one letter, since the peer could not look for it.
    """
    chance = random.Random(7)
    found: list[str] = []
    while len(found) < QUERIES:
        words = []
        for _ in range(2 if len(found) % 5 == 4 else 1):
            note = chance.choice(notes)
            at = chance.randrange(len(note))
            words.append(note[at : at + (2 if len(found) % 2 else chance.randint(3, 8))].strip())
        if all(len(term) >= 2 for term in terms(" ".join(words))):
            found.append(" ".join(words))
    return found


async def written(redis: Redis, visits: VisitStore, notes: Written) -> None:
    """Straight into the store: through the form it would take ten minutes."""
    records, sealer, today = Records(redis), visits.sealer, datetime.now(UTC).date()
    longer = "。".join(notes.all[:PASTED_EVERY])[:PASTED_LETTERS]
    for owner_id, own in notes.notes.items():
        ids = list(own)
        for start in range(0, len(ids), NOTES_A_CUSTOMER):
            batch = Batch()
            customer = customer_of(owner_id, start, today)
            put_customer(batch, TEAM, customer)
            put_people(batch, customer, sealer)
            for number, visit_id in enumerate(ids[start : start + NOTES_A_CUSTOMER]):
                visit = visit_of(visit_id, customer, own[visit_id], today - timedelta(days=7 * number))
                if (start + number) % PASTED_EVERY == 0:
                    visit = visit.model_copy(update={"pasted": longer})
                visits.put(batch, TEAM, visit)
            await records.commit(batch)


def put_people(batch: Batch, customer: Customer, sealer: Sealer) -> None:
    """Contacts and buyers, as many as a customer's file commonly has."""
    contacts = [
        Contact(id=f"p{each}", role="财务总监", name=f"王芳{customer.id[-3:]}{each}")
        for each in range(CONTACTS_A_CUSTOMER)
    ]
    buyers = tuple(
        Buyer(id=f"b{each}", name=f"华瑞百货{customer.id[-3:]}{each}", disputes="尺码")
        for each in range(BUYERS_A_CUSTOMER)
    )
    contacts_key, details_key = keys.contacts(TEAM, customer.id), keys.customer_details(TEAM, customer.id)
    rows = f"[{','.join(each.model_dump_json() for each in contacts)}]"
    batch.set(contacts_key, sealer.seal(rows, contacts_key))
    batch.set(details_key, sealer.seal(Details(buyers=buyers).model_dump_json(), details_key))


def customer_of(owner_id: str, number: int, today: date) -> Customer:
    return Customer(
        id=f"c-{owner_id}-{number}",
        name=f"测试公司{owner_id[1:]}{number}",
        tier=Tier.B,
        industry="纺织",
        owner_id=owner_id,
        created_on=today,
    )


def visit_of(visit_id: str, customer: Customer, note: str, on: date) -> Visit:
    return Visit(
        id=visit_id,
        customer_id=customer.id,
        author_id=customer.owner_id,
        on=on,
        channel=Channel.PHONE,
        note=note,
        created_at=datetime(on.year, on.month, on.day, tzinfo=UTC),
    )


class Lag:
    """How late the event loop was, looked at every 5 ms: what everybody else waits longer for an answer."""

    def __init__(self) -> None:
        self.found: list[float] = []

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 0.005
            await asyncio.sleep(0.005)
            self.found.append(loop.time() - due)


async def timed(queries: Sequence[str], find: Callable[[str], Awaitable[object]]) -> list[float]:
    found = []
    for query in queries:
        started = time.perf_counter()
        await find(query)
        found.append(time.perf_counter() - started)
    return found


async def floor(notes: Sequence[str], queries: Sequence[str]) -> list[float]:
    """A list of texts, looked through by one Python expression: what ours does besides is the rest."""
    forms = [searchable(note) for note in notes]

    async def find(query: str) -> list[str]:
        wanted = terms(query)
        return [form for form in forms if all(term in form for term in wanted)]

    return await timed(queries, find)


def percentile(found: Sequence[float], part: int) -> float:
    return statistics.quantiles(found, n=100)[part - 1]


def said(name: str, found: Sequence[float]) -> None:
    print(f"  {name:44} p50 {percentile(found, 50) * 1e3:7.1f} ms   p95 {percentile(found, 95) * 1e3:7.1f} ms")


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def staffed(services: Services) -> tuple[User, User]:
    """A lead who sees every note, and an account manager with one in fifty of them."""
    await services.workspaces.open(TEAM)
    manager = frozenset({Role.ACCOUNT_MANAGER})
    for number in range(OWNERS):
        await services.members.set_roles(TEAM, owner(number), manager, "all", by="bench")
    await services.members.set_roles(TEAM, LEAD, frozenset({Role.TEAM_LEAD}), "all", by="bench")
    return await services.members.actor(TEAM, LEAD), await services.members.actor(TEAM, owner(0))


async def profile(team_id: str, user_id: str) -> Profile:
    return Profile(name="bench", locale="zh-CN", tz="Asia/Shanghai")


async def rebuilt(search: SearchService, actor: User) -> tuple[float, Lag]:
    """Seconds until everything is in memory."""
    lag = Lag()
    watching = asyncio.create_task(lag.watch())
    started = time.perf_counter()
    await search.find(actor, "费率")
    seconds = time.perf_counter() - started
    watching.cancel()
    return seconds, lag


async def fresh(core: assembly.Core, search: SearchService, lead: User) -> float:
    """Seconds from a note saved elsewhere until it is found here."""
    elsewhere = core.services(system_clock, profile).customers.visits
    customer = customer_of(owner(3), 0, datetime.now(UTC).date())
    batch = Batch()
    elsewhere.put(batch, TEAM, visit_of("v-fresh", customer, "刚刚记下的暗号", customer.created_on))
    started = time.perf_counter()
    await elsewhere.records.commit(batch)
    while not (found := await search.find(lead, "刚刚记下的暗号")) or not found.total:
        pass
    return time.perf_counter() - started


async def ours(core: assembly.Core, count: int) -> bool:
    services = core.services(system_clock, profile)
    notes = invented(count)
    letters = sum(map(len, notes.all))
    print(
        f"{count} notes of {OWNERS} people, {letters / count:.0f} letters on average; one in {PASTED_EVERY} was made ",
        end="",
    )
    print(f"from a text of {PASTED_LETTERS}; {CONTACTS_A_CUSTOMER} contacts and {BUYERS_A_CUSTOMER} buyers a customer:")
    lead, manager = await staffed(services)
    await written(core.redis, services.customers.visits, notes)
    own, _ = await rebuilt(services.search, manager)
    before = resident()
    seconds, lag = await rebuilt(services.search, lead)
    kept = services.search._kept.size
    print(f"  into memory: {seconds:.1f} s for all, {own:.2f} s for the first of one person ({count // OWNERS} notes)")
    print(f"  meanwhile others waited p50 {percentile(lag.found, 50) * 1e3:.1f} ms, ", end="")
    print(f"p95 {percentile(lag.found, 95) * 1e3:.1f} ms, at most {max(lag.found) * 1e3:.0f} ms longer")
    print(f"  in memory: {kept / 2**20:.0f} MB counted, {(resident() - before) / 2**20:.0f} MB more in use; ", end="")
    print(f"{kept / count:.0f} bytes a note, of these {2 * letters / count:.0f} for its letters")
    queries = asked(notes.all)
    of_all = await timed(queries, lambda query: services.search.find(lead, query))
    of_own = await timed(queries, lambda query: services.search.find(manager, query))
    least = await floor(notes.all, queries)
    said("find, all notes visible", of_all)
    said(f"find, one person's {count // OWNERS} notes", of_own)
    said("floor: looking through a list of all texts", least)
    ratio = statistics.median(of_all) / statistics.median(least)
    waited = await fresh(core, services.search, lead)
    print(f"  ratio to the floor: {ratio:.2f};   p95 goal ≤ {P95_GOAL * 1e3:.0f} ms")
    print(f"  a note saved elsewhere was found after {waited * 1e3:.0f} ms;   goal ≤ {FRESH_GOAL * 1e3:.0f} ms")
    return percentile(of_all, 95) <= P95_GOAL and waited <= FRESH_GOAL


async def beside(core: assembly.Core, count: int) -> None:
    """Both designs on the same notes and queries."""
    services = core.services(system_clock, profile)
    notes = invented(count)
    lead, _ = await staffed(services)
    await written(core.redis, services.customers.visits, notes)
    queries = asked(notes.all)
    await services.search.find(lead, "费率")
    found = await timed(queries, lambda query: services.search.find(lead, query))
    before = await core.redis.info("memory")
    pairs = HmacPairs(core.redis, core.sealer, os.urandom(32))
    started = time.perf_counter()
    for owner_id, own in notes.notes.items():
        ids = list(own)
        for start in range(0, len(ids), 50):
            await pairs.put(owner_id, {each: own[each] for each in ids[start : start + 50]})
    seconds = time.perf_counter() - started
    after = await core.redis.info("memory")
    of_peer = await timed(queries, lambda query: pairs.find(list(notes.notes), query))
    more = (after["used_memory"] - before["used_memory"]) / count
    print(f"the same with {count} notes, beside HMACs of pairs of letters in the store:")
    said("ours", found)
    said("HMACs of pairs", of_peer)
    print(f"  the pairs took {seconds / count * 1e3:.1f} ms and {more:.0f} bytes of the store a note; ", end="")
    print(f"ours nothing. Ratio p95 {percentile(found, 95) / percentile(of_peer, 95):.2f}")


async def measured(folder: Path, count: int, peer_count: int) -> bool:
    good = True
    for name, measure in (("ours", lambda core: ours(core, count)), ("peer", lambda core: beside(core, peer_count))):
        store = EmbeddedStore.start(folder / name)
        try:
            settings = Settings(_env_file=None, field_keys=(new_key(),), data_dir=folder / name)
            async with assembly.core(settings, store.url, answers=False) as core:
                good = await measure(core) is not False and good
        finally:
            store.stop()
    return good


def main() -> int:
    count, peer_count = [*map(int, sys.argv[1:]), *(NOTES, PEER_NOTES)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory(prefix="factormate-bench-") as folder:
        return 0 if asyncio.run(measured(Path(folder), count, peer_count)) else 1


if __name__ == "__main__":
    sys.exit(main())
