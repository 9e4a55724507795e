"""Whether anything holds up the bot's event loop: `python -m bench.blocking`.

People of one workspace ask, note visits, have long notes read, send tables, open Home with 500 customers, and ask for
reports with pictures, each kind for itself and then all at once. The bot runs on one core with a pulse in its loop
(bench.heartbeat). Prints the longest holdups of each kind and where they were; exits 1 when one is too long.
"""

import asyncio
import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from bench.commands import QUERIES
from bench.home import CUSTOMERS, LEAD, MANAGER, MEMBERS, staffed
from bench.requests import SECRET, TEAM
from bench.search import profile
from bench.servers import LOAD_CORE, TOKEN, Server, environment_for, settings_for
from bot import appmanifest, assembly, tables
from bot import text as texts
from bot.clock import system_clock
from bot.domain.user import Role
from bot.domain.visit import PASTED_LIMIT
from bot.sandbox import ActingPerson, Channel, Emulator, Message, Person, Workspace
from bot.storage.embedded import EmbeddedStore
from bot.views.imports import IMPORT

GOAL: Final = 0.020
PORT: Final = 34121
CHANNEL: Final = "C0EAST"
MEMBER_IDS: Final = [f"U{number:04}" for number in range(MEMBERS)]
ASKING, READING, NOTING = MEMBER_IDS[:4], MEMBER_IDS[4:8], MEMBER_IDS[8:]
IMPORTING: Final = ["U0NORTH1", "U0NORTH2"]
"""Of another team, so that nobody's Home grows by what they bring in."""
ROWS: Final = 2000
"""Of a table that is brought in."""
QUIET_SECONDS: Final = 1.5
SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Office:
    """Who does something, and what they do it with."""

    slack: Emulator
    questions: list[str]

    async def of_each(self, user_ids: list[str], work: Callable[[ActingPerson], Awaitable[None]]) -> None:
        """At the same time."""
        await asyncio.gather(*(work(self.slack.person(each)) for each in user_ids))

    async def ask(self) -> None:
        async def one(person: ActingPerson) -> None:
            for question in self.questions[ASKING.index(person.id) :: 32]:
                await person.command("/objection", question)

        await self.of_each(ASKING, one)

    async def note_visits(self) -> None:
        async def one(person: ActingPerson) -> None:
            for number in range(5):
                customer = f"测试公司{MEMBER_IDS.index(person.id) + MEMBERS * number:03}"
                if await person.command("/visit", f"{customer} 嫌费率高，周五前给报价，缺 200 万备货款") != 200:
                    continue
                while (await person.submit(person.views()[-1])).errors:
                    await quiet(self.slack, 0.3)  # the machine is busy, and the form asks to press Save again

        await self.of_each(NOTING, one)

    async def have_notes_read(self) -> None:
        note = "。".join(islice(cycle(self.questions), 2000))[:PASTED_LIMIT]

        async def one(person: ActingPerson) -> None:
            message = await person.say(CHANNEL, note)
            await person.shortcut("visit_from_message", message)
            await quiet(self.slack)
            for view in person.views():
                await person.close_view(view)

        await self.of_each(READING, one)

    async def bring_in_tables(self) -> None:
        async def one(person: ActingPerson) -> None:
            known = len(person.dm_messages())
            names = [f"{person.id}进口公司{known + number:04}" for number in range(ROWS)]
            rows = [[name, "ABCD"[number % 4]] for number, name in enumerate(names)]
            await person.upload("客户.xlsx", tables.xlsx_bytes({"客户": [["name", "tier"], *rows]}))

            def shown() -> Message | None:
                return next((each for each in person.dm_messages()[known:] if IMPORT in json.dumps(each.blocks)), None)

            preview = await self.slack.wait_for(shown, timeout=120)
            await person.press(preview, IMPORT)
            done = texts.load("zh")("table.finished")
            await self.slack.wait_for(
                lambda: done in json.dumps(preview.blocks, ensure_ascii=False) or None, timeout=300
            )

        await self.of_each(IMPORTING, one)

    async def open_home(self) -> None:
        for _ in range(5):
            for user_id in (MANAGER, LEAD):
                await self.slack.person(user_id).open_home()
                await quiet(self.slack, 0.3)

    async def ask_for_reports(self) -> None:
        self.slack.state.unknown_blocks.add("data_visualization")  # else Slack draws the charts
        lead = self.slack.person(LEAD)
        for asked in ("report", "kpi", "export", "report"):
            await lead.command("/factormate", asked)
            await quiet(self.slack)

    async def all_at_once(self) -> None:
        await asyncio.gather(
            self.ask(),
            self.note_visits(),
            self.have_notes_read(),
            self.bring_in_tables(),
            self.open_home(),
            self.ask_for_reports(),
        )


async def quiet(slack: Emulator, seconds: float = QUIET_SECONDS) -> None:
    """Until nothing has been sent to the bot, or called by it, for so long."""
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < seconds:
        if (now := len(slack.calls) + len(slack.deliveries)) != seen:
            seen, since = now, time.monotonic()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def slack_for() -> AsyncIterator[Emulator]:
    ids = [MANAGER, LEAD, *MEMBER_IDS, *IMPORTING]
    people = tuple(Person(each, each.lower(), each) for each in ids)
    channels = (Channel(CHANNEL, "east", (*ids, "U0BOT")),)
    workspace = Workspace(TEAM, "bench", people, channels, "factormate", "U0BOT", "B0BOT", "A0BENCH")
    emulator = Emulator(
        workspace,
        appmanifest.load(),
        bot_url=f"http://127.0.0.1:{PORT}/slack/events",
        signing_secret=SECRET,
        bot_token=TOKEN,
        app_token="xapp-bench",
        rate_limits=False,
        retry_delays=(),
    )
    site = web.Application()
    emulator.mount(site)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    emulator.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    await emulator.start()
    try:
        yield emulator
    finally:
        await emulator.close()
        await runner.cleanup()


Line = Mapping[str, Any]
Spans = dict[str, tuple[float, float]]
"""When each kind of work began and ended (monotonic)."""


async def measured(folder: Path, store_url: str) -> tuple[Spans, list[Line], int]:
    """The third: how many requests had no good answer in time."""
    settings = settings_for(store_url, folder)
    async with assembly.core(settings, store_url, answers=False) as core:
        services = core.services(system_clock, profile)
        await staffed(services, CUSTOMERS)
        for user_id in IMPORTING:
            await services.members.set_roles(TEAM, user_id, frozenset({Role.ACCOUNT_MANAGER}), "north", by="bench")
    with QUERIES.open(encoding="utf-8") as lines:
        questions = [each["query"] for each in csv.DictReader(lines, delimiter="\t")]
    told, spans = folder / "holdups", Spans()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(slack_for())
        environment = environment_for(settings, PORT, 0) | {"SLACK_API_URL": f"{slack.base_url}/api/"}
        server = await asyncio.to_thread(Server, PORT, ["-m", "bench.heartbeat", str(told)], environment)
        stack.enter_context(server)
        office = Office(slack, questions)
        work = {
            "questions": office.ask,
            "visits": office.note_visits,
            f"notes of {PASTED_LIMIT:,} characters": office.have_notes_read,
            f"tables of {ROWS:,} customers": office.bring_in_tables,
            f"Home of {CUSTOMERS} customers": office.open_home,
            "reports with pictures, figures, export": office.ask_for_reports,
            "all of it at once": office.all_at_once,
        }
        for name, each in work.items():
            began = time.monotonic()
            await each()
            await quiet(slack)
            spans[name] = (began, time.monotonic())
        unanswered = sum(each.status != 200 for each in slack.deliveries)
    return spans, [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()], unanswered


def reported(spans: Spans, lines: list[Line]) -> bool:
    good = True
    print("the longest, ms, as the clock has it (in brackets what we computed meanwhile, of which the goal speaks):")
    for name, (began, ended) in spans.items():
        within = [each for each in lines if began <= each["at"] <= ended]
        longest = {kind: _longest(within, kind) for kind in ("loop", "callback", "collection")}
        print(f"{name}, {ended - began:.0f} s")
        print("  " + ", ".join(f"{kind} {_told(each)}" for kind, each in longest.items()))
        late = sorted((each for each in within if each["kind"] != "loop"), key=_ours, reverse=True)
        for each in [each for each in late if _ours(each) > GOAL][:SHOWN]:
            print(f"    {_told(each)}  {each['what']}")
        good = good and _ours(longest["loop"]) <= GOAL
    print(f"goal ≤ {GOAL * 1e3:.0f} ms for the loop")
    return good


def _longest(lines: list[Line], kind: str) -> Line:
    return max((each for each in lines if each["kind"] == kind), key=_ours, default={"seconds": 0.0, "ours": 0.0})


def _ours(line: Line) -> float:
    return float(line["ours"])


def _told(line: Line) -> str:
    return f"{line['seconds'] * 1e3:.1f} ({_ours(line) * 1e3:.1f})"


def main() -> int:
    os.sched_setaffinity(0, {LOAD_CORE})
    with tempfile.TemporaryDirectory(prefix="factormate-bench-") as name:
        store = EmbeddedStore.start(Path(name))
        try:
            spans, lines, unanswered = asyncio.run(measured(Path(name), store.url))
        finally:
            store.stop()
    good = reported(spans, lines)
    print(f"without an answer in three seconds: {unanswered} requests")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
