"""What a lead is asked about a follow-up that stays undone, and what a hard risk event tells at once."""

from dataclasses import dataclass

from bot import text as texts
from bot.domain.notice import Moment, Notice
from bot.domain.user import User
from bot.letters import Letter
from bot.services import Services
from bot.views import escalations as views


@dataclass(frozen=True, slots=True)
class EscalationComposer:
    services: Services

    async def moment(self, actor: User, notice: Notice) -> Moment:
        return await self.services.escalations.moment(actor, notice)

    async def letter(self, actor: User, notice: Notice) -> Letter | None:
        item = await self.services.escalations.to_ask(actor, notice)
        if item is None:
            return None
        text = texts.load(actor.lang)
        return Letter(views.fallback(item, text), views.asked(item, text), followup_ids=notice.followup_ids)

    async def told(self, team_id: str, notice: Notice) -> None:
        """What was planned is on the ladder already."""


@dataclass(frozen=True, slots=True)
class AlertComposer:
    services: Services

    async def moment(self, actor: User, notice: Notice) -> Moment:
        return await self.services.escalations.moment(actor, notice)

    async def letter(self, actor: User, notice: Notice) -> Letter | None:
        item = await self.services.escalations.to_ask(actor, notice)
        if item is None:
            return None
        text = texts.load(actor.lang)
        is_owner = actor.user_id == item.customer.owner_id
        blocks = views.alert(item, text, is_owner=is_owner)
        return Letter(views.alert_fallback(item, text), blocks, followup_ids=notice.followup_ids)

    async def told(self, team_id: str, notice: Notice) -> None:
        """What was planned is on the ladder already."""
