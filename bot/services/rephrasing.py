"""A found play in the customer's own words, where the company has allowed a language model to be asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.entry import Entry, Lang
from bot.domain.kinds import variant_of
from bot.domain.masking import masked
from bot.domain.rephrasing import accepted, messages
from bot.domain.user import User
from bot.errors import ModelUnavailableError
from bot.services.customers import CustomerService
from bot.services.playbook import PlaybookService
from bot.services.workspaces import WorkspaceService

AskModel = Callable[[list[dict[str, str]]], Awaitable[str]]
"""Raises ModelUnavailableError."""


@dataclass(frozen=True, slots=True)
class Rephrased:
    entry: Entry
    line: str
    """The play's own, which counts."""
    text: str | None
    """None: the model gave nothing that may be shown."""


@dataclass(frozen=True, slots=True)
class RephrasingService:
    ask: AskModel | None
    playbook: PlaybookService
    customers: CustomerService
    workspaces: WorkspaceService

    @property
    def is_on(self) -> bool:
        return self.ask is not None

    async def rephrase(self, actor: User, entry_id: str, said: str, lang: Lang, customer_id: str) -> Rephrased:
        """Never without a play: raises EntryNotFoundError. What leaves is masked, and the log tells that it left."""
        library = await self.playbook.library(actor.team_id)
        entry = library.entry(entry_id)
        variant = variant_of(entry, await self.customers.known(actor, customer_id))
        line = (variant.say if variant else entry.speak).in_(lang)
        if self.ask is None or not said.strip():
            return Rephrased(entry, line, None)
        hidden = masked(said, await self.customers.names(actor))
        await self.workspaces.record(actor.team_id, actor.user_id, "rephrasing.send", entry.id)
        try:
            answer = await self.ask(messages(line, hidden, lang))
        except ModelUnavailableError:
            return Rephrased(entry, line, None)
        return Rephrased(entry, line, accepted(answer, line, entry, lang, library.playbook.red_lines.values()))
