"""Who sends more than people do waits a moment, so that nobody else has to."""

import asyncio
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bot.errors import TooManyRequestsError
from bot.storage import keys
from bot.storage.limits import LimitStore

SHARES: Final = 6
"""A replica tells the others of every sixth of a limit: who stays below that costs no exchange with the store, and who
sends to all replicas at once gets at most a sixth more from each."""
TYPING: Final = 5
"""So many times as much while somebody types in a window: Slack tells of every character."""
KEPT: Final = 10_000
WORKSPACE: Final = "all"


@dataclass(slots=True)
class _Count:
    """What this replica has seen and not told yet, and until when whoever it is has to wait."""

    since: float
    untold: int = 0
    until: float = 0.0

    def due(self, now: float, share: int) -> int:
        """Counts one more; what is to be told now: nothing below a share."""
        if now - self.since > keys.TTLS["requests"]:
            self.since, self.untold = now, 0
        self.untold += 1
        if self.untold < share:
            return 0
        told, self.untold, self.since = self.untold, 0, now
        return told


@dataclass(frozen=True, slots=True)
class Share:
    """So many requests of somebody that the other replicas have to hear of."""

    team_id: str
    who: str
    told: int
    limit: int


@dataclass(slots=True)
class LimitService:
    """Both limits are requests within `keys.TTLS["requests"]` seconds."""

    store: LimitStore
    user_limit: int
    workspace_limit: int
    _counts: dict[tuple[str, str], _Count] = field(default_factory=dict)

    def admit(self, team_id: str, user_id: str, *, is_typing: bool = False) -> list[Share]:
        """Raises TooManyRequestsError; what was refused is not counted. What comes back, mostly nothing, is to be
        told."""
        limits = {user_id: self.user_limit, WORKSPACE: self.workspace_limit}
        if is_typing:
            limits = {f"{user_id}:typing": self.user_limit * TYPING}
        now = asyncio.get_running_loop().time()
        counts = {who: self._count(team_id, who, now) for who in limits}
        for count in counts.values():
            if now < count.until:
                raise TooManyRequestsError(math.ceil(count.until - now), is_first=False)
        return [
            Share(team_id, who, told, limit)
            for who, limit in limits.items()
            if (told := counts[who].due(now, max(1, limit // SHARES)))
        ]

    async def tell(self, shares: Iterable[Share]) -> None:
        """The other replicas. Raises TooManyRequestsError where all of them together have seen too much."""
        wait = 0.0
        for each in shares:
            total, left = await self.store.add(each.team_id, each.who, each.told)
            if total > each.limit:
                now = asyncio.get_running_loop().time()
                self._count(each.team_id, each.who, now).until = now + left
                wait = max(wait, left)
        if wait:
            raise TooManyRequestsError(math.ceil(wait), is_first=True)

    def _count(self, team_id: str, who: str, now: float) -> _Count:
        if len(self._counts) >= KEPT:
            self._counts.clear()
        return self._counts.setdefault((team_id, who), _Count(now))
