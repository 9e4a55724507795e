"""What a lead is asked about a follow-up that stays undone, and what a hard risk event tells at once."""

from dataclasses import dataclass

from bot import text as texts
from bot.domain.escalation import EscalationItem
from bot.domain.notice import Moment, Notice
from bot.domain.user import User
from bot.letters import Letter
from bot.services import Services
from bot.text import Text
from bot.views import escalations as views
from bot.views.blocks import Block


@dataclass(frozen=True, slots=True)
class EscalationComposer:
    services: Services

    async def moment(self, actor: User, notice: Notice) -> Moment:
        return await self.services.escalations.moment(actor, notice)

    async def letter(self, actor: User, notice: Notice) -> Letter | None:
        item = await self.services.escalations.to_ask(actor, notice)
        if item is None:
            return None
        fallback, blocks = self._said(item, actor, texts.load(actor.lang))
        return Letter(fallback, blocks, followup_ids=notice.followup_ids)

    async def told(self, team_id: str, notice: Notice) -> None:
        """What was planned is on the ladder already."""

    def _said(self, item: EscalationItem, actor: User, text: Text) -> tuple[str, list[Block]]:
        return views.fallback(item, text), views.asked(item, text)


@dataclass(frozen=True, slots=True)
class AlertComposer(EscalationComposer):
    """The same about a hard risk event, in other words."""

    def _said(self, item: EscalationItem, actor: User, text: Text) -> tuple[str, list[Block]]:
        is_owner = actor.user_id == item.customer.owner_id
        return views.alert_fallback(item, text), views.alert(item, text, is_owner=is_owner)
