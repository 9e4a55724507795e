"""A person with a customer in each relation, and ways to try whether something shows one."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from bot.domain.case import Case
from bot.domain.customer import Customer, NewCustomer, Tier
from bot.domain.policy import Relation
from bot.domain.user import Member, Role
from bot.sandbox import ActingPerson, Message, View
from bot.views.blocks import actions, button
from tests.handlers.cast import Cast
from tests.world import TEAM, World

ELSEWHERE: Final = "T0OTHER"
"""Another workspace, in which the person has the same id and the same roles."""
TYPED: Final = "甲壹"
SECRET: Final = "密语"
"""Customers are called by both; only the first is ever typed."""


@dataclass(slots=True)
class Scene:
    """One person, and a customer for each relation; the person's roles change while the scene lasts."""

    world: World
    cast: Cast
    me: ActingPerson
    customers: dict[Relation, Customer] = field(default_factory=dict)
    elsewhere: Customer | None = None

    def said_since(self, marks: tuple[int, int]) -> str:
        """All that the app has sent since then, to anybody."""
        calls, deliveries = self.world.slack.calls[marks[0] :], self.world.slack.deliveries[marks[1] :]
        return json.dumps([[call.args for call in calls], [each.answer for each in deliveries]], ensure_ascii=False)

    def marks(self) -> tuple[int, int]:
        return len(self.world.slack.calls), len(self.world.slack.deliveries)

    def message(self, action_id: str, value: str) -> Message:
        """A message with that button: what somebody forges who knows an id."""
        state = self.world.slack.state
        blocks = [actions([button("x", action_id, value)])]
        return state.post(state.from_bot(state.dm_id(self.me.id), "x", blocks=blocks))

    def window(self, view: dict[str, Any]) -> View:
        """An open window, filled in by whoever forges it."""
        return self.world.slack.state.views.open(self.me.id, view)

    def case(self, customer: Customer, case_id: str) -> Case:
        """Open to the person or, where that is not the relation, to somebody else."""
        reader = self.me.id if customer is self.customers[Relation.CASE] else self.cast.id("reed")
        return Case(
            id=case_id,
            customer_id=customer.id,
            reader_ids=(reader,),
            opened_by="U0SOMEBODY",
            opened_at=self.world.clock(),
            reason="请看一下",
        )

    def team_of(self, customer: Customer) -> str:
        return ELSEWHERE if customer is self.elsewhere else TEAM

    async def becomes(self, role: Role | None) -> None:
        """Here and in the other workspace."""
        given = partial(Member.given, roles=frozenset({role} if role else ()), team=None)
        for team_id in (TEAM, ELSEWHERE):
            await self.world.services.members.store.change(team_id, self.me.id, given)

    async def press(self, action_id: str, value: str) -> None:
        await self.me.press(self.message(action_id, value), action_id)


Try = Callable[[Scene, Customer], Awaitable[bool]]


async def staged(world: World, cast: Cast) -> Scene:
    scene = Scene(world, cast, cast.person("chen"))
    give = world.services.members.set_roles  # nobody joins the daily round, whose messages would come in between
    manager, team = frozenset({Role.ACCOUNT_MANAGER}), f"East {cast.number}"
    await give(TEAM, cast.id("grace"), manager, f"West {cast.number}", by="test")
    await give(TEAM, cast.id("zhou"), manager, f"South {cast.number}", by="test")
    await give(TEAM, cast.id("reed"), frozenset({Role.RISK}), "", by="test")
    await give(TEAM, scene.me.id, manager, team, by="test")
    owners = {Relation.OWN: "chen", Relation.TEAM: "lin", Relation.LEFT_BEHIND: "zhou"}
    for relation in Relation:
        owner = cast.person(owners.get(relation, "grace"))
        name = f"{TYPED}{relation.replace('_', '')}{cast.number}{SECRET}{relation.replace('_', '')}"
        scene.customers[relation] = await cast.customer(owner, name, Tier.A, last_contact_on="2026-10-01")
    await world.services.members.store.change(TEAM, cast.id("zhou"), Member.gone)
    await world.services.customers.customers.change(
        TEAM,
        scene.customers[Relation.STAND_IN].id,
        lambda found: found.model_copy(update={"stand_in_id": scene.me.id}),
    )
    with_case = scene.customers[Relation.CASE]
    await world.services.cases.store.open(TEAM, scene.case(with_case, f"k-{with_case.id}"))
    await give(ELSEWHERE, scene.me.id, manager, team, by="test")
    stranger = await world.services.members.actor(ELSEWHERE, scene.me.id)
    new = NewCustomer(f"{TYPED}elsewhere{cast.number}{SECRET}elsewhere", Tier.A, last_contact_on=None)
    scene.elsewhere = await world.services.customers.create(stranger, new)
    return scene


def typed(customer: Customer) -> str:
    """Enough of the name to be found by."""
    return customer.name.split(SECRET)[0]


def rest_of_name(customer: Customer) -> str:
    """What was never typed."""
    return customer.name.removeprefix(TYPED)


def seeing(act: Callable[[Scene, Customer], Awaitable[None]], secret: Callable[[Customer], str] = rest_of_name) -> Try:
    """Whether the app then says what it may say to those only who see the customer."""

    async def attempt(scene: Scene, customer: Customer) -> bool:
        marks = scene.marks()
        await act(scene, customer)
        await scene.world.quiet()
        return secret(customer) in scene.said_since(marks)

    return attempt


def command(name: str, rest: str = "") -> Try:
    async def act(scene: Scene, customer: Customer) -> None:
        await scene.me.command(name.split()[0], " ".join([*name.split()[1:], f"{typed(customer)} {rest}".strip()]))

    return seeing(act)


def pressing(
    action_id: str,
    value: Callable[[Customer], str] = lambda customer: customer.id,
    secret: Callable[[Customer], str] = rest_of_name,
) -> Try:
    async def act(scene: Scene, customer: Customer) -> None:
        await scene.press(action_id, value(customer))

    return seeing(act, secret)


def asking(ask: Callable[[Scene, str], Awaitable[Any]]) -> Try:
    """A question that begins with the whole name: whether the answer is for that customer, which it then remembers."""

    async def attempt(scene: Scene, customer: Customer) -> bool:
        marks = scene.marks()
        await ask(scene, f"{customer.name} 嫌费率高")
        await scene.world.quiet()
        return customer.id in scene.said_since(marks)

    return attempt
