"""`audit verify` and `audit export`."""

import json

from redis.asyncio import Redis

from bot.storage import keys
from tests.cli.conftest import Bot, Company
from tests.world import LIN, TEAM


async def test_the_log_is_printed_and_proves_itself(bot: Bot, company: Company, redis: Redis) -> None:
    """Its last row is the export; a hash that was noted is missed when rows were cut off at the end."""
    exported = await bot("audit", "export", **company.environment)
    lines = [json.loads(line) for line in exported.out.splitlines()]
    assert exported.code == 0
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert (lines[0]["action"], lines[0]["subject"], lines[0]["detail"]) == ("roles.set", LIN, "account_manager")
    assert (lines[-1]["who"], lines[-1]["action"]) == ("operator", "audit.export")
    noted = lines[-1]["hash"]
    assert (await company.services.workspaces.audit.verify(TEAM)).head == noted
    await redis.xdel(keys.audit(TEAM), f"{lines[-1]['number']}-0")
    cut = await bot("audit", "verify", "--head", noted, **company.environment)
    assert (cut.code, "cut off" in cut.out) == (1, True)
