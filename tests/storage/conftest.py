"""Every store, on a single server and on a Cluster, with notes sealed by a key of the test's own."""

from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from bot.storage.audit import AuditStore
from bot.storage.cases import CaseStore
from bot.storage.customers import CustomerStore
from bot.storage.deals import DealStore
from bot.storage.dossiers import DossierStore
from bot.storage.drafts import DraftStore
from bot.storage.followups import FollowUpStore
from bot.storage.gaps import GapStore
from bot.storage.members import MemberStore
from bot.storage.needs import NeedStore
from bot.storage.notices import NoticeStore
from bot.storage.nudges import RoundStore
from bot.storage.objections import ObjectionStore
from bot.storage.questions import QuestionStore
from bot.storage.records import Records
from bot.storage.retirements import RetirementStore
from bot.storage.revisions import RevisionStore
from bot.storage.sealing import Sealer, new_key
from bot.storage.undo import UndoStore
from bot.storage.usage import UsageStore
from bot.storage.visits import VisitStore
from bot.storage.webhooks import WebhookStore
from bot.storage.workspaces import WorkspaceStore


@dataclass(frozen=True, slots=True)
class Stores:
    redis: Redis
    customers: CustomerStore
    dossiers: DossierStore
    needs: NeedStore
    objections: ObjectionStore
    visits: VisitStore
    drafts: DraftStore
    undo: UndoStore
    followups: FollowUpStore
    notices: NoticeStore
    nudges: RoundStore
    questions: QuestionStore
    revisions: RevisionStore
    members: MemberStore
    workspaces: WorkspaceStore
    audit: AuditStore
    gaps: GapStore
    usage: UsageStore
    retirements: RetirementStore
    webhooks: WebhookStore
    cases: CaseStore
    deals: DealStore

    @classmethod
    def on(cls, redis: Redis, sealer: Sealer) -> "Stores":
        records = Records(redis)
        questions = QuestionStore(records, sealer)
        return cls(
            redis=redis,
            customers=CustomerStore(records, sealer),
            dossiers=DossierStore(records, sealer),
            needs=NeedStore(records, sealer),
            objections=ObjectionStore(records),
            visits=VisitStore(records, sealer),
            drafts=DraftStore(records, sealer),
            undo=UndoStore(records, sealer),
            followups=FollowUpStore(records, sealer),
            notices=NoticeStore(records),
            nudges=RoundStore(records),
            questions=questions,
            revisions=RevisionStore(records, sealer),
            members=MemberStore(records),
            workspaces=WorkspaceStore(records, sealer),
            audit=AuditStore(records, sealer),
            gaps=GapStore(records, questions),
            usage=UsageStore(records),
            retirements=RetirementStore(records),
            webhooks=WebhookStore(records, sealer),
            cases=CaseStore(records, sealer),
            deals=DealStore(records, sealer),
        )


@pytest.fixture
def sealer() -> Sealer:
    return Sealer([new_key()])


@pytest.fixture
def stores(any_redis: Redis, sealer: Sealer) -> Stores:
    return Stores.on(any_redis, sealer)
