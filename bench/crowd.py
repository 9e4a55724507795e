"""Many people who have something due, in teams and time zones, and the Slack they sit in front of."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot import appmanifest
from bot.clock import Clock
from bot.domain.customer import NewCustomer, Tier
from bot.domain.ladder import EscalationRules
from bot.domain.note import VisitForm
from bot.domain.user import Role
from bot.domain.visit import Channel
from bot.sandbox import Emulator, Workspace
from bot.sandbox.faults import FaultKind
from bot.sandbox.workspace import BusinessClock, Person
from bot.services import Services
from tests.loopback import emulated

TEAM: Final = "T0STORM"
TOKEN: Final = "xoxb-storm"
ZONES: Final = ("Asia/Shanghai", "Europe/Berlin", "America/New_York")
KINDS: Final[tuple[FaultKind, ...]] = ("ratelimited", "server_error", "accept_late", "drop")
"""429 with Retry-After, 500, accepted without an answer in time, accepted with the answer lost."""
TEAM_SIZE: Final = 10
LONG_AGO: Final = timedelta(days=60)


def zone_of(user_id: str) -> str:
    """Teams sit together."""
    return ZONES[int(user_id[1:]) // TEAM_SIZE % len(ZONES)]


@dataclass(frozen=True, slots=True)
class Crowd:
    """`size` people in teams of ten, the first of each its lead; everybody has something due for weeks."""

    size: int
    zones: Sequence[str] = ZONES

    @property
    def ids(self) -> list[str]:
        numbers = range(self.size * len(ZONES))
        return [each for number in numbers if zone_of(each := f"U{number:05}") in self.zones][: self.size]

    @property
    def leads(self) -> list[str]:
        return [each for each in self.ids if is_lead(each)]

    @property
    def managers(self) -> list[str]:
        return [each for each in self.ids if not is_lead(each)]

    def workspace(self) -> Workspace:
        people = tuple(Person(each, each.lower(), each, tz=zone_of(each)) for each in self.ids)
        return Workspace(TEAM, "Storm", people, (), "factormate", "U0BOT", "B0BOT", "A0STORM", groups=())

    async def settle_in(self, services: Services, today: date, *, promises: bool) -> None:
        """With `promises` every fifth account manager has also broken one, which goes up the line on its own days."""
        await services.workspaces.open(TEAM)
        settings = await services.workspaces.settings(TEAM)
        rules = settings.model_copy(update={"escalation": EscalationRules(per_week=200)})
        await services.workspaces.store.save_settings(TEAM, rules)
        turn = asyncio.Semaphore(20)

        async def one(number: int, user_id: str) -> None:
            role, team = Role.TEAM_LEAD if is_lead(user_id) else Role.ACCOUNT_MANAGER, f"team {user_id[1:-1]}"
            async with turn:
                await services.members.set_roles(TEAM, user_id, frozenset({role}), team, by="storm")
                await services.nudges.join(TEAM, user_id)
                actor = await services.members.actor(TEAM, user_id)
                tier = Tier.C if is_lead(user_id) else Tier.A
                last = today - LONG_AGO * (3 if is_lead(user_id) else 1)
                await services.customers.create(actor, NewCustomer("远大纺织", tier, last_contact_on=last))
                if promises and number % 5 == 0 and not is_lead(user_id):
                    other = await services.customers.create(actor, NewCustomer("恒通电子", Tier.A))
                    form = VisitForm(user_id, other.id, today, Channel.PHONE, "说好发报价", next_step="发报价")
                    await services.visits.save(actor, replace(form, next_step_on=today))

        await asyncio.gather(*(one(number, user_id) for number, user_id in enumerate(self.ids)))


def is_lead(user_id: str) -> bool:
    return user_id.endswith("0")


@asynccontextmanager
async def slack_for(crowd: Crowd, now: Clock, wall: Clock) -> AsyncIterator[Emulator]:
    """Without its own limits, and without telling the app of its own messages: nobody listens here."""
    manifest = appmanifest.load()
    manifest["settings"].pop("event_subscriptions", None)

    async def no_move() -> datetime:
        return now()

    emulator = Emulator(
        crowd.workspace(),
        manifest,
        bot_url=None,
        signing_secret="storm",
        bot_token=TOKEN,
        app_token="xapp-storm",
        rate_limits=False,
        clock=BusinessClock(now, no_move, no_move),
        timer=lambda: wall().timestamp(),
    )
    async with emulated(emulator):
        yield emulator
