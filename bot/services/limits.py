"""Who sends more than people do waits a moment, so that nobody else has to."""

import asyncio
import math
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


@dataclass(slots=True)
class LimitService:
    """Both limits are requests within `keys.TTLS["requests"]` seconds."""

    store: LimitStore
    user_limit: int
    workspace_limit: int
    _counts: dict[tuple[str, str], _Count] = field(default_factory=dict)

    async def admit(self, team_id: str, user_id: str, *, is_typing: bool = False) -> None:
        """Raises TooManyRequestsError; what was refused is not counted."""
        if is_typing:
            await self._take(team_id, f"{user_id}:typing", self.user_limit * TYPING)
            return
        await self._take(team_id, user_id, self.user_limit)
        await self._take(team_id, WORKSPACE, self.workspace_limit)

    async def _take(self, team_id: str, who: str, limit: int) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._counts) >= KEPT:
            self._counts.clear()
        count = self._counts.setdefault((team_id, who), _Count(now))
        if now < count.until:
            raise TooManyRequestsError(math.ceil(count.until - now), is_first=False)
        if now - count.since > keys.TTLS["requests"]:
            count.since, count.untold = now, 0
        count.untold += 1
        if count.untold < max(1, limit // SHARES):
            return
        told, count.untold, count.since = count.untold, 0, now
        total, left = await self.store.add(team_id, who, told)
        if total > limit:
            count.until = now + left
            raise TooManyRequestsError(math.ceil(left), is_first=True)
