"""Playbook files: every fault is told with its file, line and field."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.errors import PlaybookFileError
from bot.storage.playbooks import load, load_with_places, marked_notes, out_of_scope
from tests.builders import entry_values

FEE, THIN = "objections/cost/fee-too-high.yml", "objections/cost/thin-margin.yml"
WORDS = {"zh": "说一个，做一个", "en": "say one, do another"}

Write = Callable[[str, object], None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Puts a file into a playbook of two entries; text as it is, anything else as YAML."""

    def put(name: str, content: object) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        dumped = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        path.write_text(content if isinstance(content, str) else dumped, encoding="utf-8")

    put("sources.yml", [{"id": "civil-code", "title": WORDS, "dated": "2021", "grade": "A"}])
    put("red-lines.yml", [{"id": "RL-03", "never": WORDS, "instead": WORDS}])
    put("out-of-scope.yml", {"zh": ["今天天气", 2027], "en": ["what's for lunch"]})
    put(FEE, entry_values())
    put(THIN, entry_values("cost/thin-margin", related=["cost/fee-too-high"]))
    return put


def faults(folder: Path) -> list[str]:
    with pytest.raises(PlaybookFileError) as told:
        load(folder)
    assert str(told.value) == "\n".join(told.value.faults)
    return [fault.removeprefix(f"{folder}/") for fault in told.value.faults]


def line_of(values: dict[str, Any], text: str) -> int:
    lines = yaml.safe_dump(values, allow_unicode=True, sort_keys=False).splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_a_playbook_without_faults(write: Write, tmp_path: Path) -> None:
    """Entries by id, with what they refer to."""
    playbook = load(tmp_path)
    assert sorted(playbook.entries) == ["cost/fee-too-high", "cost/thin-margin"]
    assert (list(playbook.red_lines), list(playbook.sources)) == (["RL-03"], ["civil-code"])


@pytest.mark.parametrize(
    ("changes", "at", "told"),
    [
        ({"review_days": 3}, "review_days:", "review_days: Input should be greater than or equal to 7"),
        ({"colour": "red"}, "colour:", "colour: Extra inputs are not permitted"),
        ({"related": ["cost/gone"]}, "- cost/gone", "related.0: no other entry is called cost/gone"),
        ({"related": ["cost/fee-too-high"]}, "- cost/fee-too-high", "related.0: no other entry is called"),
        ({"never": [{"rule": "RL-99", **WORDS}]}, "rule:", "never.0.rule: no red line is called RL-99"),
        ({"sources": ["civil-code", "gone"]}, "- gone", "sources.1: sources.yml has no gone"),
        ({"id": "cost/other"}, "id:", "id: cost/other does not match the file's place"),
    ],
    ids=["value", "unknown field", "related", "related to itself", "red line", "source", "id"],
)
def test_a_fault_in_an_entry(write: Write, tmp_path: Path, changes: dict[str, Any], at: str, told: str) -> None:
    """At the line where it stands."""
    values = entry_values(**changes)
    write(FEE, values)
    mine = [fault for fault in faults(tmp_path) if fault.startswith(FEE)]
    assert len(mine) == 1
    assert mine[0].startswith(f"{FEE}:{line_of(values, at)}: {told}")


def test_a_missing_field_is_told_where_the_entry_begins(write: Write, tmp_path: Path) -> None:
    """There is no line of its own."""
    values = entry_values()
    del values["say"]
    write(FEE, values)
    assert f"{FEE}:1: say: Field required" in faults(tmp_path)


def test_a_missing_language_is_told_where_the_other_is(write: Write, tmp_path: Path) -> None:
    """With what the file needs."""
    values = entry_values(say={"zh": "咱们看账"})
    write(FEE, values)
    line = line_of(values, "say:") + 1
    assert f"{FEE}:{line}: say.en: is missing — every text needs both languages" in faults(tmp_path)


def test_texts_have_their_places(write: Write, tmp_path: Path) -> None:
    """For those who find fault with the words later."""
    playbook, places = load_with_places(tmp_path)
    values = entry_values()
    text = values["steps"][1]["en"]
    assert places.of("cost/fee-too-high", ("steps", 1, "en")) == (tmp_path / FEE, line_of(values, text))
    assert playbook == load(tmp_path)


def test_phrases_of_red_lines_are_regular_expressions(write: Write, tmp_path: Path) -> None:
    """One that is none is told with its line."""
    write("red-lines.yml", [{"id": "RL-03", "never": WORDS, "instead": WORDS, "phrases": {"zh": ["包过", "(批"]}}])
    assert [fault for fault in faults(tmp_path) if fault.startswith("red-lines.yml:9: phrases.zh.1: ")]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (FEE, "", f"{FEE}:1: is empty"),
        (FEE, "id: [1\nowner: x\n", f"{FEE}:2: "),
        (FEE, "- a list\n", f"{FEE}:1: entry: "),
        ("sources.yml", "id: x\n", "sources.yml:1: must be a list"),
        ("red-lines.yml", "- id: RL-3\n", "red-lines.yml:1: id: String should match"),
    ],
    ids=["empty", "no YAML", "no entry", "no list", "bad rule"],
)
def test_a_file_that_is_something_else(write: Write, tmp_path: Path, name: str, content: str, told: str) -> None:
    """With the line where reading stopped."""
    write(name, content)
    assert any(fault.startswith(told) for fault in faults(tmp_path)), faults(tmp_path)


def test_all_faults_of_all_files_are_told(write: Write, tmp_path: Path) -> None:
    """One run of the check, one list."""
    for name, entry_id in ((FEE, "cost/fee-too-high"), (THIN, "cost/thin-margin")):
        write(name, entry_values(entry_id, review_days=3, owner="nobody"))
    found = faults(tmp_path)
    assert [fault.split(":")[0] for fault in found] == [FEE, FEE, THIN, THIN]


def test_a_folder_without_a_playbook(tmp_path: Path) -> None:
    """Says what is missing instead of starting with nothing to answer."""
    assert faults(tmp_path)[0].startswith("sources.yml: cannot be read")


def test_what_is_no_objection(write: Write, tmp_path: Path) -> None:
    """Lines of both languages; a number is a line too."""
    assert out_of_scope(tmp_path) == {"zh": ("今天天气", "2027"), "en": ("what's for lunch",)}
    write("out-of-scope.yml", {"zh": ["今天天气"]})
    with pytest.raises(PlaybookFileError, match="must have the lists zh and en"):
        out_of_scope(tmp_path)


def test_notes_that_teach_what_a_promise_is(write: Write, tmp_path: Path) -> None:
    """By group; a line, or a note that says when it was written. Faults are told with their line."""
    write("promises.yml", "terse:\n  - '{ours|明天发}'\n  - written: 2026-11-16T09:00\n    note: 无\n")
    assert [(each.group, each.text, len(each.marks)) for each in marked_notes(tmp_path)] == [
        ("terse", "明天发", 1),
        ("terse", "无", 0),
    ]
    write("promises.yml", "terse:\n  - '{our|明天发}'\n  - note: 无\n")
    with pytest.raises(PlaybookFileError) as told:
        marked_notes(tmp_path)
    assert [fault.split(":")[1] for fault in told.value.faults] == ["2", "3"]
    write("promises.yml", "[]")
    with pytest.raises(PlaybookFileError, match="must have groups"):
        marked_notes(tmp_path)
