"""What a person can do, one class per subject, bundled for the edges."""

from dataclasses import dataclass

from bot.services.customers import CustomerService
from bot.services.feedback import FeedbackService
from bot.services.followups import FollowUpService
from bot.services.gaps import GapService
from bot.services.members import MemberService
from bot.services.nudges import NudgeService
from bot.services.playbook import PlaybookService
from bot.services.preparations import PreparationService
from bot.services.retirements import RetirementService
from bot.services.reviews import ReviewService
from bot.services.revisions import RevisionService
from bot.services.visits import VisitService
from bot.services.workspaces import WorkspaceService

__all__ = [
    "CustomerService",
    "FeedbackService",
    "FollowUpService",
    "GapService",
    "MemberService",
    "NudgeService",
    "PlaybookService",
    "PreparationService",
    "RetirementService",
    "ReviewService",
    "RevisionService",
    "Services",
    "VisitService",
    "WorkspaceService",
]


@dataclass(frozen=True, slots=True)
class Services:
    playbook: PlaybookService
    customers: CustomerService
    visits: VisitService
    followups: FollowUpService
    nudges: NudgeService
    members: MemberService
    workspaces: WorkspaceService
    preparations: PreparationService
    revisions: RevisionService
    retirements: RetirementService
    reviews: ReviewService
    gaps: GapService
    feedback: FeedbackService
