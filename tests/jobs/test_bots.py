"""Whole bots on one store: several at once, one after another, and one that is stopped in the middle."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

import app
from bot.domain.customer import NewCustomer, Tier
from bot.domain.notice import NoticeState
from bot.sandbox import Emulator, Message
from bot.settings import Settings
from bot.storage.sealing import new_key
from tests.fakes import FixedClock
from tests.jobs.office import AT_NINE, TODAY, slack_at, staff, until
from tests.world import BOT_TOKEN, LIN, SECRET, TEAM

KEY = new_key()


@asynccontextmanager
async def running_bot(slack: Emulator, store_url: str, data_dir: Path, clock: FixedClock) -> AsyncIterator[app.Running]:
    """With its jobs at work."""
    settings = Settings(
        _env_file=None,
        slack_bot_token=SecretStr(BOT_TOKEN),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url=f"{slack.base_url}/api/",
        data_dir=data_dir,
        field_keys=(SecretStr(KEY),),
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with app.running_bot(settings, store_url, listening, clock) as running:
            yield running


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock("2026-11-24T08:00:00+08:00")


async def nine_oclock(running: app.Running, clock: FixedClock) -> None:
    """Lin has something to do when it strikes nine."""
    await staff(running.services)
    lin = await running.services.members.actor(TEAM, LIN)
    await running.services.customers.create(lin, NewCustomer("远大纺织", Tier.A, "", (), TODAY.replace(month=9)))
    clock.set(AT_NINE)


def digests(slack: Emulator) -> list[Message]:
    return [each for each in slack.person(LIN).dm_messages() if each.metadata]


async def all_settled(running: app.Running) -> None:
    async def is_settled() -> bool:
        return not await running.services.notices.under_way(TEAM)

    await until(is_settled)


async def test_two_bots_on_one_store_and_a_restart(
    redis: Redis, store_url: str, models_dir: Path, clock: FixedClock
) -> None:
    """Both sweep, one sends; a third bot that starts later finds nothing left to do."""
    async with slack_at() as slack:
        async with (
            running_bot(slack, store_url, models_dir, clock) as one,
            running_bot(slack, store_url, models_dir, clock) as two,
        ):
            await nine_oclock(one, clock)
            await asyncio.gather(one.sweep(), two.sweep(), one.sweep(), two.sweep())
            await slack.wait_for(lambda: digests(slack), timeout=15)
            await all_settled(two)
        async with running_bot(slack, store_url, models_dir, clock) as three:
            await three.sweep()
            await all_settled(three)
        assert len(digests(slack)) == 1


async def test_a_stop_does_not_wait_for_slack(
    redis: Redis, store_url: str, models_dir: Path, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A post that gets no answer is left as it is, to be looked into by the next start; nothing is logged as broken."""
    async with slack_at() as slack:
        slack.faults.add("chat.postMessage", "timeout")
        async with running_bot(slack, store_url, models_dir, clock) as running:
            await nine_oclock(running, clock)
            await running.sweep()
            notices = running.services.notices

            async def is_hanging() -> bool:
                """Lin's message or the question to the lead, whichever comes first."""
                return any(each.state is NoticeState.POSTING for each in await notices.under_way(TEAM))

            await until(is_hanging)
            started = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - started < 5
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
