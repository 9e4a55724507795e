"""What a workspace costs: `python -m bench.workspaces [--installed N]`.

One bot for 10,000 workspaces that have installed it by OAuth, 100 of them at work at once, beside the same bot for one:
what its process and the store hold, what it computes while nobody does anything, and how long a `/customer` takes.
Prints the figures and exits 1 when a goal is missed.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from redis import Redis

from bench import load
from bench.requests import command
from bench.search import profile
from bench.servers import LOAD_CORE, Server, environment_for, settings_for, slack_stand_in
from bot import assembly
from bot.clock import system_clock
from bot.domain.customer import NewCustomer, Tier
from bot.domain.installation import Installation
from bot.domain.user import Role
from bot.services import Services
from bot.settings import Settings
from bot.storage.embedded import EmbeddedStore

INSTALLED: Final = 10_000
ACTIVE: Final = 100
CUSTOMERS: Final = 20
"""Of each that is at work."""
CONNECTIONS: Final = 16
ROUNDS, LOAD_SECONDS, IDLE_SECONDS = 3, 4.0, 30.0
CALM_SECONDS, CALM = 5.0, 0.05
"""The first jobs after a start look everywhere; they are over when so little is computed. They get five minutes."""
USER: Final = "U0BENCH"
SLOWER_GOAL: Final = 1.5
"""p99 with all of them at work, to that of one workspace alone."""
IDLE_GOAL: Final = 0.05
"""Of a core."""
REST_GOAL, WORK_GOAL = 20.0, 200.0
"""Kilobytes for one more workspace: of the store and of the process, and of the process once people work in it."""
EXPECTED: Final = "测试客户".encode()
SLACK_PORT, PORT = 34141, 34142


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one bot; memory in bytes, `idle` as a share of a core, `looks` the first jobs' seconds of the processor."""

    store: int
    at_rest: int
    at_work: int
    idle: float
    looks: float
    alone: list[load.Load]
    """Of one workspace."""
    together: list[load.Load]
    """Of all that are at work, in turns with the former."""

    @property
    def slower(self) -> list[float]:
        """p99 of all together to that of one alone, round by round."""
        return [each.percentile(99) / one.percentile(99) for each, one in zip(self.together, self.alone, strict=True)]


async def install(services: Services, numbers: range) -> None:
    """As what follows Slack's page does it, many at a time."""
    turn = asyncio.Semaphore(50)

    async def one(number: int) -> None:
        async with turn:
            installation = Installation(
                home_id=team_id(number),
                token=f"xoxb-{number}",
                bot_id="B0BENCH",
                bot_user_id="U0BOT",
                scopes=("commands",),
                installed_at=system_clock(),
            )
            await services.installations.install(installation, [team_id(number)], by=USER)

    await asyncio.gather(*map(one, numbers))


async def settle_in(services: Services, number: int) -> None:
    team, today = team_id(number), system_clock().date()
    await services.members.set_roles(team, USER, frozenset({Role.ACCOUNT_MANAGER}), "bench", by="bench")
    actor = await services.members.actor(team, USER)
    for each in range(CUSTOMERS):
        new = NewCustomer(name_of(each), Tier.B, "纺织", (), today - timedelta(days=1))
        await services.customers.create(actor, new)


def team_id(number: int) -> str:
    return f"T{number:06}"


def name_of(number: int) -> str:
    return f"测试客户{number:02}"


async def calmed(server: Server) -> None:
    for _ in range(60):
        before = server.cpu_seconds()
        await asyncio.sleep(CALM_SECONDS)
        if server.cpu_seconds() - before < CALM * CALM_SECONDS:
            return


async def figures(server: Server, store: Redis, active: int) -> Figures:
    started = server.cpu_seconds()
    await calmed(server)
    at_rest, before = server.resident_bytes(), server.cpu_seconds()
    await asyncio.sleep(IDLE_SECONDS)
    idle = (server.cpu_seconds() - before) / IDLE_SECONDS
    alone, together = asks(1), asks(active)
    await load.once(PORT, together, EXPECTED, CONNECTIONS)  # every one of them has been at work once
    rounds: list[tuple[load.Load, load.Load]] = []
    for _ in range(ROUNDS):
        one, all_of_them = [
            await load.run(PORT, each, EXPECTED, CONNECTIONS, LOAD_SECONDS) for each in (alone, together)
        ]
        rounds.append((one, all_of_them))
    memory: dict[str, Any] = store.info("memory")
    return Figures(
        store=int(memory["used_memory"]),
        at_rest=at_rest,
        at_work=server.resident_bytes(),
        idle=idle,
        looks=before - started,
        alone=[one for one, _ in rounds],
        together=[each for _, each in rounds],
    )


def asks(active: int) -> list[bytes]:
    """For each of their customers, the workspaces in turn."""
    numbers = range(active * CUSTOMERS)
    return [command(PORT, "/customer", name_of(each // active), team_id=team_id(each % active)) for each in numbers]


def environment(settings: Settings) -> dict[str, str]:
    one = environment_for(settings, PORT, SLACK_PORT)
    del one["SLACK_BOT_TOKEN"]
    return one | {
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "bench-client-secret",
        "PUBLIC_URL": "https://bench.example.com",
    }


async def measured(folder: Path, store_url: str, installed: int) -> list[Figures]:
    """Of one workspace, then of all."""
    settings = settings_for(
        store_url,
        folder,
        slack_bot_token=None,
        slack_client_id="1.2",
        slack_client_secret=SecretStr("bench-client-secret"),
        public_url="https://bench.example.com",
    )
    store = Redis(unix_socket_path=store_url.removeprefix("unix://").partition("?")[0])
    found = []
    for numbers, active in ((range(1), 1), (range(1, installed), ACTIVE)):
        store.config_set("appendfsync", "everysec")  # while it is filled
        async with assembly.core(settings, store_url, answers=False) as core:
            services = core.services(system_clock, profile)
            await install(services, numbers)
            await asyncio.gather(*(settle_in(services, each) for each in numbers[:ACTIVE]))
        store.config_set("appendfsync", "always")
        async with slack_stand_in(SLACK_PORT):
            server = await asyncio.to_thread(Server, PORT, ["app.py"], environment(settings))
            with server:
                found.append(await figures(server, store, active))
    return found


def reported(found: Sequence[Figures], installed: int) -> bool:
    for each, told in zip(found, ("1 workspace", f"{installed:,} workspaces, {ACTIVE} at work"), strict=True):
        print(f"{told}:")
        print(f"  process {each.at_rest / 2**20:.1f} MB at rest, {each.at_work / 2**20:.1f} at work;", end=" ")
        print(f"store {each.store / 2**20:.1f} MB; idle {each.idle * 100:.1f} % of a core,", end=" ")
        print(f"after first looks of {each.looks:.0f} s of the processor")
        for name, rounds in (("one workspace", each.alone), ("all at work", each.together)):
            rate, p50, p99 = (
                statistics.median(values)
                for values in zip(
                    *((one.per_second, one.percentile(50) * 1e3, one.percentile(99) * 1e3) for one in rounds),
                    strict=True,
                )
            )
            print(
                f"  /customer, {CONNECTIONS} connections, {name:13}: {rate:4.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"
            )
    one, many = found
    stored = (many.store - one.store) / (installed - 1) / 2**10
    at_rest = (many.at_rest - one.at_rest) / (installed - 1) / 2**10
    at_work = (many.at_work - many.at_rest) / ACTIVE / 2**10
    slower = statistics.median(many.slower)
    print("for one more workspace:")
    print(f"  store {stored:.1f} KB, process {at_rest:.1f} KB   goal ≤ {REST_GOAL:.0f} KB each")
    print(f"  process, where people work: {at_work:.0f} KB   goal ≤ {WORK_GOAL:.0f} KB")
    print(f"  p99 of all at work to one alone: {slower:.2f}   goal ≤ {SLOWER_GOAL}")
    print(f"  idle: {many.idle * 100:.1f} % of a core   goal ≤ {IDLE_GOAL * 100:.0f} %")
    is_small = max(stored, at_rest) <= REST_GOAL and at_work <= WORK_GOAL
    return is_small and slower <= SLOWER_GOAL and many.idle <= IDLE_GOAL


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m bench.workspaces", description=__doc__)
    given.add_argument("--installed", type=int, default=INSTALLED)
    options = given.parse_args()
    os.sched_setaffinity(0, {LOAD_CORE})
    with tempfile.TemporaryDirectory(prefix="factormate-bench-") as name:
        store = EmbeddedStore.start(Path(name))
        try:
            found = asyncio.run(measured(Path(name), store.url, options.installed))
        finally:
            store.stop()
    return 0 if reported(found, options.installed) else 1


if __name__ == "__main__":
    sys.exit(main())
