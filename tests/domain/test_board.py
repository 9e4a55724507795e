"""What is an exception, who stands where, and what a week asks for."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.board import Kept, Mine, concerns, tabs, teammate, worst_first
from bot.domain.cadence import CadenceRules
from bot.domain.customer import Tier
from bot.domain.facts import Side
from bot.domain.followup import Colour, FollowUp, Kind, Snooze, SnoozeReason, Status
from bot.domain.home import Choice, Section, Tab, Trouble
from bot.domain.load import LoadRules
from bot.domain.user import Role
from bot.domain.visit import Channel
from tests.builders import LIN, MONDAY, make_contact, make_customer, make_followup, make_user

RULES = CadenceRules()


def ago(days: int) -> date:
    return MONDAY - timedelta(days=days)


def found(*followups: FollowUp, suspected: frozenset[str] = frozenset(), **customer: Any) -> list[Trouble]:
    made = make_customer(**customer)
    return [each.trouble for each in concerns([made], followups, suspected, RULES, MONDAY)]


SNOOZED = (Snooze(by=LIN, on=MONDAY, until=MONDAY + timedelta(days=3), reason=SnoozeReason.TRAVELLING),)
RENEWAL = {"kind": Kind.RENEWAL, "id": "renewal-c1", "due_on": ago(10)}


@pytest.mark.parametrize(
    ("followup", "trouble"),
    [
        pytest.param(make_contact(due_on=ago(3)), Trouble.CONTACT, id="a contact after its grace"),
        pytest.param(make_contact(due_on=ago(2)), None, id="a contact on the last day of its grace"),
        pytest.param(make_contact(due_on=ago(9), snoozes=SNOOZED), None, id="a contact put off with a reason"),
        pytest.param(make_contact(due_on=ago(9), status=Status.DONE), None, id="a contact that was made"),
        pytest.param(make_followup(due_on=ago(1)), Trouble.PROMISE, id="our promise, a day late"),
        pytest.param(make_followup(due_on=MONDAY), None, id="our promise on its day"),
        pytest.param(make_followup(due_on=ago(9), by=Side.THEIRS), None, id="their promise"),
        pytest.param(
            make_followup(kind=Kind.RISK, due_on=MONDAY + timedelta(1)), Trouble.RISK, id="an open risk event"
        ),
        pytest.param(make_followup(kind=Kind.NEED, due_on=ago(9)), None, id="a stale need is the manager's own"),
    ],
)
def test_what_is_an_exception(followup: FollowUp, trouble: Trouble | None) -> None:
    assert found(followup) == ([trouble] if trouble else [])


@pytest.mark.parametrize(
    ("ends_in", "milestone", "is_one"),
    [(29, "30", True), (29, "60", True), (0, "30", True), (29, "14", False), (30, "60", False), (-1, "60", False)],
)
def test_a_renewal_within_a_month_wants_a_plan(ends_in: int, milestone: str, *, is_one: bool) -> None:
    """The proposal (T-30) is the plan: with it done, the next milestone is a later one."""
    renewal = make_followup(**RENEWAL, subject=milestone)
    wanted = [Trouble.RENEWAL] if is_one else []
    assert found(renewal, contract_expires_on=MONDAY + timedelta(days=ends_in)) == wanted


@pytest.mark.parametrize(
    ("told", "noted", "created", "is_one"),
    [
        pytest.param(3, None, 60, True, id="a contact was typed, no note tells of it"),
        pytest.param(3, 3, 60, False, id="a note tells of it"),
        pytest.param(3, 1, 60, False, id="a later note"),
        pytest.param(3, None, 2, False, id="imported with the customer"),
        pytest.param(0, None, 60, False, id="today there is time still"),
        pytest.param(31, None, 60, False, id="too long ago to remember"),
    ],
)
def test_a_contact_wants_a_note(told: int, noted: int | None, created: int, *, is_one: bool) -> None:
    customer = make_customer(created_on=ago(created)).contacted(ago(told))
    if noted is not None:
        customer = customer.contacted(ago(noted), Channel.PHONE)
    trouble = [each.trouble for each in concerns([customer], [], (), RULES, MONDAY)]
    assert trouble == ([Trouble.NOTE] if is_one else [])


def test_the_most_pressing_comes_first() -> None:
    """Compliance and risk before promises, renewals, contacts; within one, the higher tier and then the later one."""
    customers = [make_customer(id=f"c{tier}", tier=tier) for tier in Tier]
    late = [make_contact(id=f"x{each.id}", customer_id=each.id, due_on=ago(40)) for each in customers]
    step = make_followup(customer_id="cD", due_on=ago(1))
    risk = make_followup(id="r", kind=Kind.RISK, customer_id="cC", since=ago(1))
    all_of_it = concerns(customers, [*late, step, risk], {"cD"}, RULES, MONDAY)
    assert [(each.trouble, each.customer.tier) for each in all_of_it] == [
        (Trouble.RED_LINE, Tier.D),
        (Trouble.RISK, Tier.C),
        (Trouble.PROMISE, Tier.D),
        *((Trouble.CONTACT, tier) for tier in Tier),
    ]


def test_nothing_is_wrong_with_a_customer_of_the_past() -> None:
    assert found(make_contact(due_on=ago(90)), suspected=frozenset({"c1"}), ended_on=ago(1)) == []


def test_customers_stand_worst_first() -> None:
    """Red by days × tier, then yellow, then green by the day of the next contact."""
    late = {"a": (Tier.A, ago(10)), "b": (Tier.D, ago(20)), "c": (Tier.A, MONDAY), "d": (Tier.A, ago(-9))}
    kept = [
        Kept(make_customer(id=name, name=f"公司{name}", tier=tier), make_contact(customer_id=name, due_on=on))
        for name, (tier, on) in reversed(late.items())
    ]
    assert [each.customer.id for each in worst_first(kept, MONDAY)] == ["a", "b", "c", "d"]
    assert Kept(make_customer()).colour(MONDAY) is Colour.GREEN


def test_open_needs_are_those_with_a_day() -> None:
    """The one asked about longest ago first."""
    needs = [make_followup(id=f"need-{each}", kind=Kind.NEED, due_on=ago(each)) for each in (1, 5)]
    kept = [Kept(make_customer(id=each.id), need=each) for each in needs]
    board = Mine(customers=[*kept, Kept(make_customer(id="none"))])
    assert [each.customer.id for each in board.needs] == ["need-5", "need-1"]


def test_a_teammates_line() -> None:
    """Customers by tier and colour, promises that are late, and the week that comes of it."""
    kept = [Kept(make_customer(id=f"c{each}"), make_contact(due_on=ago(9 * each))) for each in range(4)]
    late = concerns([make_customer()], [make_followup(due_on=ago(2))], (), RULES, MONDAY)
    line = teammate(LIN, kept, late, 2, RULES, LoadRules(), MONDAY)
    assert line.tiers == {Tier.A: 4}
    assert line.colours == {Colour.RED: 3, Colour.YELLOW: 1}
    assert (line.late_promises, line.drafts) == (1, 2)
    assert str(line.load.contacts) == "2.0"


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ({Role.ACCOUNT_MANAGER}, [Tab.MINE]),
        ({Role.TEAM_LEAD}, [Tab.TEAM, Tab.MINE]),
        ({Role.EDITOR}, [Tab.PLAYBOOK]),
        ({Role.RISK}, [Tab.CASES]),
        ({Role.ADMIN}, [Tab.PLAYBOOK, Tab.WORKSPACE]),
        (set(Role), [Tab.TEAM, Tab.MINE, Tab.CASES, Tab.PLAYBOOK, Tab.WORKSPACE]),
    ],
)
def test_who_has_which_tabs(roles: set[Role], expected: list[Tab]) -> None:
    assert tabs(make_user(LIN, *roles)) == expected


def test_a_choice_begins_anew_where_it_has_to() -> None:
    """Another tab shows everything; narrowing a list down begins at its first page, and leaves the others."""
    choice = Choice(tab=Tab.MINE).turned(Section.CUSTOMERS, 3).turned(Section.TODAY, 1)
    assert choice.narrowed(colour=Colour.RED).page(Section.CUSTOMERS) == 0
    assert choice.narrowed(colour=Colour.RED).page(Section.TODAY) == 1
    assert choice.narrowed(colour=Colour.RED).narrowed(tier=Tier.A).colour is Colour.RED
    assert choice.on(Tab.TEAM) == Choice(tab=Tab.TEAM)
