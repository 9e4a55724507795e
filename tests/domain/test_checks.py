"""What is found wanting in an entry's words: each rule with a text that trips it and a near miss that doesn't."""

from datetime import date
from typing import Any

import pytest

from bot.domain.checks import Finding, findings
from bot.domain.entry import Entry, Lang
from bot.domain.playbook import Playbook
from tests.builders import make_entry, make_playbook, variant_values

TODAY = date(2026, 2, 10)
WORDS = {
    "zh": "咱们把这一单的账摆开来，一项一项对着看",
    "en": "Let's lay out this order and go through it item by item",
}
RED_LINE = {
    "id": "RL-01",
    "never": {"zh": "打包票", "en": "Promise an approval"},
    "instead": {"zh": "结果以审批为准", "en": "The decision is the committee's"},
    "phrases": {"zh": ["肯定能批", "包过(?!期)"], "en": ["guaranteed approval"]},
}


def entry_saying(field: str = "say", **words: str) -> Entry:
    changes: dict[str, Any] = {field: {**WORDS, **words}}
    return make_entry(**changes)


def playbook_with(*entries: Entry, sources: tuple[dict[str, Any], ...] = ()) -> Playbook:
    base = make_playbook([*entries, make_entry("cost/thin-margin", related=["cost/fee-too-high"])])
    read = Playbook.model_validate(
        {
            "entries": {},
            "red_lines": {"RL-01": RED_LINE},
            "sources": {each["id"]: {"title": WORDS, "dated": "2021", **each} for each in sources},
        }
    )
    return base.model_copy(update={"red_lines": read.red_lines, "sources": {**base.sources, **read.sources}})


def found(entry: Entry, playbook: Playbook | None = None, today: date = TODAY) -> list[Finding]:
    return findings(entry, playbook or playbook_with(entry), today)


def keys(entry: Entry, playbook: Playbook | None = None) -> list[tuple[str, str]]:
    return [(each.field, each.key) for each in found(entry, playbook)]


def test_an_entry_that_is_in_order() -> None:
    assert found(make_entry()) == []


@pytest.mark.parametrize(("day", "is_found"), [(date(2026, 3, 3), False), (date(2026, 3, 4), True)])
def test_a_review_that_is_past(day: date, is_found: bool) -> None:
    """The review day itself is still in time."""
    entry = make_entry(verified_on="2026-02-01", review_days=30)
    wanted = [Finding("", None, "check.review_past", {"day": date(2026, 3, 3)})]
    assert found(entry, today=day) == (wanted if is_found else [])


@pytest.mark.parametrize("related", ["cost/gone", "cost/fee-too-high"], ids=["gone", "itself"])
def test_a_related_entry_that_leads_nowhere(related: str) -> None:
    """As it may be when a company retires an entry."""
    assert found(make_entry(related=[related, "cost/thin-margin"])) == [
        Finding("", None, "check.related_gone", {"id": related})
    ]


@pytest.mark.parametrize(
    ("lang", "text", "phrase"),
    [
        ("zh", "您放心，这单肯定能批。", "肯定能批"),
        ("zh", "我们这儿都是包过，没问题。", "包过"),
        ("zh", "不管买方是谁，肯定能批。", "肯定能批"),
        ("zh", "不管买方是谁都肯定能批。", "肯定能批"),
        ("en", "With us it's Guaranteed Approval.", "Guaranteed Approval"),
        ("en", "No, really. It is a guaranteed approval.", "guaranteed approval"),
        ("en", "Not only a quote but guaranteed approval too", "guaranteed approval"),
    ],
)
def test_a_crossed_red_line(lang: Lang, text: str, phrase: str) -> None:
    """With the words that cross it, and what to say instead in the same language."""
    entry = entry_saying(**{lang: text})
    instead = RED_LINE["instead"][lang]  # type: ignore[index]
    values = {"phrase": phrase, "rule": "RL-01", "instead": instead}
    crossed = [each for each in found(entry) if each.key == "check.red_line"]
    assert crossed == [Finding("say", lang, "check.red_line", values)]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("zh", "我不能跟您说肯定能批，结果以审批为准。"),
        ("zh", "没有谁能说肯定能批。"),
        ("zh", "“肯定能批”这种话我不说。"),
        ("zh", "凡是跟您说包过的，都要当心。"),
        ("zh", "这些资料包过期的先挑出来。"),
        ("en", "I can't offer guaranteed approval; the committee decides."),
        ("en", "We would never say “guaranteed approval” to anybody."),
        ("en", "Guaranteed approval isn't something we can give."),
        ("en", "If anyone mentions guaranteed approval, be careful."),
    ],
)
def test_a_denied_phrase_crosses_no_line(lang: Lang, text: str) -> None:
    """Saying that one does not promise is what the red line asks for."""
    assert "check.red_line" not in [key for _, key in keys(entry_saying(**{lang: text}))]


@pytest.mark.parametrize("field", ["worry", "excuse_if", "title"])
def test_what_a_customer_is_quoted_with_crosses_no_line(field: str) -> None:
    assert keys(entry_saying(field, zh="就想听一句肯定能批，别的都不听")) == []


def test_steps_count_as_advice_but_not_what_must_never_be_said() -> None:
    """Nor what people type."""
    bad = {"zh": "跟客户说这单肯定能批", "en": "Tell them it is a guaranteed approval"}
    steps = [{"technique": "R", **WORDS}, {"technique": "C", **bad}]
    assert [each.field for each in found(make_entry(steps=steps))] == ["steps.1", "steps.1"]
    examples = make_entry().model_dump()["examples"]
    quoted = {"zh": [*examples["zh"], "肯定能批吗"], "en": [*examples["en"], "guaranteed approval please"]}
    assert found(make_entry(never=[{"rule": "RL-01", **bad}], examples=quoted)) == []


@pytest.mark.parametrize(
    ("lang", "text", "number"),
    [
        ("zh", "用我们的，成本能降15%，一年下来很可观。", "15%"),
        ("zh", "从交单到放款一共3个工作日，很快的。", "3个工作日"),
        ("zh", "一百万的票，提前30天就能拿到钱。", "30天"),
        ("zh", "这一单下来，您能省两万元的利息。", "两万元"),
        ("zh", "这样算下来，比银行低八成左右。", "八成"),
        ("en", "Ours takes 15% off your cost, which adds up.", "15%"),
        ("en", "From papers to payment it takes 3 working days.", "3 working"),
        ("en", "On this order you would save RMB 20,000 in all.", "RMB 20,000"),
    ],
)
def test_a_number_that_no_evidence_has(lang: Lang, text: str, number: str) -> None:
    assert [each for each in found(entry_saying(**{lang: text})) if each.key == "check.number"] == [
        Finding("say", lang, "check.number", {"number": number})
    ]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("zh", "这一条写在民法典第763条，第30天是最后一天。"),
        ("zh", "请您把近12个月的付款记录给我看一看。"),
        ("zh", "暂时用不上的，约好旺季前30天再看一次。"),
        ("zh", "合同是2026年3月1日签的，咱们一起对一遍。"),
        ("zh", "上限80%（本公司默认值，可调），看情况再谈。"),
        ("zh", "进度我每两个工作日给您报一次，好坏都讲。"),
        ("en", "It is in article 763 of the code, do look it up."),
        ("en", "May I see the last 12 months of payments, please?"),
        ("en", "There's no gap yet, so let's look again 30 days before the peak."),
        ("en", "The ceiling is 80% (our editable default), so let's see."),
    ],
)
def test_a_number_that_claims_nothing(lang: Lang, text: str) -> None:
    """Articles, dates, the stretch of records asked for, the company's own settings."""
    assert "check.number" not in [key for _, key in keys(entry_saying(**{lang: text}))]


def test_a_number_from_the_evidence() -> None:
    """The same number, in whichever language the evidence writes it."""
    evidence = [{"source": "civil-code", "zh": "示例：合计25,753元，八成", "en": "Example: RMB 25,753 in all"}]
    say = {
        "zh": "合计25753元，八成先付，咱们对一遍这个账。",
        "en": "RMB 25,753 in all; let's go through how we got there",
    }
    assert found(make_entry(evidence=evidence, say=say)) == []


def test_rhythm_and_due_days_are_the_companys_to_set() -> None:
    follow_up = [{"due": "30d", "owner": "specialist", "zh": "满30天做一次风险复核", "en": "Risk review after 30 days"}]
    assert found(make_entry(follow_up=follow_up)) == []


def test_law_needs_a_statute_among_the_sources() -> None:
    """An own document does not carry what the law says."""
    say = {"zh": "民法典里有保理这一章，您可以自己查。", "en": "The Civil Code has a chapter on factoring, do look"}
    evidence = [{"source": "sheet", **WORDS}]
    entry = make_entry(say=say, sources=["sheet"], evidence=evidence)
    playbook = playbook_with(entry, sources=({"id": "sheet", "grade": "own"},))
    assert keys(entry, playbook) == [("say", "check.law"), ("say", "check.law")]
    assert keys(make_entry(say=say)) == []


@pytest.mark.parametrize(
    ("grade", "zh", "en", "wanted"),
    [
        ("C", "四分之一的判决涉及虚假债权", "A quarter of judgments involved fake debts", "check.hearsay"),
        ("C", "一项统计说四分之一的判决有假", "In a survey a quarter of judgments did", None),
        ("D", "网上说账期一到六个月", "Web articles say one to six months", "check.unconfirmed"),
        ("D", "网上说一到六个月，未经核实", "Web articles say so; unconfirmed", None),
        ("B", "四分之一的判决涉及虚假债权", "A quarter of judgments involved fake debts", None),
    ],
)
def test_weak_sources_are_worded_as_such(grade: str, zh: str, en: str, wanted: str | None) -> None:
    """What somebody reports is not told as a fact."""
    entry = make_entry(sources=["survey"], evidence=[{"source": "survey", "zh": zh, "en": en}])
    playbook = playbook_with(entry, sources=({"id": "survey", "grade": grade},))
    assert keys(entry, playbook) == ([("evidence.0", wanted)] * 2 if wanted else [])


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("zh", "Let's lay out this order and go through it item by item", "check.not_zh"),
        ("en", "咱们把这一单的账摆开来，一项一项对着看", "check.not_en"),
    ],
)
def test_a_field_filled_with_the_other_language(lang: Lang, text: str, wanted: str) -> None:
    """Both fields are full, and yet a language is missing."""
    faults = [(each.lang, each.key) for each in found(entry_saying(**{lang: text})) if each.is_fault]
    assert faults == [(lang, wanted)]


@pytest.mark.parametrize(
    ("lang", "text", "signs"),
    [
        ("zh", "咱们把这一单摆开来,一项一项对着看", ","),
        ("zh", "咱们把这一单(含税)摆开来，一项一项对着看", "( )"),
        ("zh", '咱们把"全部费用"摆开来，一项一项对着看', '"'),
        ("en", "Let's lay out this order，and go through it item by item", "，"),
    ],
)
def test_signs_of_the_other_language(lang: Lang, text: str, signs: str) -> None:
    """A warning: it reads like a translation."""
    assert found(entry_saying(**{lang: text})) == [
        Finding("say", lang, f"check.signs_{lang}", {"signs": signs}, is_fault=False)
    ]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("zh", "全部费用合计25,753元：T+3到账（含税），咱们一项一项对着看，默认值"),
        ("en", "“All-in” — it's the total, (tax included)"),
    ],
)
def test_signs_that_belong(lang: Lang, text: str) -> None:
    assert not any("signs" in key for _, key in keys(entry_saying(**{lang: text})))


@pytest.mark.parametrize(
    ("en", "letters", "key"),
    [
        ("Let's go through it", 15, "check.english_shorter"),
        (WORDS["en"] * 3, 129, "check.english_longer"),
        (WORDS["en"], 43, None),
    ],
    ids=["shorter", "longer", "alike"],
)
def test_languages_of_very_different_length(en: str, letters: int, key: str | None) -> None:
    """One of them leaves something out, or adds it."""
    wanted = [Finding("say", "en", key, {"zh": 18, "en": letters}, is_fault=False)] if key else []
    assert found(entry_saying(en=en)) == wanted


def test_short_texts_are_as_long_as_it_happens() -> None:
    assert found(make_entry(title={"zh": "费用太高", "en": "They think that what we charge is much too high"})) == []


# variants


def with_variant(say: dict[str, str] | None = None, note: dict[str, str] | None = None, **changes: Any) -> Entry:
    listed = ["civil-code", *changes.get("sources", [])]
    parts = {"say": {**WORDS, **(say or {})}, "note": {**WORDS, **(note or {})}}
    return make_entry(variants=[variant_values({"industry": "trading"}, **parts, **changes)], sources=listed)


@pytest.mark.parametrize(
    ("part", "lang", "text", "key"),
    [
        ("say", "zh", "您放心，这单肯定能批。", "check.red_line"),
        ("say", "en", "With us it's guaranteed approval.", "check.red_line"),
        ("note", "zh", "跟客户说这单肯定能批就行。", "check.red_line"),
        ("say", "zh", "用我们的，成本能降15%，一年下来很可观。", "check.number"),
        ("note", "en", "Ours takes 15% off the cost, which adds up.", "check.number"),
        ("say", "en", "把这一单的账摆开来一项一项对着看", "check.not_en"),
        ("say", "zh", "咱们把这一单的账摆开来,一项一项对着看", "check.signs_zh"),
    ],
)
def test_variants_are_held_to_the_same_rules(part: str, lang: Lang, text: str, key: str) -> None:
    """What is said to some customers is said as well."""
    entry = with_variant(**{part: {str(lang): text}})
    assert (f"variants.0.{part}", lang, key) in [(each.field, each.lang, each.key) for each in found(entry)]


def test_a_variant_in_order() -> None:
    assert found(with_variant()) == []


@pytest.mark.parametrize("grade", ["A", "own"])
def test_a_number_of_a_variant_needs_a_source_named_beside_it(grade: str) -> None:
    """It has no evidence of its own; the entry's other sources do not speak for it."""
    source = {"id": "order-802", "grade": grade}
    say = {"zh": "自提出之日起30日内就该确认，咱们照着来。"}
    with_source = with_variant(say, sources=["order-802"])
    assert found(with_source, playbook_with(with_source, sources=(source,))) == []
    assert keys(with_variant(say)) == [("variants.0.say", "check.number")]


@pytest.mark.parametrize(
    ("grade", "key", "worded"),
    [
        (
            "C",
            "check.hearsay",
            {"zh": "据报道，医院付款慢了", "en": "It is reported that they pay later"},
        ),
        (
            "D",
            "check.unconfirmed",
            {"zh": "账期说法不一，未经核实", "en": "Terms are unconfirmed, so go by the records"},
        ),
    ],
)
def test_hearsay_in_a_variant_is_told_as_such(grade: str, key: str, worded: dict[str, str]) -> None:
    """In what is said or in the note beside it."""
    sources = ({"id": "press", "grade": grade},)
    bare, told = with_variant(sources=["press"]), with_variant(note=worded, sources=["press"])
    assert keys(bare, playbook_with(bare, sources=sources)) == [("variants.0.note", key)] * 2
    assert keys(told, playbook_with(told, sources=sources)) == []
