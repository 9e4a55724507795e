"""What a person can do, one class per subject, bundled for the edges."""

from dataclasses import dataclass

from bot.domain.links import Links
from bot.services.absences import AbsenceService
from bot.services.alerts import AlertService
from bot.services.assistant import AssistantService
from bot.services.boards import BoardService
from bot.services.cases import CaseService
from bot.services.customers import CustomerService
from bot.services.daily import DailyService
from bot.services.deals import DealService
from bot.services.dossiers import DossierService
from bot.services.drafts import DraftService
from bot.services.endings import EndingService
from bot.services.escalations import EscalationService
from bot.services.exports import ExportService
from bot.services.feedback import FeedbackService
from bot.services.figures import FigureService
from bot.services.finishing import FinishingService
from bot.services.firstruns import FirstRunService
from bot.services.followups import FollowUpService
from bot.services.gaps import GapService
from bot.services.imports import ImportService
from bot.services.installations import InstallationService
from bot.services.ladders import LadderService
from bot.services.leavers import LeaverService
from bot.services.limits import LimitService
from bot.services.members import MemberService
from bot.services.needs import NeedService
from bot.services.notices import NoticeService
from bot.services.nudges import NudgeService
from bot.services.objections import ObjectionService
from bot.services.playbook import PlaybookService
from bot.services.preparations import PreparationService
from bot.services.privacy import PrivacyService
from bot.services.recounts import RecountService
from bot.services.rephrasing import RephrasingService
from bot.services.reports import ReportService
from bot.services.retention import RetentionService
from bot.services.retirements import RetirementService
from bot.services.reviews import ReviewService
from bot.services.revisions import RevisionService
from bot.services.riskflags import RiskFlagService
from bot.services.rules import RulesService
from bot.services.search import SearchService
from bot.services.staff import StaffService
from bot.services.status import StatusService
from bot.services.steps import StepService
from bot.services.tiering import TieringService
from bot.services.values import ValueService
from bot.services.visits import VisitService
from bot.services.webhooks import WebhookService
from bot.services.workspaces import WorkspaceService

__all__ = [
    "AbsenceService",
    "AlertService",
    "AssistantService",
    "BoardService",
    "CaseService",
    "CustomerService",
    "DailyService",
    "DealService",
    "DossierService",
    "DraftService",
    "EndingService",
    "EscalationService",
    "ExportService",
    "FeedbackService",
    "FigureService",
    "FinishingService",
    "FirstRunService",
    "FollowUpService",
    "GapService",
    "ImportService",
    "InstallationService",
    "LadderService",
    "LeaverService",
    "LimitService",
    "MemberService",
    "NeedService",
    "NoticeService",
    "NudgeService",
    "ObjectionService",
    "PlaybookService",
    "PreparationService",
    "PrivacyService",
    "RecountService",
    "RephrasingService",
    "ReportService",
    "RetentionService",
    "RetirementService",
    "ReviewService",
    "RevisionService",
    "RiskFlagService",
    "RulesService",
    "SearchService",
    "Services",
    "StaffService",
    "StatusService",
    "StepService",
    "TieringService",
    "ValueService",
    "VisitService",
    "WebhookService",
    "WorkspaceService",
]


@dataclass(frozen=True, slots=True, repr=False)
class Services:
    """All that handlers, jobs and commands call.

    Without a repr of all its parts: asyncio spells out what a task has brought back, and that took a second each time.
    """

    links: Links
    assistant: AssistantService
    playbook: PlaybookService
    customers: CustomerService
    dossiers: DossierService
    tiering: TieringService
    endings: EndingService
    needs: NeedService
    objections: ObjectionService
    cases: CaseService
    riskflags: RiskFlagService
    rules: RulesService
    visits: VisitService
    drafts: DraftService
    firstruns: FirstRunService
    followups: FollowUpService
    finishing: FinishingService
    boards: BoardService
    daily: DailyService
    notices: NoticeService
    recounts: RecountService
    values: ValueService
    nudges: NudgeService
    members: MemberService
    absences: AbsenceService
    staff: StaffService
    status: StatusService
    steps: StepService
    leavers: LeaverService
    workspaces: WorkspaceService
    preparations: PreparationService
    privacy: PrivacyService
    retention: RetentionService
    search: SearchService
    revisions: RevisionService
    retirements: RetirementService
    reviews: ReviewService
    gaps: GapService
    feedback: FeedbackService
    limits: LimitService
    webhooks: WebhookService
    imports: ImportService
    installations: InstallationService
    ladders: LadderService
    escalations: EscalationService
    alerts: AlertService
    deals: DealService
    figures: FigureService
    rephrasing: RephrasingService
    reports: ReportService
    exports: ExportService
