"""Who the actor is."""

import asyncio

import pytest

from bot.domain.user import Member, Profile, Role
from bot.storage import keys
from tests.builders import TEAM
from tests.services.conftest import LIN, REED, Desk

OWNER = "U00OWNER"
ADMIN_OF_SLACK = Profile(name="Owner", tz="Asia/Shanghai", is_admin=True)


async def is_admin(desk: Desk, user_id: str) -> bool:
    return (await desk.actor(user_id)).is_(Role.ADMIN)


async def test_slacks_own_admins_are_the_first(desk: Desk) -> None:
    """As long as nobody was made one on purpose; others are not."""
    desk.profiles[OWNER] = ADMIN_OF_SLACK
    assert await is_admin(desk, OWNER)
    assert not await is_admin(desk, LIN)


async def test_once_somebody_was_made_admin_slacks_are_no_longer(desk: Desk) -> None:
    """Nor are they again when the named one loses another role."""
    desk.profiles[OWNER] = ADMIN_OF_SLACK
    await desk.services.members.set_roles(TEAM, REED, frozenset({Role.ADMIN}), None, by="test")
    assert await is_admin(desk, REED)
    assert not await is_admin(desk, OWNER)


async def test_slacks_admin_may_be_made_ours(desk: Desk) -> None:
    """Then he is one for good, and the others of Slack are not."""
    desk.profiles |= {OWNER: ADMIN_OF_SLACK, "U0OTHER": ADMIN_OF_SLACK}
    await desk.services.members.set_roles(TEAM, OWNER, frozenset({Role.ADMIN}), None, by="test")
    assert await is_admin(desk, OWNER)
    assert not await is_admin(desk, "U0OTHER")


async def test_admin_users_replaces_slacks_admins(desk: Desk) -> None:
    """The operator's list is the list; those in it need no role."""
    desk.profiles[OWNER] = ADMIN_OF_SLACK
    named = desk.with_admins(REED)
    assert await is_admin(named, REED)
    assert not await is_admin(named, OWNER)


async def test_an_admin_of_another_workspace_does_not_count(desk: Desk) -> None:
    """Each has a first admin of its own."""
    desk.profiles[OWNER] = ADMIN_OF_SLACK
    await desk.services.members.set_roles("T2", REED, frozenset({Role.ADMIN}), None, by="test")
    assert await is_admin(desk, OWNER)


async def test_slack_is_asked_once_and_then_remembered(desk: Desk) -> None:
    """For as long as a profile is kept."""
    desk.profiles[REED] = Profile(name="Reed", locale="en-GB", tz="Europe/London")
    first, second = await desk.actor(REED), await desk.actor(REED)
    assert first == second
    assert (first.name, first.lang, first.tz) == ("Reed", "en", "Europe/London")
    assert desk.asked == [REED]


async def test_a_guess_is_good_for_once(desk: Desk) -> None:
    """While Slack is silent somebody who waits is answered in the default zone; it is asked again next time."""
    desk.profiles[REED] = None
    assert (await desk.actor(REED)).tz == "Asia/Shanghai"
    assert await desk.services.members.find_actor(TEAM, REED) is None
    assert await desk.redis.get(keys.profile(TEAM, REED)) is None
    desk.profiles[REED] = Profile(name="Reed", tz="Europe/London")
    found = await desk.services.members.find_actor(TEAM, REED)
    assert found is not None
    assert found.tz == "Europe/London"


async def test_the_company_s_own_word_needs_no_slack(desk: Desk) -> None:
    """Roles and team are known without asking."""
    found = await desk.services.members.find(TEAM, LIN)
    assert (found.roles, found.team) == (frozenset({Role.ACCOUNT_MANAGER}), "East")
    assert await desk.services.members.find(TEAM, REED) == Member(user_id=REED)
    assert desk.asked == []


@pytest.mark.parametrize(("team", "expected"), [(None, "East"), ("West", "West"), ("", "")])
async def test_new_roles_replace_the_old_ones(desk: Desk, team: str | None, expected: str) -> None:
    """The team stays unless another is named; the change is written down."""
    await desk.services.members.set_roles(TEAM, LIN, frozenset({Role.TEAM_LEAD}), team, by="operator")
    found = await desk.services.members.find(TEAM, LIN)
    assert (found.roles, found.team) == (frozenset({Role.TEAM_LEAD}), expected)
    (line,) = await desk.services.workspaces.audit.newest(TEAM, 1)
    assert (line.who, line.action, line.subject) == ("operator", "roles.set", LIN)


async def test_ones_own_language_and_back(desk: Desk) -> None:
    """It outlives the profile; None follows Slack again."""
    desk.profiles[LIN] = Profile(name="Lin", locale="zh-CN", tz="Asia/Shanghai")
    langs = []
    for language in ("en", None):
        await desk.services.members.set_language(await desk.actor(), language)
        langs.append((await desk.actor()).lang)
    assert langs == ["en", "zh"]


async def test_a_role_and_a_language_set_at_the_same_moment(desk: Desk) -> None:
    """Neither is lost."""
    members = desk.services.members
    await asyncio.gather(
        members.set_language(await desk.actor(), "en"),
        members.set_roles(TEAM, LIN, frozenset({Role.TEAM_LEAD}), None, by="test"),
    )
    found = await members.find(TEAM, LIN)
    assert (found.language, found.roles, found.team) == ("en", frozenset({Role.TEAM_LEAD}), "East")


async def test_members_are_listed_by_id(desk: Desk) -> None:
    """All who were given a role."""
    listed = [member.user_id for member in await desk.services.members.all(TEAM)]
    assert listed == ["U01LIN", "U02CHEN", "U04ZHOU", "U09WEST"]
