"""Slack's limits, kept by all replicas together: who wants to call asks for a turn, and is told how long to wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.storage import keys
from bot.storage.records import Records

CHANNEL: Final = (1.05, 1)
"""Slack takes about one message a second in a channel: seconds between two, and how many at once."""
METHODS: Final[Mapping[str, tuple[float, int]]] = {
    "chat.postMessage": (0.22, 20),  # several hundred a minute in a workspace; at most 293 here
    "conversations.open": (1.5, 10),  # tier 3: more than 50 a minute
    "conversations.history": (1.5, 10),
}
"""By method and workspace. What comes at once and what follows stay together below Slack's figure for a minute."""
LONGEST: Final = 5.0
"""Seconds somebody waits for a turn; who would have to wait longer comes again, and takes none."""

# Each key holds the moment (microseconds) up to which its turns are given away. The store's own clock counts, which
# is the same for all replicas. KEYS: one per limit; ARGV: the longest wait, then (interval, burst) for each.
_SCRIPT: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wait, given = 0, {}
for each, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[2 * each]), tonumber(ARGV[2 * each + 1])
  local taken = math.max(tonumber(redis.call('GET', key) or '0'), now)
  wait = math.max(wait, taken - now - (burst - 1) * interval)
  given[each] = taken + interval
end
if wait > tonumber(ARGV[1]) then return string.format('%d', -wait) end
for each, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%d', given[each]), 'PX', math.ceil((given[each] - now) / 1000) + 1)
end
return string.format('%d', wait)
"""


@dataclass(frozen=True, slots=True)
class PaceStore:
    records: Records

    async def reserve(self, team_id: str, method: str, channel: str = "") -> float:
        """Takes a turn, to be used after so many seconds; negative: none was taken, ask again after so many."""
        limits = [(keys.pace(team_id, method), METHODS[method])]
        if channel:
            limits.append((keys.pace(team_id, channel), CHANNEL))
        arguments = [_micro(LONGEST)]
        for _, (interval, burst) in limits:
            arguments += [_micro(interval), str(burst)]
        told = await self.records.redis.eval(_SCRIPT, len(limits), *(key for key, _ in limits), *arguments)
        return int(told) / 1_000_000


def _micro(seconds: float) -> str:
    return str(round(seconds * 1_000_000))
