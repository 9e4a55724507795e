"""How the engine grows: `python -m bench.scale`. Exits 1 when a goal is missed.

A tick with nobody due, beside how many customers there are; planning 10,000 daily messages out of a million customers;
what a customer's next date costs in the store; sending beside a bare AsyncWebClient loop; and sending at Slack's pace.
"""

import argparse
import asyncio
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Set
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from redis import Redis as PlainRedis
from slack_sdk.web.async_client import AsyncWebClient

from bench.crowd import TEAM, TOKEN, Crowd, slack_for
from bench.filling import EACH, TODAY, fill_customers, fill_followups, fill_people, used
from bench.machine import describe_machine
from bench.replicas import MovedClock, Place, Speed
from bot import jobs, slack
from bot.clock import system_clock
from bot.digests import DigestComposer
from bot.domain.notice import Notice, NoticeState
from bot.domain.nudge import digest_key
from bot.notices import NoticeSender
from bot.services import Services
from bot.storage import keys
from bot.storage.connection import docket_url
from bot.storage.embedded import EmbeddedStore
from bot.storage.pace import PaceStore
from bot.storage.recounts import Recount
from bot.storage.sealing import new_key
from bot.webhooks import WebhookSender

SIZES: Final = (10_000, 100_000, 1_000_000)
NINE: Final = datetime(2026, 11, 24, 1, 0, 5, tzinfo=UTC)
"""In Shanghai, on a Tuesday."""
WORKSPACES: Final = 10_000
"""Others, with nobody due."""
TICKS, ROUNDS, CONCURRENCY = 50, 3, 20
SENT: Final = 1000
PACED: Final = 120
TICK_GOAL, PLAN_GOAL, RATE_GOAL, BYTES_GOAL = 10.0, 60.0, 0.7, 600.0
SPEED: Final = Speed(factor=1.0, lease_seconds=keys.TTLS["lease"])


# growing


@dataclass(slots=True)
class Figures:
    tick_ms: dict[int, float]
    crowded_ms: float = 0.0
    """Of a tick beside many other workspaces."""
    schedule_bytes: float = 0.0
    file_bytes: float = 0.0
    plan_seconds: float = 0.0
    plan_cpu: float = 0.0
    planned: int = 0


async def grow(folder: Path, store_url: str, sizes: tuple[int, ...]) -> Figures:
    clock, found = MovedClock(folder / "clock"), Figures({})
    clock.set(NINE - timedelta(hours=2), 0)
    plain = PlainRedis(unix_socket_path=store_url.removeprefix("unix://").partition("?")[0])
    plain.config_set("appendfsync", "everysec")  # while it is filled
    async with AsyncExitStack() as stack:
        place = Place(store_url, "", folder / "clock", new_key(), SPEED)
        core = await place.core(stack)
        services = place.services(core, None)
        await services.workspaces.open(TEAM)
        before = 0
        for size in sizes:
            fill_people(plain, before // EACH, size // EACH, NINE)
            bare = used(plain)
            fill_customers(plain, before, size)
            on_file = used(plain)
            fill_followups(plain, before, size)
            found.file_bytes, found.schedule_bytes = (
                (on_file - bare) / (size - before),
                (used(plain) - on_file) / (size - before),
            )
            before = size
            plain.config_set("appendfsync", "always")
            found.tick_ms[size] = await ticking(services, store_url)
            plain.config_set("appendfsync", "everysec")
        plain.config_set("appendfsync", "always")
        found.crowded_ms = await ticking(services, store_url, idle_workspaces(plain))
        clock.set(NINE, 0)
        began, cpu = time.perf_counter(), time.process_time()
        await services.nudges.plan_due({TEAM}, services.ladders.plan)
        found.plan_seconds, found.plan_cpu = time.perf_counter() - began, time.process_time() - cpu
        found.planned = int(await core.redis.zcard(keys.open_notices(TEAM)))
    return found


def idle_workspaces(plain: PlainRedis) -> set[str]:
    """Which have been looked at once, so that nothing is left to be counted anew."""
    found = {f"T{number:06}" for number in range(WORKSPACES)}
    plain.mset({keys.recount(team_id): Recount(is_done=True).model_dump_json() for team_id in found})
    plain.zadd(keys.WORKSPACES, dict.fromkeys(found, float("inf")))
    return found


async def ticking(services: Services, store_url: str, others: Set[str] = frozenset()) -> float:
    """The median of whole sweeps, in milliseconds; the first of them, which looks everywhere, left aside."""
    team_ids = {TEAM, *others}

    async def nobody(team_id: str) -> AsyncWebClient:
        raise AssertionError("nobody is due")

    async def served() -> set[str]:
        return team_ids

    async with aiohttp.ClientSession() as session:
        sender = NoticeSender(services, nobody, system_clock)
        webhooks = WebhookSender(services.webhooks, session, system_clock)
        async with jobs.opened(docket_url(store_url), services, sender, webhooks, served) as (_, sweep):
            await sweep()
            return await median_ms(sweep)


async def median_ms(work: Callable[[], Awaitable[None]]) -> float:
    taken = []
    for _ in range(TICKS):
        began = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken)


# sending


class HeldClock:
    """Stands still, and tells the emulator's process, too; ours need not read a file for each look at it."""

    def __init__(self, path: Path, moment: datetime) -> None:
        self._told = MovedClock(path)
        self.set(moment)

    def __call__(self) -> datetime:
        return self._moment

    def set(self, moment: datetime) -> None:
        self._moment = moment
        self._told.set(moment, 0)


def slack_process(size: int, clock: Path, pipe: Any) -> None:
    """The emulator in a process of its own, as Slack is."""

    async def serve() -> None:
        async with slack_for(Crowd(size, ("Asia/Shanghai",)), MovedClock(clock), system_clock) as emulator:
            pipe.send(emulator.base_url)
            await asyncio.Event().wait()

    asyncio.run(serve())


@dataclass(slots=True)
class Rates:
    ours: list[float]
    bare: list[float]
    ours_cpu_ms: list[float]
    bare_cpu_ms: list[float]
    paced_seconds: float = 0.0


async def send(folder: Path, store_url: str, size: int) -> Rates:
    crowd, rates = Crowd(size, ("Asia/Shanghai",)), Rates([], [], [], [])
    clock = HeldClock(folder / "clock", NINE - timedelta(days=1))
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    emulator = context.Process(target=slack_process, args=(size, folder / "clock", theirs), daemon=True)
    emulator.start()
    async with AsyncExitStack() as stack:
        stack.callback(emulator.kill)
        url = await asyncio.to_thread(ours.recv)
        place = Place(store_url, url, folder / "clock", new_key(), SPEED)
        core = await place.core(stack)
        session = await stack.enter_async_context(slack.session())
        plain = await stack.enter_async_context(aiohttp.ClientSession())
        client = slack.digest_client(TOKEN, f"{url}/api/", session, apart=0)
        services = place.services(core, None, clock)
        await crowd.settle_in(services, TODAY, promises=False)
        bare = AsyncWebClient(token=TOKEN, base_url=f"{url}/api/", session=plain)
        message = await a_message(services, crowd.ids[1])
        for number in range(ROUNDS):
            clock.set(NINE + timedelta(days=number))
            day = TODAY + timedelta(days=number)
            await services.nudges.plan_due({TEAM})
            cpu = time.process_time()
            rates.bare.append(await rate([post(bare, user_id, message) for user_id in crowd.ids]))
            rates.bare_cpu_ms.append((time.process_time() - cpu) * 1e3 / size)
            sender, cpu = NoticeSender(services, always(client), system_clock), time.process_time()
            rates.ours.append(await rate([deliver(sender, user_id, day) for user_id in crowd.ids]))
            rates.ours_cpu_ms.append((time.process_time() - cpu) * 1e3 / size)
        rates.paced_seconds = await paced(services, core.redis, client, crowd.ids[:PACED], clock)
    return rates


async def paced(services: Services, redis: Any, client: AsyncWebClient, ids: list[str], clock: HeldClock) -> float:
    """Seconds from one message to the next at Slack's pace, the burst left aside."""
    clock.set(NINE + timedelta(days=ROUNDS + 3))
    await services.nudges.plan_due({TEAM})
    store = PaceStore(services.nudges.store.records)
    slow = replace(services, notices=replace(services.notices, pace=store))
    sender, day = NoticeSender(slow, always(client), system_clock), TODAY + timedelta(days=ROUNDS + 3)
    taken: list[float] = []

    async def until_sent(user_id: str) -> None:
        while True:
            notice = await sender.deliver(TEAM, digest_key(user_id, day))
            if notice is not None and not notice.is_open:
                taken.append(time.perf_counter())
                return
            await asyncio.sleep(0.2)

    await rate([partial_of(until_sent, user_id) for user_id in ids])
    after_burst = sorted(taken)[CONCURRENCY:]
    return (after_burst[-1] - after_burst[0]) / (len(after_burst) - 1)


def partial_of(work: Callable[[str], Awaitable[None]], user_id: str) -> Callable[[], Awaitable[None]]:
    return lambda: work(user_id)


def always(client: AsyncWebClient) -> Callable[[str], Awaitable[AsyncWebClient]]:
    async def client_for(team_id: str) -> AsyncWebClient:
        return client

    return client_for


async def a_message(services: Services, user_id: str) -> dict[str, Any]:
    """As large as what our sender posts."""
    actor = await services.members.actor(TEAM, user_id)
    letter = await DigestComposer(services).letter(actor, Notice(user_id=user_id, day=TODAY))
    assert letter is not None
    payload = {"event_type": "factormate_digest", "event_payload": {"key": digest_key(user_id, TODAY)}}
    return {"text": letter.text, "blocks": letter.blocks, "metadata": payload}


def post(bare: AsyncWebClient, user_id: str, message: dict[str, Any]) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        await bare.chat_postMessage(channel=f"D{user_id[1:]}", **message)

    return work


def deliver(sender: NoticeSender, user_id: str, day: date) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        notice = await sender.deliver(TEAM, digest_key(user_id, day))
        assert notice is not None
        assert notice.state is NoticeState.SENT, notice

    return work


async def rate(work: list[Callable[[], Awaitable[None]]]) -> float:
    """A second, so many at once."""
    upcoming = iter(work)

    async def one() -> None:
        for each in upcoming:
            await each()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONCURRENCY)))
    return len(work) / (time.perf_counter() - began)


# the report


def report_growth(found: Figures) -> bool:
    print(f"a tick with nobody due, median of {TICKS}:")
    for size, taken in found.tick_ms.items():
        print(f"  {size:9,} customers, {size // EACH:6,} people: {taken:6.2f} ms   goal ≤ {TICK_GOAL:.0f} ms")
    print(f"  and with {WORKSPACES:,} other workspaces that are idle: {found.crowded_ms:.2f} ms")
    ratio = max(found.tick_ms.values()) / min(found.tick_ms.values())
    print(f"  the slowest against the quickest: {ratio:.2f}")
    last = max(found.tick_ms)
    print(f"planning {found.planned:,} daily messages out of {last:,} customers, looking up the line for each:")
    print(f"  {found.plan_seconds:.1f} s, {found.plan_cpu:.1f} s of it processor time   goal ≤ {PLAN_GOAL:.0f} s")
    print(f"  {found.plan_seconds / max(1, found.planned) * 1e3:.2f} ms a person")
    print("bytes of the store for one customer (used_memory, before and after):")
    print(
        f"  its follow-up and its place in the owner's due list: {found.schedule_bytes:.0f}   goal ≤ {BYTES_GOAL:.0f}"
    )
    print(f"  its record, its name under two holders, its version: {found.file_bytes:.0f}")
    return (
        max(*found.tick_ms.values(), found.crowded_ms) <= TICK_GOAL
        and found.plan_seconds <= PLAN_GOAL
        and found.schedule_bytes <= BYTES_GOAL
    )


def report_sending(rates: Rates) -> bool:
    ratios = [ours / bare for ours, bare in zip(rates.ours, rates.bare, strict=True)]
    print(f"sending, {CONCURRENCY} at once, no pace kept, {ROUNDS} interleaved rounds; a second:")
    for name, found in (("bare AsyncWebClient", rates.bare), ("factormate", rates.ours)):
        print(f"  {name:20} median {statistics.median(found):6.0f}   {min(found):6.0f} … {max(found):6.0f}")
    median = statistics.median(ratios)
    print(f"  ratio {median:.2f}   {min(ratios):.2f} … {max(ratios):.2f}   goal ≥ {RATE_GOAL}")
    ours, bare = statistics.median(rates.ours_cpu_ms), statistics.median(rates.bare_cpu_ms)
    print(f"  processor time a message: {ours:.2f} ms, of which the bare loop's {bare:.2f} ms")
    print(f"at Slack's pace: {rates.paced_seconds * 1000 / 60:.1f} minutes for 1,000 people")
    return median >= RATE_GOAL


@contextmanager
def a_store() -> Iterator[tuple[Path, str]]:
    """An empty one, as durable as the product's own."""
    with tempfile.TemporaryDirectory(prefix="factormate-scale-") as folder:
        store = EmbeddedStore.start(Path(folder))
        try:
            yield Path(folder), store.url
        finally:
            store.stop()


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    given.add_argument("--customers", type=int, default=SIZES[-1])
    given.add_argument("--people", type=int, default=SENT)
    options = given.parse_args()
    print(describe_machine(), flush=True)
    began = time.monotonic()
    good = []
    sizes = tuple(each for each in SIZES if each <= options.customers)
    with a_store() as (folder, url):
        good.append(report_growth(asyncio.run(grow(folder, url, sizes))))
    with a_store() as (folder, url):
        good.append(report_sending(asyncio.run(send(folder, url, options.people))))
    print(f"took {time.monotonic() - began:.0f} s; {describe_machine()}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
