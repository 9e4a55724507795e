"""The clock of the local workspace: moved ahead by the page, and never back by a restart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import OffsetClock, system_clock

AN_INSTANT = timedelta(seconds=5)


def test_a_moved_clock_goes_on_from_there(tmp_path: Path) -> None:
    """It is the system's clock plus an offset, so it does not stand still."""
    clock = OffsetClock(tmp_path / "offset")
    assert abs(clock() - system_clock()) < AN_INSTANT
    target = datetime.now(UTC) + timedelta(days=3)
    clock.move_to(target)
    first = clock()
    assert target <= first <= clock() < target + AN_INSTANT


def test_a_restart_keeps_the_moved_time(tmp_path: Path) -> None:
    """What was logged tomorrow must not lie in the future after `make run`."""
    OffsetClock(tmp_path / "offset").move_to(system_clock() + timedelta(days=3))
    assert OffsetClock(tmp_path / "offset")() > system_clock() + timedelta(days=3) - AN_INSTANT
