"""What is said of a note once it is saved or changed."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot import text as texts
from bot.domain.customer import Tier
from bot.domain.entry import Lang
from bot.domain.note import Recorded
from bot.domain.visit import NOTE_LIMIT
from bot.storage import playbooks
from bot.views import visits as views
from bot.views.blocks import unpacked
from bot.views.shown import Shown
from tests.builders import MONDAY, make_contact, make_customer, make_visit
from tests.views.limits import NASTY, message_faults, written

PLAYBOOK = playbooks.load(Path(__file__).parents[2] / "playbooks")
EN = texts.load("en")
LANGS: tuple[Lang, ...] = ("zh", "en")
languages = pytest.mark.parametrize("lang", LANGS)


def recorded(**changes: Any) -> Recorded:
    contact = make_contact(due_on=date(2026, 3, 16))
    assert contact.explanation is not None
    why = contact.explanation.model_copy(update={"counted_from": MONDAY})
    contact = contact.model_copy(update={"explanation": why})
    return Recorded(make_visit(**changes), make_customer(), contact, is_new=True)


def test_the_confirmation_says_what_was_stored_and_what_follows() -> None:
    """The next contact with its reason in a person's words."""
    done = recorded(objection_ids=("cost/fee-too-high",), next_step="发测算表", next_step_on=date(2026, 3, 4))
    blocks = views.saved(done, False, PLAYBOOK, EN, MONDAY)
    assert message_faults(blocks) == []
    assert written(blocks).splitlines() == [
        "Saved: Visit with *远大纺织* on Mon 2 Mar",
        "*Note*",
        ">嫌费率高，周三前给报价",
        "Objections: The fee is too high",
        "Next step: 发测算表, by Wed 4 Mar",
        "Next contact: *Mon 16 Mar* — tier A: every 14 days; counted from today's visit",
        "*What to say to “The fee is too high”*  ·  For tier A customers",
        ">We have a year of your usage and payments on file. Let's lay out the whole year's cost, see what more "
        "volume could earn on price and put in a review date. I'll take it for approval, and you'll have the answer in "
        "writing.",
        "Open the play",
    ]


@pytest.mark.parametrize(
    ("tier", "whom", "said"),
    [
        (Tier.A, "  ·  For tier A customers", "We have a year of your usage"),
        (Tier.B, "", PLAYBOOK.entries["cost/fee-too-high"].speak.en),
        (Tier.D, "  ·  For tier C/D customers", "You don't use it often"),
    ],
)
def test_the_play_is_this_customers(tier: Tier, whom: str, said: str) -> None:
    """What its tier is told, or the general line; the whole play opens for the same customer."""
    done = recorded(objection_ids=("cost/fee-too-high",))
    done = replace(done, customer=make_customer(tier=tier))
    [play] = [block for block in views.saved(done, False, PLAYBOOK, EN, MONDAY) if "accessory" in block]
    assert play["text"]["text"].startswith(f"*What to say to “The fee is too high”*{whom}\n>{said}")
    assert Shown.of(unpacked(play["accessory"]["value"])).customer_id == "c1"


@languages
def test_a_created_customer_is_confirmed_too(lang: Lang) -> None:
    """With its tier, which sets the next contact."""
    text = texts.load(lang)
    blocks = views.saved(recorded(), True, PLAYBOOK, text, MONDAY)
    assert text("visit.saved_created", customer="远大纺织", tier="A") in written(blocks)


@languages
def test_the_longest_note_is_confirmed_within_limits(lang: Lang) -> None:
    """Every line of it quoted, nobody rung."""
    note = f"{NASTY}\n" * 99
    done = replace(
        recorded(note=note[:NOTE_LIMIT], objection_ids=tuple(PLAYBOOK.entries), next_step=NASTY, next_step_on=MONDAY),
        customer=make_customer(name=NASTY[:60]),
    )
    blocks = views.saved(done, True, PLAYBOOK, texts.load(lang), MONDAY)
    assert message_faults(blocks) == []
    assert "\n>&lt;!channel&gt;" in written(blocks)
