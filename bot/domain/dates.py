"""Days as people write them, in Chinese, English and both: «周三前», «下周一上午十点», "in two weeks", "EOM"."""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day on the author's calendar, with the hour where one was named."""

    on: date
    at: time | None = None
