"""The visit form and its type-ahead: what it shows, and that it is read back as it stands."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import text as texts
from bot.domain import heard
from bot.domain.customer import Tier
from bot.domain.draft import Draft, KeptDraft
from bot.domain.entry import Kind as EntryKind
from bot.domain.entry import Lang
from bot.domain.facts import Checked
from bot.domain.heard import Choice, Heard, Kind
from bot.domain.visit import Channel
from bot.sandbox.forms import values_of
from bot.sandbox.views import View as SlackView
from bot.storage import playbooks
from bot.text import Text
from bot.views import visitfilled
from bot.views import visitform as views
from bot.views.blocks import View, unpacked
from tests.builders import MONDAY, make_customer, make_followup, make_visit
from tests.views.limits import NASTY, elements, shown, view_faults

PLAYBOOK = playbooks.load(Path(__file__).parents[2] / "playbooks")
SIGNALS = [each.id for each in PLAYBOOK.entries.values() if each.KIND is EntryKind.SIGNAL][:9]
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


HEARD = {
    Kind.PROMISE: (
        Heard("promise|ours|2026-03-04|给报价", "周三前给报价"),
        Heard(f"promise|theirs|2026-03-04,2026-03-06|{'很长的承诺' * 20}", "下周三", is_sure=False),
        Heard("promise|theirs||问问老板", "问问老板", is_sure=False),
    ),
    Kind.PERHAPS: (Heard("perhaps|ours|2026-03-05|再问问", "周四再问问", is_sure=False),),
    Kind.NEED: (Heard("need|liquidity|¥2,000,000|2026-03-06|备货缺钱", "备货缺 200 万"),),
    Kind.ATTENDEE: (Heard("attendee|cfo", "财务总监"), Heard("attendee|owner", NASTY)),
    Kind.SIGNAL: tuple(Heard(f"signal|{each}", "不说话", is_sure=False) for each in ("x/gone", *SIGNALS)),
    Kind.DOCUMENT: (Heard("document|asked|审计报告|2025", "审计报告"),),
    Kind.FIGURE: (Heard("figure|percent|all_in|8.5", "全包 8.5%"), Heard("figure|yuan|unknown|2000000", "200 万")),
    Kind.RISK: (Heard("risk|lawsuit", "起诉", is_sure=False), Heard("risk|insolvency", "破产", is_sure=False)),
}
CHOICES = tuple(heard.offered(kind, found) for kind, found in HEARD.items())
FULL = Draft(
    customer=make_customer(),
    customer_name="远大纺织",
    note="嫌费率高",
    objection_ids=("cost/fee-too-high",),
    pasted=f"{NASTY}\n" * 200,
    on=date(2026, 2, 27),
    channel=Channel.PHONE,
    next_step="发合同",
    next_step_on=date(2026, 3, 6),
    choices=CHOICES,
    checked={SIGNALS[0]: Checked.CONFIRMED},
)


def sent(view: View) -> View:
    """As Slack sends it, with nothing touched."""
    described = shaped(view)
    return described.payload("T1", "A1", "B1", values_of(described))


def shaped(view: View) -> SlackView:
    made = SlackView("V1", "U1", {}, "V1")
    made.replace(view)
    return made


@languages
def test_everything_that_was_heard_fits_a_window(lang: Lang) -> None:
    """All kinds at once, with the longest of them, and in words of the reader's language."""
    view = form(FULL, texts.load(lang), words=dict.fromkeys(FULL.fields(), NASTY), other_on=MONDAY)
    assert view_faults(view) == []
    labels = [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]
    assert labels[-1] == texts.load(lang)("visit.next_step_on")
    assert view["notify_on_close"] is True


@languages
def test_a_form_is_read_back_as_it_was_shown(lang: Lang) -> None:
    """In whichever language: what is typed, picked, offered and ticked, and that nobody touched any of it."""
    found = visitfilled.filled(sent(form(FULL, texts.load(lang))))
    assert found.customer == "c1"
    assert replace(found.draft, choices=(), dues={}) == replace(FULL, choices=(), customer=None, customer_name="")
    assert [(each.kind, each.ticked, each.shown, each.turn) for each in found.draft.choices] == [
        (each.kind, each.ticked, each.shown, each.turn) for each in CHOICES
    ]
    assert [[heard.value for heard in each.offered] for each in found.draft.choices] == [
        [heard.value for heard in each.offered] for each in CHOICES
    ]
    assert found.draft.facts() == FULL.facts()
    assert found.untouched == frozenset(FULL.fields())
    assert not any(each.is_touched for each in found.draft.choices)


def test_a_form_that_changes_keeps_the_fields_that_nobody_should_lose() -> None:
    """Slack keeps what was typed by id: drawn again, every field has the same one; a new guess gets another."""
    first = form(FULL)
    found = visitfilled.filled(sent(first))
    draft = replace(found.draft, customer=FULL.customer, customer_name="远大纺织", note="改过", on=date(2026, 3, 1))
    again = form(draft, shown=found.shown)
    assert ids(again) == ids(first)
    left = {name: value for name, value in found.shown.items() if name != "on"}
    others = set(ids(form(draft, shown=left))) - set(ids(first))
    assert [each.split(":")[0] for each in others] == ["on"]


def ids(view: View) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def test_a_promise_that_may_be_due_on_either_day_is_undecided() -> None:
    """Until one of the two is picked."""
    either = HEARD[Kind.PROMISE][1]
    choice = Choice(Kind.PROMISE, (either,), frozenset({either.value}), frozenset({either.value}))
    for dues, undecided in (({}, (0,)), ({either.value: MONDAY.replace(day=4)}, ())):
        found = visitfilled.filled(sent(form(replace(FULL, choices=(choice,), dues=dues))))
        assert found.undecided == undecided


def test_what_was_ticked_in_an_earlier_window_counts_as_ticked() -> None:
    """It comes back with the form."""
    (attendees,) = [each for each in CHOICES if each.kind is Kind.ATTENDEE]
    settled = replace(attendees, ticked=frozenset({"attendee|cfo"})).resumed
    (found,) = visitfilled.filled(sent(form(replace(FULL, choices=(settled,))))).draft.choices
    assert (found.is_settled, found.ticked) == (True, frozenset({"attendee|cfo"}))


@languages
def test_drafts_to_go_on_with_are_offered_above_the_form(lang: Lang) -> None:
    """By their customer or their first words."""
    at = datetime(2026, 3, 2, 1, 5, tzinfo=UTC)
    drafts = [KeptDraft("d1", at, at, FULL), KeptDraft("d2", at, at, Draft(note=NASTY * 9))]
    view = form(text=texts.load(lang), drafts=drafts, zone=ZoneInfo("Asia/Shanghai"))
    assert view_faults(view) == []
    assert "远大纺织" in view["blocks"][0]["text"]["text"]
    assert "09:05" in view["blocks"][0]["text"]["text"]
    assert [each["value"] for each in view["blocks"][3]["elements"]] == ["d2", "d2"]


@languages
def test_a_saved_note_is_changed_without_its_customer_and_its_step(lang: Lang) -> None:
    """Those belong to what was saved; who wrote it last is said."""
    stored = make_visit(version=2, changed_by="U2", next_step="发合同", next_step_on=MONDAY)
    view = form(replace(FULL, next_step="", next_step_on=None), texts.load(lang), stored=stored)
    assert view_faults(view) == []
    assert {"customer", "next_step", "next_step_on"}.isdisjoint(fields(view))
    assert "<@U2>" in view["blocks"][0]["text"]["text"]
    assert view["blocks"][0]["accessory"]["action_id"] == views.HISTORY
