"""Finding the play for what a customer said, in the workspace's own playbook."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.clock import Clock
from bot.domain.commitments import ruled
from bot.domain.commitments.candidates import Candidate
from bot.domain.entry import Entry, Kind, Lang
from bot.domain.facts import Side
from bot.domain.playbook import Playbook
from bot.domain.user import User
from bot.errors import EntryNotFoundError
from bot.matching import OBJECTIONS, Answer, Decision, Matcher
from bot.storage.revisions import RevisionStore
from bot.telemetry import metrics
from bot.turns import turn

MAX_QUESTION = 1000
FRESH_SECONDS: Final = 5.0
"""How long a replica answers from its copy before it looks whether the workspace's entries have changed."""
LIBRARIES_KEPT: Final = 256
"""Workspaces with entries of their own whose copy stays in memory; the others are read again when somebody asks."""

_HAN = re.compile(r"[㐀-鿿]")


FEW: Final = 2
"""Questions compared on the spot: that takes less than answering one."""


@dataclass(frozen=True, slots=True)
class Library:
    """A workspace's playbook and the matcher that knows it. Without a matcher (a worker's) nothing is found."""

    playbook: Playbook
    matcher: Matcher | None

    def entry(self, entry_id: str) -> Entry:
        entry = self.playbook.find(entry_id)
        if entry is None:
            raise EntryNotFoundError
        return entry

    def match(self, text: str, kinds: frozenset[Kind] = OBJECTIONS) -> Answer:
        return self.matcher.answer(text, kinds) if self.matcher is not None else Answer(text, Decision.NONE)

    def weigh(self, candidates: Sequence[Candidate]) -> Sequence[Mapping[Side, float]]:
        """How likely each is a promise of ours and one of theirs; without a matcher, as the rules say."""
        return self.matcher.weigh(candidates) if self.matcher is not None else ruled(candidates)

    async def alike(self, text: str, others: Sequence[str]) -> list[float]:
        """How much each of the others asks for the same; beside other work where many take long."""
        if self.matcher is None:
            return [0.0] * len(others)
        if len(others) <= FEW:
            return list(self.matcher.alike(text, others))
        return await asyncio.to_thread(self.matcher.alike, text, others)


@dataclass(slots=True)
class _Copy:
    version: str | None
    looked_at: float
    library: Library


@dataclass(frozen=True, slots=True)
class PlaybookService:
    shipped: Library
    revisions: RevisionStore
    now: Clock
    _copies: OrderedDict[str, _Copy] = field(default_factory=OrderedDict)

    async def library(self, team_id: str) -> Library:
        """What ships, with the workspace's own entries laid over it; never older than FRESH_SECONDS."""
        moment = asyncio.get_running_loop().time()
        copy = self._copies.get(team_id)
        if copy is not None and moment - copy.looked_at < FRESH_SECONDS:
            self._copies.move_to_end(team_id)
            return copy.library
        version = await self.revisions.version(team_id)
        if copy is None or copy.version != version:
            copy = _Copy(version, moment, await self._overlaid(team_id) if version else self.shipped)
        copy.looked_at = moment
        self._copies[team_id] = copy
        self._copies.move_to_end(team_id)
        while len(self._copies) > LIBRARIES_KEPT:
            self._copies.popitem(last=False)
        return copy.library

    def forget(self, team_id: str) -> None:
        """Reads the workspace's entries anew the next time: one of them has just changed here."""
        self._copies.pop(team_id, None)

    async def _overlaid(self, team_id: str) -> Library:
        own = await self.revisions.to_show(team_id)
        playbook = self.shipped.playbook.overlaid(own)
        matcher = self.shipped.matcher
        if matcher is None:
            return Library(playbook, None)
        return Library(playbook, await asyncio.to_thread(matcher.overlaid, own))

    async def answer(self, actor: User, text: str, kinds: frozenset[Kind] = OBJECTIONS) -> Answer:
        """Ranks the plays."""
        found = await self.match(actor.team_id, text, kinds)
        metrics.answered(found.decision)
        return found

    async def match(self, team_id: str, text: str, kinds: frozenset[Kind] = OBJECTIONS) -> Answer:
        """As `answer`, for what nobody has asked."""
        matcher = (await self.library(team_id)).matcher
        if matcher is None:
            return Answer(text, Decision.NONE)
        async with turn():
            heard = matcher.hear(text, kinds)
            await asyncio.sleep(0)
            return matcher.conclude(heard)


def language_of(text: str, otherwise: Lang) -> Lang:
    """The play follows the language of the question: Chinese as soon as there is a Chinese character."""
    if _HAN.search(text):
        return "zh"
    return "en" if re.search(r"[A-Za-z]{2}", text) else otherwise
