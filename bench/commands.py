"""Measures slash commands against bare Bolt, each server alone on one core: `python -m bench.commands [FOLDER]`.

`/customer` and `/followups`: how many a second and how long one takes, from 1 to 64 connections; `/objection`: what an
answer costs. Prints the ratios with their spread over interleaved rounds, draws them into FOLDER, and exits 1 when a
goal is missed.
"""

import asyncio
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from matplotlib.figure import Figure

from bench import bare, load
from bench.requests import TEAM, USER, command
from bench.servers import LOAD_CORE, SERVER_CORE, Server, environment_for, settings_for, slack_stand_in
from bot import assembly
from bot.clock import system_clock
from bot.domain.customer import NewCustomer, Tier
from bot.domain.note import VisitForm
from bot.domain.user import Profile, Role
from bot.domain.visit import Channel
from bot.settings import Settings
from bot.storage.embedded import EmbeddedStore

ROUNDS = 3
SECONDS = 2.0
CONNECTIONS = (1, 16, 64)
CUSTOMERS = 200
DUE = 10
"""Of the customers, today: a busy day of one account manager."""
THROUGHPUT_GOAL = 0.8
ALONE_GOAL = 1.0
"""At one connection: Bolt as it comes looks for the answer every 10 ms only."""
SLOWEST_GOAL = 1.5
COST_GOAL = 1.3
OURS, LATE, EARLY = "factormate", "bare Bolt", "bare Bolt, early answer"

QUERIES = Path(__file__).parent.parent / "tests" / "data" / "dev-queries.tsv"


async def seed(settings: Settings, store_url: str) -> list[str]:
    """One account manager with customers that have three notes and a next step each; their names."""
    async with assembly.core(settings, store_url) as core:

        async def profile(team_id: str, user_id: str) -> Profile:
            return Profile(name="bench", locale="zh-CN", tz="Asia/Shanghai")

        services = core.services(system_clock, profile)
        await services.workspaces.open(TEAM)
        await services.members.set_roles(TEAM, USER, frozenset({Role.ACCOUNT_MANAGER}), "bench", by="bench")
        actor = await services.members.actor(TEAM, USER)
        today = actor.today(system_clock())
        days = [today + timedelta(days=each) for each in range(30)]
        due, *_, later = filter(core.is_work, days)
        names = [f"测试客户{number:03}" for number in range(CUSTOMERS)]
        for number, name in enumerate(names):
            customer = await services.customers.create(actor, NewCustomer(name, Tier.B, "纺织"))
            for visit in range(3):
                form = VisitForm(
                    form_id=f"{number}-{visit}",
                    customer=customer.id,
                    on=today,
                    channel=Channel.VISIT,
                    note="客户说旺季前要备料，账期九十天，想先看一张票的全部费用，担心通知买方影响订单。" * 2,
                    next_step="发费用测算表" if visit == 2 else None,
                    next_step_on=(due if number < DUE else later) if visit == 2 else None,
                )
                await services.visits.save(actor, form)
        return names


def matcher_seconds(queries: list[str], data_dir: Path) -> float:
    """CPU of one answer of the matcher alone, on the server core."""
    program = (
        "import sys, json, time; from pathlib import Path; from bot import loading, matching; "
        "from bot.storage import playbooks; root = loading.ROOT / 'playbooks'; "
        "m = matching.load(playbooks.load(root), playbooks.out_of_scope(root), Path(sys.argv[1]) / 'models'); "
        "queries = json.load(sys.stdin); start = time.process_time(); [m.answer(q) for q in queries]; "
        "print((time.process_time() - start) / len(queries))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(data_dir)],
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
    )
    return float(done.stdout)


Loads = dict[tuple[str, int, str], list[load.Load]]
"""By command, connections and server: one of each round."""


async def loads(servers: dict[str, Server], names: list[str]) -> Loads:
    """Each command to each server from so many connections, in interleaved rounds."""
    found: Loads = {}
    for _ in range(ROUNDS):
        for name, (texts, mark) in {"/customer": (names, "测试客户"), "/followups": ([""], "跟进")}.items():
            for connections in CONNECTIONS:
                for server_name, server in servers.items():
                    expected = (mark if server_name == OURS else bare.MARK).encode()
                    requests = [command(server.port, name, text) for text in texts]
                    result = await load.run(server.port, requests, expected, connections, SECONDS)
                    found.setdefault((name, connections, server_name), []).append(result)
    return found


async def cost(server: Server, queries: list[str], expected: bytes) -> float:
    """CPU seconds of the server for one answer, every query asked once."""
    requests = [command(server.port, "/objection", query) for query in queries]
    before = server.cpu_seconds()
    answered = await load.once(server.port, requests, expected, 8)
    return (server.cpu_seconds() - before) / answered


def distinct_queries() -> list[str]:
    with QUERIES.open(encoding="utf-8") as lines:
        asked = [row["query"] for row in csv.DictReader(lines, delimiter="\t")]
    return [f"{query} {number}" for number in range(4) for query in asked]


async def measure(folder: Path, store_url: str, pictures: Path | None) -> bool:
    os.sched_setaffinity(0, {LOAD_CORE})
    settings = settings_for(store_url, folder)
    names = await seed(settings, store_url)
    slack_port, ours, late, early = 34101, 34102, 34103, 34104
    environment = environment_for(settings, ours, slack_port)
    async with slack_stand_in(slack_port):
        with ExitStack() as stack:
            servers = {}
            for name, port, arguments in (
                (OURS, ours, ["app.py"]),
                (LATE, late, ["-m", "bench.bare", str(late), store_url, "late"]),
                (EARLY, early, ["-m", "bench.bare", str(early), store_url, "early"]),
            ):
                servers[name] = await asyncio.to_thread(Server, port, arguments, environment)
                stack.callback(servers[name].stop)
            found = await loads(servers, names)
            queries = distinct_queries()
            answer_cost = await cost(servers[OURS], queries, b"blocks")
            bare_cost = await cost(servers[LATE], queries, bare.MARK.encode())
    alone = await asyncio.to_thread(matcher_seconds, queries, folder / "data")
    if pictures:
        plot(found, pictures)
    return all([report_loads(found), report_cost(answer_cost, bare_cost, alone)])


def report_loads(found: Loads) -> bool:
    """Medians over the rounds; ratios of the same round, with the least and the greatest."""
    good = True
    print(f"one core, {ROUNDS} interleaved rounds of {SECONDS:.0f} s; a second, p50 and p99 in ms")
    for name, connections in dict.fromkeys((name, connections) for name, connections, _ in found):
        print(f"{name}, {connections} connections")
        of_server = {server: found[name, connections, server] for server in (OURS, LATE, EARLY)}
        for server, rounds in of_server.items():
            rate, middle, slowest = (
                statistics.median(each)
                for each in zip(
                    *((one.per_second, one.percentile(50), one.percentile(99)) for one in rounds), strict=True
                )
            )
            print(f"  {server:24} {rate:7.0f}/s   {middle * 1e3:7.2f}   {slowest * 1e3:7.2f}")
        goal = ALONE_GOAL if connections == 1 else THROUGHPUT_GOAL
        rates, slowest_of_all = ratios(of_server)
        good = good and statistics.median(rates) >= goal and statistics.median(slowest_of_all) <= SLOWEST_GOAL
        print(f"  rate to {LATE}: {spread(rates)}   goal ≥ {goal}")
        print(f"  p99 to {LATE}: {spread(slowest_of_all)}   goal ≤ {SLOWEST_GOAL}")
    return good


def ratios(of_server: dict[str, list[load.Load]]) -> tuple[list[float], list[float]]:
    """Ours to bare Bolt as it comes, round by round: of the rates, and of the 99th percentiles."""
    rounds = list(zip(of_server[OURS], of_server[LATE], strict=True))
    return (
        [ours.per_second / late.per_second for ours, late in rounds],
        [ours.percentile(99) / late.percentile(99) for ours, late in rounds],
    )


def spread(found: list[float]) -> str:
    return f"{statistics.median(found):.2f} ({min(found):.2f} … {max(found):.2f})"


def report_cost(answer_cost: float, bare_cost: float, alone: float) -> bool:
    ratio = answer_cost / (bare_cost + alone)
    print("/objection, distinct queries; CPU an answer:")
    parts = {OURS: answer_cost, LATE: bare_cost, "matcher alone": alone}
    print("  " + ", ".join(f"{name} {seconds * 1e3:.2f} ms" for name, seconds in parts.items()))
    print(f"  ratio to their sum: {ratio:.2f}   goal ≤ {COST_GOAL}")
    return ratio <= COST_GOAL


def plot(found: Loads, folder: Path) -> None:
    """How many a second, and how long the slowest of a hundred takes, by connections."""
    for name in dict.fromkeys(name for name, _, _ in found):
        figure = Figure(figsize=(8, 3), layout="constrained")
        rate, slowest = figure.subplots(1, 2)
        for server in (OURS, LATE, EARLY):
            rounds = [found[name, connections, server] for connections in CONNECTIONS]
            rate.plot(
                CONNECTIONS, [statistics.median(one.per_second for one in each) for each in rounds], "o-", label=server
            )
            slow = [statistics.median(one.percentile(99) for one in each) * 1e3 for each in rounds]
            slowest.plot(CONNECTIONS, slow, "o-", label=server)
        for axes, title in ((rate, f"{name}: requests a second"), (slowest, f"{name}: p99, ms")):
            axes.set(
                title=title,
                xlabel="connections",
                xscale="log",
                xticks=CONNECTIONS,
                xticklabels=CONNECTIONS,
                ylim=(0, None),
            )
            axes.minorticks_off()
        rate.legend()
        figure.savefig(folder / f"{name.strip('/')}.svg")


def main() -> int:
    started = time.monotonic()
    pictures = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(prefix="factormate-bench-") as folder:
        store = EmbeddedStore.start(Path(folder))
        try:
            good = asyncio.run(measure(Path(folder), store.url, pictures))
        finally:
            store.stop()
    print(f"took {time.monotonic() - started:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
