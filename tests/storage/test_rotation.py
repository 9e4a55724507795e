"""Every sealed value is known by its place, and gets the new key while bots go on writing."""

import asyncio
import re
from collections import Counter
from functools import partial

import pytest
from redis import Redis as SyncRedis
from redis.asyncio import Redis

from bot.domain.followup import FollowUp
from bot.storage import keys
from bot.storage.kinds import SEALED, kind_of, with_sealed
from bot.storage.records import Records
from bot.storage.rotation import Found, Progress, Rotation
from bot.storage.sealing import FieldKeysError, Sealer, fingerprint_of, new_key
from tests.builders import LIN, make_question, make_visit
from tests.storage.conftest import Stores
from tests.storage.reading import everything, keys_of
from tests.storage.test_keys import use

OLD, NEW = new_key(), new_key()
SEALED_TEXT = re.compile(r"\b[0-9a-f]{8}\.[\w-]{38,}=*")
"""What a sealed value looks like."""


def ignored(_: Progress) -> None:
    return


async def rotated(redis: Redis, *given: str) -> Found:
    return await Rotation(Records(redis), Sealer(given)).run(ignored)


@pytest.fixture
async def old(any_redis: Redis) -> Stores:
    """Two workspaces that were written with the old key."""
    stores = Stores.on(any_redis, Sealer([OLD]))
    for team_id in ("T1", "T2"):
        await use(stores, team_id)
        await stores.questions.change(
            team_id, "q2", lambda found: found.model_copy(update={"missing": "案例", "reply": "有"})
        )
    return stores


async def test_the_list_of_what_is_sealed_is_complete(old: Stores) -> None:
    """Whatever in the whole store looks sealed opens at the place that the list gives it."""
    opened: Counter[str] = Counter()
    sealer = Sealer([OLD])
    for key in await keys_of(old.redis):
        if kind_of(key) in SEALED:
            row = str(await old.redis.get(key))

            def step(sealed: str, place: str, key: str = key) -> str:
                sealer.open(sealed, place)
                opened[kind_of(key)] += 1
                return sealed

            with_sealed(key, row, step)
    assert opened.keys() == SEALED.keys()
    assert opened.total() == len(SEALED_TEXT.findall(await everything(old.redis)))


async def test_afterwards_the_new_key_alone_opens_everything(old: Stores) -> None:
    """Nothing the old one sealed is left, temporary records still end, and a second time there is nothing to do."""
    found = await rotated(old.redis, NEW, OLD)
    newest = Sealer([NEW]).fingerprints[0]
    assert (set(found.anew), found.unreadable, found.is_settled) == (set(SEALED), [], True)
    assert found.opened == len(SEALED_TEXT.findall(await everything(old.redis)))
    assert {fingerprint_of(each) for each in SEALED_TEXT.findall(await everything(old.redis))} == {newest}
    assert 0 < await old.redis.ttl(keys.last_asked("T1", LIN)) <= keys.TTLS["last-asked"]
    stores = Stores.on(old.redis, Sealer([NEW]))
    assert [each.note for each in await stores.visits.latest("T1", "c1", 9)] == [make_visit().note]
    assert (await stores.audit.verify("T1")).fault is None
    assert not (await rotated(old.redis, NEW)).anew


async def test_stopped_in_the_middle_it_goes_on_later(old: Stores) -> None:
    """Both keys open everything in between."""

    def stop(progress: Progress) -> None:
        if progress.sealed_anew:
            raise KeyboardInterrupt

    rotation = Rotation(Records(old.redis), Sealer([NEW, OLD]), page=5)
    with pytest.raises(KeyboardInterrupt):
        await rotation.run(stop)
    between = Stores.on(old.redis, Sealer([OLD, NEW]))
    assert [each.text for each in await between.questions.ungrouped("T2", 9)] == [make_question().text]
    assert (await rotation.run(ignored)).is_settled


async def test_what_bots_write_meanwhile_is_not_lost(old: Stores) -> None:
    """Two hundred changes by a bot that has both keys, while everything is sealed anew."""
    bot = Stores.on(old.redis, Sealer([NEW, OLD]))

    async def work() -> None:
        for number in range(200):
            title = f"报价 {number}"
            await bot.followups.change("T1", "step-1", partial(FollowUp.model_copy, update={"title": title}))

    _, found = await asyncio.gather(work(), rotated(old.redis, NEW, OLD))
    assert found.is_settled
    assert (await Stores.on(old.redis, Sealer([NEW])).followups.get("T1", "step-1")).title == "报价 199"


async def test_a_bot_that_still_writes_with_the_old_key_is_noticed(redis: Redis, store_url: str) -> None:
    """One that was not restarted undoes each pass."""
    await use(Stores.on(redis, Sealer([OLD])), "T1")
    key = keys.question("T1", "q1")
    row = str(await redis.get(key))
    with SyncRedis.from_url(store_url) as bot:
        found = await Rotation(Records(redis), Sealer([NEW, OLD])).run(lambda _: bot.set(key, row))
    assert (found.is_settled, found.anew["question"]) == (False, 4)


async def test_records_of_a_lost_key_are_named_and_left_alone(old: Stores) -> None:
    """Everything else is done."""
    key = keys.visit("T1", "v1")
    lost = with_sealed(key, str(await old.redis.get(key)), lambda _, place: Sealer([new_key()]).seal("note", place))
    await old.redis.set(key, lost)
    found = await rotated(old.redis, NEW, OLD)
    assert found.unreadable == [key]
    assert await old.redis.get(key) == lost
    with pytest.raises(FieldKeysError):
        await Stores.on(old.redis, Sealer([NEW, OLD])).visits.find("T1", "v1")
