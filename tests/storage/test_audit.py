"""The audit log: a chain that shows what was done to it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from bot.domain.audit import AuditRow
from bot.storage import keys
from bot.storage.audit import AT_ONCE, AuditStore
from bot.storage.connection import connect
from bot.storage.records import Records
from bot.storage.replies import entries
from bot.storage.sealing import FieldKeysError, Sealer, new_key
from tests.builders import LIN, TEAM
from tests.storage.conftest import Stores

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CHAIN = keys.audit(TEAM)

Harm = Callable[[Redis], Awaitable[object]]


def made(subject: str, detail: str = "") -> AuditRow:
    return AuditRow(NOW, LIN, "visit.save", subject, detail)


async def filled(audit: AuditStore, count: int = 5) -> None:
    for number in range(1, count + 1):
        await audit.append(TEAM, made(f"v{number}", "phone" if number == 3 else ""))


async def test_rows_come_back_as_they_were_written(stores: Stores) -> None:
    """Newest first, as many as are asked for; the chain counts them and hangs together."""
    await filled(stores.audit)
    assert await stores.audit.newest(TEAM, 3) == [made("v5"), made("v4"), made("v3", "phone")]
    links = [link async for link in stores.audit.links(TEAM)]
    assert [link.number for link in links] == [1, 2, 3, 4, 5]
    verdict = await stores.audit.verify(TEAM)
    assert (verdict.rows, verdict.head, verdict.fault) == (5, links[-1].hash, None)


async def test_an_empty_log_is_whole(stores: Stores) -> None:
    assert (await stores.audit.verify(TEAM)).rows == 0


async def _rewrite(redis: Redis, first: str = "-") -> None:
    """The stream anew from this entry on, with one word changed."""
    rows = entries(await redis.xrange(CHAIN, min=first))
    await redis.delete(CHAIN)
    for entry_id, fields in rows:
        await redis.xadd(CHAIN, {"row": fields["row"].replace("v3", "v9"), "hash": fields["hash"]}, id=entry_id)


async def _swap_key(redis: Redis) -> None:
    await redis.set(keys.audit_key(TEAM), str(await redis.get(keys.audit_key("T2"))))


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (lambda redis: redis.xdel(CHAIN, "3-0"), "row 3 is missing; row 4 follows"),
        (lambda redis: redis.xdel(CHAIN, "1-0"), "row 1 is missing; row 2 follows"),
        (lambda redis: redis.xadd(CHAIN, {"row": "{}", "hash": "00"}, id="6-0"), "row 6 was changed"),
        (lambda redis: redis.xadd(CHAIN, {"row": "{}"}, id="6-1"), "row 6 was changed"),
        (lambda redis: redis.delete(keys.audit_key(TEAM)), "the chain's key is gone"),
        (lambda redis: _rewrite(redis, "3-0"), "row 1 is missing; row 3 follows"),
    ],
    ids=["one gone", "the first gone", "one added", "one without a hash", "no key", "rewritten"],
)
async def test_the_chain_tells_where_it_breaks(stores: Stores, harm: Harm, fault: str) -> None:
    """What somebody can do who has the store and not the keys."""
    await filled(stores.audit)
    await harm(stores.redis)
    found = (await stores.audit.verify(TEAM)).fault
    assert found is not None
    assert found.startswith(fault)


async def test_a_row_that_was_changed_in_its_place_is_named(stores: Stores) -> None:
    """The whole stream written anew, with one word changed."""
    await filled(stores.audit)
    await _rewrite(stores.redis)
    verdict = await stores.audit.verify(TEAM)
    assert (verdict.rows, verdict.fault) == (2, "row 3 was changed, or written with another key")


async def test_another_workspaces_key_is_no_help(stores: Stores) -> None:
    """Moved here it does not open: a sealed value is bound to its place."""
    await filled(stores.audit)
    await stores.audit.append("T2", made("v1"))
    await _swap_key(stores.redis)
    with pytest.raises(FieldKeysError):
        await stores.audit.verify(TEAM)


async def test_what_was_cut_off_at_the_end_shows_by_the_hash_noted_before(stores: Stores) -> None:
    """The chain alone can't tell."""
    await filled(stores.audit)
    noted = (await stores.audit.verify(TEAM)).head
    await stores.redis.xdel(CHAIN, "5-0")
    assert (await stores.audit.verify(TEAM)).fault is None
    assert noted not in [link.hash async for link in stores.audit.links(TEAM)]


async def test_many_replicas_write_one_chain(any_redis: Redis, any_store_url: str) -> None:
    """Six processes with sixty rows each at once: nobody fails, nothing is lost, and the chain is whole."""
    sealer = Sealer([new_key()])
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(aclosing(await connect(any_store_url))) for _ in range(6)]
        logs = [AuditStore(Records(client), sealer) for client in clients]
        rows = [(log, made(f"v{place}-{number}")) for place, log in enumerate(logs) for number in range(60)]
        await asyncio.gather(*(log.append(TEAM, row) for log, row in rows))
        assert (await logs[0].verify(TEAM)).rows == len(rows)
        found = [row async for row in logs[0].links(TEAM)]
    assert {link.row.subject for link in found} == {row.subject for _, row in rows}


async def test_whoever_gives_up_takes_nobody_along(stores: Stores) -> None:
    """Of more rows than one commit takes, one is withdrawn while it waits; the others are written."""
    tasks = [asyncio.create_task(stores.audit.append(TEAM, made(f"v{number}"))) for number in range(AT_ONCE + 50)]
    await asyncio.sleep(0)
    tasks[7].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in outcomes if each is not None] == [asyncio.CancelledError]
    verdict = await stores.audit.verify(TEAM)
    assert verdict.fault is None
    subjects = {link.row.subject async for link in stores.audit.links(TEAM)}
    assert {f"v{number}" for number in range(AT_ONCE + 50) if number != 7} <= subjects


async def test_what_earlier_releases_wrote_can_be_read(stores: Stores) -> None:
    """From their list, oldest first; it is no part of the chain."""
    for subject in ("v1", "v2"):
        line = f'{{"at": "{NOW.isoformat()}", "who": "{LIN}", "action": "visit.save", "subject": "{subject}"}}'
        await stores.redis.lpush(keys.unchained_audit(TEAM), line)
    await stores.audit.append(TEAM, made("v3"))
    assert await stores.audit.unchained(TEAM) == [made("v1"), made("v2")]
    assert (await stores.audit.verify(TEAM)).rows == 1
