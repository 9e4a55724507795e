"""Visit notes: the dates on the form."""

from datetime import date

import pytest
from pydantic import ValidationError

from bot.domain.facts import Side
from bot.domain.visit import NOTE_LIMIT, Promised, date_faults, promise_faults
from tests.builders import MONDAY, make_visit, weekdays

TUESDAY, SATURDAY, YESTERDAY = date(2026, 3, 3), date(2026, 3, 7), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("on", "step", "step_on", "field", "key"),
    [
        (TUESDAY, None, None, "on", "visit.error_future"),
        (MONDAY, "报价", None, "next_step_on", "visit.error_step_without_date"),
        (MONDAY, None, TUESDAY, "next_step", "visit.error_date_without_step"),
        (MONDAY, "", TUESDAY, "next_step", "visit.error_date_without_step"),
        (MONDAY, "报价", YESTERDAY, "next_step_on", "visit.error_step_past"),
        (MONDAY, "报价", SATURDAY, "next_step_on", "visit.error_step_holiday"),
    ],
    ids=["visit tomorrow", "step without date", "date without step", "date with empty step", "past", "holiday"],
)
def test_a_date_that_cannot_be_is_told_at_its_field(
    on: date, step: str | None, step_on: date | None, field: str, key: str
) -> None:
    """The field to correct and the sentence that says why."""
    faults = date_faults(on, step, step_on, MONDAY, weekdays)
    assert [(each.field, each.key) for each in faults] == [(field, key)]


@pytest.mark.parametrize(
    ("on", "step", "step_on"),
    [(MONDAY, None, None), (YESTERDAY, None, None), (MONDAY, "报价", MONDAY), (MONDAY, "报价", TUESDAY)],
    ids=["today", "a Sunday visit", "step today", "step tomorrow"],
)
def test_dates_that_are_fine(on: date, step: str | None, step_on: date | None) -> None:
    """A visit may have been on a Sunday; only what is still to be done needs a working day."""
    assert date_faults(on, step, step_on, MONDAY, weekdays) == []


def test_several_faults_are_told_at_once() -> None:
    """Nobody corrects one field only to hear of the next."""
    faults = date_faults(TUESDAY, "报价", SATURDAY, MONDAY, weekdays)
    assert [each.field for each in faults] == ["on", "next_step_on"]


@pytest.mark.parametrize(
    ("by", "due_on", "key"),
    [
        (Side.OURS, TUESDAY, None),
        (Side.OURS, None, None),
        (Side.OURS, SATURDAY, "visit.error_step_holiday"),
        (Side.THEIRS, SATURDAY, None),
        (Side.THEIRS, YESTERDAY, "visit.error_due_before"),
    ],
    ids=["a working day", "no day", "ours on a Saturday", "theirs on a Saturday", "before the visit"],
)
def test_a_promise_is_due_after_the_visit(by: Side, due_on: date | None, key: str | None) -> None:
    """Ours on a day when somebody works."""
    promises = [Promised(by=Side.OURS, text="发合同"), Promised(by=by, text="给报价", due_on=due_on)]
    faults = promise_faults(promises, MONDAY, weekdays)
    assert [(each.field, each.key) for each in faults] == ([("due.1", key)] if key else [])


@pytest.mark.parametrize("note", ["", "字" * (NOTE_LIMIT + 1)], ids=["empty", "too long"])
def test_a_note_has_words_and_an_end(note: str) -> None:
    """As long as Slack's text field allows."""
    with pytest.raises(ValidationError):
        make_visit(note=note)
