"""The restore drill: a backup, an erasure after it, a lost store, and everything back but what was erased."""

from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.domain.customer import NewCustomer, Tier
from tests.cli.conftest import Company, Processes
from tests.world import CHEN, LIN, TEAM


@pytest.mark.soak
async def test_a_lost_store_comes_back_without_what_was_erased(
    processes: Processes, company: Company, redis: Redis
) -> None:
    """The list beside the store knows who was erased, also of a person of whom nobody may keep the id."""
    services = company.services
    lin = await services.members.actor(TEAM, LIN)
    for name in ("远大纺织", "恒通电子"):
        await services.customers.create(lin, NewCustomer(name, Tier.A))
    made = await processes("backup", "a.gz", **company.environment)
    assert (made.code, made.err) == (0, "")
    (gone,) = await services.privacy.customers(TEAM, "远大纺织")
    await services.privacy.erase_customer(TEAM, gone.id, (), by="test")
    assert (await processes("privacy", "erase", CHEN, "--yes", **company.environment)).code == 0
    full = await processes("restore", "a.gz", **company.environment)
    assert (full.code, "--replace" in full.err) == (1, True)
    await redis.flushdb()
    back = await processes("restore", "a.gz", **company.environment)
    assert (back.code, "Erased again, as the erasure list asks: 2." in back.out) == (0, True)
    lin = await services.members.actor(TEAM, LIN)
    assert [each.name for each in await services.customers.suggest(lin, "")] == ["恒通电子"]
    members = {each.user_id for each in await services.members.all(TEAM)}
    assert (LIN in members, CHEN in members) == (True, False)
    assert (await services.workspaces.audit.verify(TEAM)).fault is None
    assert CHEN not in (Path(processes.environment["DATA_DIR"]) / "erasures.jsonl").read_text()
