"""What a process loads when it starts: plays, matcher, working days, keys, and what its business time is."""

from functools import cache
from pathlib import Path

from bot import calendars, local, matching
from bot.clock import Clock, OffsetClock, system_clock
from bot.domain.playbook import Playbook
from bot.matching import Matcher
from bot.settings import Settings
from bot.storage import playbooks
from bot.storage.sealing import Sealer

ROOT = Path(__file__).parent.parent


@cache
def playbook() -> Playbook:
    """What ships with the product: it stays as it is while a process runs."""
    return playbooks.load(ROOT / "playbooks")


def matcher(settings: Settings, known: Playbook) -> Matcher:
    folder = ROOT / "playbooks"
    out_of_scope, marked = playbooks.out_of_scope(folder), playbooks.marked_notes(folder)
    return matching.load(known, out_of_scope, settings.data_dir / "models", marked)


def calendar(settings: Settings) -> calendars.WorkCalendar:
    return calendars.load(settings.calendar_file or settings.data_dir / "calendar.yml", settings.calendar_country)


def sealer(settings: Settings, *, is_fresh: bool) -> Sealer:
    """A key is made up for a fresh store only. Raises FieldKeysError or FieldKeysLostError."""
    given = tuple(key.get_secret_value() for key in settings.field_keys)
    return Sealer(given or local.field_keys(settings.home, may_make=is_fresh))


def local_clock(settings: Settings) -> OffsetClock:
    """Business time of the local workspace, which its page can move ahead."""
    return OffsetClock(settings.home / "clock-offset")


def business_clock(settings: Settings) -> Clock:
    return local_clock(settings) if settings.is_local else system_clock
