"""Builds everything, once: settings → store → services → Bolt → web server and jobs; starts and stops it."""

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import sys

if __name__ == "__main__":  # Ctrl-C while the libraries below are loaded; nothing has begun yet
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web
from docket import Docket
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot import (
    appmanifest,
    assembly,
    demo,
    jobs,
    loading,
    local,
    rephrasing,
    sandbox,
    slack,
    slackdoor,
    speakers,
    stores,
    surroundings,
    webhooks,
)
from bot import settings as setting
from bot.clock import Clock, OffsetClock, system_clock
from bot.domain.workcalendar import next_working_moment
from bot.errors import BotError
from bot.lifetime import Lifetime
from bot.notices import NoticeSender
from bot.services import (
    Services,
)
from bot.settings import Settings
from bot.storage.connection import docket_url
from bot.storage.embedded import EmbeddedStore
from bot.telemetry import logs, traces
from handlers import answering, errors, http, installations, limits, middleware, oauth, unfurls
from handlers.background import Background
from handlers.health import Health
from handlers.socket import SocketMode

STOP_SECONDS = 4.0
"""For everything under way together: requests, confirmations, jobs."""

logger = logging.getLogger("factormate")


class PortTakenError(BotError):
    """Something else listens on the port."""

    key = "error.port_taken"


class CannotListenError(BotError):
    """The address is not this machine's, or the port not ours to use."""

    key = "error.cannot_listen"


def bolt(
    access: slackdoor.SlackAccess,
    web_client: AsyncWebClient,
    speaking: speakers.Speakers,
    services: Services,
    later: Background,
    others: Mapping[str, Any],
) -> AsyncApp:
    """`process_before_response` answers when the listener has answered: Bolt would look for that every 10 ms only."""
    quiet = logging.getLogger("factormate.bolt")
    quiet.setLevel(logging.ERROR)  # below that, Bolt prints the body of what nothing listens to
    app = AsyncApp(
        logger=quiet,
        client=web_client,
        authorize=speaking,  # type: ignore[arg-type] # Bolt takes its own interface as well as a function
        request_verification_enabled=False,  # done at the door, before anything of a request is read
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        user_facing_authorize_error_message=errors.in_every_language("error.not_installed"),
    )
    app.use(middleware.Provide(services, later, speaking.client_for, others))
    app.use(limits.Limit(services))
    app.use(middleware.DropRepeated(services))
    app.error(errors.on_error(later))
    handlers.register_all(app)
    if isinstance(speaking, speakers.Installed):
        installations.register_organisations(app)
    answering.read_bodies_only(app)
    return app


async def serve(settings: Settings, store_url: str, listening: socket.socket, child: EmbeddedStore | None) -> None:
    """Runs until SIGINT or SIGTERM. `listening` is the socket bound already, so a taken port is told first."""

    async def until_stopped(life: Lifetime) -> None:
        async with running_bot(settings, store_url, listening) as running:
            life.begin(running.greeting)
            await life.ended()

    async with AsyncExitStack() as stack:
        if child is not None:
            keeper = asyncio.create_task(child.keep_running())
            stack.callback(keeper.cancel)
        await Lifetime().run(until_stopped)


class Deadline:
    """One limit for all that has to finish: each part of a stop gets what the parts before it left."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at: float | None = None

    def left(self) -> float:
        now = asyncio.get_running_loop().time()
        if self._at is None:
            self._at = now + self._seconds
        return max(0.2, self._at - now)


@dataclass(frozen=True, slots=True)
class Running:
    """A started bot: its services, its jobs, what goes on behind its answers, and the line that says where it is."""

    services: Services
    sweep: jobs.Sweep
    later: Background
    greeting: str


@asynccontextmanager
async def running_bot(
    settings: Settings, store_url: str, listening: socket.socket, now: Clock = system_clock
) -> AsyncIterator[Running]:
    """`now` is business time; the local workspace brings one of its own that the page can move."""
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(assembly.core(settings, store_url))
        access = slackdoor.SlackAccess.of(settings)
        session = await stack.enter_async_context(slack.session())
        moved = loading.local_clock(settings) if settings.is_local else None
        clock = moved or now

        async def fetch_profile(team_id: str, user_id: str) -> Any:
            return await speaking.profile(team_id, user_id)

        services = base.services(clock, fetch_profile, _model(settings, session))
        speaking = speakers.of(settings, session, services.installations)
        sender = NoticeSender(services, speaking.once_client_for, system_clock)
        outgoing = await stack.enter_async_context(webhooks.session(settings.webhook_networks))
        posting = webhooks.WebhookSender(services.webhooks, outgoing, system_clock)
        opened = jobs.opened(docket_url(store_url), services, sender, posting, speaking.served)
        docket, sweep = await stack.enter_async_context(opened)
        later, deadline = Background(), Deadline(STOP_SECONDS)
        others = {"workers": lambda: jobs.workers(docket)}
        tokenless = slack.client("", access.api_url, session)
        app = bolt(access, tokenless, speaking, services, later, others)
        door = http.Door(http.dispatcher(app, services))
        dispatch = http.watched(door)
        site = web.Application(client_max_size=http.MAX_BODY)
        if access.signing_secret:  # over Socket Mode there is no such door: nobody could be told from Slack there
            site.router.add_post(http.PATH, http.endpoint(dispatch, access.signing_secret))
        health = Health()
        health.mount(site)
        if settings.public_url:
            unfurls.mount(site)
        await stack.enter_async_context(operators_port(settings, health, deadline))
        if isinstance(speaking, speakers.Installed):
            by_oauth = _oauth_app(settings)
            flow = oauth.flow(by_oauth, services, slack.digest_client("", access.api_url, session))
            oauth.mount(site, flow, by_oauth.public_url)
        emulator = _local_workspace(base, moved, sweep) if moved else None
        if emulator:
            emulator.mount(site)
            await emulator.start()
        await stack.enter_async_context(_listening(site, listening, deadline))
        if emulator:
            stack.push_async_callback(emulator.close)
        stack.push_async_callback(_finished, door, later, deadline)
        identity = None
        if isinstance(speaking, speakers.OneToken):
            identity = await _opened_one(speaking, services, settings)
            if settings.is_local and not await demo.is_seeded(services, str(identity.team_id)):
                await demo.seed(lambda now: base.services(now, fetch_profile), str(identity.team_id), clock())
            for member in await services.members.all(str(identity.team_id)):
                await services.nudges.join(str(identity.team_id), member.user_id)
            await services.firstruns.served_by_token(str(identity.team_id))
        else:
            stack.push_async_callback(_renewed, speaking, deadline)
            await services.installations.ensure_readable()
        connection = None
        if access.app_token is not None:
            connection = SocketMode(dispatch, access.app_token, tokenless)
            stack.push_async_callback(_disconnected, connection, deadline)
            async with slackdoor.at_slacks_door(access.api_url):
                await connection.connect()
        cleaning = asyncio.create_task(services.search.keep_clean())
        stack.callback(cleaning.cancel)
        worker = await stack.enter_async_context(_working(docket, deadline)) if settings.runs_jobs else None

        async def hears_slack() -> bool:
            return await slack.is_reached(tokenless) and (connection is None or await connection.is_connected())

        health.started(
            store=base.redis.ping,
            slack=hears_slack,
            jobs=partial(jobs.is_working, docket, worker) if worker else None,
            queue=partial(jobs.waiting, docket),
        )
        stack.callback(health.stops)
        yield Running(services, sweep, later, _greeting(settings, identity))


async def _opened_one(speaking: speakers.OneToken, services: Services, settings: Settings) -> AuthorizeResult:
    """The workspace that the token is for."""
    identity = await speaking.identify()
    team_id = str(identity.team_id)
    if settings.is_local and set(await services.workspaces.store.all_ids()) - {team_id}:
        raise stores.ForeignStoreError
    await services.workspaces.open(team_id)
    await services.workspaces.unpark(team_id)
    return identity


def _model(settings: Settings, session: aiohttp.ClientSession) -> rephrasing.Model | None:
    if settings.llm_base_url is None:
        return None
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    return rephrasing.Model(settings.llm_base_url, settings.llm_model or "", key, session)


def _oauth_app(settings: Settings) -> oauth.OAuthApp:
    secret = settings.slack_client_secret
    manifest = appmanifest.with_links(appmanifest.load(), settings.public_url or "")
    return oauth.OAuthApp(
        client_id=settings.slack_client_id or "",
        client_secret=secret.get_secret_value() if secret else "",
        public_url=settings.public_url or "",
        scopes=tuple(manifest["oauth_config"]["scopes"]["bot"]),
        api_url=settings.slack_api_url,
    )


async def _renewed(speaking: speakers.Installed, deadline: Deadline) -> None:
    await speaking.drain(deadline.left() / 2)


@asynccontextmanager
async def _working(docket: Docket, deadline: Deadline) -> AsyncIterator[asyncio.Task[None]]:
    """The jobs' worker, in this process."""
    worker = asyncio.create_task(jobs.work(docket))
    try:
        yield worker
    finally:
        await jobs.stop(worker, deadline.left() / 2)


@asynccontextmanager
async def _listening(site: web.Application, listening: socket.socket, deadline: Deadline) -> AsyncIterator[None]:
    """Stops taking requests first; those under way get half of what time is left."""
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=STOP_SECONDS / 2, handle_signals=False)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    try:
        yield
    finally:
        with contextlib.suppress(TimeoutError):  # somebody keeps a connection open: he loses it
            async with asyncio.timeout(deadline.left()):
                await runner.cleanup()


async def _finished(door: http.Door, later: Background, deadline: Deadline) -> None:
    """What was let in is answered, and what has to follow the answers is done while Slack still hears us."""
    await door.close(deadline.left() / 2)
    await later.drain(deadline.left() / 2)


async def _disconnected(connection: SocketMode, deadline: Deadline) -> None:
    await connection.close(deadline.left() / 2)


def _local_workspace(base: assembly.Core, clock: OffsetClock, sweep: jobs.Sweep) -> sandbox.Emulator:
    settings = base.settings
    made = local.credentials(settings.home)

    async def moved(moment: datetime) -> datetime:
        """Moves business time, and lets what is due then happen at once."""
        clock.move_to(moment)
        await sweep()
        return moment

    async def next_working_day() -> datetime:
        """To the next digest."""
        return await moved(next_working_moment(clock(), settings.digest_at, settings.default_tz, base.is_work))

    async def next_hour() -> datetime:
        return await moved(clock() + timedelta(hours=1))

    emulator = sandbox.Emulator(
        sandbox.demo_workspace(),
        appmanifest.load(),
        bot_url=f"{slackdoor.base_url(settings)}{http.PATH}",
        signing_secret=made.signing_secret,
        bot_token=made.bot_token,
        app_token=made.app_token,
        clock=sandbox.BusinessClock(now=clock, next_working_day=next_working_day, next_hour=next_hour),
        snapshot=settings.home / "local-workspace-messages.json",
    )
    emulator.base_url = slackdoor.base_url(settings)
    return emulator


def _greeting(settings: Settings, identity: AuthorizeResult | None) -> str:
    """One line with one address: where people find it or, over HTTP, what Slack is to be told."""
    if settings.is_local:
        return f"factormate is ready: {slackdoor.base_url(settings)}  (local workspace with demo data; Ctrl-C stops it)"
    how = "over Socket Mode" if settings.uses_socket_mode else "over HTTP"
    if identity is None:
        return f"factormate is ready: {settings.public_url}{oauth.INSTALL}  (workspaces install it there, {how})"
    where = identity.url if settings.uses_socket_mode else f"{slackdoor.base_url(settings)}{http.PATH}"
    return f"factormate is ready: {where}  (workspace {identity.team_id} {how})"


@asynccontextmanager
async def operators_port(settings: Settings, health: Health, deadline: Deadline) -> AsyncIterator[None]:
    """Health and figures on METRICS_PORT, where one is set."""
    if settings.metrics_port is None:
        yield
        return
    with contextlib.closing(bound(settings, settings.metrics_port)) as listening:
        async with _listening(health.site(), listening, deadline):
            yield


def bound(settings: Settings, port: int | None = None) -> socket.socket:
    """Raises PortTakenError or CannotListenError."""
    setting, port = ("PORT", settings.port) if port is None else ("METRICS_PORT", port)
    family = socket.AF_INET6 if ":" in settings.bind_host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.bind_host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        where = {"host": settings.bind_host, "port": port, "setting": setting}
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(**where) from error
        raise CannotListenError(**where, reason=error.strerror) from error
    return listening


def run(settings: Settings) -> None:
    """Serves until told to stop. Raises a BotError when something needed to start is missing."""
    logs.configure(settings.log_level, settings.log_format)
    traces.configure(settings.otel_exporter_otlp_endpoint)
    surroundings.forget_environment(settings)
    with contextlib.closing(bound(settings)) as listening, stores.own_store(settings) as (store_url, child):
        asyncio.run(serve(settings, store_url, listening, child))


def main() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run(setting.read())
    except BotError as error:
        print(f"factormate: {assembly.explained(error)}", file=sys.stderr)  # noqa: T201 - the operator's answer
        return error.exit_code
    except KeyboardInterrupt:  # before the bot was far enough to end in order; nothing was acknowledged yet
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
