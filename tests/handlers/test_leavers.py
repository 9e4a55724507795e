"""Whoever leaves loses access at once, and the customers go to somebody else."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient

from bot.departures import RollCall
from bot.domain.user import Role
from bot.sandbox import ActingPerson, View
from bot.slack import digest_client
from bot.views import leavers as views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, has, press, prose
from tests.handlers.test_staff import only
from tests.world import BOT_TOKEN, TEAM, World

MANAGER, LEAD, ADMIN = frozenset({Role.ACCOUNT_MANAGER}), frozenset({Role.TEAM_LEAD}), frozenset({Role.ADMIN})


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def everybody_back(world: World, cast: Cast) -> AsyncIterator[None]:
    """Lin and Chen keep customers, Zhou leads them, Grace is the admin; others of earlier tests have no roles."""
    roles = {"lin": MANAGER, "chen": MANAGER, "zhou": LEAD, "grace": ADMIN}
    await only(world, {cast.id(name): theirs for name, theirs in roles.items()})
    yield
    world.slack.state.deactivated.clear()
    await only(world, {})


async def home(world: World, person: ActingPerson) -> View:
    await person.open_home()
    await world.quiet()
    return await world.slack.wait_for(person.home)


async def gone(world: World, person: ActingPerson) -> None:
    """Slack closes the account and tells the app."""
    world.slack.deactivate(person.id)
    await world.quiet()


async def test_whoever_leaves_loses_every_role_and_the_lead_is_told_once(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """However often Slack says it, by event and by list."""
    await cast.customer(lin)
    world.slack.deliver_twice("user_change")
    await gone(world, lin)
    await gone(world, lin)
    await roll_call(world)
    found = await world.services.members.find(TEAM, lin.id)
    assert (found.roles, found.has_left) == (frozenset(), True)
    assert lin.id not in await world.services.nudges.store.scheduled_people(TEAM)
    (told,) = [each.text for each in zhou.dm_messages() if each.is_bot]
    assert told.startswith(f"<@{lin.id}> 已经离职")
    assert "1 个客户" in told
    await lin.command("/customer", "远大纺织", east)
    assert "没有找到这个客户" in lin.messages(east)[-1].text


async def test_the_lead_gives_the_customers_to_somebody_else(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """From Home: what is due goes along, and the new account manager is told."""
    await cast.customer(lin, last_contact_on="2026-10-01")
    await gone(world, lin)
    view = await home(world, zhou)
    assert "待重新分配" in prose(view)
    await press(zhou, view, views.REASSIGN, value=chen.id)
    await world.quiet()
    assert not has(await home(world, zhou), views.REASSIGN)
    assert f"<@{zhou.id}> 把 *远大纺织* 交给了您" in chen.dm_messages()[-1].text
    assert "远大纺织" in prose(await home(world, chen))
    await chen.command("/customer", "远大纺织", east)
    assert "A 级 · 纺织" in prose(chen.messages(east)[-1])
    assert await world.services.customers.customers.owned_by(TEAM, [lin.id]) == []


async def test_without_a_lead_the_admins_get_them(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, grace: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """In English; the admin hands the customer on without being able to read it."""
    await world.services.staff.set_roles(TEAM, zhou.id, frozenset(), None, by="test")
    await cast.customer(lin)
    await gone(world, lin)
    assert "1 customer needs a new account manager" in grace.dm_messages()[-1].text
    view = await home(world, grace)
    assert "To be reassigned" in prose(view)
    await grace.command("/customer", "远大纺织", east)
    assert "can't find that customer" in grace.messages(east)[-1].text
    await press(grace, view, views.REASSIGN, value=chen.id)
    await world.quiet()
    assert [each.name for each in await world.services.customers.customers.owned_by(TEAM, [chen.id])] == ["远大纺织"]


@pytest.mark.parametrize(
    ("to", "told"),
    [("reed", "客户只能交给客户经理"), ("chen", "已经有一个叫“远大纺织”的客户了")],
    ids=["no role", "name taken"],
)
async def test_who_cannot_take_over(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, chen: ActingPerson, to: str, told: str
) -> None:
    """The customer stays in the list."""
    for owner in (lin, chen):
        await cast.customer(owner)
    await gone(world, lin)
    await press(zhou, await home(world, zhou), views.REASSIGN, value=cast.id(to))
    await world.quiet()
    assert told in zhou.dm_messages()[-1].text
    assert has(await home(world, zhou), views.REASSIGN)


async def test_only_customers_of_those_who_left_are_reassigned_so(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson
) -> None:
    """A forged id of a colleague who is there finds nothing."""
    await cast.customer(lin)
    theirs = await cast.customer(chen, "霁川电子")
    await gone(world, lin)
    view = await home(world, zhou)
    block = next(each for each in view.blocks if each.get("accessory") == element(view, views.REASSIGN))
    block["block_id"] = block["block_id"].replace(next(iter(block["block_id"].split('"')[3:4])), theirs.id)
    await press(zhou, view, views.REASSIGN, value=zhou.id)
    await world.quiet()
    assert "没有找到这个客户" in zhou.dm_messages()[-1].text
    assert (await world.services.customers.customers.get(TEAM, theirs.id)).owner_id == chen.id


async def test_the_last_admin_may_leave(world: World, grace: ActingPerson) -> None:
    """Access goes the same day all the same; Slack's own admins are admins then."""
    await gone(world, grace)
    assert (await world.services.members.find(TEAM, grace.id)).roles == frozenset()


async def test_the_roll_call_finds_who_left_unnoticed(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson
) -> None:
    """Page by page; where Slack breaks off, nothing is assumed and it is asked again."""
    await cast.customer(lin)
    world.slack.state.deactivated.add(lin.id)
    world.slack.faults.add("users.list", "error", error="internal_error")
    assert not await roll_call(world)
    assert (await world.services.members.find(TEAM, lin.id)).roles == MANAGER
    assert await roll_call(world)
    assert (await world.services.members.find(TEAM, lin.id)).has_left
    assert "1 个客户" in zhou.dm_messages()[-1].text
    assert len([call for call in world.slack.calls if call.method == "users.list"]) > 2


async def test_whoever_comes_back_starts_anew(world: World, cast: Cast, lin: ActingPerson) -> None:
    """With the role an admin gives then."""
    await gone(world, lin)
    world.slack.state.deactivated.discard(lin.id)
    await world.services.staff.set_roles(TEAM, lin.id, MANAGER, None, by="test")
    assert not (await world.services.members.find(TEAM, lin.id)).has_left
    await cast.customer(lin)
    assert not has(await home(world, cast.person("zhou")), views.REASSIGN)


async def test_of_many_customers_the_first_are_listed(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson
) -> None:
    """Home stays within Slack's 100 blocks: also with everything else on it."""
    for number in range(views.MAX_ROWS + 3):
        await cast.customer(lin, f"客户{number:02}")
    await gone(world, lin)
    assert "另有 3 个" in prose(await home(world, zhou))


async def roll_call(world: World) -> bool:
    client = digest_client(BOT_TOKEN, f"{world.slack.base_url}/api/", world.slack._open_session())

    async def client_for(team_id: str) -> AsyncWebClient:
        return client

    return await RollCall(world.services, client_for, page=50, pause=0)(TEAM)
