"""Roles given from Home."""

from collections.abc import AsyncIterator, Iterable
from functools import partial

import pytest
import pytest_asyncio

from bot.domain.user import Member, Role
from bot.sandbox import ActingPerson, UserGroup, View
from bot.views import staff as views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, fields, has, press, prose
from tests.world import TEAM, World

MANAGER, LEAD, ADMIN = frozenset({Role.ACCOUNT_MANAGER}), frozenset({Role.TEAM_LEAD}), frozenset({Role.ADMIN})


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def admin(world: World, cast: Cast) -> AsyncIterator[None]:
    """Zhou is the only admin of a workspace in which nobody else has a role; Lin and Chen are in a user group."""
    await only(world, {cast.id("zhou"): ADMIN})
    world.slack.state.groups = (UserGroup("S0EAST", "east", "East team", (cast.id("lin"), cast.id("chen"))),)
    yield
    await only(world, {})


async def only(world: World, roles: dict[str, frozenset[Role]]) -> None:
    store = world.services.members.store
    for each in await store.all(TEAM):
        if (each.roles or each.has_left) and each.user_id not in roles:
            await store.change(TEAM, each.user_id, lambda found: found.given(frozenset(), None))
    for user_id, theirs in roles.items():
        await store.change(TEAM, user_id, partial(Member.given, roles=theirs, team=None))


async def opened(world: World, person: ActingPerson) -> View:
    """The list of roles."""
    await person.open_home()
    home = await world.slack.wait_for(lambda: view if (view := person.home()) and has(view, views.OPEN) else None)
    await press(person, home, views.OPEN)
    return person.views()[-1]


async def form(world: World, person: ActingPerson) -> View:
    await press(person, await opened(world, person), views.GIVE)
    return person.views()[-1]


async def roles_of(world: World, person: ActingPerson) -> tuple[Iterable[Role], str | None]:
    found = await world.services.members.find(TEAM, person.id)
    return found.roles, found.team


async def test_an_admin_gives_roles_to_several_people(
    world: World, zhou: ActingPerson, lin: ActingPerson, chen: ActingPerson
) -> None:
    """They can work at once, are in the daily round, and the list shows it."""
    view = await form(world, zhou)
    told = entered(view, people=[lin.id, chen.id], roles=["account_manager", "risk"], team=" 华东 ")
    assert (await zhou.submit(view, told)).closed
    await world.quiet()
    for person in (lin, chen):
        assert await roles_of(world, person) == ({Role.ACCOUNT_MANAGER, Role.RISK}, "华东")
        assert person.id in await world.services.nudges.store.scheduled_people(TEAM)
    (below,) = zhou.views()
    assert f"<@{lin.id}> · 客户经理、风控合规 · 华东" in prose(below)
    audit = await world.services.workspaces.audit.newest(TEAM, 2)
    assert {(line.who, line.action, line.subject) for line in audit} == {
        (zhou.id, "roles.set", lin.id),
        (zhou.id, "roles.set", chen.id),
    }


async def test_a_whole_user_group(world: World, cast: Cast, zhou: ActingPerson, grace: ActingPerson) -> None:
    """Those in it now; together with who was picked."""
    view = await form(world, zhou)
    assert (await zhou.submit(view, entered(view, people=[grace.id], group="S0EAST", roles=["editor"]))).closed
    staff = await world.services.members.all(TEAM)
    assert {each.user_id for each in staff if Role.EDITOR in each.roles} == {
        cast.id(name) for name in ("lin", "chen", "grace")
    }


async def test_where_slack_has_no_groups_people_are_picked(world: World, zhou: ActingPerson) -> None:
    """A free plan, or an app that was installed before it asked for that."""
    world.slack.state.groups = None
    assert fields(await form(world, zhou)) == [views.PEOPLE, views.ROLES, views.TEAM]


async def test_a_group_that_slack_does_not_tell(world: World, zhou: ActingPerson) -> None:
    """It was dissolved meanwhile: nothing is changed, and what was typed stays."""
    view = await form(world, zhou)
    world.slack.state.groups = ()
    result = await zhou.submit(view, entered(view, group="S0EAST", roles=["editor"]))
    assert "请直接选择人员" in result.errors[views.GROUP]


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"roles": ["editor"]}, views.PEOPLE, "请选择人员或用户组"),
        ({"people": ["lin"], "roles": ["team_lead"]}, views.TEAM, "团队主管要有团队"),
    ],
    ids=["nobody", "a lead without a team"],
)
async def test_what_is_missing_is_said_beside_it(
    world: World, cast: Cast, zhou: ActingPerson, typed: dict[str, list[str]], field: str, told: str
) -> None:
    view = await form(world, zhou)
    given = {**typed, **({"people": [cast.id("reed")]} if "people" in typed else {})}
    result = await zhou.submit(view, entered(view, **given))
    assert told in result.errors[field]
    assert await roles_of(world, cast.person("reed")) == (frozenset(), None)


async def test_roles_are_changed_and_taken_away(
    world: World, cast: Cast, zhou: ActingPerson, lin: ActingPerson
) -> None:
    """The form shows what the person has; nothing ticked takes all away, and the customers are closed at once."""
    await world.services.staff.set_roles(TEAM, lin.id, LEAD | MANAGER, "East", by="test")
    await cast.customer(lin)
    await press(zhou, await opened(world, zhou), views.CHANGE, value=lin.id)
    view = zhou.views()[-1]
    assert {each["value"] for each in view.blocks[1]["element"]["initial_options"]} == {"account_manager", "team_lead"}
    assert (await zhou.submit(view, entered(view, roles=[], team=""))).closed
    assert await roles_of(world, lin) == (frozenset(), None)
    assert lin.id not in await world.services.nudges.store.scheduled_people(TEAM)
    await lin.command("/customer", "远大纺织")
    assert "没有找到这个客户" in lin.dm_messages()[-1].text


async def test_the_last_admin_stays(world: World, zhou: ActingPerson, grace: ActingPerson) -> None:
    """And is told what to do first; once there is another, it works."""
    await press(zhou, await opened(world, zhou), views.CHANGE, value=zhou.id)
    view = zhou.views()[-1]
    result = await zhou.submit(view, entered(view, roles=["approver"]))
    assert "这是最后一位管理员" in "".join(result.errors.values())
    await world.services.staff.set_roles(TEAM, grace.id, ADMIN, None, by="test")
    assert (await zhou.submit(view, entered(view, roles=["approver"]))).closed
    assert (await roles_of(world, zhou))[0] == {Role.APPROVER}


async def test_many_people_are_paged(world: World, zhou: ActingPerson) -> None:
    """In English this time."""
    await world.services.members.set_language(await world.services.members.actor(TEAM, zhou.id), "en")
    for number in range(views.AT_A_TIME):
        await world.services.staff.set_roles(TEAM, f"UZ{number:03}", MANAGER, None, by="test")
    view = await opened(world, zhou)
    assert "1 to 40 of 41" in prose(view)
    await press(zhou, view, views.PAGE)
    (view,) = zhou.views()
    assert "41 to 41 of 41" in prose(view)
    assert "<@UZ039> · Account manager" in prose(view)
    await press(zhou, view, views.PAGE)
    assert "1 to 40 of 41" in prose(zhou.views()[0])


async def test_who_is_no_admin_finds_no_button_and_forges_none(
    world: World, zhou: ActingPerson, lin: ActingPerson
) -> None:
    """A form that was opened as an admin is refused once one is none any more."""
    await lin.open_home()
    assert not has(await world.slack.wait_for(lin.home), views.OPEN)
    view = await form(world, zhou)
    await only(world, {lin.id: ADMIN})
    result = await zhou.submit(view, entered(view, people=[zhou.id], roles=["admin"]))
    assert "只有管理员" in "".join(result.errors.values())
    assert (await roles_of(world, zhou))[0] == frozenset()
