"""`privacy export` and `privacy erase`."""

import asyncio
import json
from pathlib import Path

from bot.domain.customer import NewCustomer, Tier
from tests.cli.conftest import Bot, Company
from tests.world import CHEN, LIN, TEAM


async def test_a_customer_is_erased_once_somebody_agrees(bot: Bot, company: Company) -> None:
    """Not without being asked, not when two bear the name; then with a report, and a line beside the store."""
    services = company.services
    for owner in (LIN, CHEN):
        await services.customers.create(await services.members.actor(TEAM, owner), NewCustomer("远大纺织", Tier.A))
    mine, theirs = sorted(await services.privacy.customers(TEAM, "远大纺织"), key=lambda each: each.owner_id != LIN)
    several, asked = await asyncio.gather(
        bot("privacy", "erase", "远大纺织", "--yes", **company.environment),
        bot("privacy", "erase", mine.id, **company.environment),
    )
    assert (several.code, mine.id in several.err, theirs.id in several.err) == (2, True, True)
    assert (asked.code, "Add --yes" in asked.err) == (2, True)
    done = await bot("privacy", "erase", mine.id, "--yes", **company.environment)
    assert (done.code, done.err) == (0, "")
    assert {"customer: 1", "customers: 1", "due: 1", "followup: 2"} <= set(done.out.splitlines())
    assert "Another customer bears these names too" in done.out
    assert [each.id for each in await services.privacy.customers(TEAM, "远大纺织")] == [theirs.id]
    (line,) = (Path(bot.environment["DATA_DIR"]) / "erasures.jsonl").read_text().splitlines()
    assert json.loads(line)["erased"]["customer_id"] == mine.id


async def test_what_is_held_about_a_person_is_printed(bot: Bot, company: Company) -> None:
    """As JSON, and the log says so; of somebody unknown there is nothing."""
    ran = await bot("privacy", "export", LIN, **company.environment)
    told = json.loads(ran.out)
    assert (ran.code, told["person"], told["workspace"]) == (0, LIN, TEAM)
    assert {each["kind"] for each in told["held"]} >= {"member", "members", "audit"}
    (row,) = await company.services.workspaces.audit.newest(TEAM, 1)
    assert (row.action, row.subject) == ("privacy.export", LIN)
