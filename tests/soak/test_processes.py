"""An installation on one machine: bots, workers and a store as processes, some of which go while people click."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from bot import assembly
from bot.domain.customer import NewCustomer, Tier
from bot.domain.user import Profile
from bot.sandbox import Emulator
from bot.services import Services
from bot.settings import Settings
from bot.storage.sealing import new_key
from handlers.socket import CONNECTIONS
from tests.deploy.files import balancer_config
from tests.fakes import FixedClock
from tests.jobs.office import slack_at, staff, until
from tests.programs import Program, launched, submitted, with_models
from tests.servers import free_ports
from tests.world import APP_TOKEN, BOT_TOKEN, CHEN, LIN, SECRET, TEAM

LONG_AGO = "2026-03-02T09:00:00+08:00"
"""What is planned for that day is settled by whichever worker sees it: its day is over."""
PEOPLE = 3
PATIENCE = 150
"""Seconds for a start, on a machine that is busy with the others."""
CLICKS = 30
"""Saved notes between two events, so that there are clicks before, while and after."""
BOT, WORKER = ("app.py",), ("-m", "bot", "worker")


@dataclass(slots=True)
class Clicks:
    """People who save one note after the other; what became of each click is known."""

    slack: Emulator
    customer_ids: list[str]
    saved: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    """Slack had no answer, and whoever clicked did so once more, as people do; allowed so often."""
    may_click_again: int = 0
    _numbers: "count[int]" = field(default_factory=count)
    _is_over: bool = False

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        people = [asyncio.create_task(self._click(each)) for each in self.customer_ids]
        yield
        self._is_over = True
        await asyncio.gather(*people)

    async def _click(self, customer_id: str) -> None:
        while not self._is_over:
            note = f"第 {next(self._numbers)} 条记录"
            delivery = await self.slack.deliver("interactive", submitted(f"V{note}", customer_id, note))
            if not delivery.status and len(self.again) < self.may_click_again:
                self.again.append(note)
                delivery = await self.slack.deliver("interactive", submitted(f"V{note}", customer_id, note))
            if delivery.status == 200 and not delivery.answer:
                self.saved.append(note)
            else:
                self.lost.append(f"{note}: {delivery.status} {delivery.failure} {delivery.answer}")

    async def more(self) -> None:
        wanted = len(self.saved) + CLICKS

        async def are_saved() -> bool:
            return len(self.saved) >= wanted or bool(self.lost)

        await until(are_saved, 60)


@dataclass(frozen=True, slots=True)
class Company:
    """The store and Slack that all processes share, and how to start one more of them."""

    slack: Emulator
    services: Services
    environment: dict[str, str]
    data_dir: Path
    stack: AsyncExitStack

    async def start(self, command: tuple[str, ...], ports: tuple[int, int], **settings: str) -> Program:
        """Returns when it has said that it is ready. `ports`: its own, and the operators'."""
        port, operators = ports
        program = await launched(
            self.data_dir, {**self.environment, "METRICS_PORT": str(operators), **settings}, port, command
        )
        self.stack.push_async_callback(ended, program)
        assert program.process.stdout is not None
        line = await asyncio.wait_for(program.process.stdout.readline(), PATIENCE)
        assert b"ready" in line, (await program.end())[1]
        return program

    async def plans(self, user_id: str) -> None:
        actor = await self.services.members.actor(TEAM, user_id)
        assert await self.services.nudges.plan_today(actor) is not None

    async def has_jobs_left(self) -> bool:
        return bool(await self.services.notices.under_way(TEAM))

    async def has_none_left(self) -> bool:
        return not await self.has_jobs_left()


async def ended(program: Program) -> None:
    if program.process.returncode is None:
        program.kill()
        await program.end()


async def stopped(program: Program) -> None:
    """By SIGTERM, in order."""
    program.process.send_signal(signal.SIGTERM)
    code, said = await program.end()
    assert (code, "Traceback" in said) == (0, False), said


@pytest.fixture
async def company(redis: Redis, store_url: str, models_dir: Path, tmp_path: Path) -> AsyncIterator[Company]:
    key = new_key()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(slack_at())
        settings = Settings(_env_file=None, data_dir=tmp_path / "data", field_keys=(SecretStr(key),))
        core = await stack.enter_async_context(assembly.core(settings, store_url, answers=False))
        services = core.services(FixedClock(LONG_AGO), _in_shanghai)
        await staff(services)
        environment = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_API_URL": f"{slack.base_url}/api/",
            "REDIS_URL": store_url,
            "FIELD_KEYS": key,
            "HOST": "127.0.0.1",
            "LOG_LEVEL": "WARNING",
        }
        yield Company(slack, services, environment, with_models(tmp_path / "data", models_dir), stack)


async def _in_shanghai(team_id: str, user_id: str) -> Profile:
    return Profile(name=user_id, locale="zh-CN", tz="Asia/Shanghai")


async def clicks_of(company: Company) -> Clicks:
    lin = await company.services.members.actor(TEAM, LIN)
    customers = [
        await company.services.customers.create(lin, NewCustomer(f"客户{number}", Tier.B)) for number in range(PEOPLE)
    ]
    return Clicks(company.slack, [each.id for each in customers])


async def all_are_kept_once(company: Company, clicks: Clicks) -> None:
    store = company.services.visits.store
    notes = [visit.note for each in clicks.customer_ids for visit in await store.latest(TEAM, each, 100_000)]
    assert clicks.lost == []
    assert sorted(notes) == sorted(clicks.saved)


class Balancer:
    """The HAProxy of deploy/, in front of bots on this machine."""

    def __init__(self, folder: Path, bots: list[tuple[int, int]]) -> None:
        self.port, self._control = free_ports(2)
        self._config = folder / "haproxy.cfg"
        self._config.write_text(balancer_config(self.port, bots, self._control))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        process = await asyncio.create_subprocess_exec("haproxy", "-q", "-db", "-f", str(self._config))
        try:
            yield
        finally:
            assert process.returncode is None, "it gave up"
            process.kill()
            await process.wait()

    async def up(self) -> int:
        """How many bots it sends requests to."""
        try:
            return await asyncio.to_thread(self._up)
        except OSError:  # it is only starting
            return 0

    def _up(self) -> int:
        with socket.create_connection(("127.0.0.1", self._control)) as control:
            control.sendall(b"show stat\n")
            rows = [line.split(",") for line in control.makefile().read().splitlines()]
        return sum(len(row) > 17 and row[0] == "bots" and row[1] != "BACKEND" and row[17] == "UP" for row in rows)

    async def sends_to(self, bots: int) -> None:
        async def is_so() -> bool:
            return await self.up() == bots

        await until(is_so, 30)


@pytest.mark.timeout(480)
async def test_bots_and_workers_go_and_come_and_no_click_is_lost(company: Company, tmp_path: Path) -> None:
    """Two of each, over HTTP: one bot after the other is exchanged, one worker is killed, the other one stopped."""
    ports = free_ports(10)
    first, second, *others = list(zip(ports[::2], ports[1::2], strict=True))
    http = {"SLACK_SIGNING_SECRET": SECRET, "JOBS": "elsewhere"}
    balancer = Balancer(tmp_path, [first, second])
    company.slack.bot_url = f"http://127.0.0.1:{balancer.port}/slack/events"
    clicks = await clicks_of(company)
    one, two, killed, worker = await asyncio.gather(
        *(company.start(BOT, each, **http) for each in (first, second)),
        *(company.start(WORKER, each, **http) for each in others[:2]),
    )
    async with balancer.running():
        await balancer.sends_to(2)
        async with clicks.going_on():
            await clicks.more()
            killed.kill()
            await company.plans(LIN)
            await until(company.has_none_left, 60)  # by the other one
            await stopped(worker)
            await company.plans(CHEN)
            await stopped(one)
            await clicks.more()
            await company.start(BOT, first, **http)
            await balancer.sends_to(2)
            await stopped(two)
            await clicks.more()
            assert await company.has_jobs_left()  # bots leave them alone
            await company.start(WORKER, others[2], **http)
            await until(company.has_none_left, 60)
            await clicks.more()
    await all_are_kept_once(company, clicks)


@pytest.mark.timeout(480)
async def test_socket_mode_loses_no_click_when_a_bot_stops(company: Company) -> None:
    """Slack sends what comes next over the other's connections. Of each that closes one click may be on its way in that
    very moment: nobody can answer it any more, Slack says so, and clicked again it is saved once."""
    company.slack.bot_url = None
    ports = free_ports(6)
    first, second, third = zip(ports[::2], ports[1::2], strict=True)
    over = {"SLACK_APP_TOKEN": APP_TOKEN}
    clicks = await clicks_of(company)
    clicks.may_click_again = CONNECTIONS
    one, _ = await asyncio.gather(*(company.start(BOT, each, **over) for each in (first, second)))
    async with clicks.going_on():
        await clicks.more()
        await stopped(one)
        await clicks.more()
        await company.start(BOT, third, **over)
        await clicks.more()
    await all_are_kept_once(company, clicks)
