"""Whether memory stays flat over a million requests: `python -m bench.endurance [--requests N] [FOLDER]`.

Commands and clicks as one account manager's, over real HTTP and several connections, the server alone on one core.
Prints what the process holds after each tenth, draws it into FOLDER, and exits 1 when it has grown.
"""

import argparse
import asyncio
import csv
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

from matplotlib.figure import Figure
from redis import Redis

from bench.commands import QUERIES, seed
from bench.load import Connection
from bench.requests import click, command
from bench.servers import (
    REPLY_PATH,
    Server,
    environment_for,
    settings_for,
    slack_stand_in,
)
from bot.storage.embedded import EmbeddedStore
from bot.views.feedback import VOTE
from bot.views.playbook import MORE

REQUESTS: Final = 1_000_000
TENTHS: Final = 10
CONNECTIONS: Final = 8
MIX: Final = {"/customer": 56, "/followups": 40, "/objection": 2, "click": 2}
"""In a hundred. Each click is on a button of the last answer to an objection."""
GROWTH_GOAL: Final = 1.02
"""What is held at the end, to what was held at half time, when what is kept as read last has long filled its places:
fifteen bytes for each request would be more."""
SLACK_PORT, PORT = 34111, 34112


@dataclass(frozen=True, slots=True)
class Held:
    """After so many requests."""

    requests: int
    process: int
    store: int
    seconds: float


@dataclass(slots=True)
class Visitor:
    """Sends the mix, each request signed when it is sent and none like another, and looks at each answer's content."""

    names: list[str]
    questions: list[str]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    sent: "Counter[str]" = field(default_factory=Counter)
    buttons: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, connection: Connection, chance: Random) -> None:
        number = next(self.numbers)
        (kind,) = chance.choices(list(MIX), list(MIX.values()))
        if kind == "click" and not self.buttons:
            kind = "/objection"
        self.sent[kind] += 1
        if kind == "click":
            await connection.ask(click(PORT, number, chance.choice(self.buttons), REPLY_URL), b"")
        elif kind == "/objection":
            asked = f"{chance.choice(self.questions)} {number}"
            answer = await connection.ask(command(PORT, kind, asked, reply_url=REPLY_URL), b"blocks")
            self.buttons = buttons_of(json.loads(answer)) or self.buttons
        else:
            text, expected = (chance.choice(self.names), "测试客户") if kind == "/customer" else ("", "跟进")
            await connection.ask(command(PORT, kind, text), expected.encode())


REPLY_URL: Final = f"http://127.0.0.1:{SLACK_PORT}{REPLY_PATH}"


def buttons_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """As they are in a click's payload: 👍, and the one that opens the whole entry.

    No 👎: each is compared with up to 600 questions that wait for an answer, in a thread, for a fifth of a second.
    """
    elements = [each for block in answer["blocks"] for each in block.get("elements", ())]
    found = [each for each in elements if each.get("action_id", "").startswith((VOTE, MORE))]
    votes = [{**each, "value": each["positive_button"]["value"]} for each in found if "positive_button" in each]
    taken = [each for each in found if "value" in each] + votes
    return [{name: each[name] for name in ("type", "action_id", "value")} for each in taken]


async def keep_sending(server: Server, store: Redis, visitor: Visitor, requests: int) -> list[Held]:
    """What is held at the start, and after each tenth."""
    began, found = time.monotonic(), []

    def look() -> None:
        memory: dict[str, Any] = store.info("memory")
        seconds = time.monotonic() - began
        found.append(Held(sum(visitor.sent.values()), server.resident_bytes(), int(memory["used_memory"]), seconds))

    async def one(number: int, tenth: int) -> None:
        chance = Random(tenth * CONNECTIONS + number)
        async with Connection.opened(PORT) as connection:
            while sum(visitor.sent.values()) < requests * tenth // TENTHS:
                await visitor.send(connection, chance)

    look()
    for tenth in range(1, TENTHS + 1):
        await asyncio.gather(*(one(each, tenth) for each in range(CONNECTIONS)))
        look()
        print(row(found[-1], found[-2]), flush=True)
    return found


def row(now: Held, before: Held) -> str:
    rate = (now.requests - before.requests) / (now.seconds - before.seconds)
    process, store = now.process / 2**20, now.store / 2**20
    return f"  {now.requests:9,}   {process:7.1f} MB   store {store:7.1f} MB   {rate:5.0f}/s"


async def measured(folder: Path, store_url: str, requests: int) -> tuple[list[Held], "Counter[str]"]:
    settings = settings_for(store_url, folder)
    names = await seed(settings, store_url)
    with QUERIES.open(encoding="utf-8") as lines:
        questions = [each["query"] for each in csv.DictReader(lines, delimiter="\t")]
    visitor = Visitor(names, questions)
    store = Redis(unix_socket_path=store_url.removeprefix("unix://").partition("?")[0])
    async with slack_stand_in(SLACK_PORT):
        server = await asyncio.to_thread(Server, PORT, ["app.py"], environment_for(settings, PORT, SLACK_PORT))
        with server:
            print(f"what the process and the store hold, {CONNECTIONS} connections:", flush=True)
            found = await keep_sending(server, store, visitor, requests)
    return found, visitor.sent


def reported(found: list[Held], sent: "Counter[str]") -> bool:
    ratio = found[-1].process / found[len(found) // 2].process
    print("of these: " + ", ".join(f"{number:,} {kind}" for kind, number in sorted(sent.items())))
    print(f"  at the end, to half time: {ratio:.3f}   goal ≤ {GROWTH_GOAL}")
    return ratio <= GROWTH_GOAL


def plot(found: list[Held], folder: Path) -> None:
    figure = Figure(figsize=(8, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot([each.requests for each in found], [each.process / 2**20 for each in found], "o-")
    axes.set(title="Memory of the bot's process, MB", xlabel="requests", ylim=(0, None))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    figure.savefig(folder / "memory.svg")


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m bench.endurance", description=__doc__)
    given.add_argument("--requests", type=int, default=REQUESTS)
    given.add_argument("folder", type=Path, nargs="?")
    options = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="factormate-bench-") as name:
        store = EmbeddedStore.start(Path(name))
        try:
            found, sent = asyncio.run(measured(Path(name), store.url, options.requests))
        finally:
            store.stop()
    if options.folder:
        plot(found, options.folder)
    print(f"took {found[-1].seconds:.0f} s")
    return 0 if reported(found, sent) else 1


if __name__ == "__main__":
    sys.exit(main())
