"""Whom the app takes through its first steps: one person, once an installation."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.firstrun import Step
from bot.domain.notice import NoticeKind
from bot.domain.user import Profile, Role
from tests.builders import TEAM
from tests.services.conftest import LIN, REED, Desk

NEW = "T0NEW"
"""A workspace in which nobody has a role."""
OWNER, OTHER = "U00OWNER", "U0OTHER"
ADMIN_OF_SLACK = Profile(name="Owner", tz="Asia/Shanghai", is_admin=True)
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


async def readers(desk: Desk, team_id: str = NEW) -> list[str]:
    found = await desk.services.notices.under_way(team_id)
    return [each.user_id for each in found if each.kind is NoticeKind.WELCOME]


async def test_the_first_admin_at_home_where_there_is_only_a_token(desk: Desk) -> None:
    """Nobody knows who installed the app then; two who come at the same moment get one message between them."""
    desk.profiles |= {OWNER: ADMIN_OF_SLACK, OTHER: ADMIN_OF_SLACK}
    services = desk.services
    await services.firstruns.met(await services.members.actor(NEW, REED))
    assert await readers(desk) == []
    admins = [await services.members.actor(NEW, each) for each in (OWNER, OTHER, OWNER)]
    await asyncio.gather(*(services.firstruns.met(each) for each in admins))
    assert len(await readers(desk)) == 1


async def test_not_where_the_app_is_in_use_already(desk: Desk) -> None:
    """Who upgrades from an earlier release has had these steps long ago."""
    desk.profiles[OWNER] = ADMIN_OF_SLACK
    await desk.services.firstruns.met(await desk.services.members.actor(TEAM, OWNER))
    assert await readers(desk, TEAM) == []


async def test_whom_the_operator_has_named(desk: Desk) -> None:
    """Before anybody opens Home; a start later changes nothing."""
    services = desk.services
    members = replace(services.members, admin_users=frozenset({OTHER, OWNER}))
    firstruns = replace(services.firstruns, members=members)
    for _ in range(2):
        await firstruns.served_by_token(NEW)
    assert await readers(desk) == [OWNER]
    await services.firstruns.served_by_token("T0OTHER")
    assert await readers(desk, "T0OTHER") == []


async def test_once_an_installation(desk: Desk) -> None:
    """Told twice of the same it is one message; installed again, there is another."""
    firstruns = desk.services.firstruns
    for _ in range(2):
        await firstruns.installed(NEW, LIN, MORNING)
    assert await readers(desk) == [LIN]
    await firstruns.installed(NEW, OWNER, MORNING.replace(day=9))
    assert sorted(await readers(desk)) == [OWNER, LIN]


async def test_who_installs_can_take_the_steps(desk: Desk) -> None:
    """Slack lets people install apps who are no admins of it. Until an admin is named, and not where the
    app is in use already, or the operator has named the admins."""
    services = desk.services
    await services.firstruns.installed(NEW, LIN, MORNING)
    assert (await services.members.actor(NEW, LIN)).is_(Role.ADMIN)
    assert not (await services.members.actor(NEW, REED)).is_(Role.ADMIN)
    await services.members.set_roles(NEW, REED, frozenset({Role.ACCOUNT_MANAGER}), None, by=LIN)
    assert (await services.members.actor(NEW, LIN)).is_(Role.ADMIN)
    await services.firstruns.installed(NEW, OTHER, MORNING.replace(day=9))
    assert not (await services.members.actor(NEW, OTHER)).is_(Role.ADMIN)
    await services.members.set_roles(NEW, REED, frozenset({Role.ADMIN}), None, by=LIN)
    assert not (await services.members.actor(NEW, LIN)).is_(Role.ADMIN)
    named = replace(services.members, admin_users=frozenset({OWNER}))
    await replace(services.firstruns, members=named).installed("T0OTHER", LIN, MORNING)
    assert not (await named.actor("T0OTHER", LIN)).is_(Role.ADMIN)


async def test_what_is_done_shows_in_the_workspace_itself(desk: Desk) -> None:
    """Roles given by a command, customers from a table: however they came."""
    services = desk.services
    await services.firstruns.installed(NEW, LIN, MORNING)
    assert await services.firstruns.done(NEW) == frozenset()
    await services.members.set_roles(NEW, LIN, frozenset({Role.ACCOUNT_MANAGER}), None, by="operator")
    assert await services.firstruns.done(NEW) == {Step.ROLES}
    await services.firstruns.chosen_hour(await services.members.actor(NEW, REED))
    assert await services.firstruns.done(NEW) == {Step.ROLES}
    await services.firstruns.chosen_hour(await services.members.actor(NEW, LIN))
    assert await services.firstruns.done(NEW) == {Step.ROLES, Step.HOUR}
