"""What a workspace costs: `python -m bench.workspaces [--installed N]`.

One bot for 10,000 workspaces that have installed it by OAuth, 100 of them at work at once, beside the same bot for one:
what its process and the store hold, what it computes while nobody does anything, and how long a `/customer` takes.
Prints the figures and exits 1 when a goal is missed.
"""

import argparse
import asyncio
import os
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
from bot.domain.customer import Tier
from bot.domain.installation import Installation
from bot.domain.note import NewCustomer
from bot.domain.user import Role
from bot.services import Services
from bot.settings import Settings
from bot.storage.embedded import EmbeddedStore

INSTALLED: Final = 10_000
ACTIVE: Final = 100
CUSTOMERS: Final = 20
"""Of each that is at work."""
CONNECTIONS: Final = 16
LOAD_SECONDS, IDLE_SECONDS = 10.0, 30.0
USER: Final = "U0BENCH"
SLOWER_GOAL: Final = 1.5
"""p99 with all of them at work, to that of one workspace alone."""
IDLE_GOAL: Final = 0.05
"""Of a core."""
KILOBYTES_GOAL: Final = 20.0
"""Of the bot's memory for one more workspace, of those that are at work; and of the store's for one that is not."""
SLACK_PORT, PORT = 34141, 34142


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one bot; memory in bytes, `idle` as a share of a core."""

    store: int
    at_rest: int
    at_work: int
    idle: float
    load: load.Load


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


async def figures(server: Server, store: Redis, active: int) -> Figures:
    at_rest = server.resident_bytes()
    before = server.cpu_seconds()
    await asyncio.sleep(IDLE_SECONDS)
    idle = (server.cpu_seconds() - before) / IDLE_SECONDS
    requests = [
        command(PORT, "/customer", name_of(number % CUSTOMERS), team_id=team_id(number % active))
        for number in range(active * CUSTOMERS)
    ]
    expected = rb"\u6d4b\u8bd5\u5ba2\u6237"
    await load.once(PORT, requests, expected, CONNECTIONS)  # every one of them has been at work once
    found = await load.run(PORT, requests, expected, CONNECTIONS, LOAD_SECONDS)
    memory: dict[str, Any] = store.info("memory")
    return Figures(int(memory["used_memory"]), at_rest, server.resident_bytes(), idle, found)


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
                await asyncio.sleep(IDLE_SECONDS / 2)  # its first sweep looks everywhere
                found.append(await figures(server, store, active))
    return found


def reported(found: Sequence[Figures], installed: int) -> bool:
    for each, told in zip(found, ("1 workspace", f"{installed:,} workspaces, {ACTIVE} at work"), strict=True):
        print(f"{told}:")
        print(f"  process {each.at_rest / 2**20:.1f} MB at rest, {each.at_work / 2**20:.1f} at work;", end=" ")
        print(f"store {each.store / 2**20:.1f} MB; idle {each.idle * 100:.1f} % of a core")
        p50, p99 = (each.load.percentile(share) * 1e3 for share in (50, 99))
        print(
            f"  /customer, {CONNECTIONS} connections: {each.load.per_second:.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"
        )
    one, all_of_them = found
    stored = (all_of_them.store - one.store) / (installed - 1) / 2**10
    held = (all_of_them.at_work - one.at_work) / ACTIVE / 2**10
    at_rest = (all_of_them.at_rest - one.at_rest) / (installed - 1) / 2**10
    slower = all_of_them.load.percentile(99) / one.load.percentile(99)
    print(
        f"for one more: {stored:.1f} KB of the store, the customers of those at work included   "
        f"goal ≤ {KILOBYTES_GOAL:.0f}"
    )
    print(f"  {at_rest:.2f} KB of the process at rest, {held:.1f} KB at work   goal ≤ {KILOBYTES_GOAL:.0f} each")
    print(f"  p99 to that of one alone: {slower:.2f}   goal ≤ {SLOWER_GOAL}")
    print(f"  idle: {all_of_them.idle * 100:.1f} % of a core   goal ≤ {IDLE_GOAL * 100:.0f} %")
    return max(stored, held, at_rest) <= KILOBYTES_GOAL and slower <= SLOWER_GOAL and all_of_them.idle <= IDLE_GOAL


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
