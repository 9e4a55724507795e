"""Cards of all entries, in both languages: one screen, in Slack's limits, in the right order."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot import text as texts
from bot.domain.customer import Customer, Tier
from bot.domain.entry import Entry, Kind, Lang
from bot.domain.industry import Industry
from bot.domain.kinds import Objection
from bot.domain.variant import Audience, Variant
from bot.storage import playbooks
from bot.views import entrywindow
from bot.views import library as library_views
from bot.views import playbook as views
from bot.views.blocks import Block, escape, unpacked
from bot.views.shown import Shown
from bot.views.variants import for_whom
from tests.builders import MONDAY, make_customer, make_entry, make_playbook
from tests.views.limits import NASTY, elements, message_faults, shown, view_faults, written

PLAYBOOK = playbooks.load(Path(__file__).parents[2] / "playbooks")
TINY = make_playbook()
ENTRY = TINY.entries["cost/fee-too-high"]
LANGS: tuple[Lang, ...] = ("zh", "en")
ZH, EN = texts.load("zh"), texts.load("en")
A_SCREEN = 600

languages = pytest.mark.parametrize("labels", LANGS)
plays = pytest.mark.parametrize("lang", LANGS)


def card(entry: Entry = ENTRY, lang: Lang = "zh", matched: str = "", labels: Lang = "zh") -> list[Block]:
    return views.card(entry, Shown(entry.id, lang, matched), TINY, texts.load(labels), MONDAY)


def test_the_playbook_is_complete() -> None:
    """All of the trade's map."""
    found = {kind: len(PLAYBOOK.of_kind(kind)) for kind in Kind}
    assert list(found.values()) == [41, 19, 18, 11, 15]


@plays
@languages
def test_every_card_is_one_that_slack_takes(lang: Lang, labels: Lang) -> None:
    """Also with the longest example as the phrase that matched, and past its review day."""
    text, late = texts.load(labels), date(2030, 1, 1)
    for entry in PLAYBOOK.entries.values():
        found = Shown(entry.id, lang, max(entry.examples.in_(lang), key=len))
        assert message_faults(views.card(entry, found, PLAYBOOK, text, late)) == [], entry.id
        assert message_faults(views.shared(entry, found, PLAYBOOK, text, late, "U9")) == [], entry.id
        assert view_faults(entrywindow.more_modal(entry, lang, PLAYBOOK, text)) == [], entry.id
        assert len(views.fallback(entry, lang)) < 4000, entry.id


@pytest.mark.parametrize("entry", PLAYBOOK.entries.values(), ids=PLAYBOOK.entries)
def test_a_card_is_one_screen(entry: Entry) -> None:
    """All of it, headings and phrase included, before anybody opens More."""
    found = Shown(entry.id, "zh", max(entry.examples.zh, key=len))
    assert len(written(views.card(entry, found, PLAYBOOK, ZH, date(2030, 1, 1)))) <= A_SCREEN


def test_a_card_reads_in_the_order_of_the_conversation() -> None:
    """Why it matched, say, ask back, proof with its source, never, follow-up, who keeps it."""
    said = written(card(matched="费率高", labels="en", lang="en"))
    parts = [
        "title of cost",
        "Matched: “费率高”",
        "*Say*\n>say of cost",
        "*Ask back*\n>diagnostic of",
        "*Proof*\nevidence of",
        "Source: say one, do another",
        "✗ never of cost/fee-too-high [RL‑03]",
        "Follow up: follow_up of",
        "Kept by Pricing desk · checked on 2026-02-01",
    ]
    places = [said.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("today", "warns"), [(date(2026, 3, 3), False), (date(2026, 3, 4), True)], ids=["on the review day", "after it"]
)
def test_an_entry_past_its_review_says_so(today: date, warns: bool) -> None:
    """It may still be right, but somebody has to look."""
    said = written(views.card(ENTRY, Shown(ENTRY.id, "en"), TINY, EN, today))
    assert ("review overdue" in said) is warns
    assert ENTRY.review_due_on == date(2026, 3, 3)


def test_the_play_follows_the_question_and_the_labels_the_person() -> None:
    """A Chinese question of somebody whose Slack is English."""
    said = written(card(lang="zh", labels="en"))
    assert "*Say*\n>cost/fee-too-high 的say" in said
    assert "Pricing desk" in said


def test_the_phrase_that_matched_is_shortened_and_rings_nobody() -> None:
    """It may quote the question."""
    blocks = card(matched=NASTY * 5)
    assert message_faults(blocks) == []
    assert "&lt;!channel&gt;" in written(blocks)
    assert len(written(blocks)) - len(written(card(matched="x"))) < 160


@plays
def test_a_cards_buttons(lang: Lang) -> None:
    """More, share, log a visit, and the other language; each knows the entry."""
    buttons = elements(card(lang=lang, matched="费率高"), "button")
    assert [each["action_id"] for each in buttons] == [
        "entry_more.0",
        "entry_share.0",
        "entry_visit.0",
        "entry_switch.0",
    ]
    remembered = [Shown.of(unpacked(each["value"])) for each in buttons]
    other: Lang = "en" if lang == "zh" else "zh"
    assert remembered == [*[Shown(ENTRY.id, lang, "费率高")] * 3, Shown(ENTRY.id, other, "费率高")]
    assert buttons[3]["text"]["text"] == ("EN" if lang == "zh" else "中文")


def test_an_altered_button_shows_no_entry() -> None:
    """The service then says that there is none."""
    assert Shown.of({"l": "fr", "e": 7}) == Shown("7", "en")
    assert Shown.of({}) == Shown("", "en")


def test_a_shared_card_tells_who_shared_and_not_what_was_asked() -> None:
    """The question may name a customer; everybody in the channel reads the card."""
    blocks = views.shared(ENTRY, Shown(ENTRY.id, "zh", "远大纺织嫌费率高"), TINY, EN, MONDAY, "U9")
    assert "<@U9>" in written(blocks)
    assert "远大纺织" not in str(blocks)
    assert [each["action_id"] for each in elements(blocks, "button")] == ["entry_more.0"]


@languages
def test_two_plays_in_one_message(labels: Lang) -> None:
    """Each with its own buttons: ids are unique, values lead to the right entry."""
    text = texts.load(labels)
    two = [PLAYBOOK.entries["cost/fee-too-high"], PLAYBOOK.entries["buyer/pays-slowly"]]
    blocks = [each for row, entry in enumerate(two) for each in views.compact(entry, Shown(entry.id, "zh"), text, row)]
    assert message_faults(blocks) == []
    more = [each for each in elements(blocks, "button") if each["action_id"].startswith(views.MORE)]
    assert [unpacked(each["value"])["e"] for each in more] == [entry.id for entry in two]


@languages
def test_a_choice_offers_titles_and_all_categories(labels: Lang) -> None:
    """For when neither of the two is meant."""
    text = texts.load(labels)
    two = [PLAYBOOK.entries["cost/fee-too-high"], PLAYBOOK.entries["cost/bank-loan-cheaper"]]
    blocks = library_views.choice([(entry, Shown(entry.id, labels)) for entry in two], "which?", PLAYBOOK, text)
    assert message_faults(blocks) == []
    assert [each["text"]["text"] for each in elements(blocks, "button")] == [each.title.in_(labels) for each in two]
    (menu,) = elements(blocks, "static_select")
    offered = [option["value"] for group in menu["option_groups"] for option in group["options"]]
    assert sorted(offered) == sorted(entry.id for entry in PLAYBOOK.of_kind(Kind.OBJECTION))


def test_a_category_without_entries_is_not_offered() -> None:
    """Slack refuses an empty group, and with it the whole message."""
    assert message_faults(library_views.browse(TINY, ZH, "?")) == []


@plays
def test_the_whole_entry_holds_everything(lang: Lang) -> None:
    """Nothing that an editor wrote stays unseen, and every red line says what to do instead."""
    for entry in PLAYBOOK.entries.values():
        said = "\n".join(shown(entrywindow.more_modal(entry, lang, PLAYBOOK, ZH)))
        wanted = [text for field, text in entry.texts(lang) if not field.startswith("examples.")]
        wanted += [PLAYBOOK.red_lines[each.rule].instead.in_(lang) for each in entry.never]
        wanted += [PLAYBOOK.sources[each].title.in_(lang) for each in entry.sources]
        wanted += [PLAYBOOK.entries[each].title.in_(lang) for each in entry.related]
        assert [text for text in wanted if escape(text) not in said and text not in said] == [], entry.id


@languages
def test_asking_where_to_share(labels: Lang) -> None:
    """The form remembers the card and asks for a reply address for the channel."""
    card_shown = Shown("cost/fee-too-high", "zh", "费率高")
    view = views.share_modal(card_shown, texts.load(labels))
    assert view_faults(view) == []
    assert elements(view, "conversations_select")[0]["response_url_enabled"]
    assert "费率高" in view["private_metadata"]


def test_editors_text_is_escaped_too() -> None:
    """An ampersand in a title is shown as one."""
    entry = make_entry(title={"zh": "R&D", "en": "R&D"}, verified_on=str(MONDAY - timedelta(days=1)))
    assert message_faults(card(entry)) == []
    assert "R&amp;D" in written(card(entry))


# variants: what is said to some customers

VARIED = [entry for entry in PLAYBOOK.entries.values() if isinstance(entry, Objection) and entry.variants]
TAILORED = [(entry, each) for entry in VARIED for each in entry.variants]
IN_WORDS = {
    Industry.TRADING: "贸易",
    Industry.MANUFACTURING: "制造",
    Industry.CONSTRUCTION: "施工",
    Industry.LOGISTICS: "物流",
    Industry.HEALTHCARE: "医药",
    Industry.TECH_SERVICES: "软件",
}
SECRET = "霁川电子"


def customer_of(variant: Variant) -> Customer:
    industry, tiers = variant.audience.industry, variant.audience.tiers
    return make_customer(name=SECRET, industry=IN_WORDS[industry] if industry else "", tier=(*tiers, Tier.B)[0])


def test_there_are_variants_where_the_trade_gives_cause() -> None:
    """Of every industry, and for tiers."""
    assert len(VARIED) == 18
    assert len(TAILORED) == 32
    assert {each.audience.industry for _, each in TAILORED} == {*Industry, None}


@pytest.mark.parametrize(("entry", "variant"), TAILORED, ids=[f"{e.id} {v.audience.code}" for e, v in TAILORED])
def test_the_customers_line_stands_in_the_place_of_the_general_one(entry: Entry, variant: Variant) -> None:
    """With whom it is for, on one screen as Slack takes it, and never with the customer's name."""
    customer = customer_of(variant)
    for lang in LANGS:
        text = texts.load(lang)
        found = Shown(entry.id, lang, max(entry.examples.in_(lang), key=len), customer_id="c1")
        blocks = views.card(entry, found, PLAYBOOK, text, date(2030, 1, 1), customer)
        said = written(blocks)
        assert message_faults(blocks) == []
        assert escape(variant.say.in_(lang)) in said
        assert for_whom(variant.audience, text) in said
        assert escape(entry.speak.in_(lang)) not in said
        assert SECRET not in str(blocks)
        assert variant.say.in_(lang) in views.fallback(entry, lang, customer)
        assert lang == "en" or len(said) <= A_SCREEN
        pair = views.pair([(entry, found), (ENTRY, Shown(ENTRY.id, lang))], text, customer)
        assert message_faults(pair) == []
        assert escape(variant.say.in_(lang)) in written(pair)
        window = entrywindow.more_modal(entry, lang, PLAYBOOK, text, customer=customer)
        whole = "\n".join(shown(window))
        assert view_faults(window) == []
        assert 0 < whole.find(escape(variant.say.in_(lang))) < whole.find(escape(entry.speak.in_(lang)))
        assert whole.count(escape(variant.say.in_(lang))) == 1
        assert all(escape(each.say.in_(lang)) in whole for _, each in TAILORED if _ is entry)


@pytest.mark.parametrize(
    ("audience", "zh", "en"),
    [
        ({"industry": "trading"}, "对贸易类客户", "For trading customers"),
        ({"tiers": ["C", "D"]}, "对 C/D 级客户", "For tier C/D customers"),
        ({"industry": "logistics", "tiers": ["A"]}, "对 A 级的物流运输类客户", "For logistics customers of tier A"),
    ],
)
def test_whom_a_line_is_for(audience: dict[str, object], zh: str, en: str) -> None:
    found = Audience.model_validate(audience)
    assert (for_whom(found, ZH), for_whom(found, EN)) == (zh, en)


@plays
def test_a_shared_card_is_the_general_one(lang: Lang) -> None:
    """Whoever it was asked for: neither the line for such customers nor the customer's id goes with it."""
    entry, variant = TAILORED[0]
    blocks = views.shared(entry, Shown(entry.id, lang, customer_id="c-secret"), PLAYBOOK, EN, MONDAY, "U9")
    assert escape(entry.speak.in_(lang)) in written(blocks)
    assert escape(variant.say.in_(lang)) not in written(blocks)
    assert "c-secret" not in str(blocks)


def test_buttons_and_menus_remember_the_customer() -> None:
    """By id, since names may change; the other language, a related play and one picked by hand are for the same."""
    entry, variant = TAILORED[0]
    found = Shown(entry.id, "zh", customer_id="c1")
    blocks = views.card(entry, found, PLAYBOOK, ZH, MONDAY, customer_of(variant))
    assert {Shown.of(unpacked(each["value"])).customer_id for each in elements(blocks, "button")} == {"c1"}
    related = elements(entrywindow.more_modal(entry, "zh", PLAYBOOK, ZH, customer=customer_of(variant)), "button")
    assert "c1" in {Shown.of(unpacked(each["value"])).customer_id for each in related if "entry_related" in str(each)}
    for answer_id, customer_id in (("a1", "c1"), ("", "c1"), ("a1", ""), ("", "")):
        (menu,) = elements(library_views.choice([], "?", PLAYBOOK, ZH, answer_id, customer_id), "static_select")
        assert library_views.picked_from(menu["action_id"]) == (answer_id, customer_id)
