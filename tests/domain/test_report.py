"""The weekly report: on which day it comes, and what it counts."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Customer, Tier
from bot.domain.facts import Side
from bot.domain.followup import FollowUp, Kind, Status
from bot.domain.kpi import Share
from bot.domain.objection import Outcome
from bot.domain.report import Material, Report, weekly
from bot.domain.reportday import ReportRules, due_on, next_report_at, report_day
from bot.domain.workspace import WorkspaceSettings
from tests.builders import make_contact, make_customer, make_followup, make_visit, weekdays

SHANGHAI = "Asia/Shanghai"
FRIDAY = date(2026, 3, 6)
SETTINGS = WorkspaceSettings()


@pytest.mark.parametrize(
    ("weekday", "holidays", "expected"),
    [
        (5, (), FRIDAY),
        (5, (6,), date(2026, 3, 5)),
        (5, (5, 6), date(2026, 3, 4)),
        (7, (), FRIDAY),
        (1, (), date(2026, 3, 2)),
        (1, (2,), None),
        (5, (2, 3, 4, 5, 6), None),
    ],
)
def test_it_comes_on_the_weekday_or_the_working_day_before(
    weekday: int, holidays: tuple[int, ...], expected: date | None
) -> None:
    """A week in which nobody works has none."""

    def is_work(day: date) -> bool:
        return weekdays(day) and day not in {date(2026, 3, each) for each in holidays}

    assert {report_day(date(2026, 3, each), ReportRules(weekday=weekday), is_work) for each in range(2, 9)} == {
        expected
    }


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-06T15:59:00+08:00", None),
        ("2026-03-06T16:00:00+08:00", FRIDAY),
        ("2026-03-06T19:59:00+08:00", FRIDAY),
        ("2026-03-06T20:00:00+08:00", None),
        ("2026-03-05T16:30:00+08:00", None),
        ("2026-03-07T09:00:00+08:00", None),
    ],
)
def test_it_is_late_on_its_day_and_not_sent_after_it(moment: str, expected: date | None) -> None:
    """As the daily message is."""
    assert due_on(datetime.fromisoformat(moment), ReportRules(), SHANGHAI, weekdays) == expected


def test_the_next_one_is_in_this_week_or_the_next() -> None:
    """Also across a change to summer time: four in the afternoon stays four."""
    rules = ReportRules()
    first = next_report_at(datetime(2026, 3, 2, 1, tzinfo=UTC), rules, "America/New_York", weekdays)
    assert first.isoformat() == "2026-03-06T16:00:00-05:00"
    assert next_report_at(first, rules, "America/New_York", weekdays).isoformat() == "2026-03-13T16:00:00-04:00"


def of_week(customers: list[Customer], today: date = FRIDAY, **found: Any) -> Report:
    return weekly(Material(customers=customers, **found), SETTINGS, today, SHANGHAI)


def contact(customer: Customer, due: date) -> FollowUp:
    return make_contact(id=f"contact-{customer.id}", customer_id=customer.id, due_on=due)


def test_cadence_is_kept_until_the_grace_is_over_and_quiet_ones_stand_apart() -> None:
    """A customer of tier A has two days of grace."""
    kept, late, quiet, plain = (
        make_customer(id="c1", name="甲公司"),
        make_customer(id="c2", name="乙公司"),
        make_customer(id="c3", name="丙公司", quiet_until=date(2026, 4, 1)),
        make_customer(id="c4", name="丁公司", tier=Tier.C),
    )
    days = {"c1": 4, "c2": 3, "c3": 2, "c4": 20}
    still_open = [contact(each, date(2026, 3, days[each.id])) for each in (kept, late, quiet, plain)]
    report = of_week([kept, late, quiet, plain], still_open=still_open)
    assert report.cadence == {Tier.A: Share(1, 2), Tier.C: Share(1, 1)}
    assert report.all_cadence == Share(2, 3)
    assert [each.name for each in report.quiet] == ["丙公司"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": Status.DONE, "closed_on": date(2026, 3, 4)}, Share(1, 1)),
        ({"status": Status.DONE, "closed_on": date(2026, 3, 5)}, Share(0, 1)),
        ({"status": Status.OPEN}, Share(0, 1)),
        ({"status": Status.NOT_NEEDED, "closed_on": date(2026, 3, 3)}, Share(0, 0)),
        ({"by": Side.THEIRS}, Share(0, 0)),
        ({"due_on": FRIDAY}, Share(0, 0)),
        ({"due_on": FRIDAY, "status": Status.DONE, "closed_on": FRIDAY}, Share(1, 1)),
        ({"due_on": date(2026, 3, 1)}, Share(0, 0)),
    ],
)
def test_a_promise_counts_once_its_day_has_come(changes: dict[str, Any], expected: Share) -> None:
    """What is due today may still be kept; what was not needed is neither kept nor broken."""
    step = make_followup(**{"due_on": date(2026, 3, 4), **changes})
    assert of_week([make_customer()], promises=[step]).promises == expected


def test_notes_are_in_time_until_the_end_of_the_next_day_where_the_lead_is() -> None:
    """At 16:30 of Wednesday in London it is Thursday in Shanghai."""
    visits = [
        make_visit(id="v1", on=date(2026, 3, 3), created_at=datetime(2026, 3, 4, 15, 59, tzinfo=UTC)),
        make_visit(id="v2", on=date(2026, 3, 3), created_at=datetime(2026, 3, 4, 16, 30, tzinfo=UTC)),
    ]
    assert of_week([make_customer()], visits=visits).notes == Share(1, 2)


def test_objections_say_how_they_ended() -> None:
    """One in a note counts once, however often it is ticked."""
    visits = [
        make_visit(id="v1", objection_ids=("a", "b", "a")),
        make_visit(id="v2", objection_ids=("a",)),
        make_visit(id="v3", objection_ids=("a",)),
    ]
    outcomes = [
        Outcome(visit_id=visit_id, entry_id="a", held=held, by="U1", on=FRIDAY)
        for visit_id, held in (("v1", True), ("v2", False))
    ]
    rows = of_week([make_customer()], visits=visits, outcomes=outcomes).objections
    assert [(each.entry_id, each.raised, each.held, each.failed, each.unsaid) for each in rows] == [
        ("a", 3, 1, 1, 1),
        ("b", 1, 0, 0, 1),
    ]


def test_exceptions_name_customers_worst_first() -> None:
    """Late by more than a whole gap; near the end of the contract without a plan; held back by the week's limit."""
    far = make_customer(id="c1", name="甲公司", tier=Tier.B)
    worse = make_customer(id="c2", name="乙公司")
    ending = make_customer(id="c3", name="丙公司", contract_expires_on=date(2026, 4, 10))
    renewal = make_followup(
        id="renewal-c3", kind=Kind.RENEWAL, customer_id="c3", due_on=date(2026, 3, 3), title="", subject="45"
    )
    late = [contact(each, date(2026, 2, 10)) for each in (far, worse)]
    report = of_week([far, worse, ending], still_open=[*late, renewal], held=["renewal-c3", "gone"])
    assert [(each.customer.name, each.days) for each in report.overdue] == [("乙公司", 24), ("甲公司", 24)]
    assert [each.customer.name for each in report.renewals] == ["丙公司"]
    assert [each.customer.name for each in report.held] == ["丙公司"]


def test_the_load_is_the_teams_and_nobody_is_named() -> None:
    """Of two account managers one has more than fits into a week."""
    many = [make_customer(id=f"a{each}", name=f"客{each}", owner_id="U1") for each in range(90)]
    report = of_week([*many, make_customer(id="b", name="乙公司", owner_id="U2")])
    assert (report.load.people, report.load.overloaded) == (2, 1)
    assert "U1" not in repr(report.load)


def test_without_anything_to_tell_it_is_empty() -> None:
    """A team without customers; one with a customer has at least its cadence."""
    assert of_week([]).is_empty
    customer = make_customer()
    assert not of_week([customer], still_open=[contact(customer, FRIDAY)]).is_empty
    assert SETTINGS.cadence == CadenceRules()
