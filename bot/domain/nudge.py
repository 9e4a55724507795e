"""The daily digest of one person: on which days, and in which hours."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.notice import NoticeKind, notice_key
from bot.domain.workcalendar import IsWorkingDay

MAX_ROWS = 7
LATEST = time(20, 0)
"""A digest delayed by an outage is still sent on its day until this time, never in the night."""


def digest_key(user_id: str, day: date) -> str:
    return notice_key(NoticeKind.DIGEST, user_id, day.isoformat())


def digest_day(now: datetime, at: time, tz: str, is_work: IsWorkingDay) -> date | None:
    """The local day whose digest may be sent at `now`, or None outside working days and hours."""
    day = now.astimezone(ZoneInfo(tz)).date()
    opens = datetime.combine(day, at, ZoneInfo(tz))
    return day if is_work(day) and opens <= now < digest_closes(day, at, tz) else None


def digest_closes(day: date, at: time, tz: str) -> datetime:
    """From then on it is too late for the day's digest."""
    zone = ZoneInfo(tz)
    return max(datetime.combine(day, LATEST, zone), datetime.combine(day, at, zone) + timedelta(hours=2))
