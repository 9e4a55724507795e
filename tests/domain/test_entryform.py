"""An entry as text in a form, and back."""

from typing import Any

import pytest

from bot.domain import entryform
from bot.domain.entry import LANGS, Entry, Kind
from bot.domain.entryform import TEXT_LIMIT, Answers
from bot.domain.kinds import KINDS
from bot.errors import FormError
from tests.builders import entry_values, kind_values, make_entry, variant_values

ENTRIES = [
    make_entry(),
    *(KINDS[kind].model_validate(kind_values(kind)) for kind in Kind if kind is not Kind.OBJECTION),
]


def answers_of(entry: Entry, **changes: str | tuple[str, ...] | None) -> dict[str, str | tuple[str, ...] | None]:
    """What the form sends when nothing was touched."""
    found: dict[str, str | tuple[str, ...] | None] = {
        f"{field.name}.{lang}": entryform.written(entry, field, lang)
        for field in entryform.fields(entry.KIND)
        if entryform.fits(entry, field)
        for lang in LANGS
    }
    found |= {"owner": entry.owner, "review_days": str(entry.review_days), "category": entry.category}
    found |= {"related": entry.related, "sources": entry.sources}
    return {**found, **changes}


def changed(entry: Entry, **changes: Any) -> Entry:
    answers: Answers = {**answers_of(entry), **{name.replace("__", "."): value for name, value in changes.items()}}
    return entryform.filled(entry.KIND, answers, entry.model_dump(mode="json"))


def faults(entry: Entry, **changes: Any) -> dict[str, str]:
    with pytest.raises(FormError) as raised:
        changed(entry, **changes)
    return {fault.field: fault.key for fault in raised.value.faults}


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.KIND for entry in ENTRIES])
def test_a_form_sent_as_it_was_is_the_same_entry(entry: Entry) -> None:
    """Techniques, red lines, sources with their articles, days and owners included."""
    assert changed(entry) == entry


def test_variants_outlast_an_edit_of_something_else() -> None:
    """The form does not ask for them; the sources they name stay listed whatever is picked."""
    variant = variant_values({"industry": "trading", "tiers": ["A"]}, sources=["order-802"])
    entry = make_entry(variants=[variant], sources=["civil-code", "order-802"])
    edited = changed(entry, say__zh="新话", sources=("civil-code",))
    assert edited.speak.zh == "新话"
    assert edited.model_copy(update={"say": entry.speak}) == entry


def test_examples_that_fill_more_than_an_input_are_only_added_to() -> None:
    """Those there are stay; one that is there already is not listed twice."""
    many = [f"客户说费率太高了，第 {number} 种说法" + "，" * 60 for number in range(60)]
    entry = make_entry(examples={"zh": many, "en": ["too dear"]})
    assert len("\n".join(many)) > TEXT_LIMIT
    assert "examples.zh" not in answers_of(entry)
    added = changed(entry, more_examples__zh="贵得离谱\n\n" + many[0], more_examples__en="  ")
    assert added.examples.zh == (*many, "贵得离谱")
    assert added.examples.en == ("too dear",)


def test_a_proof_keeps_its_article_in_both_languages() -> None:
    proof = {
        "source": "civil-code",
        "zh": "要通知",
        "en": "give notice",
        "article": {"zh": "第546条", "en": "art. 546"},
    }
    entry = make_entry(evidence=[proof])
    assert answers_of(entry)["evidence.zh"] == "civil-code [第546条]: 要通知"
    assert answers_of(entry)["evidence.en"] == "[art. 546] give notice"
    assert changed(entry) == entry
    assert faults(entry, evidence__en="give notice") == {"evidence.zh": "edit.mark_evidence"}


def test_a_source_that_a_proof_names_is_listed_by_itself() -> None:
    entry = changed(make_entry(), evidence__zh="notice-205： 可以查", evidence__en="can be looked up", sources=())
    assert entry.sources == ("notice-205",)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"steps__zh": "R: 一步"}, {"steps.en": "edit.uneven"}),
        ({"steps__zh": "一\nR: 二"}, {"steps.zh": "edit.mark_steps"}),
        ({"steps__zh": "R: 一\nZ: 二"}, {"steps.zh": "edit.mark_steps"}),
        ({"steps__zh": "R: 一", "steps__en": "one"}, {"steps.zh": "edit.too_few"}),
        ({"never__zh": "不能说"}, {"never.zh": "edit.mark_never"}),
        ({"never__zh": "", "never__en": ""}, {"never.zh": "edit.too_few"}),
        ({"follow_up__zh": "2wd boss: 报价"}, {"follow_up.zh": "edit.mark_follow_up"}),
        ({"say__en": "x" * 601}, {"say.en": "edit.too_long"}),
        ({"say__en": " "}, {"say.en": "edit.empty"}),
        ({"related": ()}, {"related.zh": "edit.too_few"}),
        ({"review_days": "3"}, {"review_days.zh": "edit.wrong"}),
        ({"examples__zh": "", "examples__en": None}, {"examples.zh": "edit.no_examples"}),
        ({"owner": "nobody"}, {"owner.zh": "edit.wrong"}),
    ],
    ids=str,
)
def test_a_fault_is_told_where_it_is(changes: dict[str, Any], told: dict[str, str]) -> None:
    assert faults(make_entry(), **changes) == told


@pytest.mark.parametrize(
    ("kind", "changes", "told"),
    [
        (Kind.DISCOVERY, {"category": "industry"}, {"industry.zh": "edit.whole_discovery"}),
        (Kind.NEGOTIATION, {"anchor__zh": "", "anchor__en": ""}, {"anchor.zh": "edit.whole_negotiation"}),
        (Kind.RELATIONSHIP, {"category": "tiers"}, {"tier": "edit.whole_relationship"}),
        (Kind.RELATIONSHIP, {"channel_mix": "40/30"}, {"channel_mix": "edit.mix"}),
        (Kind.RELATIONSHIP, {"channel_mix": "40/30/10/10"}, {"channel_mix": "edit.mix"}),
    ],
    ids=str,
)
def test_a_fault_of_several_fields_is_told_at_the_first(
    kind: Kind, changes: dict[str, Any], told: dict[str, str]
) -> None:
    entry = next(each for each in ENTRIES if each.KIND is kind)
    assert faults(entry, **changes) == told


def test_all_faults_are_told_at_once() -> None:
    assert faults(make_entry(), say__en="", title__zh="") == {"say.en": "edit.empty", "title.zh": "edit.empty"}


@pytest.mark.parametrize(
    ("title", "slug"),
    [("The fee's too high!", "the-fee-s-too-high"), ("  费用太高 ", ""), ("x" * 60, "x" * 40)],
)
def test_an_id_is_made_of_the_english_title(title: str, slug: str) -> None:
    assert entryform.slug(title) == slug


def test_the_kinds_have_their_categories() -> None:
    """Every category belongs to one kind."""
    found = [category for kind in Kind for category in entryform.categories(kind)]
    assert len(found) == len(set(found))
    assert entry_values()["id"].split("/")[0] in entryform.categories(Kind.OBJECTION)
