"""The visit form and its type-ahead: what it shows, and that it is read back as it stands."""

from pathlib import Path
from typing import Any

import pytest

from bot import text as texts
from bot.domain.customer import Tier
from bot.domain.entry import Lang
from bot.domain.note import Draft
from bot.storage import playbooks
from bot.text import Text
from bot.views import visitform as views
from bot.views.blocks import View, unpacked
from tests.builders import MONDAY, make_customer, make_followup
from tests.views.limits import NASTY, elements, shown, view_faults

PLAYBOOK = playbooks.load(Path(__file__).parents[2] / "playbooks")
ZH, EN = texts.load("zh"), texts.load("en")
LANGS: tuple[Lang, ...] = ("zh", "en")
languages = pytest.mark.parametrize("lang", LANGS)


def form(draft: Draft | None = None, text: Text = ZH, **state: Any) -> View:
    return views.form(views.Form(draft or Draft(), MONDAY, **state), PLAYBOOK, text)


def fields(view: View) -> dict[str, Any]:
    """The inputs by their block id, up to its colon."""
    return {block["block_id"].split(":")[0]: block for block in view["blocks"] if block["type"] == "input"}


@languages
def test_an_empty_form(lang: Lang) -> None:
    """Today, in person, nothing else filled in."""
    view = form(text=texts.load(lang))
    assert view_faults(view) == []
    found = fields(view)
    assert list(found) == ["customer", "note", "on", "channel", "objections", "next_step", "next_step_on"]
    assert found["on"]["element"]["initial_date"] == "2026-03-02"
    assert found["channel"]["element"]["initial_option"]["value"] == "visit"
    for name in ("customer", "note", "objections"):
        assert [key for key in found[name]["element"] if key.startswith("initial")] == []


def test_only_what_a_note_needs_is_required() -> None:
    """Next step, its day and the objections may be left empty."""
    required = [name for name, block in fields(form()).items() if not block["optional"]]
    assert required == ["customer", "note", "on", "channel"]


@languages
def test_a_draft_is_filled_in(lang: Lang) -> None:
    """The customer, the words and the objections that the typed line told."""
    draft = Draft(make_customer(), "远大纺织", "嫌费率高", ("cost/fee-too-high", "need/not-now"))
    view = form(draft, texts.load(lang))
    assert view_faults(view) == []
    found = fields(view)
    assert found["customer"]["element"]["initial_option"] == {
        "text": {"type": "plain_text", "text": "远大纺织 · A", "emoji": True},
        "value": "c1",
    }
    assert found["note"]["element"]["initial_value"] == "嫌费率高"
    chosen = [each["value"] for each in found["objections"]["element"]["initial_options"]]
    assert sorted(chosen) == ["cost/fee-too-high", "need/not-now"]


@languages
def test_an_unknown_customer_is_offered_to_be_created(lang: Lang) -> None:
    """With the typed name, in tier B, which is where a new customer starts."""
    view = form(Draft(customer_name="宏达机械", note="想做保理"), texts.load(lang))
    assert view_faults(view) == []
    found = fields(view)
    assert found["customer"]["element"]["initial_option"]["value"] == "new:宏达机械"
    assert found["new_name"]["element"]["initial_value"] == "宏达机械"
    assert found["new_tier"]["element"]["initial_option"]["value"] == Tier.B
    assert found["new_industry"]["optional"]


def test_another_new_name_is_another_field() -> None:
    """Slack keeps what stands in a field of the same id, so the new name would not be shown."""
    ids = {fields(form(Draft(customer_name=name)))["new_name"]["block_id"] for name in ("宏达机械", "宏达")}
    assert len(ids) == 2


def test_open_steps_can_be_ticked_off() -> None:
    """The one whose button was pressed is ticked; Slack shows ten at most."""
    steps = [make_followup(id=f"s{each}", title=NASTY[:40] * 5) for each in range(12)]
    view = form(Draft(make_customer(), "远大纺织"), steps=steps, ticked=frozenset({"s1", "elsewhere"}))
    assert view_faults(view) == []
    boxes = fields(view)["done"]["element"]
    assert [each["value"] for each in boxes["options"]] == [f"s{each}" for each in range(10)]
    assert [each["value"] for each in boxes["initial_options"]] == ["s1"]


def test_a_form_remembers_where_it_was_opened() -> None:
    """The row of the daily message to tick off once it is saved."""
    origin = {"f": "contact-c1", "d": "2026-03-02", "o": ",".join(PLAYBOOK.entries)}
    view = form(origin=origin)
    assert view_faults(view) == []
    assert unpacked(view["private_metadata"]) == origin


@pytest.mark.parametrize("size", [59, 60, 61, 200])
def test_the_longest_draft_is_one_that_slack_takes(size: int) -> None:
    """A whole page pasted behind the command."""
    assert view_faults(form(Draft(customer_name=(NASTY * 99)[:size], note=NASTY * 999))) == []


def test_suggestions_are_the_customers_then_a_new_one() -> None:
    """Creating comes last: it is what remains when none is meant."""
    found = [make_customer(), make_customer(id="c2", name="远大物流", tier=Tier.C)]
    options = views.suggestions(found, " 远大 ", ZH)
    assert [(each["text"]["text"], each["value"]) for each in options] == [
        ("远大纺织 · A", "c1"),
        ("远大物流 · C", "c2"),
        ("＋ 新建“远大”", "new:远大"),
    ]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "远", "远大纺织", "yd", "远大纺织 ", "ＹＤ"],
    ids=["nothing", "a space", "one character", "a name", "an alias in lower case", "a name and a space", "wide"],
)
def test_nothing_is_created_that_is_too_short_or_there_already(typed: str) -> None:
    """Names have two characters, and each is taken once."""
    options = views.suggestions([make_customer(aliases=("YD",))], typed, EN)
    assert [each["value"] for each in options] == ["c1"]


@pytest.mark.parametrize(("typed", "last"), [("客户", "new:客户"), ("", "c99")])
def test_a_hundred_options_at_most(typed: str, last: str) -> None:
    """With room for the new one."""
    many = [make_customer(id=f"c{each}", name=(f"{each}客户" + NASTY)[:60]) for each in range(150)]
    options = views.suggestions(many, typed, EN)
    assert len(options) == 100
    assert options[-1]["value"] == last
    assert all(len(each["text"]["text"]) <= 75 and len(each["value"]) <= 150 for each in options)


@languages
def test_the_longest_new_name_fits_an_option(lang: Lang) -> None:
    """It comes back as a value, which Slack limits."""
    assert views.suggestions([], "名" * 61, texts.load(lang)) == [], "longer than a name may be"
    (option,) = views.suggestions([], "名" * 60, texts.load(lang))
    assert len(option["value"]) <= 150
    assert len(option["text"]["text"]) <= 75


def test_every_label_of_the_form_is_in_the_persons_language() -> None:
    """Down to the titles of the objections."""
    draft = Draft(customer_name="Hongda Machinery")
    english = form(draft, EN, steps=[make_followup(title="quote")])
    assert [text for text in shown(english) if any("一" <= char <= "鿿" for char in text)] == []
    assert len(elements(english, "multi_static_select")[0]["option_groups"]) == 7
