"""Changes to needs: added once, sealed, and never changed."""

from datetime import timedelta

import pytest

from bot.domain.need import NeedStatus, NeedType
from bot.storage import keys
from bot.storage.needs import put_need_change
from bot.storage.records import Batch, Records
from bot.storage.sealing import FieldKeysError, Sealer
from tests.builders import MONDAY, TEAM, make_change
from tests.storage.conftest import Stores
from tests.storage.reading import everything

FULL = make_change(
    sentence="王总说年底备货缺五百万",
    type=NeedType.LIQUIDITY,
    statement="年底备货",
    amount="500万",
    wanted_by="十二月前",
    why="旺季",
    priority=2,
    status=NeedStatus.CONFIRMED,
    source_id="v1",
)


async def test_changes_come_back_oldest_first(stores: Stores, sealer: Sealer) -> None:
    """All that was said, in one batch with whatever belongs to it."""
    batch = Batch()
    later = make_change(id="h2", on=MONDAY + timedelta(days=1), amount="")
    for change in (later, FULL):
        put_need_change(batch, TEAM, change, sealer)
    put_need_change(batch, TEAM, make_change(id="h3", customer_id="c2"), sealer)
    assert await Records(stores.redis).commit(batch)
    assert await stores.needs.of(TEAM, "c1") == [FULL, later]


async def test_a_change_is_never_written_over(stores: Stores, sealer: Sealer) -> None:
    """Not even by another one of its id: the whole batch is refused."""
    for change, written in ((FULL, True), (make_change(amount="1"), False)):
        batch = Batch()
        put_need_change(batch, TEAM, change, sealer)
        assert await Records(stores.redis).commit(batch) is written
    assert await stores.needs.of(TEAM, "c1") == [FULL]


async def test_what_was_said_cannot_be_read_in_the_store(stores: Stores, sealer: Sealer) -> None:
    """Nor does it open in another change's place."""
    batch = Batch()
    put_need_change(batch, TEAM, FULL, sealer)
    await Records(stores.redis).commit(batch)
    stored = (await everything(stores.redis)).encode().decode("unicode_escape", errors="ignore")
    for words in ("王总", "备货", "500", "十二月", "旺季"):
        assert words not in stored
    row = await stores.redis.get(keys.need_change(TEAM, "h1"))
    assert row is not None
    await stores.redis.set(keys.need_change(TEAM, "h9"), str(row).replace('"h1"', '"h9"'))
    await stores.redis.zadd(keys.needs_of(TEAM, "c1"), {"h9": 1})
    with pytest.raises(FieldKeysError):
        await stores.needs.of(TEAM, "c1")
