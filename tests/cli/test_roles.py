"""`roles set` and `roles list`."""

from bot.domain.user import Role
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
