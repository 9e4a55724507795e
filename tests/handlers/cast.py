"""The people of a test: invented for it alone, so that tests on one running bot do not meet."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.domain.customer import Customer, NewCustomer, Tier
from bot.domain.user import Role, User
from bot.sandbox import ActingPerson, Channel, Delivery, Message, Person, Workspace
from bot.storage import keys
from bot.storage.records import Batch
from tests.world import TEAM, World

BOT: Final = "U0BOT"
NAMES: Final = {"lin": "林悦", "chen": "陈浩", "grace": "Grace Porter", "zhou": "周敏", "reed": "Tom Reed"}
ENGLISH: Final = ("grace", "reed")


def workspace_for(tests: int) -> Workspace:
    """Enough people and channels for that many tests; a guest, somebody of a partner, and where they read, for all."""
    people, channels = [], []
    for number in range(tests):
        people += [
            Person(_id(name, number), f"{name}{number}", real, locale="en-US" if name in ENGLISH else "zh-CN")
            for name, real in NAMES.items()
        ]
        everybody = tuple(_id(name, number) for name in NAMES)
        channels += [
            Channel(f"C{number:03}EAST", f"east-{number}", (*everybody, BOT)),
            Channel(f"C{number:03}LUNCH", f"lunch-{number}", everybody),
        ]
    people += [
        Person("U0GUEST", "guest", "Paula Guest", guest="multi_channel"),
        Person("U0PARTNER", "partner", "Pat Partner", home_team_id="T0PARTNER"),
    ]
    channels += [
        Channel("C0GUEST", "with-guest", ("U0GUEST", BOT)),
        Channel("C0PARTNER", "with-partner", ("U0PARTNER", BOT)),
        Channel("C0CONNECT", "connect", (BOT,), shared="connect"),
        Channel("C0PENDING", "connect-soon", (BOT,), shared="connect_pending"),
        Channel("C0ORG", "sister-company", (BOT,), shared="org"),
        Channel("G0SECRET", "without-the-app", (), is_private=True),
    ]
    return Workspace(
        team_id=TEAM,
        team_name="演示保理",
        people=tuple(people),
        channels=tuple(channels),
        app_name="factormate",
        bot_user_id=BOT,
        bot_id="B0BOT",
        app_id="A0LOCAL",
    )


@dataclass(frozen=True, slots=True, repr=False)
class Cast:
    """Five people and two channels; what they have done before the test begins is done through the services."""

    world: World
    number: int

    @property
    def east(self) -> str:
        return f"C{self.number:03}EAST"

    @property
    def lunch(self) -> str:
        return f"C{self.number:03}LUNCH"

    def id(self, name: str) -> str:
        return _id(name, self.number)

    def person(self, name: str) -> ActingPerson:
        return self.world.slack.person(self.id(name))

    def delivered(self, person: ActingPerson) -> list[Delivery]:
        """What this person's doings sent to the app: an event of an earlier test may still be repeated meanwhile."""
        return [each for each in self.world.slack.deliveries if each.user_id == person.id]

    async def staff(self) -> None:
        manager, lead = frozenset({Role.ACCOUNT_MANAGER}), frozenset({Role.TEAM_LEAD})
        team = f"East {self.number}"
        roles = {"lin": manager, "chen": manager, "grace": manager, "zhou": lead}
        set_roles = self.world.services.members.set_roles
        await asyncio.gather(*(set_roles(TEAM, self.id(name), roles[name], team, by="test") for name in roles))

    async def go(self) -> None:
        """Off the list of the staff and out of the daily round: later tests read the one again and again, and when
        they move the clock, the messages of everybody in the other would go before theirs."""
        records = self.world.services.members.store.records
        await records.commit(Batch().srem(keys.members(TEAM), *(self.id(name) for name in NAMES)))
        await asyncio.gather(*(self.world.services.nudges.store.unschedule(TEAM, self.id(name)) for name in NAMES))

    async def actor(self, person: ActingPerson) -> User:
        return await self.world.services.members.actor(TEAM, person.id)

    async def customer(
        self,
        owner: ActingPerson,
        name: str = "远大纺织",
        tier: Tier = Tier.A,
        *,
        aliases: tuple[str, ...] = (),
        industry: str = "纺织",
        last_contact_on: str | None = None,
    ) -> Customer:
        last = date.fromisoformat(last_contact_on) if last_contact_on else None
        new = NewCustomer(name, tier, industry, aliases, last)
        return await self.world.services.customers.create(await self.actor(owner), new)

    async def nudge(self, person: ActingPerson) -> Message:
        """The day's message, which arrives now."""
        await self.world.services.nudges.join(TEAM, person.id)
        known = len(person.dm_messages())
        await self.world.running.sweep()
        return await self.world.slack.wait_for(lambda: next(iter(person.dm_messages()[known:]), None))


def cast_of(world: World) -> Cast:
    """People that no test before has met in this world."""
    return Cast(world, next(world.casts))


def _id(name: str, number: int) -> str:
    return f"U{number:03}{name.upper()}"
