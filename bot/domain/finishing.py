"""Being done with a follow-up: finished, not needed, put off, and a minute to take that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.domain.entry import Action
from bot.domain.followup import SnoozeLength
from bot.domain.visit import STEP_LIMIT, Channel
from bot.domain.workcalendar import IsWorkingDay, add_working_days, first_working_day
from bot.errors import FieldError

LINE_LIMIT: Final = 300
MAX_SNOOZE_DAYS: Final = 7
"""Each; then somebody has to decide."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done after what was done. An empty title: nothing but the usual rhythm."""

    title: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A filled-in form of the Done button. `channel` is how the customer was reached, where a contact was due."""

    form_id: str
    line: str
    channel: Channel | None = None
    next: NextStep = NextStep()


def snoozed_until(length: SnoozeLength, today: date, is_work: IsWorkingDay) -> date:
    """A working day, MAX_SNOOZE_DAYS away at most; over a longer holiday the first one after it."""
    latest = _within(today + timedelta(days=MAX_SNOOZE_DAYS), today, is_work)
    if length is SnoozeLength.WEEK:
        return latest
    return min(latest, add_working_days(today, 1 if length is SnoozeLength.ONE_DAY else 3, is_work))


def chosen_until(day: date, today: date, is_work: IsWorkingDay) -> date:
    """The day somebody picked, or the working day that follows it, as long as it is no more than MAX_SNOOZE_DAYS away.

    Raises FieldError.
    """
    if day <= today:
        raise FieldError("until", "followup.error_until_past")
    latest = today + timedelta(days=MAX_SNOOZE_DAYS)
    if day > latest:
        raise FieldError("until", "followup.error_until_late", days=MAX_SNOOZE_DAYS)
    following = first_working_day(day, is_work)
    return following if following <= latest else _within(day, today, is_work)


def _within(day: date, today: date, is_work: IsWorkingDay) -> date:
    """The day, or the working day before it that is still ahead; where there is none, the next one there is."""
    before = first_working_day(day, is_work, step=-1)
    return before if before > today else first_working_day(day, is_work)


def done_faults(done: Done, today: date, is_work: IsWorkingDay) -> list[FieldError]:
    """Each names the field that needs another look."""
    found = []
    if not done.line.strip():
        found.append(FieldError("line", "followup.error_line"))
    title, on = done.next.title, done.next.on
    if title and on is None:
        found.append(FieldError("next_on", "visit.error_step_without_date"))
    if on is not None and not title:
        found.append(FieldError("next", "visit.error_date_without_step"))
    elif on is not None and on < today:
        found.append(FieldError("next_on", "visit.error_step_past"))
    elif on is not None and not is_work(on):
        found.append(FieldError("next_on", "visit.error_step_holiday"))
    return found


def play_step(actions: Sequence[Action], lang: str, today: date, is_work: IsWorkingDay) -> NextStep | None:
    """What a play says the account manager does next."""
    mine = next((each for each in actions if each.owner == "account_manager"), None)
    if mine is None:
        return None
    if mine.is_working_days:
        on = add_working_days(today, mine.days, is_work)
    else:
        on = first_working_day(today + timedelta(days=mine.days), is_work)
    return NextStep(mine.in_("zh" if lang == "zh" else "en")[:STEP_LIMIT], on)
