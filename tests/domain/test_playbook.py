"""Playbook entries: what an editor's file must hold."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.entry import MIN_EXAMPLES, Category, Kind, Lang
from tests.builders import entry_values, make_entry, make_playbook

LINES = {"zh": [f"费率高 {each}" for each in range(20)], "en": [f"fee {each}" for each in range(12)]}


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"examples": {**LINES, "en": [*LINES["en"], "FEE 1"]}}, "examples", "the same en example is listed twice"),
        ({"sources": ["cost-sheet"]}, "", "names sources that the entry does not list: civil-code"),
        ({"id": "price/fee-too-high"}, "id", "cost|terms|"),
        ({"title": {"zh": "费用太高", "en": " "}}, "title.en", "at least 1 character"),
        ({"steps": entry_values()["steps"][:1]}, "steps", "at least 2 items"),
        ({"never": [{"rule": "RL-3", "zh": "不", "en": "no"}]}, "never.0.rule", "pattern"),
        (
            {"follow_up": [{"due": "soon", "owner": "specialist", "zh": "发", "en": "send"}]},
            "follow_up.0.due",
            "pattern",
        ),
        ({"review_days": 3}, "review_days", "greater than or equal to 7"),
    ],
    ids=[
        "twice",
        "source",
        "category",
        "blank",
        "one step",
        "rule",
        "due",
        "review",
    ],
)
def test_what_is_wrong_is_named_with_its_place(changes: dict[str, Any], place: str, reason: str) -> None:
    """An editor finds the line by the field and learns what it should be."""
    with pytest.raises(ValidationError) as told:
        make_entry(**changes)
    fault = told.value.errors()[0]
    assert ".".join(map(str, fault["loc"])) == place
    assert reason in fault["msg"]


def test_an_entrys_category_and_review_day() -> None:
    """The first is in its id, the second counts from the day it was checked."""
    entry = make_entry(verified_on="2026-02-01", review_days=30)
    assert (entry.category, entry.review_due_on) == (Category.COST, date(2026, 3, 3))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_texts_of_an_entry_in_one_language(lang: Lang) -> None:
    """Every field once, and nothing of the other language."""
    texts = dict(make_entry().texts(lang))
    assert {"title", "say", "steps.1", "evidence.0", "never.0", "follow_up.0", "examples.0"} <= set(texts)
    assert sum(field.startswith("examples.") for field in texts) == MIN_EXAMPLES[Kind.OBJECTION][lang]
    assert all((" 的" in words) is (lang == "zh") for field, words in texts.items() if "examples" not in field)


@pytest.mark.parametrize(("due", "days", "is_working_days"), [("2wd", 2, True), ("30d", 30, False)])
def test_when_an_action_is_due(due: str, days: int, is_working_days: bool) -> None:
    """Working days and calendar days are told apart."""
    action = make_entry(follow_up=[{"due": due, "owner": "specialist", "zh": "发", "en": "send"}]).follow_up[0]
    assert (action.days, action.is_working_days) == (days, is_working_days)


def test_entries_are_found_by_id_and_category() -> None:
    """What does not exist is None, not an error."""
    playbook = make_playbook()
    found = playbook.by_category(Kind.OBJECTION)
    assert [entry.id for entry in found[Category.COST]] == ["cost/fee-too-high", "cost/thin-margin"]
    assert Category.BUYER not in found
    assert playbook.find("cost/fee-too-high") is playbook.entries["cost/fee-too-high"]
    assert playbook.find("cost/gone") is None


def test_only_categories_with_entries_are_listed() -> None:
    """In the order they are browsed, not that of the files."""
    playbook = make_playbook([make_entry("buyer/pays-slowly"), make_entry("cost/fee-too-high")])
    assert list(playbook.by_category(Kind.OBJECTION)) == [Category.COST, Category.BUYER]
