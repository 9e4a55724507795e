"""What a lead's weekly report says on its day."""

from dataclasses import dataclass

from bot import text as texts
from bot.domain.notice import Moment, Notice
from bot.domain.report import Report
from bot.domain.user import User
from bot.letters import Letter
from bot.services import Services
from bot.views import reports as views


@dataclass(frozen=True, slots=True)
class ReportComposer:
    services: Services

    async def moment(self, actor: User, notice: Notice) -> Moment:
        return await self.services.nudges.report_moment(actor, notice.day)

    async def letter(self, actor: User, notice: Notice) -> Letter | None:
        report = await self.services.reports.of_team(actor, notice.day)
        if report.is_empty:
            return None
        return await letter(self.services, actor, report)

    async def told(self, team_id: str, notice: Notice) -> None:
        """It shows colleagues' customers, which is written down."""
        await self.services.reports.told(team_id, notice.user_id, notice.day)


async def letter(services: Services, actor: User, report: Report) -> Letter:
    text = texts.load(actor.lang)
    titles = await services.reports.titles(actor, report)
    return Letter(
        text=views.fallback(report, text),
        blocks=views.blocks(report, titles, text),
        charts=() if report.is_empty else views.charts(report, titles, text),
    )
