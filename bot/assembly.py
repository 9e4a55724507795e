"""What the bot and every command of the command line are built from: settings → store → services."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TypeVar

from redis.asyncio import Redis

from bot import calendars, loading, stores
from bot import settings as setting
from bot import text as texts
from bot.clock import Clock, system_clock
from bot.domain.links import Links
from bot.domain.playbook import Playbook
from bot.domain.workcalendar import CalendarRules
from bot.domain.workspace import WorkspaceSettings
from bot.errors import BotError, PlaybookFileError
from bot.matching import Matcher
from bot.services import (
    AbsenceService,
    AlertService,
    AssistantService,
    BoardService,
    CaseService,
    CustomerService,
    DailyService,
    DealService,
    DossierService,
    DraftService,
    EndingService,
    EscalationService,
    ExportService,
    FeedbackService,
    FigureService,
    FinishingService,
    FirstRunService,
    FollowUpService,
    GapService,
    ImportService,
    InstallationService,
    LadderService,
    LeaverService,
    LimitService,
    MemberService,
    NeedService,
    NoticeService,
    NudgeService,
    ObjectionService,
    PlaybookService,
    PreparationService,
    PrivacyService,
    RecountService,
    RephrasingService,
    ReportService,
    RetentionService,
    RetirementService,
    ReviewService,
    RevisionService,
    RiskFlagService,
    RulesService,
    SearchService,
    Services,
    StaffService,
    StatusService,
    StepService,
    TieringService,
    ValueService,
    VisitService,
    WebhookService,
    WorkspaceService,
)
from bot.services.members import FetchProfile
from bot.services.playbook import Library
from bot.services.readings import NoteReader
from bot.services.rephrasing import AskModel
from bot.services.upline import UpLineService
from bot.settings import Settings
from bot.storage import keys
from bot.storage.assistant import AssistantStore
from bot.storage.audit import AuditStore
from bot.storage.briefs import BriefStore
from bot.storage.cases import CaseStore
from bot.storage.customers import CustomerStore
from bot.storage.deals import DealStore
from bot.storage.dossiers import DossierStore
from bot.storage.drafts import DraftStore
from bot.storage.escalations import EscalationStore
from bot.storage.firstruns import FirstRunStore
from bot.storage.followups import FollowUpStore
from bot.storage.gaps import GapStore
from bot.storage.installations import InstallationStore
from bot.storage.limits import LimitStore
from bot.storage.members import MemberStore
from bot.storage.needs import NeedStore
from bot.storage.notices import NoticeStore
from bot.storage.nudges import RoundStore
from bot.storage.objections import ObjectionStore
from bot.storage.pace import PaceStore
from bot.storage.privacy import PrivacyStore
from bot.storage.questions import QuestionStore
from bot.storage.records import Records
from bot.storage.recounts import RecountStore
from bot.storage.retention import RetentionStore
from bot.storage.retirements import RetirementStore
from bot.storage.revisions import RevisionStore
from bot.storage.sealing import Sealer
from bot.storage.search import SearchStore
from bot.storage.tiering import TieringStore
from bot.storage.undo import UndoStore
from bot.storage.usage import UsageStore
from bot.storage.visits import VisitStore
from bot.storage.webhooks import WebhookStore
from bot.storage.worklists import WorkListStore
from bot.storage.workspaces import WorkspaceStore

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Core:
    """What the bot and every command of the command line are built on."""

    settings: Settings
    redis: Redis
    store_url: str
    sealer: Sealer
    playbook: Playbook
    matcher: Matcher | None
    is_work: calendars.WorkCalendar

    def services(self, now: Clock, fetch_profile: FetchProfile, ask_model: AskModel | None = None) -> Services:
        """`now` is business time; how long ago something was posted is always told by the system's clock."""
        records = Records(self.redis)
        customers_store = CustomerStore(records, self.sealer)
        followup_store = FollowUpStore(records, self.sealer)
        visit_store = VisitStore(records, self.sealer)
        member_store = MemberStore(records)
        defaults = WorkspaceSettings(
            digest_at=self.settings.digest_at, calendar=CalendarRules(country=self.is_work.country)
        )
        workspaces = WorkspaceService(
            WorkspaceStore(records, self.sealer),
            AuditStore(records, self.sealer),
            now,
            defaults,
            self.is_work.of_country,
        )
        members = MemberService(
            member_store, workspaces, fetch_profile, self.settings.admin_users, self.settings.default_tz
        )
        absences = AbsenceService(members, workspaces, now)
        notices = NoticeService(NoticeStore(records), PaceStore(records), now, system_clock)
        nudges = NudgeService(RoundStore(records), notices, members, workspaces, now)
        questions = QuestionStore(records, self.sealer)
        revision_store = RevisionStore(records, self.sealer)
        playbook = PlaybookService(Library(self.playbook, self.matcher), revision_store, now)
        dossier_store = DossierStore(records, self.sealer)
        customers = CustomerService(
            customers_store,
            followup_store,
            visit_store,
            member_store,
            absences,
            BriefStore(records, self.sealer, visit_store),
            dossier_store,
            workspaces,
            now,
        )
        dossiers = DossierService(dossier_store, customers, members, workspaces, now)
        cases = CaseService(CaseStore(records, self.sealer), customers, members, workspaces, now)
        riskflags = RiskFlagService(dossier_store, visit_store, cases, workspaces, now)
        tiering_store = TieringStore(records, self.sealer)
        tiers = TieringService(tiering_store, dossier_store, visit_store, customers, workspaces, now)
        objections = ObjectionService(ObjectionStore(records), customers, workspaces, now)
        needs = NeedService(dossiers, customers, workspaces, now)
        visits = VisitService(
            visit_store,
            customers,
            playbook,
            workspaces,
            NeedStore(records, self.sealer),
            ObjectionStore(records),
            riskflags,
            now,
        )
        revisions = RevisionService(revision_store, playbook, members, workspaces, now)
        usage_store = UsageStore(records)
        retirements = RetirementService(
            RetirementStore(records), usage_store, revisions, workspaces, now, self.settings.default_tz
        )
        gap_store = GapStore(records, questions)
        privacy = PrivacyService(PrivacyStore(records, self.sealer), member_store, RoundStore(records), workspaces, now)
        retention = RetentionService(
            RetentionStore(records),
            customers_store,
            dossier_store,
            gap_store,
            privacy,
            workspaces,
            now,
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
        )
        worklists = WorkListStore(records, self.sealer)
        undo_store = UndoStore(records, self.sealer)
        followups = FollowUpService(followup_store, worklists, customers, playbook, absences, workspaces, now)
        deals = DealService(DealStore(records, self.sealer), customers, workspaces, now)
        escalation_store = EscalationStore(records)
        up_line = UpLineService(members, absences, playbook, workspaces)
        ladders = LadderService(escalation_store, customers, members, up_line, nudges, workspaces, now)
        reports = ReportService(customers, ObjectionStore(records), ladders, playbook, workspaces, now)
        reviews = ReviewService(playbook, revisions, retirements, members, workspaces, now)
        return Services(
            rephrasing=RephrasingService(ask_model, playbook, customers, workspaces),
            links=Links(public=self.settings.public_url, docs=self.settings.docs_url),
            assistant=AssistantService(AssistantStore(records)),
            playbook=playbook,
            customers=customers,
            dossiers=dossiers,
            tiering=tiers,
            rules=RulesService(RecountStore(records), dossier_store, tiering_store, workspaces, now),
            endings=EndingService(dossiers, retention, now),
            needs=needs,
            objections=objections,
            cases=cases,
            riskflags=riskflags,
            visits=visits,
            drafts=DraftService(DraftStore(records, self.sealer), customers, playbook, NoteReader(), now),
            firstruns=FirstRunService(FirstRunStore(records), members, notices, now),
            followups=followups,
            finishing=FinishingService(undo_store, followups, customers, visits, needs, playbook, workspaces, now),
            boards=BoardService(
                customers,
                followups,
                CaseStore(records, self.sealer),
                DraftStore(records, self.sealer),
                members,
                workspaces,
                now,
            ),
            daily=DailyService(followups, tiers, reviews, gaps, absences, workspaces),
            recounts=RecountService(
                RecountStore(records),
                dossier_store,
                visit_store,
                ObjectionStore(records),
                workspaces,
                now,
            ),
            values=ValueService(dossier_store, customers, workspaces, now),
            notices=notices,
            nudges=nudges,
            members=members,
            absences=absences,
            staff=StaffService(members, nudges),
            steps=StepService(members, customers, visits),
            status=StatusService(nudges, workspaces, now),
            leavers=LeaverService(members, nudges, customers, dossier_store, workspaces),
            workspaces=workspaces,
            preparations=PreparationService(customers, dossiers, objections, playbook),
            search=SearchService(
                SearchStore(records, self.sealer, visit_store), customers, NeedStore(records, self.sealer)
            ),
            privacy=privacy,
            retention=retention,
            revisions=revisions,
            retirements=retirements,
            reviews=reviews,
            gaps=gaps,
            feedback=FeedbackService(usage_store, gaps, customers, now),
            limits=LimitService(LimitStore(records), self.settings.user_limit, self.settings.workspace_limit),
            webhooks=WebhookService(
                WebhookStore(records, self.sealer),
                customers_store,
                visit_store,
                followup_store,
                workspaces,
                system_clock,
                self.settings.webhook_networks,
            ),
            imports=ImportService(customers_store, dossier_store, tiering_store, deals, members, workspaces, now),
            installations=InstallationService(
                InstallationStore(records, self.sealer),
                RoundStore(records),
                workspaces,
                system_clock,
                self.settings.allowed_workspaces,
            ),
            exports=ExportService(
                customers,
                visit_store,
                NeedStore(records, self.sealer),
                followup_store,
                tiering_store,
                deals.store,
                workspaces,
            ),
            ladders=ladders,
            escalations=EscalationService(escalation_store, customers, up_line, nudges, playbook, workspaces, now),
            alerts=AlertService(escalation_store, customers, members, workspaces, now),
            deals=deals,
            figures=FigureService(reports, deals.store, dossier_store, workspaces, now),
            reports=reports,
        )


@asynccontextmanager
async def core(settings: Settings, store_url: str, *, answers: bool = True) -> AsyncIterator[Core]:
    """Raises a BotError when the store, the playbook files, the calendar file or the keys are not usable.

    Most commands of the command line answer no questions and are spared the matcher, which takes long to load.
    """
    playbook = loading.playbook()
    redis = await stores.connected(settings, store_url)
    try:
        sealer = loading.sealer(settings, is_fresh=not await redis.exists(keys.WORKSPACES))
        is_work = loading.calendar(settings)

        def prepared() -> Matcher:
            is_work.prepare(system_clock().date())
            return loading.matcher(settings, playbook)

        yield Core(
            settings=settings,
            redis=redis,
            store_url=store_url,
            sealer=sealer,
            playbook=playbook,
            matcher=await _aside(prepared) if answers else None,
            is_work=is_work,
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


def explained(error: BotError) -> str:
    """One sentence for the operator."""
    if isinstance(error, setting.SettingsError | PlaybookFileError):
        return str(error)
    return texts.load("en")(error.key, **error.values)
