"""A worker in a process of its own, for a test to kill while it waits for Slack's answer:

python -m tests.jobs.dying_worker STORE_URL SLACK_URL KEY
"""

import asyncio
import sys
from contextlib import AsyncExitStack

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot import assembly, calendars, loading, slack
from bot.clock import system_clock
from bot.domain.nudge import digest_key
from bot.domain.user import Profile
from bot.notices import NoticeSender
from bot.settings import Settings
from bot.storage.connection import connect
from bot.storage.sealing import Sealer
from tests.fakes import FixedClock
from tests.jobs.office import AT_NINE, TODAY
from tests.world import BOT_TOKEN, LIN, TEAM


async def work(store_url: str, slack_url: str, key: str) -> None:
    settings = Settings(_env_file=None)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        redis = await connect(store_url)
        stack.push_async_callback(redis.aclose)
        client = slack.digest_client(BOT_TOKEN, f"{slack_url}/api/", session)

        async def client_for(team_id: str) -> AsyncWebClient:
            return client

        async def fetch_profile(team_id: str, user_id: str) -> Profile | None:
            return await slack.profile(client, team_id, user_id, settings.default_tz)

        sealer, calendar = Sealer((key,)), calendars.WorkCalendar()
        core = assembly.Core(settings, redis, store_url, sealer, loading.playbook(), None, calendar)
        services = core.services(FixedClock(AT_NINE), fetch_profile)
        await NoticeSender(services, client_for, system_clock).deliver(TEAM, digest_key(LIN, TODAY))


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
