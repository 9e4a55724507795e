"""People: what their company settled, and what Slack said last."""

import asyncio

from bot.domain.user import Member, Profile, Role
from tests.builders import LIN, TEAM
from tests.storage.conftest import Stores

PROFILE = Profile(name="林", locale="zh-CN", tz="Asia/Shanghai", is_admin=True)


async def test_somebody_unknown_has_no_roles(stores: Stores) -> None:
    """And nothing is known from Slack."""
    assert await stores.members.load(TEAM, LIN) == (Member(user_id=LIN), None)


async def test_what_was_settled_comes_back(stores: Stores) -> None:
    """Roles, team and language, with the profile beside it."""
    member = Member(user_id=LIN, roles=frozenset({Role.ACCOUNT_MANAGER, Role.EDITOR}), team="East", language="zh")
    await stores.members.save(TEAM, member)
    await stores.members.cache_profile(TEAM, LIN, PROFILE)
    assert await stores.members.load(TEAM, LIN) == (member, PROFILE)


async def test_a_profile_alone_makes_no_member(stores: Stores) -> None:
    """Everybody who ever typed a command has one."""
    await stores.members.cache_profile(TEAM, LIN, PROFILE)
    assert await stores.members.all(TEAM) == []


async def test_all_members_of_a_workspace(stores: Stores) -> None:
    """Saved at once or again, each is listed once, as saved last."""
    people = [Member(user_id=f"U{each}", team="East") for each in range(20)]
    await asyncio.gather(*(stores.members.save(TEAM, each) for each in people))
    moved = Member(user_id="U7", team="West")
    await stores.members.save(TEAM, moved)
    found = await stores.members.all(TEAM)
    assert sorted(found, key=lambda each: each.user_id) == sorted(
        [each for each in people if each.user_id != "U7"] + [moved], key=lambda each: each.user_id
    )
