"""`roles set` and `roles list`."""

import pytest

from bot.domain.user import Role
from bot.errors import CustomerNotFoundError
from tests.cli.conftest import Bot, Company
from tests.world import GRACE, LIN, TEAM


async def test_a_new_account_manager_joins_the_daily_round(bot: Bot, company: Company) -> None:
    ran = await bot("roles", "set", GRACE, "--role", "account_manager", "--team", "East", **company.environment)
    listed = await bot("roles", "list", **company.environment)
    assert (ran.code, listed.code) == (0, 0)
    assert ran.out.strip() in listed.out.splitlines()
    grace = await company.services.members.actor(TEAM, GRACE)
    assert (set(grace.roles), grace.team) == ({Role.ACCOUNT_MANAGER}, "East")
    assert GRACE in await company.services.nudges.store.scheduled_people(TEAM)
    newest = (await company.services.workspaces.audit.newest(TEAM))[0]
    assert (newest.who, newest.action, newest.subject) == ("operator", "roles.set", GRACE)


async def test_whoever_loses_all_roles_leaves_the_round(bot: Bot, company: Company) -> None:
    """With several workspaces in the store, the token's is meant; without an answer of Slack it has to be named."""
    await company.services.nudges.join(TEAM, LIN)
    await company.services.workspaces.open("T2")
    mute = {**company.environment, "SLACK_API_URL": "http://127.0.0.1:1/api/"}
    unnamed = await bot("roles", "set", LIN, "--none", **mute)
    assert (unnamed.code, "T0LOCAL, T2" in unnamed.err) == (2, True)
    assert await company.services.nudges.store.scheduled_people(TEAM) == [LIN]
    meant = await bot("roles", "set", LIN, "--none", **company.environment)
    assert meant.code == 0
    assert await company.services.nudges.store.scheduled_people(TEAM) == []


async def test_the_last_admin_stays(bot: Bot, company: Company) -> None:
    """Also here: nobody could give roles in Slack any more."""
    await company.services.staff.set_roles(TEAM, GRACE, frozenset({Role.ADMIN}), None, by="test")
    ran = await bot("roles", "set", GRACE, "--none", **company.environment)
    assert (ran.code, "last admin" in ran.err) == (1, True)
    assert (await company.services.members.find(TEAM, GRACE)).roles == {Role.ADMIN}


async def test_what_risk_could_read_is_listed_with_its_reason(bot: Bot, company: Company) -> None:
    """The audit list has ids only; the reasons are kept encrypted and shown here."""
    services = company.services
    await services.staff.set_roles(TEAM, GRACE, frozenset({Role.RISK}), None, by="test")
    actor = await services.members.actor(TEAM, GRACE)
    with pytest.raises(CustomerNotFoundError):
        await services.cases.break_glass(actor, "V1", "查无此家", "抽查反洗钱")
    listed = await bot("cases", "list", **company.environment)
    assert listed.code == 0
    assert f"break-glass by {GRACE}  no such customer" in listed.out
    assert "抽查反洗钱" in listed.out
