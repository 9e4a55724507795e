"""The weekly section of the daily message."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from bot import text as texts
from bot.domain.daily import Daily
from bot.domain.entry import Lang
from bot.domain.followup import DueItem
from bot.domain.review import MAX_REVIEWS, Review, ReviewState, retirements_in_view
from bot.views import nudges, reviews
from tests.builders import MONDAY, make_due, make_entry, make_followup
from tests.views.limits import NASTY, elements, message_faults, written

languages = pytest.mark.parametrize("lang", get_args(Lang))
MANY = [Review(make_entry(f"cost/entry-{n}", verified_on=MONDAY - timedelta(days=60))) for n in range(MAX_REVIEWS + 2)]


@languages
def test_its_rows_have_a_limit_of_their_own(lang: Lang) -> None:
    """However many follow-ups are listed as well, Slack takes the message."""
    items = [make_due(make_followup(id=f"f{n}")) for n in range(7)]
    blocks = nudges.blocks(Daily(items * 14, reviews=MANY), MONDAY, MONDAY, texts.load(lang))
    assert message_faults(blocks) == []
    assert sum(each["action_id"].startswith(reviews.VERIFY) for each in elements(blocks, "button")) == MAX_REVIEWS
    assert len({each["action_id"] for each in elements(blocks, "button")}) == len(elements(blocks, "button"))
    assert texts.load(lang)("review.more", count=2) in written(blocks)


@languages
def test_words_of_editors_ring_nobody(lang: Lang) -> None:
    entry = make_entry(title={"zh": NASTY, "en": NASTY}, say={"zh": NASTY, "en": NASTY})
    assert message_faults(nudges.blocks(Daily(reviews=[Review(entry)]), MONDAY, MONDAY, texts.load(lang))) == []
    assert "<!channel>" not in nudges.fallback(Daily(reviews=[Review(entry)]), MONDAY, MONDAY, texts.load(lang))


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", "180 天没人用过，也没人复核；2026-03-09 起会提请审批人下架。"),
        (
            "en",
            "Nobody has used or checked it for 180 days; from 2026-03-09 the approvers will be asked to take it out.",
        ),
    ],
)
def test_what_nobody_wants_says_so_with_the_same_buttons(lang: Lang, told: str) -> None:
    found = [replace(MANY[0], retires_on=MONDAY + timedelta(days=7)), MANY[1]]
    blocks = reviews.reviews(found, MONDAY, texts.load(lang))
    assert message_faults(blocks) == []
    assert written(blocks).count(told) == 1
    assert len(elements(blocks, "button")) == 6


def test_only_what_is_in_view_counts_as_told() -> None:
    """What is dealt with makes room for the next, which is told then."""
    found = [replace(each, retires_on=MONDAY) for each in MANY]
    assert list(retirements_in_view(found)) == [each.entry.id for each in MANY[:MAX_REVIEWS]]
    found[0] = replace(found[0], state=ReviewState.DONE)
    found[1] = replace(found[1], retires_on=None)
    assert list(retirements_in_view(found)) == [each.entry.id for each in MANY[2 : MAX_REVIEWS + 1]]


@pytest.mark.parametrize("state", [ReviewState.DONE, ReviewState.SENT])
def test_what_is_dealt_with_makes_room_for_the_next(state: ReviewState) -> None:
    found = [Review(MANY[0].entry, state), *MANY[1:]]
    told = written(reviews.reviews(found, MONDAY, texts.load("en")))
    assert "6 plays that you keep true" in told
    assert "One more comes up as you go" in told
    assert "One dealt with or sent for approval" in told


def test_when_all_is_dealt_with_nothing_is_left_to_click() -> None:
    found = [Review(each.entry, ReviewState.DONE) for each in MANY]
    blocks = reviews.reviews(found, MONDAY, texts.load("en"))
    assert elements(blocks, "button") == []
    assert "All of this week's reviews are dealt with" in written(blocks)


@pytest.mark.parametrize(
    ("items", "found", "headings"),
    [([make_due()], [], 1), ([], MANY, 1), ([make_due()], MANY, 2)],
    ids=["customers", "plays", "both"],
)
def test_a_part_that_has_nothing_is_left_out(items: list[DueItem], found: list[Review], headings: int) -> None:
    blocks = nudges.blocks(Daily(items, reviews=found), MONDAY, MONDAY, texts.load("en"))
    assert sum(each["type"] == "header" for each in blocks) == headings
    assert bool(items) == (
        "To follow up on" in nudges.fallback(Daily(items, reviews=found), MONDAY, MONDAY, texts.load("en"))
    )
