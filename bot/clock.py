"""The only place that reads the time of day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import DamagedFileError

Clock = Callable[[], datetime]
"""Answers the present moment, time-zone aware. Business rules get one handed in."""


def system_clock() -> datetime:
    return datetime.now(UTC)


class OffsetClock:
    """The system clock moved by an offset: the local workspace jumps ahead to show tomorrow's nudge today.

    The offset is kept in a file, so that business time does not run backwards after a restart.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._offset = timedelta(seconds=float(path.read_text())) if path.exists() else timedelta()
        except (ValueError, OverflowError) as error:
            raise DamagedFileError(path=path) from error

    def __call__(self) -> datetime:
        return system_clock() + self._offset

    def move_to(self, moment: datetime) -> None:
        self._offset = moment - system_clock()
        self._path.write_text(str(self._offset.total_seconds()))
