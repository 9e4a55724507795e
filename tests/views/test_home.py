"""The Home tab."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot import text as texts
from bot.domain.board import Concern, Kept, Mine, Team, Teammate
from bot.domain.case import LONGEST_REASON, Case
from bot.domain.customer import Customer, Tier
from bot.domain.entry import Lang
from bot.domain.followup import Colour, Kind
from bot.domain.gap import Gap, GapRow
from bot.domain.home import Choice, Section, Tab, Trouble
from bot.domain.load import Load, LoadRules, tiers_of
from bot.domain.review import Review
from bot.domain.tierrecord import TierRecord
from bot.domain.user import Role
from bot.services.tiering import Question
from bot.views import boards
from bot.views import home as views
from bot.views.blocks import View
from bot.views.followups import DROP
from bot.views.revisions import Proposal
from tests.builders import (
    LIN,
    MONDAY,
    make_contact,
    make_customer,
    make_digest,
    make_due,
    make_entry,
    make_followup,
    make_question,
    make_revision,
)
from tests.views.limits import NASTY, elements, view_faults, written

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LANGS: tuple[Lang, ...] = ("zh", "en")
languages = pytest.mark.parametrize("lang", LANGS)


def make_asking(customer: Customer) -> Question:
    load = Load(Decimal(30), Decimal(4))
    return Question(customer, TierRecord(), load, load, LoadRules(), 95)


def home(lang: Lang, tab: Tab | None = Tab.MINE, **changes: Any) -> View:
    values = {"today": MONDAY, "user_id": LIN, "tabs": [tab] if tab else [], "tab": tab}
    return views.home(views.HomeState(**{**values, **changes}), texts.load(lang))


@languages
@pytest.mark.parametrize(("count", "page", "rows"), [(0, 0, 0), (1, 0, 1), (10, 0, 10), (41, 0, 10), (41, 9, 1)])
def test_what_is_due_is_listed(lang: Lang, count: int, page: int, rows: int) -> None:
    """Ten at a time with how many there are; nothing due is said in words; behind the last page is the last page."""
    text = texts.load(lang)
    items = [make_due(make_followup(id=f"s{each}", title=(NASTY * 9)[:200])) for each in range(count)]
    choice = Choice().turned(Section.TODAY, page)
    view = home(lang, mine=Mine(today=items), choice=choice)
    assert view_faults(view) == []
    assert len([each for each in elements(view, "static_select") if each["action_id"].startswith(DROP)]) == rows
    assert (text("home.nothing") in written(view["blocks"])) is (count == 0)
    assert (text("board.page", first=1, last=10, count=41) in written(view["blocks"])) is ((count, page) == (41, 0))
    assert (text("board.page", first=41, last=41, count=41) in written(view["blocks"])) is (page == 9)


@languages
def test_a_guest_is_told_how_to_be_set_up(lang: Lang) -> None:
    """He can look up plays; the button to log a visit would only disappoint."""
    view = home(lang, None)
    assert view_faults(view) == []
    assert f"roles set {LIN}" in written(view["blocks"])
    assert [each["action_id"] for each in elements(view, "button")] == [views.ASK]


@languages
def test_whoever_has_another_role_is_no_guest(lang: Lang) -> None:
    """Risk, for example, finds its cases on top."""
    view = home(lang, Tab.CASES)
    assert view_faults(view) == []
    assert view["blocks"][0]["text"]["text"] == texts.load(lang)("case.title")


@languages
def test_several_roles_are_tabs(lang: Lang) -> None:
    """One is open and stands out; whoever has one role sees no tabs."""
    view = home(lang, Tab.TEAM, tabs=[Tab.TEAM, Tab.MINE])
    assert view_faults(view) == []
    offered = [each for each in elements(view, "button") if each["action_id"].startswith(boards.TAB)]
    assert [each.get("style") for each in offered] == ["primary", None]
    assert not [each for each in elements(home(lang), "button") if each["action_id"].startswith(boards.TAB)]


@languages
def test_a_digest_that_may_not_have_arrived_is_owned_up_to(lang: Lang) -> None:
    """With its day, above the list that it would have shown."""
    view = home(lang, unclear=[make_digest()], mine=Mine(today=[make_due()]))
    assert view_faults(view) == []
    assert texts.load(lang)("home.unclear", day=MONDAY) in written(view["blocks"][:1])


@languages
def test_the_end_of_the_holiday_data_is_told(lang: Lang) -> None:
    """First of all, since it takes somebody some days to see to it."""
    view = home(lang, calendar_until=date(2026, 12, 31), unclear=[make_digest()])
    assert view_faults(view) == []
    assert texts.load(lang)("home.calendar", until=date(2026, 12, 31)) in written(view["blocks"][:1])


@languages
@pytest.mark.parametrize("tab", Tab)
def test_a_full_home_stays_within_slacks_limit(lang: Lang, tab: Tab) -> None:
    """500 customers, and somebody with every role who has a long list of everything."""
    customers = [make_customer(id=f"c{each}", name=f"{NASTY[:20]}{each:03}") for each in range(500)]
    due = [make_due(make_followup(id=f"s{each}", title=(NASTY * 9)[:200])) for each in range(500)]
    need = make_followup(kind=Kind.NEED, title=(NASTY * 9)[:200])
    kept = [Kept(each, make_contact(id=f"contact-{each.id}"), need) for each in customers]
    found = [Concern(trouble, each, 3, make_contact()) for each in customers[:84] for trouble in Trouble]
    people = [
        Teammate(f"U{each}", tiers_of(customers), {Colour.RED: 500}, 5, 2, Load(Decimal(90), Decimal(40)))
        for each in range(60)
    ]
    case = Case(
        id="k1",
        customer_id="c1",
        reader_ids=(LIN,),
        opened_by="U2",
        opened_at=NOW,
        reason=(NASTY * 20)[:LONGEST_REASON],
    )
    questions = [make_question(text=NASTY * 9)]
    asked = [make_asking(each) for each in customers[:40]]
    view = home(
        lang,
        tab,
        tabs=list(Tab),
        choice=Choice().turned(Section.CUSTOMERS, 7).turned(Section.EXCEPTIONS, 7).turned(Section.PEOPLE, 1),
        mine=Mine(due, due, kept),
        team=Team(found, people),
        calendar_until=date(2026, 12, 31),
        unclear=[make_digest()],
        to_reassign=customers,
        tiers=asked,
        cases=[(each, case) for each in customers],
        changes=[Proposal(make_revision(), None)] * 20,
        gaps=[GapRow(Gap(id=f"g{each}", opened_at=NOW, last_at=NOW, count=3), questions) for each in range(20)],
        reviews=[Review(make_entry(f"cost/x-{each}")) for each in range(30)],
        staff={Role.ADMIN: 3},
        passes_on=True,
        sets_roles=True,
        sets_rules=True,
        sets_retention=True,
    )
    assert view_faults(view) == []
    assert 10 < len(view["blocks"]) <= views.MAX_BLOCKS
    told = written(view["blocks"])
    if tab is Tab.MINE:
        assert texts.load(lang)("board.page", first=71, last=80, count=500) in told
    if tab is Tab.TEAM:
        assert texts.load(lang)("board.page", first=11, last=20, count=60) in told


@languages
def test_customers_are_listed_by_colour_and_tier(lang: Lang) -> None:
    """With the counts of all, whatever is picked."""
    text = texts.load(lang)
    late = Kept(make_customer(id="c1", name="红的"), make_contact(due_on=MONDAY - timedelta(days=30)))
    fine = Kept(make_customer(id="c2", name="绿的", tier=Tier.B), make_contact(due_on=MONDAY + timedelta(days=20)))
    board = Mine(customers=[late, fine])
    told = written(home(lang, mine=board)["blocks"])
    assert "红的" in told
    assert "绿的" in told
    red = home(lang, mine=board, choice=Choice(colour=Colour.RED))
    assert view_faults(red) == []
    assert "绿的" not in written(red["blocks"])
    assert f"{boards.DOTS[Colour.GREEN]} 1" in [each["text"]["text"] for each in elements(red, "button")]
    of_b = written(home(lang, mine=board, choice=Choice(tier=Tier.B))["blocks"])
    assert "红的" not in of_b
    nobody = home(lang, mine=board, choice=Choice(tier=Tier.D))
    assert view_faults(nobody) == []
    assert text("board.nobody") in written(nobody["blocks"])


@languages
@pytest.mark.parametrize("tab", Tab)
def test_an_empty_home_is_kind(lang: Lang, tab: Tab) -> None:
    """Nothing there is good news, or says how to begin."""
    text = texts.load(lang)
    view = home(lang, tab)
    assert view_faults(view) == []
    kind = {
        Tab.MINE: "board.customers_none",
        Tab.TEAM: "board.exceptions_none",
        Tab.CASES: "case.nothing",
        Tab.PLAYBOOK: "gap.nothing",
        Tab.WORKSPACE: "board.workspace_intro",
    }
    assert text(kind[tab]) in written(view["blocks"])
