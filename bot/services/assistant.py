"""Remembering what a conversation with the app is about, so that people can ask on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.assistant import Talk
from bot.domain.user import User
from bot.storage.assistant import AssistantStore

NO_THREAD: Final = "top"
"""In the place of a thread's ts: what stands in the conversation itself."""


@dataclass(frozen=True, slots=True)
class AssistantService:
    store: AssistantStore

    async def about(self, actor: User, thread: str) -> Talk | None:
        return await self.store.find(actor.team_id, actor.user_id, thread)

    async def turn_to(self, actor: User, threads: Sequence[str], talk: Talk) -> None:
        """From now on these threads are about this play."""
        await self.store.keep(actor.team_id, actor.user_id, threads, talk)

    async def lose(self, actor: User, thread: str) -> None:
        """Something was asked that no single play answers: what came before is not meant any more."""
        await self.store.forget(actor.team_id, actor.user_id, thread)
