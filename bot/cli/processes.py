"""Running the bot, or one more process for its jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from docket import Docket

import app
from bot import assembly, jobs, loading, slack, slackdoor, speakers, stores, surroundings, webhooks
from bot.clock import system_clock
from bot.domain.user import Profile
from bot.lifetime import Lifetime
from bot.notices import NoticeSender
from bot.settings import Settings
from bot.storage.connection import docket_url
from bot.telemetry import logs, traces
from handlers.health import Health, Look


def serve(settings: Settings) -> int:
    app.run(settings)
    return 0


def worker(settings: Settings) -> int:
    logs.configure(settings.log_level, settings.log_format)
    traces.configure(settings.otel_exporter_otlp_endpoint)
    surroundings.forget_environment(settings)
    with stores.store(settings) as store_url:
        asyncio.run(_work(settings, store_url))
    return 0


async def _work(settings: Settings, store_url: str) -> None:
    """Runs until SIGINT or SIGTERM; jobs under way get the time the bot would give them."""

    async def until_stopped(life: Lifetime) -> None:
        health, deadline = Health(), app.Deadline(app.STOP_SECONDS)
        async with app.operators_port(settings, health, deadline), _ready(settings, store_url) as ready:
            working = asyncio.create_task(jobs.work(ready.docket))
            health.started(
                store=ready.store,
                slack=ready.slack,
                jobs=partial(jobs.is_working, ready.docket, working),
                queue=partial(jobs.waiting, ready.docket),
            )
            life.begin(f"factormate's worker is ready: jobs of {ready.whose} (Ctrl-C stops it)")
            ended = asyncio.create_task(life.ended())
            await asyncio.wait([working, ended], return_when=asyncio.FIRST_COMPLETED)
            health.stops()
            if not ended.done():  # the engine gave up; whoever started this process is to start it again
                ended.cancel()
                await working
            await jobs.stop(working, deadline.left())

    await Lifetime().run(until_stopped)


@dataclass(frozen=True, slots=True)
class _Ready:
    docket: Docket
    whose: str
    store: Look
    slack: Look


@asynccontextmanager
async def _ready(settings: Settings, store_url: str) -> AsyncIterator[_Ready]:
    """The jobs, and whose they are. Refuses what the bot refuses: data of a newer release, other keys, a bad token."""
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(assembly.core(settings, store_url, answers=False))
        session = await stack.enter_async_context(slack.session())

        async def fetch_profile(team_id: str, user_id: str) -> Profile | None:
            return await speaking.profile(team_id, user_id)

        # Read anew each time: in the local workspace another process moves it.
        services = core.services(lambda: loading.business_clock(settings)(), fetch_profile)
        speaking = speakers.of(settings, session, services.installations)
        if isinstance(speaking, speakers.OneToken):
            team_id = str((await speaking.identify()).team_id)
            await services.workspaces.open(team_id)
            await services.workspaces.unpark(team_id)
            whose = f"workspace {team_id}"
        else:
            await services.installations.ensure_readable()
            stack.push_async_callback(speaking.drain, app.STOP_SECONDS)
            whose = "all workspaces that have installed the app"

        sender = NoticeSender(services, speaking.once_client_for, system_clock)
        outgoing = await stack.enter_async_context(webhooks.session(settings.webhook_networks))
        posting = webhooks.WebhookSender(services.webhooks, outgoing, system_clock)
        opened = jobs.opened(docket_url(store_url), services, sender, posting, speaking.served)
        docket, _ = await stack.enter_async_context(opened)
        tokenless = slack.client("", slackdoor.SlackAccess.of(settings).api_url, session)
        yield _Ready(docket, whose, core.redis.ping, partial(slack.is_reached, tokenless))
