"""Checking and exporting the playbook files; light, so that editors get an answer at once."""

import json
import sys
from pathlib import Path

from bot.cli import ROOT
from bot.clock import system_clock
from bot.domain.entry import LANGS
from bot.domain.playbook import Playbook
from bot.errors import PlaybookFileError
from bot.storage.playbooks import load, out_of_scope


def check(folder: Path | None) -> int:
    folder = _near(folder or ROOT / "playbooks")
    playbook: Playbook | None = None
    faults: list[str] = []
    try:
        playbook = load(folder)
    except PlaybookFileError as error:
        faults += error.faults
    try:
        out_of_scope(folder)
    except PlaybookFileError as error:
        faults += error.faults
    for fault in faults:
        print(fault)
    if faults or playbook is None:
        print(f"{len(faults)} faults." if len(faults) > 1 else "1 fault.", file=sys.stderr)
        return 1
    print(_summary(playbook))
    return 0


def export() -> int:
    for entry in load(ROOT / "playbooks").entries.values():
        for lang in LANGS:
            for field, text in entry.texts(lang):
                line = {"id": entry.id, "kind": entry.KIND, "lang": lang, "field": field, "text": text}
                print(json.dumps(line, ensure_ascii=False))
    return 0


def _summary(playbook: Playbook) -> str:
    entries = playbook.entries.values()
    examples = {lang: sum(len(entry.examples.in_(lang)) for entry in entries) for lang in LANGS}
    today = system_clock().date()
    stale = [entry.id for entry in entries if entry.review_due_on < today]
    late = f" {len(stale)} are past their review day: {', '.join(stale)}." if stale else ""
    return (
        f"{len(entries)} entries with {examples['zh']} Chinese and {examples['en']} English examples, "
        f"{len(playbook.red_lines)} red lines, {len(playbook.sources)} sources: no faults.{late}"
    )


def _near(folder: Path) -> Path:
    """Relative where the folder lies below the working folder, so that faults read shorter."""
    folder = folder.absolute()
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
