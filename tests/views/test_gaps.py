"""Gaps on Home, the forms that close them, and what is sent to those who asked and are asked."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import text as texts
from bot.domain.daily import Daily
from bot.domain.entry import Lang
from bot.domain.gap import Dismissal, Gap, GapRow, GapState
from bot.domain.home import Tab
from bot.domain.nudge import MAX_ROWS
from bot.domain.question import Reason
from bot.domain.review import Review
from bot.domain.usage import Usage, Use
from bot.storage import playbooks
from bot.views import gaps as views
from bot.views import home as home_views
from bot.views import nudges
from bot.views import usage as usage_views
from bot.views.blocks import context
from bot.views.revisions import Proposal
from tests.builders import LIN, MONDAY, make_due, make_followup, make_question, make_revision
from tests.views.limits import NASTY, elements, message_faults, shown, view_faults, written

PLAYBOOK = playbooks.load(Path(__file__).parents[2] / "playbooks")
FEE = PLAYBOOK.entries["cost/fee-too-high"]
ASKED = make_question(text=f"{NASTY} 13912345678 " * 50, missing=NASTY * 9, asked_of="U9", reply=NASTY * 40)
LANGS: tuple[Lang, ...] = ("zh", "en")
languages = pytest.mark.parametrize("lang", LANGS)


def make_row(number: int = 0, **changes: Any) -> GapRow:
    gap = Gap(id=f"g{number}", opened_at=ASKED.asked_at, last_at=ASKED.asked_at, count=3)
    questions = [
        ASKED.model_copy(update={"reason": Reason.DOWN, "found_id": FEE.id}),
        make_question(text="另一种问法", reason=Reason.NONE),
    ]
    return GapRow(gap.model_copy(update=changes), questions)


@languages
@pytest.mark.parametrize("count", [0, 1, 5, 8])
def test_gaps_are_listed(lang: Lang, count: int) -> None:
    """The first few with their buttons, the rest counted; none is good news."""
    text = texts.load(lang)
    blocks = views.overview([make_row(each) for each in range(count)], text)
    said = written(blocks)
    assert message_faults(blocks) == []
    assert len(elements(blocks, "static_select")) == min(count, views.MAX_GAPS)
    assert (text("gap.nothing") in said) is (count == 0)
    assert (text("gap.more", count=3) in said) is (count == 8)
    assert "13912345678" not in said


def test_a_gap_says_how_often_why_and_whose() -> None:
    """With each wording once, and what people missed."""
    text = texts.load("en")
    row = GapRow(make_row().gap, [make_question(missing="early repayment"), make_question(reason=Reason.DOWN)])
    assert written(views.overview([row], text)[1:]).split("\n") == [
        "*3 times* · no play · didn't help",
        "“能用比特币付吗”",
        "Missing: early repayment",
        "Nobody's yet",
    ]
    owned = GapRow(row.gap.assigned(LIN, date(2026, 3, 9)), row.questions)
    assert "With <@U01LIN>, due Mon 9 Mar" in written(views.overview([owned], text))
    waiting = GapRow(row.gap.model_copy(update={"state": GapState.WAITING}), row.questions)
    assert "Waiting for approval" in written(views.overview([waiting], text))


@languages
def test_home_has_room_for_everything(lang: Lang) -> None:
    """A full list of gaps and of changes to decide about."""
    rows = [make_row(each) for each in range(8)]
    changes = [Proposal(make_revision(), None)] * 8
    state = home_views.HomeState(
        today=MONDAY,
        user_id=LIN,
        tabs=[Tab.PLAYBOOK],
        tab=Tab.PLAYBOOK,
        calendar_until=MONDAY,
        gaps=rows,
        changes=changes,
    )
    view = home_views.home(state, texts.load(lang))
    assert view_faults(view) == []
    assert usage_views.OPEN in [each["action_id"] for each in elements(view, "button")]


@languages
def test_the_daily_message_has_room_for_everything(lang: Lang) -> None:
    """Full lists of follow-ups, reviews and gaps; closed in place, the gaps give way to a sentence.

    With rows of colleagues on top the gaps are on Home only.
    """
    text = texts.load(lang)
    items = [make_due(make_followup(id=f"s{each}")) for each in range(MAX_ROWS)]
    reviews = [Review(entry) for entry in list(PLAYBOOK.entries.values())[:9]]
    rows = [make_row(each) for each in range(8)]
    daily = Daily(items, reviews=reviews, gaps=rows)
    blocks = nudges.blocks(daily, MONDAY, MONDAY, text)
    assert message_faults(blocks) == []
    assert text("gap.more", count=3) in written(blocks)
    assert text("gap.title") in nudges.fallback(daily, MONDAY, MONDAY, text)
    covered = [make_due(make_followup(id=f"c{each}"), owner_id=f"U{each}COLLEAGUE") for each in range(9)]
    soon = [make_due(make_followup(id=f"n{each}", due_on=MONDAY + timedelta(days=1))) for each in range(9)]
    full = nudges.blocks(replace(daily, covered=covered, soon=soon), MONDAY, MONDAY, text)
    assert message_faults(full) == []
    head = [context("x")] * 9
    assert message_faults(nudges.blocks(replace(daily, covered=covered, soon=soon), MONDAY, MONDAY, text, head)) == []
    assert text("digest.gaps_on_home") in written(full)
    assert text("gap.nothing") in written(nudges.blocks(Daily(gaps=[]), MONDAY, MONDAY, text))
    assert text("digest.intro_all_done") in written(nudges.blocks(Daily(), MONDAY, MONDAY, text))


@languages
def test_the_form_offers_every_entry_and_suggests_one(lang: Lang) -> None:
    """The one that those who asked got to in the end."""
    view = views.answer_modal(make_row(), "", PLAYBOOK, texts.load(lang))
    assert view_faults(view) == []
    (menu,) = elements(view, "static_select")
    offered = [each["value"] for group in menu["option_groups"] for each in group["options"]]
    assert sorted(offered) == sorted(PLAYBOOK.entries)
    assert menu["initial_option"]["value"] == FEE.id
    unknown = GapRow(make_row().gap, [make_question(found_id="cost/withdrawn")])
    (menu,) = elements(views.answer_modal(unknown, "", PLAYBOOK, texts.load(lang)), "static_select")
    assert "initial_option" not in menu


@languages
def test_every_message_and_form_is_one_that_slack_takes(lang: Lang) -> None:
    """Whatever was typed."""
    text = texts.load(lang)
    for blocks in (
        [views.ask_owner("q1", text)],
        views.asked(ASKED, text),
        views.replied(ASKED, text),
        views.reply_sent(ASKED.model_copy(update={"gap_id": "g1"}), text, edits=True),
        views.told(ASKED, FEE, lang, text),
    ):
        assert message_faults(blocks) == []
    for view in (
        views.assign_modal(make_row(), "", LIN, MONDAY, text),
        views.assign_modal(make_row(owner_id="U9", due_on=MONDAY + timedelta(days=1)), "", LIN, MONDAY, text),
        views.reply_modal(ASKED, text),
    ):
        assert view_faults(view) == []


def test_only_an_editor_is_offered_to_answer_for_good() -> None:
    """And only once the question is in a gap."""
    text, grouped = texts.load("zh"), ASKED.model_copy(update={"gap_id": "g1"})
    assert elements(views.reply_sent(grouped, text, edits=False), "button") == []
    assert elements(views.reply_sent(ASKED, text, edits=True), "button") == []


@languages
def test_usage_is_told_by_play(lang: Lang) -> None:
    """In the playbook's order and within a window, also when every entry was used in every way."""
    text = texts.load(lang)
    full = [Usage(each, dict.fromkeys(Use, 99_999), MONDAY) for each in PLAYBOOK.entries]
    view = usage_views.overview(full, PLAYBOOK, text)
    assert view_faults(view) == []
    assert all(entry.title.in_(lang) in "\n".join(shown(view)) for entry in PLAYBOOK.entries.values())
    nothing = usage_views.overview([Usage("cost/withdrawn", {Use.ASKED: 1})], PLAYBOOK, text)
    assert text("usage.nothing") in shown(nothing)


def test_usage_leaves_out_what_did_not_happen() -> None:
    text = texts.load("en")
    view = usage_views.overview([Usage(FEE.id, {Use.ASKED: 12, Use.DOWN: 1, Use.UP: 0}, MONDAY)], PLAYBOOK, text)
    assert f"*{FEE.title.en}*\nasked 12 · 👎 1 · last on Mon 2 Mar" in shown(view)


def test_reasons_to_dismiss_are_all_offered() -> None:
    (menu,) = elements(views.overview([make_row()], texts.load("zh")), "static_select")
    assert [each["value"] for each in menu["options"]] == [f"g0|{why}|" for why in Dismissal]
