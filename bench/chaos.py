"""The long proof: `python -m bench.chaos --seed N`.

A thousand people in three time zones; three replicas and one Valkey (fsync always, on loopback), killed at random; a
Slack that fails every tenth call; a Friday and the Monday after it, with midnights and the end of summer time between.
Exits 1 unless nobody got a message twice, nobody was missed, and every intent is settled. The seed fixes what is drawn
(who is killed, which call fails and how); when that happens depends on the machine.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import Final

from bench.counting import count, settled
from bench.crowd import KINDS, TEAM, ZONES, Crowd, slack_for
from bench.machine import describe_machine
from bench.replicas import MovedClock, Place, Replicas, Speed
from bot.errors import StoreUnavailableError
from bot.sandbox import Emulator
from bot.services import Services
from bot.storage.sealing import new_key
from tests import servers

PEOPLE: Final = 1000
REPLICAS: Final = 3
SHARE: Final = 0.1
SPEED: Final = Speed(factor=5.0, lease_seconds=24)
"""Every waiting time of the product a fifth: a lease 24 s instead of two minutes, a look after 6 s instead of 30."""
BUSINESS_SPEED: Final = 60.0
DURABLE: Final = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
WAVE_SECONDS: Final = 300.0
"""For one zone's morning; what is late then is counted as missed."""
FRIDAY, MONDAY = date(2026, 10, 23), date(2026, 10, 26)
SHANGHAI, BERLIN, NEW_YORK = ZONES


def utc(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


WAVES: Final = (
    ("Friday, Shanghai", utc(23, 0, 59), FRIDAY, SHANGHAI),
    ("Friday, Berlin (summer time)", utc(23, 6, 59), FRIDAY, BERLIN),
    ("Friday, New York, late: midnight in Shanghai passes", utc(23, 15, 58), FRIDAY, NEW_YORK),
    ("Monday, Shanghai", utc(26, 0, 59), MONDAY, SHANGHAI),
    ("Monday, Berlin (winter time)", utc(26, 7, 59), MONDAY, BERLIN),
    ("Monday, New York, late: midnight in Shanghai passes", utc(26, 15, 58), MONDAY, NEW_YORK),
)
CALM: Final = (
    ("midnight in Berlin", utc(23, 21, 59)),
    ("midnight in New York", utc(24, 3, 59)),
    ("Berlin's clocks go back on Sunday", utc(25, 0, 59)),
    ("Monday, 8 o'clock in Berlin, which was 9 on Friday", utc(26, 6, 59)),
)
"""Moments at which nothing may be sent to anybody new."""
IDLE_SECONDS: Final = 60.0
CALM_SECONDS: Final = 5.0


class Weather:
    """Kills replicas and the store until it is told to stop: after so many calls of Slack, drawn anew each time, since
    a replica that a busy machine lets do nothing before it is killed proves nothing; sometimes when no calls are made.
    """

    def __init__(self, rng: Random, replicas: Replicas, store: servers.Server, slack: Emulator) -> None:
        self._rng, self._replicas, self._store, self._slack = rng, replicas, store, slack
        self.stores_killed = 0

    async def _calls(self, fewest: int, most: int) -> None:
        then = len(self._slack.calls) + self._rng.randint(fewest, most)
        with suppress(TimeoutError):
            await self._slack.wait_for(lambda: len(self._slack.calls) >= then, IDLE_SECONDS)

    async def replicas_die(self) -> None:
        while True:
            await self._calls(20, 100)
            await asyncio.to_thread(self._replicas.kill, self._rng)

    async def stores_die(self) -> None:
        while True:
            await self._calls(100, 400)
            self._store.kill()
            await asyncio.sleep(self._rng.uniform(0, 1.5))
            with suppress(AssertionError):  # a busy machine takes longer than a test would wait
                await asyncio.to_thread(self._store.start)
            while not await asyncio.to_thread(self._store.answers):  # noqa: ASYNC110 - it rings no bell
                await asyncio.sleep(0.5)
            self.stores_killed += 1


def say(line: str, since: float) -> None:
    print(f"{time.monotonic() - since:6.0f} s  {line}", flush=True)


async def measure(folder: Path, seed: int, people: int) -> bool:
    rng, crowd, began = Random(seed), Crowd(people), time.monotonic()
    clock, key = MovedClock(folder / "clock"), new_key()
    clock.set(utc(22, 8, 0), 0)
    (port,) = servers.free_ports(1)
    async with AsyncExitStack() as stack:
        store = stack.enter_context(servers.running(folder / "store", port, *DURABLE))
        url = f"redis://127.0.0.1:{port}/0"
        core = await Place(url, "", folder / "clock", key, SPEED).core(stack)
        services = Place(url, "", folder / "clock", key, SPEED).services(core, None)
        await crowd.settle_in(services, date(2026, 10, 22), promises=True)
        slack = await stack.enter_async_context(slack_for(crowd, clock, SPEED.wall))
        slack.faults.often(SHARE, KINDS, rng)
        say(f"{people} people have something due; {describe_machine()}", began)
        replicas = await asyncio.to_thread(Replicas, Place(url, slack.base_url, folder / "clock", key, SPEED), REPLICAS)
        stack.callback(replicas.stop)
        weather = Weather(rng, replicas, store, slack)
        storm = [asyncio.create_task(weather.replicas_die()), asyncio.create_task(weather.stores_die())]
        try:
            await through_the_days(services, slack, crowd, clock, began)
        finally:
            for each in storm:
                each.cancel()
            ended = await asyncio.gather(*storm, return_exceptions=True)
        broken = [each for each in ended if not isinstance(each, asyncio.CancelledError)]
        if not store.answers():
            await asyncio.to_thread(store.start)
        found = await count(services, slack, crowd, (FRIDAY, MONDAY))
    faults = Counter(each.fault for each in slack.calls if each.fault)
    told = ", ".join(f"{kind} {times}" for kind, times in sorted(faults.items()))
    say(f"{replicas.killed} replicas and the store {weather.stores_killed} times killed", began)
    say(f"{faults.total()} of {len(slack.calls)} calls failed: {told}", began)
    say(str(found), began)
    if broken:
        say(f"the storm itself broke: {broken}", began)
    return found.is_good and not broken


async def through_the_days(services: Services, slack: Emulator, crowd: Crowd, clock: MovedClock, began: float) -> None:
    waves = [(moment, name, day, zone) for name, moment, day, zone in WAVES]
    calm = [(moment, name, None, None) for name, moment in CALM]
    for moment, name, day, zone in sorted([*waves, *calm], key=lambda each: each[0]):
        known = arrived(slack, crowd)
        clock.set(moment, BUSINESS_SPEED)
        if day is None or zone is None:
            await asyncio.sleep(CALM_SECONDS)
            await nothing_on_its_way(services, clock)
            say(f"{name}: {arrived(slack, crowd) - known} messages", began)
            continue
        since = time.monotonic()
        while not await is_settled(services, crowd, day, zone):
            if time.monotonic() - since > WAVE_SECONDS:
                say(f"{name}: not settled", began)
                break
            await asyncio.sleep(0.5)
        await nothing_on_its_way(services, clock)
        say(f"{name}: {arrived(slack, crowd) - known} messages in {time.monotonic() - since:.0f} s", began)


async def nothing_on_its_way(services: Services, clock: MovedClock) -> None:
    """The clock stands still until all that is due by it has gone out: what it leaps over while it is being posted
    would arrive at another hour than it was sent at."""
    clock.set(clock(), 0)
    since = time.monotonic()
    while time.monotonic() - since < WAVE_SECONDS:
        with suppress(StoreUnavailableError):
            due = await services.nudges.store.due_people(TEAM, clock())
            if not due and not await services.notices.under_way(TEAM):
                return
        await asyncio.sleep(0.5)


async def is_settled(services: Services, crowd: Crowd, day: date, zone: str) -> bool:
    """Not for as long as the store is away."""
    with suppress(StoreUnavailableError):
        return await settled(services, crowd, day, [zone])
    return False


def arrived(slack: Emulator, crowd: Crowd) -> int:
    return sum(len(slack.person(user_id).dm_messages()) for user_id in crowd.ids)


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    given.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    given.add_argument("--people", type=int, default=PEOPLE)
    options = given.parse_args()
    print(f"seed {options.seed}, workspace {TEAM}", flush=True)
    with tempfile.TemporaryDirectory(prefix="factormate-chaos-") as folder:
        is_good = asyncio.run(measure(Path(folder), options.seed, options.people))
    print("nobody twice, nobody missed, every intent settled" if is_good else "NOT GOOD")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
