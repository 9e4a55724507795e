"""Visit notes: the dates on the form."""

from datetime import date

import pytest
from pydantic import ValidationError

from bot.domain.visit import NOTE_LIMIT, ensure_dates
from bot.errors import FieldError
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
    with pytest.raises(FieldError) as told:
        ensure_dates(on, step, step_on, MONDAY, weekdays)
    assert (told.value.field, told.value.key) == (field, key)


@pytest.mark.parametrize(
    ("on", "step", "step_on"),
    [(MONDAY, None, None), (YESTERDAY, None, None), (MONDAY, "报价", MONDAY), (MONDAY, "报价", TUESDAY)],
    ids=["today", "a Sunday visit", "step today", "step tomorrow"],
)
def test_dates_that_are_fine(on: date, step: str | None, step_on: date | None) -> None:
    """A visit may have been on a Sunday; only what is still to be done needs a working day."""
    ensure_dates(on, step, step_on, MONDAY, weekdays)


@pytest.mark.parametrize("note", ["", "字" * (NOTE_LIMIT + 1)], ids=["empty", "too long"])
def test_a_note_has_words_and_an_end(note: str) -> None:
    """As long as Slack's text field allows."""
    with pytest.raises(ValidationError):
        make_visit(note=note)
