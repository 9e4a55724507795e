"""Who is away: typed days, a status in Slack, and what may be chosen."""

from datetime import UTC, date, datetime, time

import pytest

from bot.domain.absence import Absence, Away, AwayKind, Status, absence, away_faults, digest_times

SHANGHAI, HONOLULU = "Asia/Shanghai", "Pacific/Honolulu"
LEAVE = Away(kind=AwayKind.LEAVE, first_on=date(2026, 3, 2), last_on=date(2026, 3, 6))
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
"""In Shanghai; the evening before in Honolulu."""
SOON = int(datetime(2026, 3, 4, 16, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("away", "status", "now", "tz", "found"),
    [
        (None, Status(), NOON, SHANGHAI, None),
        (LEAVE, Status(), NOON, SHANGHAI, Absence(date(2026, 3, 6), is_typed=True)),
        (LEAVE, Status(), NOON, HONOLULU, None),
        (LEAVE, Status(), NOON.replace(day=7), HONOLULU, Absence(date(2026, 3, 6), is_typed=True)),
        (LEAVE, Status(), NOON.replace(day=7), SHANGHAI, None),
        (None, Status.of(":palm_tree:", "", 0), NOON, SHANGHAI, Absence(None, is_typed=False)),
        (None, Status.of(":palm_tree:", "", SOON), NOON, SHANGHAI, Absence(date(2026, 3, 5), is_typed=False)),
        (None, Status.of(":palm_tree:", "", SOON), NOON.replace(day=5), SHANGHAI, None),
        (None, Status.of("", "回老家休假", 0), NOON, SHANGHAI, Absence(None, is_typed=False)),
        (None, Status.of("", "On Vacation until Monday", 0), NOON, SHANGHAI, Absence(None, is_typed=False)),
        (None, Status.of(":spiral_calendar_pad:", "In a meeting", 0), NOON, SHANGHAI, None),
        (LEAVE, Status.of(":palm_tree:", "", 0), NOON, SHANGHAI, Absence(date(2026, 3, 6), is_typed=True)),
    ],
    ids=[
        "there",
        "on leave",
        "not yet, where it is Sunday still",
        "the last day lasts longer there",
        "back",
        "palm tree",
        "until a day",
        "that is over",
        "in Chinese words",
        "in English words",
        "in a meeting",
        "typed before status",
    ],
)
def test_who_is_away(away: Away | None, status: Status, now: datetime, tz: str, found: Absence | None) -> None:
    """By the person's own day; do-not-disturb is no absence, and nothing here knows of it."""
    assert absence(away, status, now, tz) == found


def test_the_hours_of_the_daily_message() -> None:
    times = digest_times()
    assert (times[0], times[1], times[-1], len(times)) == (time(7, 30), time(8), time(18), 22)


TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("kind", "first", "last", "stand_in", "faults"),
    [
        (None, None, None, None, []),
        (AwayKind.PAUSE, TODAY, date(2026, 3, 15), "U2", []),
        (AwayKind.PAUSE, TODAY, date(2026, 3, 16), "U2", [("last_on", "settings.error_long_pause")]),
        (AwayKind.LEAVE, TODAY, date(2026, 4, 16), "U2", []),
        (AwayKind.LEAVE, TODAY, date(2026, 9, 1), "U2", [("last_on", "settings.error_long_leave")]),
        (AwayKind.LEAVE, TODAY, TODAY, None, [("stand_in", "settings.error_stand_in")]),
        (AwayKind.LEAVE, date(2026, 3, 4), date(2026, 3, 3), "U2", [("last_on", "settings.error_order")]),
        (AwayKind.LEAVE, date(2026, 2, 2), date(2026, 2, 9), "U2", [("last_on", "settings.error_past")]),
        (AwayKind.LEAVE, None, None, "U2", [("first_on", "settings.error_day"), ("last_on", "settings.error_day")]),
        (None, TODAY, None, "U2", [("away", "settings.error_kind")]),
    ],
)
def test_what_is_wrong_with_an_absence(
    kind: AwayKind | None, first: date | None, last: date | None, stand_in: str | None, faults: list[tuple[str, str]]
) -> None:
    """A pause of 14 days at most, and never without somebody who looks after the list."""
    assert [(each.field, each.key) for each in away_faults(kind, first, last, stand_in, TODAY)] == faults
