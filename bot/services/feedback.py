"""Whether an answer helped, and how much each entry is used."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain import policy
from bot.domain.masking import masked
from bot.domain.question import Question, Reason
from bot.domain.usage import Usage, Use, month_of
from bot.domain.user import User
from bot.errors import GapNotFoundError
from bot.services.customers import CustomerService
from bot.services.gaps import GapService
from bot.storage.usage import UsageStore


@dataclass(frozen=True, slots=True)
class FeedbackService:
    store: UsageStore
    gaps: GapService
    customers: CustomerService
    now: Clock

    async def count(self, actor: User, use: Use, entry_ids: Iterable[str]) -> None:
        """Of whom is not kept."""
        await self.store.count(actor.team_id, use, tuple(entry_ids), actor.today(self.now()))

    async def vote(self, actor: User, answer_id: str, entry_id: str, asked: str, *, is_up: bool) -> str:
        """Counts once for a person and an answer; another vote takes the earlier one's place. Returns the vote's id.

        A 👎 is filed with the question, and withdrawn when it turns into a 👍.
        """
        vote_id = _vote_id(actor, answer_id, entry_id)
        use = Use.UP if is_up else Use.DOWN
        await self.store.vote(actor.team_id, vote_id, entry_id, use, actor.today(self.now()))
        if is_up:
            await self.gaps.gaps.withdraw(actor.team_id, vote_id)
        else:
            about = {"id": vote_id, "asked_by": actor.user_id, "asked_at": self.now(), "text": asked}
            await self.gaps.keep(actor, Question.model_validate({**about, "reason": Reason.DOWN, "shown_id": entry_id}))
        return vote_id

    async def missing(self, actor: User, vote_id: str, text: str) -> None:
        """What the answer lacked, added to the 👎; without one any more, there is nothing to add to."""
        question = await self.gaps.questions.find(actor.team_id, vote_id)
        if question is None or question.asked_by != actor.user_id:
            raise GapNotFoundError
        hidden = masked(text, await self.customers.names(actor))
        await self.gaps.questions.change(
            actor.team_id, vote_id, lambda each: each.model_copy(update={"missing": hidden})
        )

    async def usage(self, actor: User) -> list[Usage]:
        """Of this month and the one before. Raises NotEditorError."""
        policy.ensure_edits_playbook(actor)
        today = actor.today(self.now())
        before = today.replace(year=today.year - (today.month == 1), month=(today.month - 2) % 12 + 1, day=1)
        return await self.store.months(actor.team_id, (month_of(before), month_of(today)))

    async def is_plain(self, team_id: str) -> bool:
        """Slack does not take its own feedback buttons from us."""
        return await self.store.is_plain(team_id)

    async def remember_plain(self, team_id: str) -> None:
        await self.store.remember_plain(team_id)


def _vote_id(actor: User, answer_id: str, entry_id: str) -> str:
    named = f"{actor.team_id}/{actor.user_id}/{answer_id}/{entry_id}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]
