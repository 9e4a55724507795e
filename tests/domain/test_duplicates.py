"""Examples that two entries share."""

import random
from itertools import combinations
from time import process_time

import pytest

from bot.domain.checks import Finding
from bot.domain.duplicates import NEARLY, duplicates
from bot.domain.entry import Entry, Lang
from tests.builders import make_entry, make_playbook

FEE, THIN = "cost/fee-too-high", "cost/thin-margin"


def entry_with(entry_id: str, **more: str) -> Entry:
    """`more` are examples put at the end, by language."""
    values = make_entry(entry_id, related=[FEE if entry_id != FEE else THIN]).model_dump()
    examples = {lang: [*values["examples"][lang], *([more[lang]] if lang in more else [])] for lang in ("zh", "en")}
    return make_entry(entry_id, related=values["related"], examples=examples)


def found(lang: Lang, here: str, there: str) -> list[tuple[str, str]]:
    playbook = make_playbook([entry_with(FEE, **{lang: here}), entry_with(THIN, **{lang: there})])
    return [(entry_id, each.key) for entry_id, all_ in duplicates(playbook).items() for each in all_]


@pytest.mark.parametrize(
    ("lang", "here", "there", "key"),
    [
        ("zh", "你们费率太高了", "你们费率太高了", "check.same_example"),
        ("zh", "你们费率，太高了！", "你们 费率太高了", "check.same_example"),
        ("zh", "客户说费率1.2%太高", "客户说费率１.２％太高", "check.same_example"),
        ("en", "The fee is too high", "the fee is TOO high!", "check.same_example"),
        ("en", "too high is the fee", "the fee is too high", "check.near_example"),
        (
            "zh",
            "对方财务总监说综合成本超出他们内部的红线让我们再让一点",
            "对方财务总监说综合成本超出他们内部的红线让我们再让点",
            None,
        ),
        (
            "zh",
            "对方财务总监看完了整份报价单以后说综合成本超出他们集团内部的红线，让我们再让一点",
            "对方财务总监看完了整份报价单以后说综合成本超出他们集团内部的红线，让我们再让一些",
            "check.near_example",
        ),
        ("en", "is the fee too high", "is the margin too thin", None),
        ("zh", "费率高", "费率低", None),
    ],
)
def test_the_same_or_nearly_the_same(lang: Lang, here: str, there: str, key: str | None) -> None:
    """Signs, spaces, width and case do not count; each of the two entries is told."""
    assert found(lang, here, there) == ([(FEE, key), (THIN, key)] if key else [])


def test_each_names_the_other() -> None:
    """With the line there, and its own place."""
    told = duplicates(make_playbook([entry_with(FEE, zh="太贵了"), entry_with(THIN, zh="太贵了！")]))
    assert told[FEE] == [Finding("examples.20", "zh", "check.same_example", {"id": THIN, "line": "太贵了！"})]


def test_those_with_typing_errors_are_examples_too() -> None:
    """In a list of their own, of both languages."""
    examples = {**make_entry().examples.model_dump(), "misspelt": ["fee to hi", "费律太高"]}
    told = duplicates(make_playbook([make_entry(examples=examples), entry_with(THIN, zh="费律，太高")]))
    assert [(each.field, each.lang) for found in told.values() for each in found] == [
        ("misspelt.1", "zh"),
        ("examples.20", "zh"),
    ]


def test_an_entry_may_repeat_itself() -> None:
    """Two near forms of one question under one entry hurt nobody."""
    playbook = make_playbook([make_entry(examples={"zh": ["太贵了", "太贵了！"], "en": ["too dear", "too dear!"]})])
    assert duplicates(playbook) == {}


def test_folding_is_the_callers() -> None:
    """The matcher's own knows traditional characters."""
    playbook = make_playbook([entry_with(FEE, zh="费率太高"), entry_with(THIN, zh="費率太高")])
    assert duplicates(playbook) == {}
    assert duplicates(playbook, lambda text: text.replace("費", "费")).keys() == {FEE, THIN}


def test_the_index_misses_nothing() -> None:
    """Compared with trying every pair, on lines made to be close to the threshold."""
    chance = random.Random(3)
    base = "".join(map(chr, range(0x4E00, 0x4E00 + 60)))
    lines = {base}
    while len(lines) < 60:
        line = list(base)
        for _ in range(chance.randint(0, 4)):
            line[chance.randrange(len(line))] = chr(chance.randrange(0x5000, 0x5004))
        lines.add("".join(line))
    entries = [entry_with(f"cost/e{at}", zh=line) for at, line in enumerate(sorted(lines))]

    def pairs(line: str) -> set[str]:
        return {line[at : at + 2] for at in range(len(line) - 1)}

    near = [
        (first, second)
        for first, second in combinations(sorted(lines), 2)
        if len(pairs(first) & pairs(second)) >= NEARLY * len(pairs(first) | pairs(second))
    ]
    told = [each for found in duplicates(make_playbook(entries)).values() for each in found if each.lang == "zh"]
    of_lines = [each for each in told if each.field == "examples.20"]
    assert near
    assert len(of_lines) == 2 * len(near)


def test_it_is_quick() -> None:
    """7,000 lines of 100 entries, as many as there are."""
    chance = random.Random(5)
    letters = [chr(0x4E00 + each) for each in range(800)]
    entries = []
    for at in range(100):
        lines = ["".join(chance.choices(letters, k=chance.randint(5, 40))) for _ in range(70)]
        entries.append(make_entry(f"cost/e{at}", examples={"zh": lines, "en": ["one"]}))
    begun = process_time()
    duplicates(make_playbook(entries))
    assert process_time() - begun < 3
