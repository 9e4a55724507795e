"""`playbooks owners`."""

from bot.domain.entry import OwnerRole
from bot.domain.user import Role
from tests.cli.conftest import Bot, Company
from tests.world import CHEN, GRACE, LIN, TEAM


async def test_who_stands_for_an_owner_role(bot: Bot, company: Company) -> None:
    """Named people with a role are asked; else the approvers, and the list says so."""
    await company.services.members.set_roles(TEAM, CHEN, frozenset({Role.APPROVER}), None, by="test")
    ran = await bot("playbooks", "owners", "pricing", LIN, GRACE, **company.environment)
    assert ran.code == 0
    assert f"{GRACE} has no role" in ran.out
    assert f"pricing  {LIN}, {GRACE}" in ran.out
    assert "asked instead" not in ran.out
    listed = await bot("playbooks", "owners", **company.environment)
    legal = next(line for line in listed.out.splitlines() if line.startswith("legal"))
    assert legal.endswith(f"(asked instead: {CHEN})")
    assert await company.services.reviews.reviewer_ids(TEAM, OwnerRole.PRICING) == {LIN}
    gone = await bot("playbooks", "owners", "pricing", "--none", **company.environment)
    assert f"(asked instead: {CHEN})" in gone.out


async def test_what_is_not_understood(bot: Bot) -> None:
    for typed in (("boss", LIN), ("pricing",), ("pricing", "lin"), ("pricing", LIN, "--none")):
        assert (await bot("playbooks", "owners", *typed)).code == 2
