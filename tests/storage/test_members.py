"""People: what their company settled, and what Slack said last."""

import asyncio
from functools import partial

from bot.domain.user import Member, Profile, Role
from tests.builders import LIN, TEAM
from tests.storage.conftest import Stores

PROFILE = Profile(name="林", locale="zh-CN", tz="Asia/Shanghai", is_admin=True)


async def test_somebody_unknown_has_no_roles(stores: Stores) -> None:
    """And nothing is known from Slack."""
    assert await stores.members.load(TEAM, LIN) == (Member(user_id=LIN), None, ())


async def test_what_was_settled_comes_back(stores: Stores) -> None:
    """Roles, team and language, with the profile beside it."""
    member = Member(user_id=LIN, roles=frozenset({Role.ACCOUNT_MANAGER, Role.EDITOR}), team="East", language="zh")
    assert await stores.members.change(TEAM, LIN, lambda _: member) == member
    await stores.members.cache_profile(TEAM, LIN, PROFILE)
    assert await stores.members.load(TEAM, LIN) == (member, PROFILE, ())


async def test_a_person_knows_who_named_him_as_stand_in(stores: Stores) -> None:
    """Until somebody else is named."""
    for owner_id in ("U2", "U1"):
        await stores.members.change(TEAM, owner_id, lambda found: found.model_copy(update={"stand_in_id": LIN}))
    assert (await stores.members.load(TEAM, LIN))[2] == ("U1", "U2")
    await stores.members.change(TEAM, "U2", lambda found: found.model_copy(update={"stand_in_id": "U3"}))
    assert (await stores.members.load(TEAM, LIN))[2] == ("U1",)


async def test_a_profile_alone_makes_no_member(stores: Stores) -> None:
    """Everybody who ever typed a command has one."""
    await stores.members.cache_profile(TEAM, LIN, PROFILE)
    assert await stores.members.all(TEAM) == []


async def test_all_members_of_a_workspace(stores: Stores) -> None:
    """Each once, however often changed."""
    for user_id in ("U1", "U2", "U1"):
        await stores.members.change(TEAM, user_id, lambda found: found.model_copy(update={"team": "East"}))
    found = await stores.members.all(TEAM)
    assert sorted(found, key=lambda each: each.user_id) == [Member(user_id=each, team="East") for each in ("U1", "U2")]


async def test_a_role_and_a_language_set_at_once_are_both_kept(stores: Stores) -> None:
    """The admin and the person write to the same record."""
    changes: list[dict[str, object]] = [{"language": "zh"}, {"team": "East"}, {"roles": frozenset({Role.TEAM_LEAD})}]
    await asyncio.gather(
        *(stores.members.change(TEAM, LIN, partial(Member.model_copy, update=change)) for change in changes)
    )
    member, _, _ = await stores.members.load(TEAM, LIN)
    assert member == Member(user_id=LIN, language="zh", team="East", roles=frozenset({Role.TEAM_LEAD}))
