"""The Home tab."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot import text as texts
from bot.domain.case import LONGEST_REASON, Case
from bot.domain.entry import Lang
from bot.domain.gap import Gap, GapRow
from bot.views import home as views
from bot.views.blocks import View
from bot.views.followups import DROP
from bot.views.revisions import Proposal
from tests.builders import (
    LIN,
    MONDAY,
    make_customer,
    make_digest,
    make_due,
    make_followup,
    make_question,
    make_revision,
)
from tests.views.limits import NASTY, elements, view_faults, written

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LANGS: tuple[Lang, ...] = ("zh", "en")
languages = pytest.mark.parametrize("lang", LANGS)


def home(lang: Lang, **changes: Any) -> View:
    values = {"items": [], "today": MONDAY, "writes_notes": True, "has_role": True, "user_id": LIN}
    return views.home(views.HomeState(**{**values, **changes}), texts.load(lang))


@languages
@pytest.mark.parametrize(("count", "rows"), [(0, 0), (1, 1), (30, 30), (41, 30)])
def test_what_is_due_is_listed(lang: Lang, count: int, rows: int) -> None:
    """Up to thirty, the rest counted; nothing due is said in words."""
    text = texts.load(lang)
    items = [make_due(make_followup(id=f"s{each}", title=(NASTY * 9)[:200])) for each in range(count)]
    view = home(lang, items=items)
    assert view_faults(view) == []
    assert len(elements(view, "static_select")) == rows
    assert (text("home.nothing") in written(view["blocks"])) is (count == 0)
    assert (text("home.more", count=11) in written(view["blocks"])) is (count == 41)


@languages
def test_a_guest_is_told_how_to_be_set_up(lang: Lang) -> None:
    """He can look up plays; the button to log a visit would only disappoint."""
    view = home(lang, writes_notes=False, has_role=False)
    assert view_faults(view) == []
    assert f"roles set {LIN}" in written(view["blocks"])
    assert [each["action_id"] for each in elements(view, "button")] == [views.ASK]


@languages
def test_whoever_has_another_role_is_no_guest(lang: Lang) -> None:
    """Risk, for example, finds its cases on top."""
    view = home(lang, writes_notes=False, cases=[])
    assert view_faults(view) == []
    assert view["blocks"][0]["text"]["text"] == texts.load(lang)("case.title")


@languages
def test_a_digest_that_may_not_have_arrived_is_owned_up_to(lang: Lang) -> None:
    """With its day, above the list that it would have shown."""
    view = home(lang, unclear=[make_digest()], items=[make_due()])
    assert view_faults(view) == []
    assert texts.load(lang)("home.unclear", day=MONDAY) in written(view["blocks"][:1])


@languages
def test_the_end_of_the_holiday_data_is_told(lang: Lang) -> None:
    """First of all, since it takes somebody some days to see to it."""
    view = home(lang, calendar_until=date(2026, 12, 31), unclear=[make_digest()])
    assert view_faults(view) == []
    assert texts.load(lang)("home.calendar", until=date(2026, 12, 31)) in written(view["blocks"][:1])


@languages
def test_a_full_home_stays_within_slacks_limit(lang: Lang) -> None:
    """Somebody with every role has a long list of everything: the due ones make room, and the rest is counted."""
    items = [make_due(make_followup(id=f"s{each}")) for each in range(40)]
    left = [make_customer(id=f"c{each}", name=f"客户{each}") for each in range(20)]
    case = Case(
        id="k1",
        customer_id="c1",
        reader_ids=(LIN,),
        opened_by="U2",
        opened_at=NOW,
        reason=(NASTY * 20)[:LONGEST_REASON],
    )
    questions = [make_question(text=NASTY * 9)]
    gaps = [GapRow(Gap(id=f"g{each}", opened_at=NOW, last_at=NOW, count=3), questions) for each in range(20)]
    view = home(
        lang,
        items=items,
        calendar_until=date(2026, 12, 31),
        unclear=[make_digest()],
        to_reassign=left,
        cases=[(each, case) for each in left],
        changes=[Proposal(make_revision(), None)] * 20,
        gaps=gaps,
        sets_roles=True,
    )
    assert view_faults(view) == []
    assert len(view["blocks"]) > 95
    due = len([each for each in elements(view, "static_select") if each["action_id"].startswith(DROP)])
    assert due > 15
    assert texts.load(lang)("home.more", count=40 - due) in written(view["blocks"])
