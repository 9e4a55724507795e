"""Stand-ins that tests hand in where the bot takes the real thing."""

from datetime import datetime, timedelta


class FixedClock:
    """A clock that stands still until told otherwise."""

    def __init__(self, moment: str = "2026-03-02T09:00:00+08:00") -> None:
        self._now = _aware(moment)

    def __call__(self) -> datetime:
        return self._now

    def set(self, moment: str) -> None:
        """An ISO 8601 moment with its offset."""
        self._now = _aware(moment)

    def advance(self, by: timedelta) -> None:
        self._now += by


def _aware(moment: str) -> datetime:
    parsed = datetime.fromisoformat(moment)
    if parsed.tzinfo is None:
        raise ValueError(f"{moment} lacks its offset from UTC")
    return parsed
