"""What the bot and every command of the command line are built from: settings → store → services, and Slack's door."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from bot.errors import BotError, PlaybookFileError
from bot.matching import Matcher
from bot.services import (
    CustomerService,
    FollowUpService,
    MemberService,
    NudgeService,
    PlaybookService,
    PreparationService,
    ReviewService,
    RevisionService,
    Services,
    VisitService,
    WorkspaceService,
)
from bot.services.members import FetchProfile
from bot.services.playbook import Library
from bot.settings import Settings
from bot.storage import playbooks
from bot.storage.briefs import BriefStore
from bot.storage.connection import connect
from bot.storage.customers import CustomerStore
from bot.storage.embedded import EmbeddedStore, join_or_start
from bot.storage.followups import FollowUpStore
from bot.storage.members import MemberStore
from bot.storage.nudges import DigestStore
from bot.storage.questions import QuestionStore
from bot.storage.records import Records
from bot.storage.revisions import RevisionStore
from bot.storage.sealing import Sealer
from bot.storage.visits import VisitStore
from bot.storage.workspaces import WorkspaceStore

ROOT = Path(__file__).parent.parent


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
        library = Library(self.playbook, self.matcher)
        revision_store = RevisionStore(records, self.sealer)
        playbook = PlaybookService(library, revision_store, QuestionStore(records, self.sealer), now)
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
        revisions = RevisionService(revision_store, playbook, members, workspaces, now)
        return Services(
            playbook=playbook,
            customers=customers,
            visits=VisitService(visit_store, customers, playbook, workspaces, now, self.is_work),
            followups=FollowUpService(followup_store, customers, workspaces, now, self.is_work),
            nudges=NudgeService(DigestStore(records), members, workspaces, now, system_clock, self.is_work),
            members=members,
            workspaces=workspaces,
            preparations=PreparationService(customers, playbook),
            revisions=revisions,
            reviews=ReviewService(playbook, revisions, members, workspaces, now, self.is_work),
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


def explained(error: BotError) -> str:
    """One sentence for the operator."""
    if isinstance(error, setting.SettingsError | PlaybookFileError):
        return str(error)
    return texts.load("en")(error.key, **error.values)
