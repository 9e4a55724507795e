"""What patterns share: steps from one week or month to the next, first and last days, days that come again."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from bot.domain.dates.writing import Writing

_STEPS: Final = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_EN_STEPS: Final = {"last": -1, "previous": -1, "past": -1, "this": 0, "the": 0, "": 0, "next": 1, "coming": 1}


def step_of(written: str | None) -> int:
    word = (written or "").strip().lower()
    return _EN_STEPS[word] if word in _EN_STEPS else _STEPS[word.removesuffix("个").removesuffix("一")]


def plus_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    first = first_of_month(day, months)
    return first + timedelta(days=min(day.day, last_of_month(first).day) - 1)


def first_of_month(day: date, months: int = 0) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def last_of_month(day: date, months: int = 0) -> date:
    return first_of_month(day, months + 1) - timedelta(days=1)


def recurring(day: Callable[[int], date], writing: Writing, first: int, last: int) -> date:
    """The next of days that come again and again (every month, every year), or the last one when looking back.

    Those that do not exist, as 31 June, are passed over.
    """
    for count in range(first, last + 1) if not writing.looks_back else range(0, -last - 1, -1):
        try:
            found = day(count)
        except ValueError:
            continue
        if found <= writing.today if writing.looks_back else found >= writing.earliest:
            return found
    raise ValueError("no such day")
