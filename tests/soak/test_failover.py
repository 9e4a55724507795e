"""Behind Sentinel and in a Cluster: the primary dies between the decision and the post, and daily messages go on."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from redis.exceptions import RedisError, ResponseError

from bot.domain.notice import NoticeState
from bot.domain.playbook import Playbook
from bot.errors import StoreUnavailableError
from bot.storage import keys
from bot.storage.connection import connect
from tests import servers
from tests.jobs.office import AT_NINE, opened_office, until
from tests.world import CHEN, LIN, TEAM


async def test_daily_messages_go_on_after_a_failover(tmp_path: Path, playbook: Playbook) -> None:
    first, second = servers.free_ports(2)
    prompt = ("--repl-diskless-sync-delay", "0")
    with (
        servers.running(tmp_path / "1", first, *prompt) as primary,
        servers.running(tmp_path / "2", second, "--replicaof", "127.0.0.1", str(first), *prompt) as replica,
        servers.sentinel(tmp_path / "s", primary) as sentinel,
    ):
        servers.wait_until(lambda: "'master_link_status': 'up'" in str(replica.ask("INFO", "replication")))
        servers.wait_until(lambda: "'slaves': 1" in str(sentinel.ask("INFO", "sentinel")))
        await goes_on(f"redis+sentinel://127.0.0.1:{sentinel.port}/store/0", lambda: primary, playbook)


async def test_daily_messages_go_on_when_a_node_of_a_cluster_dies(tmp_path: Path, playbook: Playbook) -> None:
    """Three primaries with a replica each; the one that holds the workspace dies, and its replica is elected."""
    with servers.cluster(tmp_path, replicas=1) as nodes:
        key = keys.schema(TEAM)

        def holder() -> servers.Server:
            return next(node for node in nodes[:3] if _holds(node, key))

        await goes_on(f"redis+cluster://127.0.0.1:{nodes[5].port}", holder, playbook)


def _holds(node: servers.Server, key: str) -> bool:
    """Others answer that it has moved."""
    try:
        return bool(node.ask("EXISTS", key))
    except ResponseError:
        return False


async def goes_on(url: str, primary: Callable[[], servers.Server], playbook: Playbook) -> None:
    """What was replicated counts: one message for each, from a worker that was connected to the dead primary."""
    redis = await connect(url, patience=15)
    async with opened_office(redis, url, playbook) as office, office.engine() as sweep:
        await office.overdue(LIN, "远大纺织")
        await office.overdue(CHEN, "恒通电子")
        office.clock.set(AT_NINE)
        await office.plan()
        dying = await asyncio.to_thread(primary)
        await asyncio.to_thread(dying.ask, "WAIT", 1, 2000)
        await asyncio.to_thread(dying.kill)

        async def is_sent() -> bool:
            office.wall.advance(timedelta(seconds=31))
            with suppress(StoreUnavailableError, RedisError):  # the job engine's own client does not wait
                await sweep()
                return not await office.services.notices.under_way(TEAM)
            return False

        await until(is_sent, 60)
        for user_id in (LIN, CHEN):
            digest = await office.find(user_id)
            assert digest is not None
            assert digest.state is NoticeState.SENT
            assert len(office.digests(user_id)) == 1
    await redis.aclose()
