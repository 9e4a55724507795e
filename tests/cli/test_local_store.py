"""Commands on the embedded store: joined while another process runs it, else started for as long as needed."""

import asyncio
from pathlib import Path

import pytest

from bot import assembly
from bot.domain.user import Role
from bot.settings import Settings
from bot.storage.embedded import EmbeddedStore, find_running
from tests.cli.conftest import Processes
from tests.fakes import FixedClock
from tests.world import LIN, TEAM


@pytest.mark.soak
async def test_joins_a_running_store_and_else_starts_its_own(processes: Processes, data_dir: Path) -> None:
    store = EmbeddedStore.start(data_dir / "local")
    try:
        await _staff(store.url, data_dir)
        joined = await processes("roles", "set", LIN, "--role", "admin")
        assert joined.code == 0
        assert store.pid is not None
    finally:
        store.stop()
    own = await processes("roles", "list")
    assert own.out == f"{LIN}  admin  team East\n"
    assert find_running(data_dir / "local") is None


async def test_messages_need_the_local_workspace(processes: Processes, data_dir: Path) -> None:
    store = EmbeddedStore.start(data_dir / "local")
    try:
        await _staff(store.url, data_dir)
        sent, tried = await asyncio.gather(
            processes("nudges", "run"), processes("nudges", "run", "--dry-run", "--at", "2027-02-08")
        )
    finally:
        store.stop()
    assert (sent.code, tried.code) == (1, 0)
    assert "start it with `make run`" in sent.err
    assert tried.out.startswith("Nobody would get a message")


async def _staff(store_url: str, data_dir: Path) -> None:
    """Lin is an account manager."""
    settings = Settings(_env_file=None, data_dir=data_dir)
    async with assembly.core(settings, store_url, answers=False) as core:
        services = core.services(FixedClock(), _nobody)
        await services.workspaces.open(TEAM)
        await services.members.set_roles(TEAM, LIN, frozenset({Role.ACCOUNT_MANAGER}), "East", by="test")


async def _nobody(team_id: str, user_id: str) -> None:
    return None
