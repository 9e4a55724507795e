"""How long things are kept, settled by an admin in Home."""

from collections.abc import AsyncIterator
from functools import partial

import pytest_asyncio

from bot.domain.user import Member, Role
from bot.domain.workspace import Retention
from bot.sandbox import ActingPerson, View
from bot.views import retention as views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, has, press, prose
from tests.world import TEAM, World


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def admin(world: World, cast: Cast) -> AsyncIterator[None]:
    """Zhou is an admin; afterwards all is as it was."""
    store = world.services.members.store
    before = await world.services.members.find(TEAM, cast.id("zhou"))
    roles = frozenset({Role.ADMIN})
    await store.change(TEAM, cast.id("zhou"), partial(Member.given, roles=roles, team=None))
    yield
    await store.change(TEAM, cast.id("zhou"), partial(Member.given, roles=before.roles, team=before.team))
    await world.services.workspaces.store.set_retention(TEAM, Retention())


async def form(world: World, person: ActingPerson) -> View:
    await person.open_home()
    home = await world.slack.wait_for(lambda: view if (view := person.home()) and has(view, views.OPEN) else None)
    await press(person, home, views.OPEN)
    return person.views()[-1]


async def kept(world: World) -> Retention:
    return (await world.services.workspaces.settings(TEAM)).retention


async def test_an_admin_settles_it_and_it_is_written_down(world: World, zhou: ActingPerson) -> None:
    """Left empty: for good. The same saved again is no second row."""
    for _ in range(2):
        view = await form(world, zhou)
        assert (await zhou.submit(view, entered(view, customer_days="2000", question_days=""))).closed
    assert await kept(world) == Retention(customer_days=2000, question_days=None)
    rows = [each for each in await world.services.workspaces.audit.newest(TEAM) if each.action == "retention.set"]
    assert [(each.who, each.detail) for each in rows] == [(zhou.id, '{"customer_days":2000,"question_days":null}')]


async def test_what_would_erase_something_is_asked_once_more(
    world: World, cast: Cast, zhou: ActingPerson, lin: ActingPerson
) -> None:
    """With how much it is; other days are asked for anew."""
    customer = await cast.customer(lin)
    await world.services.retention.end(TEAM, customer.id, world.clock().date().replace(year=2025), by="test")
    view = await form(world, zhou)
    answer = await zhou.submit(view, entered(view, customer_days="30"))
    assert not answer.closed
    again = zhou.views()[-1]
    assert "会删除 1 个客户和 0 个问题" in prose(again)
    assert await kept(world) == Retention()
    assert not (await zhou.submit(again, entered(again, customer_days="20"))).closed
    last = zhou.views()[-1]
    assert (await zhou.submit(last, entered(last, customer_days="20"))).closed
    assert (await kept(world)).customer_days == 20


async def test_who_is_no_admin_finds_no_button_and_forges_none(
    world: World, cast: Cast, zhou: ActingPerson, lin: ActingPerson
) -> None:
    """Neither the form nor what it sends."""
    await lin.open_home()
    home = await world.slack.wait_for(lin.home)
    assert not has(home, views.OPEN)
    view = await form(world, zhou)
    await zhou.submit(view, entered(view, customer_days="2000"))
    for delivered in cast.delivered(zhou)[-2:]:
        body = delivered.body | {"user": {**delivered.body["user"], "id": lin.id}, "trigger_id": "1.2"}
        await world.slack.deliver("interactive", body)
    await world.quiet()
    assert not lin.views() or "资料保留多久" not in prose(lin.views()[-1])
    rows = [each.who for each in await world.services.workspaces.audit.newest(TEAM) if each.action == "retention.set"]
    assert lin.id not in rows
