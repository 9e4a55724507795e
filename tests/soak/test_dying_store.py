"""The store's server is killed again and again, while people write and daily messages go out."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from redis.exceptions import RedisError

from bot import demo
from bot.domain.notice import NoticeState
from bot.domain.playbook import Playbook
from bot.domain.workcalendar import first_working_day
from bot.errors import StoreUnavailableError
from bot.jobs import Sweep
from bot.storage.connection import connect
from bot.storage.embedded import EmbeddedStore
from tests.jobs.office import AT_NINE, TODAY, Office, opened_office, until
from tests.programs import Writers, running, stored_notes, with_models
from tests.world import CHEN, LIN

WRITING_SECONDS = 60
WORKING_DAYS = 15
MAX_KILLS_A_DAY = 2


@asynccontextmanager
async def kept_running(data_dir: Path) -> AsyncIterator[EmbeddedStore]:
    store = EmbeddedStore.start(data_dir)
    keeper = asyncio.create_task(store.keep_running())
    try:
        yield store
    finally:
        keeper.cancel()
        store.stop()


async def test_people_write_while_the_store_dies(data_dir: Path, models_dir: Path) -> None:
    """The bot brings it back every time; all that was acknowledged is there in the end, once."""
    customer_ids = [customer.id for customer in demo.load().customers if customer.owner == LIN][:6]
    async with running(with_models(data_dir, models_dir)) as program:
        writers = Writers(program, customer_ids)
        writing = asyncio.create_task(writers.write())
        loop = asyncio.get_running_loop()
        end, kills = loop.time() + WRITING_SECONDS, 0
        while loop.time() < end:
            await writers.have_saved(len(writers.acknowledged) + random.randint(1, 200))
            os.kill(int((data_dir / "local" / "store" / "valkey.pid").read_text()), signal.SIGKILL)
            kills += 1
        await writers.have_saved(len(writers.acknowledged) + 10)
        assert await program.health() == "ok"
        program.interrupt()
        code, said = await program.end()
        await writing
    assert code == 0
    assert "Traceback" not in said
    assert kills > 5
    notes = await stored_notes(data_dir, customer_ids)
    assert set(writers.acknowledged) - set(notes) == set()
    assert len(set(notes)) == len(notes)


async def test_daily_messages_while_the_store_dies(data_dir: Path, playbook: Playbook) -> None:
    """Each of Lin and Chen gets exactly one message every working day."""
    async with kept_running(data_dir) as store:
        redis = await connect(store.url)
        async with opened_office(redis, store.url, playbook) as office:
            await office.overdue(LIN, "远大纺织")
            await office.overdue(CHEN, "恒通电子")
            async with office.engine() as one, office.engine() as two:
                for moment in working_mornings():
                    office.clock.set(moment.isoformat())
                    await a_day_with_kills(office, store, [one, two], moment)
        await redis.aclose()


def working_mornings() -> list[datetime]:
    """At nine on working days, from the first one on."""
    from bot.calendars import WorkCalendar

    days, day, is_work = [], TODAY, WorkCalendar()
    for _ in range(WORKING_DAYS):
        day = first_working_day(day, is_work)
        days.append(datetime.combine(day, datetime.fromisoformat(AT_NINE).timetz(), ZoneInfo("Asia/Shanghai")))
        day += timedelta(days=1)
    return days


async def a_day_with_kills(office: Office, store: EmbeddedStore, sweeps: list[Sweep], moment: datetime) -> None:
    known = {user_id: len(office.digests(user_id)) for user_id in (LIN, CHEN)}
    killing = asyncio.create_task(killed_sometimes(store))

    async def is_settled() -> bool:
        office.wall.advance(timedelta(seconds=31))
        with contextlib.suppress(StoreUnavailableError, RedisError):  # the job engine's own client does not wait
            await asyncio.gather(*(sweep() for sweep in sweeps))
            digests = [await office.find(user_id, moment.date()) for user_id in known]
            return all(digest is not None and digest.state is NoticeState.SENT for digest in digests)
        return False

    await until(is_settled, 60)
    await killing
    assert {user_id: len(office.digests(user_id)) - count for user_id, count in known.items()} == {LIN: 1, CHEN: 1}


async def killed_sometimes(store: EmbeddedStore) -> None:
    for _ in range(random.randint(1, MAX_KILLS_A_DAY)):
        await asyncio.sleep(random.uniform(0, 0.2))  # at any moment: that is what is tested
        if store.pid is not None:
            os.kill(store.pid, signal.SIGKILL)
