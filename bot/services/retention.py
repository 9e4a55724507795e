"""How long things are kept, and the daily erasing of what is past its time."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.clock import Clock
from bot.domain import policy
from bot.domain.user import User
from bot.domain.workspace import Retention
from bot.services.privacy import PrivacyService
from bot.services.workspaces import WorkspaceService
from bot.storage.customers import CustomerStore
from bot.storage.dossiers import DossierStore
from bot.storage.gaps import GapStore
from bot.storage.retention import RetentionStore

BY: Final = "retention"
"""Who the audit log says it was."""


@dataclass(frozen=True, slots=True)
class RetentionService:
    store: RetentionStore
    customers: CustomerStore
    dossiers: DossierStore
    gaps: GapStore
    privacy: PrivacyService
    workspaces: WorkspaceService
    now: Clock

    async def settle(self, team_id: str, retention: Retention, *, by: str) -> None:
        await self.workspaces.store.set_retention(team_id, retention)
        await self.workspaces.record(team_id, by, "retention.set", team_id, retention.model_dump_json())

    async def settled(self, actor: User) -> Retention:
        """Raises NotAdminError."""
        policy.ensure_sets_retention(actor)
        return (await self.workspaces.settings(actor.team_id)).retention

    async def would_erase(self, actor: User, retention: Retention) -> tuple[int, int]:
        """How many customers and questions the next run would erase that this one would not."""
        now, wanted = await self.settled(actor), retention
        customers, questions = await self._past(actor.team_id, wanted)
        kept_customers, kept_questions = await self._past(actor.team_id, now)
        return len(set(customers) - set(kept_customers)), len(set(questions) - set(kept_questions))

    async def change(self, actor: User, retention: Retention) -> None:
        """Raises NotAdminError."""
        if await self.settled(actor) != retention:
            await self.settle(actor.team_id, retention, by=actor.user_id)

    async def end(self, team_id: str, customer_id: str, on: date, *, by: str) -> None:
        """The relationship is over: nothing more is due, and the time it is still kept for begins."""
        await self.store.end(team_id, customer_id, on)
        await self._recount(team_id, customer_id)
        await self.workspaces.record(team_id, by, "customer.end", customer_id, on.isoformat())

    async def reopen(self, team_id: str, customer_id: str, *, by: str) -> None:
        today = User(team_id=team_id, user_id="").today(self.now())
        await self.store.reopen(team_id, customer_id, today)
        await self._recount(team_id, customer_id)
        await self.workspaces.record(team_id, by, "customer.reopen", customer_id)

    async def run(self, team_id: str) -> Counter[str]:
        """Erases what is past its time; how many of each kind. Run twice it finds nothing left to do."""
        kept = (await self.workspaces.settings(team_id)).retention
        done: Counter[str] = Counter()
        customers, questions = await self._past(team_id, kept)
        for customer_id in customers:
            done["customers"] += await self._erase(team_id, customer_id, self._last(kept))
        for question_id in questions:
            await self.gaps.withdraw(team_id, question_id)
            done["questions"] += 1
        if done.total():
            told = " ".join(f"{kind}={count}" for kind, count in sorted(done.items()))
            await self.workspaces.record(team_id, BY, "retention.run", team_id, told)
        return done

    async def _recount(self, team_id: str, customer_id: str) -> None:
        """Begun again after a crash by doing the same once more."""
        rules, is_work = await self.workspaces.counting(team_id)
        today = User(team_id=team_id, user_id="").today(self.now())
        await self.dossiers.change(team_id, customer_id, lambda found: found.recounted(rules, is_work, today))

    async def _past(self, team_id: str, kept: Retention) -> tuple[list[str], list[str]]:
        """Customers and questions that are past their time."""
        customers, questions = [], []
        if kept.customer_days is not None:
            customers = await self.store.ended_by(team_id, self._last(kept))
        if kept.question_days is not None:
            questions = await self.store.asked_before(team_id, self.now() - timedelta(days=kept.question_days))
        return customers, questions

    def _last(self, kept: Retention) -> date:
        """The last day on which a relationship can have ended whose customer goes."""
        return self.now().date() - timedelta(days=kept.customer_days or 0)

    async def _erase(self, team_id: str, customer_id: str, last: date) -> bool:
        customer = await self.customers.find(team_id, customer_id)
        if customer is not None and (customer.ended_on is None or customer.ended_on > last):
            await self.store.forget_end(team_id, customer_id)
            return False
        names = await self.privacy.names_to_hide(team_id, customer) if customer else ()
        await self.privacy.erase_customer(team_id, customer_id, names, by=BY)
        return True
