"""How the app is doing, as somebody sees it who asks for it in Slack."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.notice import Notice, NoticeState
from bot.domain.user import Role
from bot.domain.workspace import Parked


@dataclass(frozen=True, slots=True)
class House:
    """What those see who run the workspace: counts, no customer and nobody's name."""

    since: datetime
    people: Mapping[Role, int]
    today: Mapping[NoticeState, int]
    """Messages of the app's own accord on the asker's day."""
    troubled: int
    """Messages that an operator has to look at."""
    parked: Parked | None
    calendar_until: date | None
    """Set when the holiday data is about to run out."""


@dataclass(frozen=True, slots=True)
class Status:
    version: str
    store_seconds: float
    """How long the store took for one answer."""
    workers: int
    """Processes whose jobs are running."""
    last: Notice | None
    """The person's last daily message."""
    next_at: datetime | None
    """The next one, in the person's time zone; None for somebody without a role."""
    house: House | None = None
