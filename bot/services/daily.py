"""What goes into a person's daily message, and what has become of it since."""

from dataclasses import dataclass
from datetime import date

from bot.domain.daily import Daily
from bot.domain.notice import Notice
from bot.domain.user import User
from bot.services.absences import AbsenceService
from bot.services.followups import FollowUpService
from bot.services.gaps import GapService
from bot.services.reviews import ReviewService
from bot.services.tiering import TieringService
from bot.services.workspaces import WorkspaceService


@dataclass(frozen=True, slots=True)
class DailyService:
    followups: FollowUpService
    tiering: TieringService
    reviews: ReviewService
    gaps: GapService
    absences: AbsenceService
    workspaces: WorkspaceService

    async def of(self, actor: User, day: date) -> Daily:
        """Nothing for somebody who is away while another keeps the list; without one, nothing is kept back."""
        if await self.absences.stand_in(actor) is not None:
            return Daily()
        is_work = self.workspaces.calendar(await self.workspaces.settings(actor.team_id))
        due = await self.followups.of_day(actor, is_work)
        return Daily(
            items=due.own,
            covered=due.covered,
            soon=due.soon,
            idle=await self.tiering.newly_idle(actor, day),
            reviews=await self.reviews.of_week(actor, day, is_work),
            gaps=await self.gaps.of_week(actor, day, is_work) or None,
        )

    async def shown(self, actor: User, daily: Daily) -> None:
        """Whoever is told of others' customers can be named later."""
        for owner_id in dict.fromkeys(item.customer.owner_id for item in daily.covered):
            await self.workspaces.record(actor.team_id, actor.user_id, "followup.stand_in", owner_id)

    async def again(self, actor: User, sent: Notice) -> Daily:
        """The same message as it stands now: done or not, without what is somebody else's since."""
        items = await self.followups.items(actor, sent.followup_ids)
        own = [item for item in items if item.customer.owner_id == actor.user_id]
        return Daily(
            items=own,
            covered=[item for item in items if item not in own],
            soon=await self.followups.items(actor, sent.soon_ids),
            idle=await self.tiering.newly_idle(actor, sent.day),
            reviews=await self.reviews.items(actor, sent.review_ids),
            gaps=await self.gaps.items(actor, sent.gap_ids),
        )
