"""Builds everything, once: settings → store → services → Bolt → web server and jobs; starts and stops it."""

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp import web
from docket import Docket
from redis.asyncio import Redis
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot import calendars, demo, jobs, local, matching, sandbox, slack
from bot import settings as setting
from bot import text as texts
from bot.clock import Clock, OffsetClock, system_clock
from bot.digests import DigestSender
from bot.domain.playbook import Playbook
from bot.domain.workcalendar import next_working_moment
from bot.domain.workspace import WorkspaceSettings
from bot.errors import BotError, PlaybookFileError
from bot.matching import Matcher
from bot.services import (
    CustomerService,
    FollowUpService,
    MemberService,
    NudgeService,
    PlaybookService,
    Services,
    VisitService,
    WorkspaceService,
)
from bot.services.members import FetchProfile
from bot.settings import Settings
from bot.storage import playbooks
from bot.storage.briefs import BriefStore
from bot.storage.connection import connect, docket_url
from bot.storage.customers import CustomerStore
from bot.storage.embedded import EmbeddedStore, join_or_start
from bot.storage.followups import FollowUpStore
from bot.storage.members import MemberStore
from bot.storage.nudges import DigestStore
from bot.storage.questions import QuestionStore
from bot.storage.records import Records
from bot.storage.sealing import Sealer
from bot.storage.visits import VisitStore
from bot.storage.workspaces import WorkspaceStore
from handlers import errors, http, middleware
from handlers.background import Background
from handlers.socket import SocketMode

ROOT = Path(__file__).parent
STOP_SECONDS = 4.0
"""For everything under way together: requests, confirmations, jobs."""

logger = logging.getLogger("factormate")


class PortTakenError(BotError):
    """Something else listens on the port."""

    key = "error.port_taken"


class CannotListenError(BotError):
    """The address is not this machine's, or the port not ours to use."""

    key = "error.cannot_listen"


class DataFolderError(BotError):
    """The data folder cannot be made or written to."""

    key = "error.data_folder"


class SlackRefusedError(BotError):
    """Slack does not accept a token, or cannot be reached at all."""

    key = "error.slack_refused"


@dataclass(frozen=True, slots=True)
class Core:
    """What the bot and every command of the command line are built on."""

    settings: Settings
    redis: Redis
    store_url: str
    sealer: Sealer
    playbook: Playbook
    matcher: Matcher | None
    is_work: calendars.WorkCalendar

    def services(self, now: Clock, fetch_profile: FetchProfile) -> Services:
        """`now` is business time; how long ago something was posted is always told by the system's clock."""
        records = Records(self.redis)
        customers_store = CustomerStore(records, self.sealer)
        followup_store = FollowUpStore(records, self.sealer)
        visit_store = VisitStore(records, self.sealer)
        member_store = MemberStore(records)
        defaults = WorkspaceSettings(digest_at=self.settings.digest_at)
        workspaces = WorkspaceService(WorkspaceStore(records), now, defaults, self.is_work.ends_soon)
        members = MemberService(
            member_store, workspaces, fetch_profile, self.settings.admin_users, self.settings.default_tz
        )
        playbook = PlaybookService(self.playbook, self.matcher, QuestionStore(records, self.sealer), now)
        customers = CustomerService(
            customers_store,
            followup_store,
            visit_store,
            member_store,
            BriefStore(records, self.sealer, visit_store),
            workspaces,
            now,
            self.is_work,
        )
        return Services(
            playbook=playbook,
            customers=customers,
            visits=VisitService(visit_store, customers, playbook, workspaces, now, self.is_work),
            followups=FollowUpService(followup_store, customers, workspaces, now, self.is_work),
            nudges=NudgeService(DigestStore(records), members, workspaces, now, system_clock, self.is_work),
            members=members,
            workspaces=workspaces,
        )


def load_playbook() -> Playbook:
    return playbooks.load(ROOT / "playbooks")


def load_matcher(settings: Settings, playbook: Playbook) -> Matcher:
    out_of_scope = playbooks.out_of_scope(ROOT / "playbooks")
    return matching.load(playbook, out_of_scope, settings.data_dir / "models")


def load_manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return manifest


def load_calendar(settings: Settings) -> calendars.WorkCalendar:
    return calendars.load(settings.calendar_file or settings.data_dir / "calendar.yml")


def load_sealer(settings: Settings) -> Sealer:
    """Raises FieldKeysError."""
    keys = tuple(key.get_secret_value() for key in settings.field_keys)
    return Sealer(keys or local.field_keys(settings.data_dir))


def local_clock(settings: Settings) -> OffsetClock:
    """Business time of the local workspace, which its page can move ahead."""
    return OffsetClock(settings.data_dir / "clock-offset")


def business_clock(settings: Settings) -> Clock:
    return local_clock(settings) if settings.is_local else system_clock


@asynccontextmanager
async def core(settings: Settings, store_url: str, *, answers: bool = True) -> AsyncIterator[Core]:
    """Raises a BotError when the store, the playbook files, the calendar file or the keys are not usable.

    Most commands of the command line answer no questions and are spared the matcher, which takes long to load.
    """
    sealer = load_sealer(settings)
    playbook = load_playbook()
    redis = await connect(store_url)
    try:
        yield Core(
            settings=settings,
            redis=redis,
            store_url=store_url,
            sealer=sealer,
            playbook=playbook,
            matcher=await asyncio.to_thread(load_matcher, settings, playbook) if answers else None,
            is_work=load_calendar(settings),
        )
    finally:
        await redis.aclose()


@contextlib.contextmanager
def store(settings: Settings) -> Iterator[str]:
    """The operator's store, or the embedded one: joined where it runs already, started (in this thread) elsewhere."""
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value()
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    url, child = join_or_start(settings.data_dir)
    try:
        yield url
    finally:
        if child is not None:
            child.stop()


@contextlib.contextmanager
def own_store(settings: Settings) -> Iterator[tuple[str, EmbeddedStore | None]]:
    """The operator's store, or an embedded one that nobody else has started.

    Raises DataFolderError, StoreBusyError and what else keeps the embedded store from starting.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        child = EmbeddedStore.start(settings.data_dir) if settings.redis_url is None else None
    except OSError as error:
        raise DataFolderError(folder=settings.data_dir, reason=error.strerror) from error
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value(), None
    elif child is not None:
        try:
            yield child.url, child
        finally:
            child.stop()


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """How to reach Slack, or the local workspace that plays it."""

    api_url: str
    bot_token: str
    app_token: str | None
    signing_secret: str

    @classmethod
    def of(cls, settings: Settings) -> "SlackAccess":
        if settings.slack_bot_token is None:
            made = local.credentials(settings.data_dir)
            return cls(f"{base_url(settings)}/api/", made.bot_token, None, made.signing_secret)
        app_token, secret = settings.slack_app_token, settings.slack_signing_secret
        return cls(
            api_url=settings.slack_api_url,
            bot_token=settings.slack_bot_token.get_secret_value(),
            app_token=app_token.get_secret_value() if app_token else None,
            signing_secret=secret.get_secret_value() if secret else "",
        )


def base_url(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.port}"


async def identify(web_client: AsyncWebClient) -> AuthorizeResult:
    """Who the token speaks for. Raises SlackRefusedError."""
    try:
        answer = await web_client.auth_test()
    except SlackApiError as error:
        raise SlackRefusedError(reason=slack.error_of(error)) from None
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise SlackRefusedError(reason=type(error).__name__) from None
    return AuthorizeResult.from_auth_test_response(
        auth_test_response=answer, bot_token=web_client.token, user_auth_test_response=None
    )


def bolt(
    access: SlackAccess,
    web_client: AsyncWebClient,
    authorize: Callable[..., Any],
    services: Services,
    later: Background,
) -> AsyncApp:
    """`process_before_response` answers when the listener has answered: Bolt would look for that every 10 ms only."""
    quiet = logging.getLogger("factormate.bolt")
    quiet.setLevel(logging.ERROR)  # below that, Bolt prints the body of what nothing listens to
    app = AsyncApp(
        logger=quiet,
        client=web_client,
        authorize=authorize,
        signing_secret=access.signing_secret or "socket-mode-needs-none",
        process_before_response=True,
        raise_error_for_unhandled_request=True,
    )
    app.use(middleware.provide(services, later, web_client))
    app.use(middleware.drop_repeated(services))
    app.error(errors.on_error(later))
    handlers.register_all(app)
    return app


async def serve(settings: Settings, store_url: str, listening: socket.socket, child: EmbeddedStore | None) -> None:
    """Runs until SIGINT or SIGTERM. `listening` is the socket bound already, so a taken port is told first."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        if child is not None:
            keeper = asyncio.create_task(child.keep_running())
            stack.callback(keeper.cancel)
        running = await stack.enter_async_context(running_bot(settings, store_url, listening))
        print(running.greeting, flush=True)  # noqa: T201 - the one line a newcomer looks for
        await stopping.wait()
        logger.info("stopping")


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
    """A started bot: its services, its jobs, and the line that says where it is."""

    services: Services
    sweep: jobs.Sweep
    greeting: str


@asynccontextmanager
async def running_bot(
    settings: Settings, store_url: str, listening: socket.socket, now: Clock = system_clock
) -> AsyncIterator[Running]:
    """`now` is business time; the local workspace brings one of its own that the page can move."""
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(core(settings, store_url))
        access = SlackAccess.of(settings)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        web_client = slack.client(access.bot_token, access.api_url, session)
        for_digests = slack.digest_client(access.bot_token, access.api_url, session)
        moved = local_clock(settings) if settings.is_local else None
        clock = moved or now
        identity: asyncio.Future[AuthorizeResult] = asyncio.get_running_loop().create_future()

        async def fetch_profile(team_id: str, user_id: str) -> Any:
            return await slack.profile(web_client, user_id, settings.default_tz)

        async def authorize(**_: Any) -> AuthorizeResult:
            return await identity

        async def digest_client_for(team_id: str) -> AsyncWebClient:
            return for_digests

        services = base.services(clock, fetch_profile)
        sender = DigestSender(services, digest_client_for, system_clock)
        docket, sweep = await stack.enter_async_context(jobs.opened(docket_url(store_url), services, sender))
        later, deadline = Background(), Deadline(STOP_SECONDS)
        app = bolt(access, web_client, authorize, services, later)
        dispatch = http.Door(http.dispatcher(app, services))
        site = web.Application(client_max_size=http.MAX_BODY)
        site.router.add_post(http.PATH, http.endpoint(dispatch))
        site.router.add_get("/healthz", _healthy)
        emulator = _local_workspace(base, moved, sweep) if moved else None
        if emulator:
            emulator.mount(site)
            await emulator.start()
        await stack.enter_async_context(_listening(site, listening, deadline))
        if emulator:
            stack.push_async_callback(emulator.close)
        stack.push_async_callback(_finished, dispatch, later, deadline)
        identity.set_result(await identify(web_client))
        team_id = str(identity.result().team_id)
        await services.workspaces.open(team_id)
        if settings.is_local and not await demo.is_seeded(services, team_id):
            await demo.seed(lambda now: base.services(now, fetch_profile), team_id, clock())
        for member in await services.members.all(team_id):
            await services.nudges.join(team_id, member.user_id)
        if access.app_token is not None:
            connection = SocketMode(dispatch, access.app_token, slack.client("", access.api_url, session))
            await _connect(connection)
            stack.push_async_callback(_disconnected, connection, deadline)
        await stack.enter_async_context(_working(docket, deadline))
        yield Running(services, sweep, _greeting(settings, team_id))


@asynccontextmanager
async def _working(docket: Docket, deadline: Deadline) -> AsyncIterator[None]:
    """The jobs' worker, in this process."""
    worker = asyncio.create_task(jobs.work(docket))
    try:
        yield
    finally:
        worker.cancel()
        await asyncio.wait([worker], timeout=deadline.left() / 2)


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


def _local_workspace(base: Core, clock: OffsetClock, sweep: jobs.Sweep) -> sandbox.Emulator:
    settings = base.settings
    made = local.credentials(settings.data_dir)

    async def next_working_day() -> datetime:
        """Moves business time to the next digest, and lets what is due then happen at once."""
        moment = next_working_moment(clock(), settings.digest_at, settings.default_tz, base.is_work)
        clock.move_to(moment)
        await sweep()
        return moment

    emulator = sandbox.Emulator(
        sandbox.demo_workspace(),
        load_manifest(),
        bot_url=f"{base_url(settings)}{http.PATH}",
        signing_secret=made.signing_secret,
        bot_token=made.bot_token,
        app_token=made.app_token,
        clock=sandbox.BusinessClock(now=clock, next_working_day=next_working_day),
        snapshot=settings.data_dir / "local-workspace-messages.json",
    )
    emulator.base_url = base_url(settings)
    return emulator


async def _connect(connection: SocketMode) -> None:
    try:
        await connection.connect()
    except SlackApiError as error:
        raise SlackRefusedError(reason=slack.error_of(error)) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SlackRefusedError(reason=type(error).__name__) from None


async def _healthy(_: web.Request) -> web.Response:
    return web.Response(text="ok")


def _greeting(settings: Settings, team_id: str) -> str:
    if settings.is_local:
        return f"factormate is ready: {base_url(settings)}  (local workspace with demo data; Ctrl-C stops it)"
    how = "Socket Mode" if settings.uses_socket_mode else f"{settings.bind_host}:{settings.port}{http.PATH}"
    return f"factormate is ready: serving workspace {team_id} over {how}"


def configure_logging(level: str) -> None:
    """Bolt and the SDK log request bodies in places, so they only speak of what goes wrong."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    for name in ("slack_bolt", "slack_sdk", "docket", "aiohttp.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


def forget_environment(settings: Settings) -> None:
    """Bolt reads these by itself, ignores our token when it finds an OAuth client, and proxies even loopback."""
    for name in [each for each in os.environ if each.startswith("SLACK_")]:
        os.environ.pop(name)
    if settings.is_local:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            os.environ.pop(name, None)


def bound(settings: Settings) -> socket.socket:
    """Raises PortTakenError or CannotListenError."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.bind_host, settings.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        where = {"host": settings.bind_host, "port": settings.port}
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(**where) from error
        raise CannotListenError(**where, reason=error.strerror) from error
    return listening


def run(settings: Settings) -> None:
    """Serves until told to stop. Raises a BotError when something needed to start is missing."""
    configure_logging(settings.log_level)
    forget_environment(settings)
    with contextlib.closing(bound(settings)) as listening, own_store(settings) as (store_url, child):
        asyncio.run(serve(settings, store_url, listening, child))


def explained(error: BotError) -> str:
    """One sentence for the operator."""
    if isinstance(error, setting.SettingsError | PlaybookFileError):
        return str(error)
    return texts.load("en")(error.key, **error.values)


def main() -> int:
    try:
        run(setting.read())
    except BotError as error:
        print(f"factormate: {explained(error)}", file=sys.stderr)  # noqa: T201 - the operator's answer
        return 2 if isinstance(error, setting.SettingsError) else 1
    except KeyboardInterrupt:  # before the bot was far enough to end in order; nothing was acknowledged yet
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
