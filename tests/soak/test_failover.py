"""Behind Sentinel: the primary dies between the decision and the post, and daily messages go on."""

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.domain.notice import NoticeState
from bot.domain.playbook import Playbook
from bot.storage.connection import connect
from tests import servers
from tests.jobs.office import AT_NINE, opened_office, until
from tests.world import CHEN, LIN, TEAM


async def test_daily_messages_go_on_after_a_failover(tmp_path: Path, playbook: Playbook) -> None:
    """What was replicated counts: one message for each, from a worker that was connected to the dead primary."""
    first, second = servers.free_ports(2)
    prompt = ("--repl-diskless-sync-delay", "0")
    with (
        servers.running(tmp_path / "1", first, *prompt) as primary,
        servers.running(tmp_path / "2", second, "--replicaof", "127.0.0.1", str(first), *prompt) as replica,
        servers.sentinel(tmp_path / "s", primary) as sentinel,
    ):
        servers.wait_until(lambda: "'master_link_status': 'up'" in str(replica.ask("INFO", "replication")))
        servers.wait_until(lambda: "'slaves': 1" in str(sentinel.ask("INFO", "sentinel")))
        url = f"redis+sentinel://127.0.0.1:{sentinel.port}/store/0"
        redis = await connect(url, patience=15)
        async with opened_office(redis, url, playbook) as office, office.engine() as sweep:
            await office.overdue(LIN, "远大纺织")
            await office.overdue(CHEN, "恒通电子")
            office.clock.set(AT_NINE)
            await office.plan()
            await asyncio.to_thread(primary.ask, "WAIT", 1, 2000)
            await asyncio.to_thread(primary.kill)

            async def is_sent() -> bool:
                office.wall.advance(timedelta(seconds=31))
                await sweep()
                digests = await office.services.notices.under_way(TEAM)
                return not digests

            await until(is_sent, 60)
            for user_id in (LIN, CHEN):
                digest = await office.find(user_id)
                assert digest is not None
                assert digest.state is NoticeState.SENT
                assert len(office.digests(user_id)) == 1
        await redis.aclose()
