"""The daily round without a bot around it: Slack, a store, two clocks, and workers that the test sets to work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from ipaddress import ip_network
from typing import Any, Final

import aiohttp
from aiohttp import web
from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from bot import appmanifest, assembly, calendars, jobs, slack
from bot.domain.customer import Customer, NewCustomer, Tier
from bot.domain.notice import Notice
from bot.domain.nudge import digest_key
from bot.domain.playbook import Playbook
from bot.domain.user import Profile, Role
from bot.notices import NoticeSender
from bot.sandbox import Call, Emulator, Message, Workspace, demo_workspace
from bot.services import Services
from bot.settings import Settings
from bot.storage import keys
from bot.storage.connection import docket_url
from bot.storage.sealing import Sealer, new_key
from bot.webhooks import WebhookSender
from tests.fakes import FixedClock
from tests.loopback import emulated, served
from tests.world import APP_TOKEN, BOT_TOKEN, CHEN, GRACE, LIN, SECRET, TEAM, ZHOU

TODAY: Final = date(2026, 11, 24)
"""A Tuesday like any other."""
LIN_DM: Final = "D01LIN"
"""Lin's conversation with the app."""
AT_NINE: Final = "2026-11-24T09:00:00+08:00"
LOOPBACK: Final = ip_network("127.0.0.0/8")
NEW_YORK: Final = "America/New_York"
CLIENT_SECONDS: Final = 1.0
"""How long a worker of these tests waits for Slack, longer than a busy machine stands still; ten in earnest."""
SETTLED: Final = timedelta(seconds=31)
"""After this long a post of unknown outcome may be looked up."""


@dataclass(frozen=True, slots=True)
class Office:
    """`clock` is business time, `wall` the real one. They differ, as they do in the local workspace."""

    slack: Emulator
    core: assembly.Core
    session: aiohttp.ClientSession
    clock: FixedClock
    wall: FixedClock
    field_key: str

    @property
    def services(self) -> Services:
        """As a process of its own would build them."""

        async def fetch_profile(team_id: str, user_id: str) -> Profile | None:
            client = slack.client(BOT_TOKEN, self.api_url, self.session)
            return await slack.profile(client, team_id, user_id, self.core.settings.default_tz)

        services = self.core.services(self.clock, fetch_profile)
        notices = replace(services.notices, wall=self.wall, pace=None)
        webhooks = replace(services.webhooks, wall=self.wall)
        nudges = replace(services.nudges, notices=notices)
        return replace(services, notices=notices, nudges=nudges, webhooks=webhooks)

    @property
    def api_url(self) -> str:
        return f"{self.slack.base_url}/api/"

    def worker(self, token: str = BOT_TOKEN, seconds: float = CLIENT_SECONDS) -> NoticeSender:
        client = slack.digest_client(token, self.api_url, self.session, seconds)

        async def client_for(team_id: str) -> AsyncWebClient:
            return client

        return NoticeSender(self.services, client_for, self.wall)

    def poster(self) -> WebhookSender:
        return WebhookSender(self.services.webhooks, self.session, self.wall)

    @asynccontextmanager
    async def engine(self, *, working: bool = True) -> AsyncIterator[jobs.Sweep]:
        """One process of the job engine, as app.py and `python -m bot worker` run it."""

        async def served() -> set[str]:
            return {TEAM}

        opened = jobs.opened(docket_url(self.core.store_url), self.services, self.worker(), self.poster(), served)
        async with opened as (docket, sweep):
            task = asyncio.create_task(jobs.work(docket)) if working else None
            try:
                yield sweep
            finally:
                if task:
                    await jobs.stop(task, 5)

    async def overdue(self, owner_id: str, *names: str, tier: Tier = Tier.A, last: str = "2026-11-09") -> None:
        for name in names:
            await self.customer(owner_id, name, tier, last)

    async def customer(self, owner_id: str, name: str, tier: Tier, last: str) -> Customer:
        services = self.services
        actor = await services.members.actor(TEAM, owner_id)
        return await services.customers.create(actor, NewCustomer(name, tier, "", (), date.fromisoformat(last)))

    async def plan(self) -> None:
        await self.services.nudges.plan_due({TEAM})

    async def deliver(self, user_id: str = LIN, day: date = TODAY) -> Notice:
        """By a worker that was not there before."""
        digest = await self.worker().deliver(TEAM, digest_key(user_id, day))
        assert digest is not None
        return digest

    async def settle(self, user_id: str = LIN, day: date = TODAY) -> Notice:
        """The next step, once the time for it has come."""
        self.wall.advance(SETTLED)
        return await self.deliver(user_id, day)

    async def find(self, user_id: str = LIN, day: date = TODAY) -> Notice | None:
        return await self.services.nudges.find(TEAM, user_id, day)

    async def has_lease_run_out(self, user_id: str = LIN, day: date = TODAY) -> bool:
        """The two minutes for which a dead worker's lease lasts go by; False when there was none."""
        return bool(await self.core.redis.delete(keys.notice_lease(TEAM, digest_key(user_id, day))))

    def digests(self, user_id: str = LIN) -> list[Message]:
        """The daily messages that the person has got."""
        messages = self.slack.person(user_id).dm_messages()
        return [each for each in messages if (each.metadata or {}).get("event_type") == "factormate_digest"]

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.slack.calls if call.method == method]

    def arrived(self, key: str = digest_key(LIN, TODAY)) -> Message:
        """A daily message that Slack has accepted, whatever it answered."""
        metadata = {"event_type": "factormate_digest", "event_payload": {"key": key}}
        return self.slack.state.post(self.slack.state.from_bot(LIN_DM, "要跟进的客户", metadata=metadata))

    @property
    def posts(self) -> list[Call]:
        return self.calls("chat.postMessage")


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 15) -> None:
    """For what only the store can tell; TimeoutError when it does not come true in time."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - nobody announces what changes in the store
            await asyncio.sleep(0.02)


def workspace() -> Workspace:
    """Grace works in New York, the others in Shanghai."""
    found = demo_workspace()
    people = tuple(replace(each, tz=NEW_YORK) if each.id == GRACE else each for each in found.people)
    return replace(found, people=people)


@asynccontextmanager
async def slack_at(port: int = 0, **options: Any) -> AsyncIterator[Emulator]:
    """Slack on a loopback port. Of what it delivers nothing is asked here."""
    bot = web.Application()
    bot.router.add_post("/", _nothing)
    async with served(bot) as bot_url:
        emulator = Emulator(
            workspace(),
            appmanifest.load(),
            bot_url=bot_url,
            signing_secret=SECRET,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            retry_delays=(),
            **{"rate_limits": False, **options},
        )
        async with emulated(emulator, port):
            yield emulator


async def _nothing(_: web.Request) -> web.Response:
    return web.Response()


@asynccontextmanager
async def opened_office(redis: Redis, store_url: str, playbook: Playbook, **options: Any) -> AsyncIterator[Office]:
    """Tuesday, 8 o'clock in Shanghai; Lin, Chen and Grace are account managers, Zhou leads them."""
    clock, wall = FixedClock("2026-11-24T08:00:00+08:00"), FixedClock("2026-11-20T12:00:00+08:00")
    field_key = new_key()
    core = assembly.Core(
        settings=Settings(_env_file=None, webhook_networks=(LOOPBACK,)),
        redis=redis,
        store_url=store_url,
        sealer=Sealer((field_key,)),
        playbook=playbook,
        matcher=None,
        is_work=calendars.WorkCalendar(),
    )
    async with slack_at(timer=lambda: wall().timestamp(), **options) as emulator, aiohttp.ClientSession() as session:
        office = Office(emulator, core, session, clock, wall, field_key)
        await staff(office.services)
        yield office


async def staff(services: Services) -> None:
    await services.workspaces.open(TEAM)
    for user_id in (LIN, CHEN, GRACE, ZHOU):
        role = Role.TEAM_LEAD if user_id == ZHOU else Role.ACCOUNT_MANAGER
        await services.members.set_roles(TEAM, user_id, frozenset({role}), "East", by="test")
        await services.nudges.join(TEAM, user_id)
