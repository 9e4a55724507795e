"""What a person's daily message says on its day."""

from dataclasses import dataclass

from bot import text as texts
from bot.domain.notice import Moment, Notice
from bot.domain.nudge import MAX_ROWS
from bot.domain.review import retirements_in_view
from bot.domain.user import User
from bot.letters import Letter
from bot.services import Services
from bot.views import escalations as escalation_views
from bot.views import nudges as views


@dataclass(frozen=True, slots=True)
class DigestComposer:
    services: Services

    async def moment(self, actor: User, notice: Notice) -> Moment:
        return await self.services.nudges.moment(actor, notice.day)

    async def letter(self, actor: User, notice: Notice) -> Letter | None:
        items = await self.services.followups.due(actor)
        reviews = await self.services.reviews.of_week(actor, notice.day)
        gaps = await self.services.gaps.of_week(actor, notice.day)
        answers = await self.services.escalations.answered(actor)
        if not items and not reviews and not gaps and not answers:
            return None
        text, hidden = texts.load(actor.lang), max(0, len(items) - MAX_ROWS)
        told = escalation_views.answers(answers, text)
        return Letter(
            text=views.fallback(items, hidden, reviews, gaps, notice.day, notice.day, text)
            or escalation_views.answers_fallback(answers, text),
            blocks=told + views.blocks(items[:MAX_ROWS], hidden, reviews, gaps, notice.day, notice.day, text),
            followup_ids=tuple(item.followup.id for item in items),
            review_ids=tuple(each.entry.id for each in reviews),
            gap_ids=tuple(row.gap.id for row in gaps or ()),
            retirements=retirements_in_view(reviews),
            answered_ids=tuple(each.followup.id for each in answers),
        )

    async def told(self, team_id: str, notice: Notice) -> None:
        """The entries it said nobody uses may be asked about from the day it named; answers are told once."""
        await self.services.retirements.name(team_id, notice.retirements)
        await self.services.escalations.told(team_id, notice.user_id, notice.answered_ids)
