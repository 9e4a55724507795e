"""Rate limits: a generous bucket per method, and about one message a second per channel (reference, 2.1)."""

import math
from collections.abc import Callable
from typing import Final

from bot.sandbox.errors import RateLimitedError

CHANNEL_BURST: Final = 5
CHANNEL_PER_SECOND: Final = 1.0
POSTING: Final = ("chat.postMessage", "chat.postEphemeral")


class _Bucket:
    def __init__(self, size: float, per_second: float, now: float) -> None:
        self._size, self._per_second = size, per_second
        self._left, self._seen = size, now

    def take(self, now: float) -> float:
        """Takes one; otherwise how many seconds until there is one again."""
        self._left = min(self._size, self._left + max(0.0, now - self._seen) * self._per_second)
        self._seen = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._per_second


class Pace:
    def __init__(self, timer: Callable[[], float], *, enabled: bool) -> None:
        self._timer = timer
        self._enabled = enabled
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def spend(self, method: str, per_minute: int, channel: str) -> None:
        """Counts one call; RateLimitedError when there were too many."""
        if not self._enabled:
            return
        self._take(("method", method), per_minute, per_minute / 60)
        if method in POSTING and channel:
            self._take(("channel", channel), CHANNEL_BURST, CHANNEL_PER_SECOND)

    def _take(self, key: tuple[str, str], size: float, per_second: float) -> None:
        now = self._timer()
        bucket = self._buckets.setdefault(key, _Bucket(size, per_second, now))
        wait = bucket.take(now)
        if wait > 0:
            raise RateLimitedError(max(1, math.ceil(wait)))
