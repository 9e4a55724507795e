"""What a person's daily message says on its day."""

from dataclasses import dataclass

from bot import text as texts
from bot.domain.notice import Moment, Notice
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
        daily = await self.services.daily.of(actor, notice.day)
        answers = await self.services.escalations.answered(actor)
        if daily.is_empty and not answers:
            return None
        await self.services.daily.shown(actor, daily)
        text = texts.load(actor.lang)
        head = escalation_views.answers(answers, text)
        return Letter(
            text=views.fallback(daily, notice.day, notice.day, text)
            if not daily.is_empty
            else escalation_views.answers_fallback(answers, text),
            blocks=views.blocks(daily, notice.day, notice.day, text, head) if not daily.is_empty else head,
            followup_ids=daily.followup_ids,
            soon_ids=daily.soon_ids,
            review_ids=tuple(each.entry.id for each in daily.reviews),
            gap_ids=tuple(row.gap.id for row in daily.gaps or ()),
            retirements=retirements_in_view(daily.reviews),
            answered_ids=tuple(each.followup.id for each in answers),
        )

    async def told(self, team_id: str, notice: Notice) -> None:
        """The entries it said nobody uses may be asked about from the day it named; answers are told once."""
        await self.services.retirements.name(team_id, notice.retirements)
        await self.services.escalations.told(team_id, notice.user_id, notice.answered_ids)
