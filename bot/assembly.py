"""What the bot and every command of the command line are built from: settings → store → services, and Slack's door."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import aiohttp
import yaml
from redis.asyncio import Redis
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import calendars, local, matching, slack
from bot import settings as setting
from bot import text as texts
from bot.clock import Clock, OffsetClock, system_clock
from bot.domain.playbook import Playbook
from bot.domain.workspace import WorkspaceSettings
from bot.errors import BotError, PlaybookFileError, StoreBusyError, StoreStartError, StoreUnreachableError
from bot.matching import Matcher
from bot.services import (
    CaseService,
    CustomerService,
    DossierService,
    DraftService,
    ExportService,
    FeedbackService,
    FollowUpService,
    GapService,
    ImportService,
    LeaverService,
    MemberService,
    NeedService,
    NudgeService,
    ObjectionService,
    PlaybookService,
    PreparationService,
    PrivacyService,
    RetentionService,
    RetirementService,
    ReviewService,
    RevisionService,
    SearchService,
    Services,
    StaffService,
    VisitService,
    WebhookService,
    WorkspaceService,
)
from bot.services.members import FetchProfile
from bot.services.playbook import Library
from bot.services.readings import NoteReader
from bot.settings import Settings
from bot.storage import keys, playbooks
from bot.storage.audit import AuditStore
from bot.storage.briefs import BriefStore
from bot.storage.cases import CaseStore
from bot.storage.connection import connect
from bot.storage.customers import CustomerStore
from bot.storage.dossiers import DossierStore
from bot.storage.drafts import DraftStore
from bot.storage.embedded import EmbeddedStore, joined_or_started
from bot.storage.followups import FollowUpStore
from bot.storage.gaps import GapStore
from bot.storage.members import MemberStore
from bot.storage.needs import NeedStore
from bot.storage.nudges import DigestStore
from bot.storage.objections import ObjectionStore
from bot.storage.privacy import PrivacyStore
from bot.storage.questions import QuestionStore
from bot.storage.records import Records
from bot.storage.retention import RetentionStore
from bot.storage.retirements import RetirementStore
from bot.storage.revisions import RevisionStore
from bot.storage.sealing import Sealer
from bot.storage.search import SearchStore
from bot.storage.usage import UsageStore
from bot.storage.visits import VisitStore
from bot.storage.webhooks import WebhookStore
from bot.storage.workspaces import WorkspaceStore

T = TypeVar("T")

ROOT = Path(__file__).parent.parent
BUSY_SECONDS = 4.0
"""At start, for another process to let go of the embedded store."""
SLACK_SECONDS = 10.0
"""At start, for Slack to answer: long enough for a slow network, short enough to be told of a dead one."""


class DataFolderError(BotError):
    """The data folder cannot be made or written to."""

    key = "error.data_folder"


class ForeignStoreError(BotError):
    """The local workspace was given a store with a real workspace in it."""

    key = "error.foreign_store"


class SlackRefusedError(BotError):
    """Slack does not accept a token."""

    key = "error.slack_refused"


class SlackUnreachableError(BotError):
    """Nothing answers where Slack should be, or what answers is not Slack; `where` is the address."""

    key = "error.slack_unreachable"


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
        workspaces = WorkspaceService(
            WorkspaceStore(records, self.sealer),
            AuditStore(records, self.sealer),
            now,
            defaults,
            self.is_work.ends_soon,
        )
        members = MemberService(
            member_store, workspaces, fetch_profile, self.settings.admin_users, self.settings.default_tz
        )
        nudges = NudgeService(DigestStore(records), members, workspaces, now, system_clock, self.is_work)
        questions = QuestionStore(records, self.sealer)
        revision_store = RevisionStore(records, self.sealer)
        playbook = PlaybookService(Library(self.playbook, self.matcher), revision_store, now)
        dossier_store = DossierStore(records, self.sealer)
        customers = CustomerService(
            customers_store,
            followup_store,
            visit_store,
            member_store,
            BriefStore(records, self.sealer, visit_store),
            dossier_store,
            workspaces,
            now,
            self.is_work,
        )
        dossiers = DossierService(dossier_store, customers, members, workspaces, now, self.is_work)
        objections = ObjectionService(ObjectionStore(records), customers, now)
        revisions = RevisionService(revision_store, playbook, members, workspaces, now)
        usage_store = UsageStore(records)
        retirements = RetirementService(
            RetirementStore(records), usage_store, revisions, workspaces, now, self.is_work, self.settings.default_tz
        )
        gap_store = GapStore(records, questions)
        privacy = PrivacyService(
            PrivacyStore(records, self.sealer), member_store, DigestStore(records), workspaces, now
        )
        gaps = GapService(
            questions,
            gap_store,
            revision_store,
            playbook,
            customers,
            members,
            workspaces,
            revisions,
            now,
            self.is_work,
        )
        return Services(
            playbook=playbook,
            customers=customers,
            dossiers=dossiers,
            needs=NeedService(dossiers, customers, workspaces, now, self.is_work),
            objections=objections,
            cases=CaseService(CaseStore(records, self.sealer), customers, members, workspaces, now),
            visits=VisitService(
                visit_store, customers, playbook, workspaces, NeedStore(records, self.sealer), now, self.is_work
            ),
            drafts=DraftService(DraftStore(records, self.sealer), customers, playbook, NoteReader(), now, self.is_work),
            followups=FollowUpService(followup_store, customers, workspaces, now, self.is_work),
            nudges=nudges,
            members=members,
            staff=StaffService(members, nudges),
            leavers=LeaverService(members, nudges, customers, dossier_store, workspaces),
            workspaces=workspaces,
            preparations=PreparationService(customers, dossiers, objections, playbook),
            search=SearchService(
                SearchStore(records, self.sealer, visit_store), customers, NeedStore(records, self.sealer)
            ),
            privacy=privacy,
            retention=RetentionService(
                RetentionStore(records, self.sealer),
                customers_store,
                followup_store,
                gap_store,
                privacy,
                workspaces,
                now,
                self.is_work,
            ),
            revisions=revisions,
            retirements=retirements,
            reviews=ReviewService(playbook, revisions, retirements, members, workspaces, now, self.is_work),
            gaps=gaps,
            feedback=FeedbackService(usage_store, gaps, customers, now),
            webhooks=WebhookService(
                WebhookStore(records, self.sealer),
                customers_store,
                visit_store,
                followup_store,
                workspaces,
                system_clock,
                self.settings.webhook_networks,
            ),
            imports=ImportService(
                customers_store, DossierStore(records, self.sealer), members, workspaces, now, self.is_work
            ),
            exports=ExportService(customers, visit_store, NeedStore(records, self.sealer), followup_store, workspaces),
        )


def load_playbook() -> Playbook:
    return playbooks.load(ROOT / "playbooks")


def load_matcher(settings: Settings, playbook: Playbook) -> Matcher:
    folder = ROOT / "playbooks"
    out_of_scope, marked = playbooks.out_of_scope(folder), playbooks.marked_notes(folder)
    return matching.load(playbook, out_of_scope, settings.data_dir / "models", marked)


def load_manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return manifest


def load_calendar(settings: Settings) -> calendars.WorkCalendar:
    return calendars.load(settings.calendar_file or settings.data_dir / "calendar.yml")


def load_sealer(settings: Settings, *, is_fresh: bool) -> Sealer:
    """A key is made up for a fresh store only. Raises FieldKeysError or FieldKeysLostError."""
    given = tuple(key.get_secret_value() for key in settings.field_keys)
    return Sealer(given or local.field_keys(settings.home, may_make=is_fresh))


def local_clock(settings: Settings) -> OffsetClock:
    """Business time of the local workspace, which its page can move ahead."""
    return OffsetClock(settings.home / "clock-offset")


def business_clock(settings: Settings) -> Clock:
    return local_clock(settings) if settings.is_local else system_clock


async def connected(settings: Settings, store_url: str) -> Redis:
    """Raises StoreUnreachableError or, of the embedded store, StoreStartError."""
    try:
        return await connect(store_url)
    except StoreUnreachableError as error:
        if settings.redis_url is not None:
            raise
        raise StoreStartError(folder=settings.home, reason=error.values["reason"]) from error


@asynccontextmanager
async def core(settings: Settings, store_url: str, *, answers: bool = True) -> AsyncIterator[Core]:
    """Raises a BotError when the store, the playbook files, the calendar file or the keys are not usable.

    Most commands of the command line answer no questions and are spared the matcher, which takes long to load.
    """
    playbook = load_playbook()
    redis = await connected(settings, store_url)
    try:
        sealer = load_sealer(settings, is_fresh=not await redis.exists(keys.WORKSPACES))
        yield Core(
            settings=settings,
            redis=redis,
            store_url=store_url,
            sealer=sealer,
            playbook=playbook,
            matcher=await _aside(lambda: load_matcher(settings, playbook)) if answers else None,
            is_work=load_calendar(settings),
        )
    finally:
        await redis.aclose()


async def _aside(work: Callable[[], T]) -> T:
    """In a thread that keeps no process alive: whoever gives up a start does not wait until the matcher is trained."""
    done: Future[T] = Future()
    done.set_running_or_notify_cancel()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # raised where it is awaited
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(done)


@contextlib.contextmanager
def store(settings: Settings) -> Iterator[str]:
    """The operator's store, or the embedded one: joined where it runs already, started (in this thread) elsewhere."""
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value()
        return
    with contextlib.ExitStack() as stack:
        try:
            _make_home(settings)
            url = stack.enter_context(joined_or_started(settings.home))
        except OSError as error:
            raise DataFolderError(folder=settings.home, reason=error.strerror) from error
        yield url


@contextlib.contextmanager
def own_store(settings: Settings) -> Iterator[tuple[str, EmbeddedStore | None]]:
    """The operator's store, or an embedded one that nobody else has started.

    Raises DataFolderError, StoreBusyError and what else keeps the embedded store from starting.
    """
    try:
        _make_home(settings)
        child = _started(settings.home) if settings.redis_url is None else None
    except OSError as error:
        raise DataFolderError(folder=settings.home, reason=error.strerror) from error
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value(), None
    elif child is not None:
        try:
            yield child.url, child
        finally:
            child.stop()


def _make_home(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.home.mkdir(exist_ok=True, mode=0o700)


def _started(folder: Path) -> EmbeddedStore:
    """Waits a little for a command that runs the store, or for a bot that is just stopping."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return EmbeddedStore.start(folder)
        except StoreBusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


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
            made = local.credentials(settings.home)
            return cls(f"{base_url(settings)}/api/", made.bot_token, None, made.signing_secret)
        app_token, secret = settings.slack_app_token, settings.slack_signing_secret
        return cls(
            api_url=settings.slack_api_url,
            bot_token=settings.slack_bot_token.get_secret_value(),
            app_token=app_token.get_secret_value() if app_token else None,
            signing_secret=secret.get_secret_value() if secret else "",
        )


def base_url(settings: Settings) -> str:
    host = settings.bind_host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


@asynccontextmanager
async def at_slacks_door(where: str) -> AsyncIterator[None]:
    """What is asked at start: Slack's refusal and no answer within SLACK_SECONDS become errors with a sentence."""
    try:
        async with asyncio.timeout(SLACK_SECONDS):
            yield
    except SlackApiError as error:
        refused = SlackRefusedError if slack.is_slacks(error) else SlackUnreachableError
        raise refused(where=where, reason=slack.error_of(error)) from None
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise SlackUnreachableError(where=where, reason=str(error) or type(error).__name__) from None


async def identify(web_client: AsyncWebClient) -> AuthorizeResult:
    """Who the token speaks for. Raises SlackRefusedError or SlackUnreachableError."""
    async with at_slacks_door(web_client.base_url):
        answer = await web_client.auth_test()
    return AuthorizeResult.from_auth_test_response(
        auth_test_response=answer, bot_token=web_client.token, user_auth_test_response=None
    )


def explained(error: BotError) -> str:
    """One sentence for the operator."""
    if isinstance(error, setting.SettingsError | PlaybookFileError):
        return str(error)
    return texts.load("en")(error.key, **error.values)
