"""The form of every kind of play, in both languages: what Slack takes, and what it hands back."""

from pathlib import Path
from typing import Any, get_args

import pytest

from bot import text as texts
from bot.domain import entryform
from bot.domain.entry import Category, Entry, Kind, Lang
from bot.domain.kinds import KINDS
from bot.errors import FieldError
from bot.storage import playbooks
from bot.views import entryform as views
from bot.views.blocks import unpacked
from bot.views.entryform import Form
from tests.builders import kind_values, make_entry, make_playbook
from tests.views.limits import NASTY, shown, view_faults

PLAYBOOK = playbooks.load(Path(__file__).parents[2] / "playbooks")
OTHERS = [KINDS[kind].model_validate(kind_values(kind)) for kind in Kind if kind is not Kind.OBJECTION]
languages = pytest.mark.parametrize("lang", get_args(Lang))


def inputs(form: Form, lang: Lang = "zh") -> dict[str, Any]:
    view = views.form(form, PLAYBOOK, texts.load(lang))
    return {each["block_id"]: each for each in view["blocks"]}


@languages
def test_every_entry_opens_in_a_form_that_slack_takes(lang: Lang) -> None:
    """All that ship, and one of each kind."""
    for entry in (*PLAYBOOK.entries.values(), *OTHERS):
        view = views.form(Form(entry, "r1"), PLAYBOOK, texts.load(lang))
        assert view_faults(view) == [], entry.id
        assert unpacked(view["private_metadata"]) == {"e": entry.id, "k": entry.KIND, "r": "r1", "d": "", "g": ""}


@languages
@pytest.mark.parametrize("kind", Kind)
def test_a_new_play_of_every_kind_has_a_form(kind: Kind, lang: Lang) -> None:
    """No entry yet, so nothing is filled in but what was typed before the kind was picked."""
    category = {Kind.OBJECTION: Category.COST, Kind.SIGNAL: Category.WORDING, Kind.DISCOVERY: Category.OPEN}
    chosen = (kind, category.get(kind, Category.RULES if kind is Kind.RELATIONSHIP else Category.MONEY))
    form = Form(category=chosen, typed={"title.zh": NASTY, "examples.en": "x" * 600})
    assert view_faults(views.form(form, PLAYBOOK, texts.load(lang))) == []
    found = inputs(form, lang)
    assert found["title.zh"]["element"]["initial_value"] == NASTY
    assert found["category"]["element"]["initial_option"]["value"] == f"{kind}/{chosen[1]}"


@languages
def test_before_the_kind_is_known_only_what_all_have_is_asked(lang: Lang) -> None:
    view = views.form(Form(), PLAYBOOK, texts.load(lang))
    assert view_faults(view) == []
    assert [each["block_id"] for each in view["blocks"]] == [
        "category", "title.zh", "title.en", "examples.zh", "examples.en", "why",
    ]  # fmt: skip


def test_an_entry_is_no_play_related_to_itself() -> None:
    entry = PLAYBOOK.entries["cost/hidden-fees"]
    groups = inputs(Form(entry))["related"]["element"]["option_groups"]
    offered = {option["value"] for group in groups for option in group["options"]}
    assert offered == PLAYBOOK.entries.keys() - {entry.id}


def test_what_changes_soon_is_reviewed_soon() -> None:
    """Prices and clauses after a month, everything else after three."""
    days = {
        category: inputs(Form(category=(kind, category)))["review_days"]["element"]["initial_value"]
        for kind, category in ((Kind.OBJECTION, Category.COST), (Kind.OBJECTION, Category.TRUST))
    }
    assert days == {Category.COST: "30", Category.TRUST: "90"}


def test_one_that_was_sent_back_before_it_existed_is_a_new_one() -> None:
    """Its id is made again of its title, so its category can be changed."""
    entry: Entry = make_entry()
    view = views.form(Form(entry, is_new=True), make_playbook(), texts.load("en"))
    assert unpacked(view["private_metadata"])["e"] == ""
    assert view["title"]["text"] == "New play"
    assert view["blocks"][0]["block_id"] == "category"


def test_each_fault_stands_at_its_input() -> None:
    """Where the form has no such input, at the last one; several at one input one below the other."""
    view = views.form(Form(PLAYBOOK.entries["cost/hidden-fees"]), PLAYBOOK, texts.load("en"))
    found = views.faults(
        [
            FieldError("say.en", "edit.empty"),
            FieldError("say.en", "edit.wrong"),
            FieldError("review_days.zh", "edit.wrong"),
            FieldError("examples.zh", "edit.no_examples"),
            FieldError("nowhere", "edit.empty"),
        ],
        view,
        texts.load("en"),
    )
    assert found["say.en"] == "Please fill this in.\nThis is not in the expected form."
    assert set(found) == {"say.en", "review_days", "more_examples.zh", "why"}


@pytest.mark.parametrize(
    ("value", "chosen"),
    [("signal/wording", (Kind.SIGNAL, Category.WORDING)), ("signal", None), ("", None), ("x/wording", None)],
)
def test_a_category_names_its_kind(value: str, chosen: tuple[Kind, Category] | None) -> None:
    assert views.chosen_category(value) == chosen


def test_hints_say_what_a_line_begins_with() -> None:
    assert any("RL-03" in each for each in shown(inputs(Form(PLAYBOOK.entries["cost/hidden-fees"]))["never.zh"]))


@pytest.mark.parametrize("entry", PLAYBOOK.entries.values(), ids=PLAYBOOK.entries)
def test_every_entry_comes_back_from_its_form_as_it_was(entry: Entry) -> None:
    """Nothing that ships is lost or altered because somebody changes one word of it."""
    view = views.form(Form(entry), PLAYBOOK, texts.load("zh"))
    values = {}
    for block in view["blocks"]:
        element = block["element"]
        names = {"multi_static_select": "selected_options", "static_select": "selected_option"}
        name = names.get(element["type"], "value")
        leaf = {name: element.get(name.replace("selected", "initial") if name != "value" else "initial_value")}
        values[block["block_id"]] = {element["action_id"]: leaf}
    answers = views.answers({"state": {"values": values}})
    assert entryform.filled(entry.KIND, answers, entry.model_dump(mode="json")) == entry
