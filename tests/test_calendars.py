"""Chinese working days: official make-up days, statutory holidays beyond them, and the operator's file."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.calendars import CalendarCountryError, CalendarFileError, WorkCalendar, last_known_day, load

MAKE_UP_2026 = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
"""The Sundays and Saturdays worked in 2026 by the State Council's notice."""


@pytest.mark.parametrize("day", MAKE_UP_2026)
def test_make_up_days_are_worked(day: str) -> None:
    """All of them lie on a weekend, and none is a free day (调休)."""
    assert date.fromisoformat(day).weekday() >= 5
    assert WorkCalendar()(date.fromisoformat(day))


def test_no_other_weekend_day_of_the_year_is_worked() -> None:
    """The list above is complete."""
    year = [date(2026, 1, 1) + timedelta(days=each) for each in range(365)]
    assert [day.isoformat() for day in year if day.weekday() >= 5 and WorkCalendar()(day)] == MAKE_UP_2026


@pytest.mark.parametrize(
    ("day", "is_work"),
    [
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-10-01", False),
        ("2026-10-08", True),
        ("2026-03-04", True),
        ("2026-03-07", False),
    ],
    ids=["eve", "end of Spring Festival", "after it", "National Day", "after it too", "Wednesday", "Saturday"],
)
def test_holidays_of_a_known_year(day: str, is_work: bool) -> None:
    """Weekdays of a long holiday are free, the weeks around it are not."""
    assert WorkCalendar()(date.fromisoformat(day)) is is_work


@pytest.mark.parametrize(
    ("day", "is_work"),
    [
        ("2027-01-01", False),
        ("2027-02-08", False),
        ("2031-10-01", False),
        ("2031-03-05", True),
        ("2031-03-08", False),
        ("2003-05-01", False),
        ("2003-05-14", True),
    ],
    ids=[
        "New Year",
        "Spring Festival",
        "after it",
        "Saturday",
        "National Day",
        "before the data",
        "and a weekday then",
    ],
)
def test_outside_the_official_data_statutory_holidays_count(day: str, is_work: bool) -> None:
    """Without make-up days, and without failing: an old visit may be logged and a date far ahead be asked for."""
    assert WorkCalendar()(date.fromisoformat(day)) is is_work


def test_the_override_file_wins(tmp_path: Path) -> None:
    """Over official data as over what is only assumed, in both directions; all other days stay as they are."""
    path = tmp_path / "calendar.yml"
    path.write_text("working: [2031-03-08, '2026-03-07']\nholiday:\n  - 2026-03-04\n  - 2031-03-05\n")
    is_work = load(path)
    assert is_work(date(2031, 3, 8))
    assert is_work(date(2026, 3, 7))
    assert not is_work(date(2026, 3, 4))
    assert not is_work(date(2031, 3, 5))
    assert is_work(date(2026, 3, 5))


@pytest.mark.parametrize(
    "content", [None, "", "# nothing yet\n", "working: []\n"], ids=["missing", "empty", "a comment", "none"]
)
def test_no_overrides(tmp_path: Path, content: str | None) -> None:
    """A file that is not there, or says nothing, changes nothing."""
    path = tmp_path / "calendar.yml"
    if content is not None:
        path.write_text(content)
    assert load(path).overrides == {}


@pytest.mark.parametrize(
    "content",
    [
        b"workng: [2027-01-02]",
        b"working: [tomorrow]",
        b"working: 2027-01-02",
        b"- 2027-01-02",
        b"working: [2027-01-02",
        b"working: [2027-02-30]",
        b"working: [2027-01-02 09:00:00]",
        b"\xff\xfe",
    ],
    ids=["misspelt", "no date", "no list", "no mapping", "no yaml", "no such day", "a moment", "no text"],
)
def test_a_bad_file_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    """A typo must not silently make everybody work on a holiday."""
    path = tmp_path / "calendar.yml"
    path.write_bytes(content)
    with pytest.raises(CalendarFileError) as told:
        load(path)
    assert told.value.values == {"path": path}


def test_a_folder_in_place_of_the_file_is_an_error_too(tmp_path: Path) -> None:
    """CALENDAR_FILE may point anywhere."""
    with pytest.raises(CalendarFileError):
        load(tmp_path)


@pytest.mark.parametrize(
    ("country", "day", "is_work"),
    [
        ("SG", "2026-08-10", False),
        ("SG", "2026-10-01", True),
        ("hk", "2026-10-19", False),
        ("SA", "2026-03-06", False),
        ("SA", "2026-03-08", True),
        ("DE-BY", "2026-01-06", False),
        ("DE", "2026-01-06", True),
    ],
    ids=["holiday in lieu", "no National Day", "lower case", "Friday", "Sunday", "of a region", "not of the others"],
)
def test_another_country_has_its_own_holidays_and_weekend(
    tmp_path: Path, country: str, day: str, is_work: bool
) -> None:
    """As the operator sets it; nothing warns of an end, since nobody has to announce these year by year."""
    calendar = load(tmp_path / "calendar.yml", country)
    assert calendar(date.fromisoformat(day)) is is_work
    assert calendar.ends_soon(date(2099, 1, 1)) is None


def test_the_override_file_wins_over_any_country(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yml"
    path.write_text("holiday: [2026-08-11]\n")
    assert load(path)(date(2026, 8, 10))
    assert not load(path, "SG")(date(2026, 8, 10))
    assert not load(path, "SG")(date(2026, 8, 11))


@pytest.mark.parametrize("country", ["XX", "DE-XX", "", "中国"])
def test_an_unknown_country_is_an_error_that_names_it(tmp_path: Path, country: str) -> None:
    with pytest.raises(CalendarCountryError) as told:
        load(tmp_path / "calendar.yml", country)
    assert told.value.values == {"country": country}


@pytest.mark.parametrize(("days", "warns"), [(61, False), (60, True), (0, True), (-120, True)])
def test_the_end_of_the_data_is_told_sixty_days_before(days: int, warns: bool) -> None:
    """And for as long as nothing newer is there."""
    end = last_known_day()
    assert WorkCalendar().ends_soon(end - timedelta(days=days)) == (end if warns else None)


def test_an_override_file_for_next_year_ends_the_warning() -> None:
    """The operator has done what the warning asked for."""
    end = last_known_day()
    assert WorkCalendar({date(end.year + 1, 2, 20): True}).ends_soon(end) is None
