"""/factormate status: what runs, in a few lines; more for admins."""

from datetime import date

from bot import __version__
from bot.domain.notice import NoticeState
from bot.domain.user import Role
from bot.sandbox import ActingPerson
from bot.text import load
from tests.handlers.cast import Cast
from tests.world import TEAM, World


async def told(world: World, person: ActingPerson, channel: str, typed: str = "status") -> str:
    assert await person.command("/factormate", typed, channel) == 200
    return person.messages(channel)[-1].text


async def test_what_runs_and_ones_own_messages(world: World, cast: Cast, grace: ActingPerson, east: str) -> None:
    """Version, store, jobs, the last daily message and the next: nothing that only admins are told."""
    await cast.customer(grace, last_contact_on="2026-10-09")
    await cast.nudge(grace)
    await world.slack.wait_for(lambda: len(grace.dm_messages()) == 1)
    key = f"digest:{grace.id}:2026-11-24"

    async def is_sent() -> bool:
        found = await world.services.notices.find(TEAM, key)
        return found is not None and found.state is NoticeState.SENT

    while not await is_sent():
        await world.quiet()
    said = await told(world, grace, east)
    assert said.startswith(f"*factormate {__version__}* is running\nStore: fine (")
    assert said.splitlines()[2:] == [
        "Scheduled jobs: running",
        "Your last daily message: Tue 24 Nov, sent",
        "The next one: Wed 25 Nov at 09:00",
    ]


async def test_who_has_no_role_is_told_why_nothing_comes(world: World, reed: ActingPerson, east: str) -> None:
    assert "You have no role yet" in await told(world, reed, east)


async def test_in_chinese_by_its_chinese_name(world: World, lin: ActingPerson, east: str) -> None:
    assert "定时任务：正常" in await told(world, lin, east, "状态")


async def test_admins_see_how_the_workspace_is_doing(world: World, grace: ActingPerson, east: str) -> None:
    """Counts, what an operator has to look at, and that Slack refuses the token; no names."""
    await world.services.members.set_roles(TEAM, grace.id, frozenset({Role.ADMIN}), None, by="test")
    digest = f"digest:{grace.id}:2026-11-24"
    await world.services.nudges.plan_today(await world.services.members.actor(TEAM, grace.id))
    await world.services.notices.change(TEAM, digest, lambda found: found.unclear("timeout"))
    await world.services.workspaces.park(TEAM, "invalid_auth")
    try:
        said = await told(world, grace, east)
    finally:
        await world.services.workspaces.unpark(TEAM)
    assert "*This workspace*, in use since " in said
    assert load("en")("board.role_count", role=load("en")("role.admin"), count=1) in said
    assert "One message needs a look" in said
    assert "(invalid_auth)" in said
    assert "it isn't known whether it arrived" in said
    assert await world.services.notices.find(TEAM, f"digest:{grace.id}:{date(2026, 11, 24)}") is not None
