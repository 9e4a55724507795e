"""Running the bot, or one more process for its jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from docket import Docket
from slack_sdk.web.async_client import AsyncWebClient

import app
from bot import assembly, jobs, slack, slackdoor, stores, surroundings, webhooks
from bot.clock import system_clock
from bot.domain.user import Profile
from bot.lifetime import Lifetime
from bot.notices import NoticeSender
from bot.settings import Settings
from bot.storage.connection import docket_url


def serve(settings: Settings) -> int:
    app.run(settings)
    return 0


def worker(settings: Settings) -> int:
    surroundings.configure_logging(settings.log_level)
    surroundings.forget_environment(settings)
    with stores.store(settings) as store_url:
        asyncio.run(_work(settings, store_url))
    return 0


async def _work(settings: Settings, store_url: str) -> None:
    """Runs until SIGINT or SIGTERM; jobs under way get the time the bot would give them."""

    async def until_stopped(life: Lifetime) -> None:
        async with _ready(settings, store_url) as (docket, team_id):
            working = asyncio.create_task(jobs.work(docket))
            life.begin(f"factormate's worker is ready: jobs of workspace {team_id} (Ctrl-C stops it)")
            ended = asyncio.create_task(life.ended())
            await asyncio.wait([working, ended], return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():  # the engine gave up; whoever started this process is to start it again
                ended.cancel()
                await working
            await jobs.stop(working, app.STOP_SECONDS)

    await Lifetime().run(until_stopped)


@asynccontextmanager
async def _ready(settings: Settings, store_url: str) -> AsyncIterator[tuple[Docket, str]]:
    """The jobs, and whose they are. Refuses what the bot refuses: data of a newer release, other keys, a bad token."""
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(assembly.core(settings, store_url, answers=False))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        access = slackdoor.SlackAccess.of(settings)
        web = slack.client(access.bot_token, access.api_url, session)
        for_digests = slack.digest_client(access.bot_token, access.api_url, session)

        async def fetch_profile(team_id: str, user_id: str) -> Profile | None:
            return await slack.profile(web, team_id, user_id, settings.default_tz)

        async def digest_client_for(team_id: str) -> AsyncWebClient:
            return for_digests

        # Read anew each time: in the local workspace another process moves it.
        services = core.services(lambda: assembly.business_clock(settings)(), fetch_profile)
        team_id = str((await slackdoor.identify(web)).team_id)
        await services.workspaces.open(team_id)
        await services.workspaces.unpark(team_id)

        async def served() -> set[str]:
            return {team_id}

        sender = NoticeSender(services, digest_client_for, system_clock)
        outgoing = await stack.enter_async_context(webhooks.session(settings.webhook_networks))
        posting = webhooks.WebhookSender(services.webhooks, outgoing, system_clock)
        opened = jobs.opened(docket_url(store_url), services, sender, posting, served)
        docket, _ = await stack.enter_async_context(opened)
        yield docket, team_id
