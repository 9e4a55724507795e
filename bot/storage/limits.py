"""How many requests somebody sends, counted by all replicas together."""

from dataclasses import dataclass
from typing import Final

from bot.storage import keys
from bot.storage.records import Records

# The window begins with what is added first, and ends by itself. KEYS: the count; ARGV: what is added, milliseconds.
_SCRIPT: Final = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count == tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return {count, redis.call('PTTL', KEYS[1])}
"""


@dataclass(frozen=True, slots=True)
class LimitStore:
    records: Records

    async def add(self, team_id: str, who: str, count: int) -> tuple[int, float]:
        """Adds to what has come from there in this window: the sum, and the seconds until the window ends."""
        lasts = keys.TTLS["requests"] * 1000
        total, left = await self.records.redis.eval(_SCRIPT, 1, keys.requests(team_id, who), str(count), str(lasts))
        return int(total), max(0, int(left)) / 1000
