"""What a notice says, and who composes it: one composer per kind, made for the moment at which it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from bot.domain.chart import BarChart
from bot.domain.notice import Moment, Notice
from bot.domain.user import User
from bot.views.blocks import Block


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, and what its record keeps of it so that a click can bring it up to date."""

    text: str
    blocks: list[Block]
    followup_ids: tuple[str, ...] = ()
    soon_ids: tuple[str, ...] = ()
    review_ids: tuple[str, ...] = ()
    gap_ids: tuple[str, ...] = ()
    retirements: Mapping[str, date] = field(default_factory=dict)
    answered_ids: tuple[str, ...] = ()
    charts: tuple[BarChart, ...] = ()
    """Shown below, in the best way this Slack takes them."""


class Composer(Protocol):
    async def moment(self, actor: User, notice: Notice) -> Moment:
        """Whether it may be sent to the actor now."""

    async def letter(self, actor: User, notice: Notice) -> Letter | None:
        """None when there is nothing to say (any more)."""

    async def told(self, team_id: str, notice: Notice) -> None:
        """What follows from its having been posted; may run again."""
