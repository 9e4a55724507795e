"""A customer on one screen, and which of several is meant."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot import text as texts
from bot.domain.brief import Brief
from bot.domain.customer import Risk, Tier
from bot.domain.entry import Lang
from bot.domain.facts import Side
from bot.domain.need import needs
from bot.domain.policy import Action
from bot.domain.visit import NOTE_LIMIT, Channel
from bot.views import customers as views
from tests.builders import MONDAY, make_change, make_contact, make_customer, make_followup, make_visit
from tests.views.limits import NASTY, elements, message_faults, written

ZH, EN = texts.load("zh"), texts.load("en")
LANGS: tuple[Lang, ...] = ("zh", "en")


def make_brief(**changes: Any) -> Brief:
    values = {"customer": make_customer(industry="纺织"), "contact": make_contact(), "steps": [], "visits": []}
    return Brief(**{**values, "today": MONDAY, **changes})


def test_a_brief_tells_what_to_know_before_a_call() -> None:
    """Tier, trade and owner; the next contact and why; open steps; the last notes."""
    visit = make_visit(channel=Channel.PHONE, on=date(2026, 2, 16))
    steps = [
        make_followup(due_on=MONDAY + timedelta(days=1)),
        make_followup(title="寄合同", due_on=date(2026, 2, 27), by=Side.THEIRS),
    ]
    blocks = views.brief(make_brief(steps=steps, visits=[visit], rights=frozenset({Action.WRITE})), EN)
    assert message_faults(blocks) == []
    assert written(blocks).splitlines() == [
        "远大纺织",
        "Tier A · 纺织 · account manager <@U01LIN>",
        "Risk flag green · 0 contacts",
        "Next contact: *Mon 2 Mar* — tier A: every 14 days; last contact that counts: visit on Mon 16 Feb",
        "*Open next steps*",
        "• 给报价, by Tue 3 Mar",
        "• They promised: 寄合同, by Fri 27 Feb (3 days late)",
        "*Latest notes*",
        "*Mon 16 Feb* · Phone call · <@U01LIN>",
        "嫌费率高，周三前给报价",
        "Change note",
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_a_new_customer_has_a_brief_too(lang: Lang) -> None:
    """Without trade, steps and notes nothing is left blank."""
    text = texts.load(lang)
    blocks = views.brief(make_brief(customer=make_customer()), text)
    assert message_faults(blocks) == []
    assert text("customer.no_notes") in written(blocks)
    assert text("customer.steps") not in written(blocks)
    assert " ·  ·" not in written(blocks)


@pytest.mark.parametrize("lang", LANGS)
def test_the_longest_brief_is_one_that_slack_takes(lang: Lang) -> None:
    """Forty steps, three notes without end, everything made of what could ring somebody."""
    brief = make_brief(
        customer=make_customer(name=(NASTY * 9)[:60], industry=(NASTY * 9)[:60]),
        steps=[make_followup(id=f"s{each}", title=(NASTY * 9)[:200]) for each in range(40)],
        visits=[make_visit(note=(NASTY * 99)[:NOTE_LIMIT]) for _ in range(3)],
        needs=needs(make_change(id=f"h{each}", need_id=f"n{each}", statement=(NASTY * 9)[:200]) for each in range(40)),
    )
    assert message_faults(views.brief(brief, texts.load(lang))) == []


def test_a_long_note_is_cut_in_the_brief() -> None:
    """Three of them have to fit a screen."""
    blocks = views.brief(make_brief(visits=[make_visit(note="字" * NOTE_LIMIT)]), EN)
    assert written(blocks).count("字") == views.NOTE_SHOWN - 1


def test_the_button_opens_a_note_for_this_customer() -> None:
    """By id: names may change."""
    buttons = elements(views.brief(make_brief(may_edit=True), EN), "button")
    assert {each["value"] for each in buttons} == {"c1"}
    assert buttons[0]["action_id"] == views.LOG


def test_editing_and_handing_over_are_for_who_answers_for_it() -> None:
    """Whoever stands in is not offered what would be refused."""
    offered = {
        may: [each["action_id"] for each in elements(views.brief(make_brief(may_edit=may), EN), "button")]
        for may in (True, False)
    }
    assert [each for each in offered[True] if each not in offered[False]] == [
        *(views.EDIT, views.DEAL, views.HAND_OVER, views.END)
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_a_brief_names_what_is_special(lang: Lang) -> None:
    """The risk flag, the renewal, who stands in, wishes, and the open needs with what is doubtful about them."""
    text = texts.load(lang)
    customer = make_customer(
        risk=Risk.RED,
        contract_expires_on=MONDAY + timedelta(days=40),
        stand_in_id="U02CHEN",
        preferred_channel=Channel.PHONE,
        preferred_every_days=30,
        is_opted_out=True,
        quiet_until=MONDAY + timedelta(days=3),
    )
    old = MONDAY - timedelta(days=100)
    heard = [make_change(on=old, amount="500万", statement="年底备货"), make_change(id="h2", on=old, amount="800万")]
    blocks = views.brief(make_brief(customer=customer, needs=needs(heard), contacts=2), text)
    assert message_faults(blocks) == []
    told = written(blocks)
    for said in (
        text("customer.risk_red"),
        text("customer.renewal", on=customer.contract_expires_on, count=40),
        text("customer.stand_in", user="U02CHEN"),
        text("customer.contacts", count=2),
        text("customer.opted_out"),
        text("customer.quiet", until=customer.quiet_until),
        text("need.stale"),
        text("need.contradicted"),
    ):
        assert said in told
    assert "年底备货 · 800万" in told


@pytest.mark.parametrize("lang", LANGS)
def test_several_customers_are_offered(lang: Lang) -> None:
    """By name and tier, at most eight, with a hint when there are more."""
    text = texts.load(lang)
    found = [make_customer(id=f"c{each}", name=f"远大{each}号", tier=Tier.B) for each in range(9)]
    blocks = views.which(found, text)
    assert message_faults(blocks) == []
    assert [each["value"] for each in elements(blocks, "button")] == [f"c{each}" for each in range(8)]
    assert text("customer.many") in written(blocks)
    assert text("customer.many") not in written(views.which(found[:8], text))
