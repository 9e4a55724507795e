"""Checking and exporting the playbook files."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.cli import ROOT
from bot.domain.checks import Finding, findings
from bot.domain.duplicates import duplicates
from bot.domain.entry import LANGS
from bot.domain.playbook import Playbook
from bot.errors import PlaybookFileError
from bot.storage.playbooks import Location, Places, load, load_with_places, out_of_scope
from bot.text import Text
from bot.text import load as load_text


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A finding as it is printed, ordered as an editor goes through the files."""

    path: Path
    line: int
    words: str
    is_fault: bool

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'' if self.is_fault else 'warning: '}{self.words}"


def check(folder: Path | None, today: date, *, examples: bool) -> int:
    """With `examples` the model is trained too, to judge each example by the others."""
    folder = _near(folder or ROOT / "playbooks")
    unreadable: list[str] = []
    try:
        outside = out_of_scope(folder)
    except PlaybookFileError as error:
        unreadable += error.faults
    try:
        playbook, places = load_with_places(folder)
    except PlaybookFileError as error:
        unreadable = error.faults + unreadable
    if unreadable:
        print("\n".join(unreadable))
        print(f"{_counted(len(unreadable), 'fault')}; wording is checked once they are gone.", file=sys.stderr)
        return 1
    found = list(_found(playbook, today))
    if examples:
        from bot.matching.left_out import misplaced

        found += misplaced(playbook, outside)
    told = sorted(_told(found, places, load_text("en")))
    for each in told:
        print(each)
    faults = sum(each.is_fault for each in told)
    print(_summary(playbook, faults, len(told) - faults), file=sys.stderr if faults else sys.stdout)
    return 1 if faults else 0


def export() -> int:
    for entry in load(ROOT / "playbooks").entries.values():
        for lang in LANGS:
            for field, text in entry.texts(lang):
                line = {"id": entry.id, "kind": entry.KIND, "lang": lang, "field": field, "text": text}
                print(json.dumps(line, ensure_ascii=False))
    return 0


def _found(playbook: Playbook, today: date) -> Iterator[tuple[str, Finding]]:
    """All of every entry, with its id."""
    from bot.matching.folding import folded

    for entry in playbook.entries.values():
        yield from ((entry.id, finding) for finding in findings(entry, playbook, today))
    for entry_id, alike in duplicates(playbook, folded).items():
        yield from ((entry_id, finding) for finding in alike)


def _told(found: Iterable[tuple[str, Finding]], places: Places, text: Text) -> Iterator[Told]:
    for entry_id, finding in found:
        location = _location(finding)
        path, line = places.of(entry_id, location)
        words = f"{'.'.join(map(str, location))}: {text(finding.key, **finding.values)}"
        yield Told(path, line, words, finding.is_fault)


def _location(finding: Finding) -> Location:
    """What the file calls the field. Of a whole entry only the day of its review is found wanting here."""
    if finding.lang is None:
        return ("verified_on",)
    name, *at = finding.field.split(".")
    places = tuple(int(each) if each.isdecimal() else each for each in at)
    match name:
        case "examples":
            return (name, finding.lang, *places)
        case "misspelt":
            return ("examples", name, *places)
        case _:
            return (name, *places, finding.lang)


def _summary(playbook: Playbook, faults: int, warnings: int) -> str:
    examples = {lang: sum(len(each.examples.in_(lang)) for each in playbook.entries.values()) for lang in LANGS}
    return (
        f"{len(playbook.entries)} entries with {examples['zh']} Chinese and {examples['en']} English examples, "
        f"{len(playbook.red_lines)} red lines, {len(playbook.sources)} sources: "
        f"{_counted(faults, 'fault')}, {_counted(warnings, 'warning')}."
    )


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _near(folder: Path) -> Path:
    """Relative where the folder lies below the working folder, so that faults read shorter."""
    folder = folder.absolute()
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
