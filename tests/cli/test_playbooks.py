"""`playbooks check` and `playbooks export`."""

import json
import shutil
from pathlib import Path

from bot.domain.entry import Kind
from bot.storage.playbooks import load
from tests.cli.conftest import ROOT, Bot


async def test_our_own_entries_have_no_fault(bot: Bot) -> None:
    ran = await bot("playbooks", "check")
    assert ran.code == 0
    assert ran.out.startswith("104 entries with ")


async def test_a_fault_is_told_with_file_line_and_field(bot: Bot, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "playbooks", tmp_path / "playbooks")
    entry = tmp_path / "playbooks" / "objections" / "cost" / "fee-too-high.yml"
    lines = entry.read_text(encoding="utf-8").split("\n")
    number = next(index for index, line in enumerate(lines) if line.startswith("owner:"))
    lines[number] = "owner: nobody"
    entry.write_text("\n".join(lines), encoding="utf-8")
    ran = await bot("playbooks", "check", "playbooks")
    assert ran.code == 1
    assert f"playbooks/objections/cost/fee-too-high.yml:{number + 1}: owner: Input should be " in ran.out


async def test_export_has_every_text_once(bot: Bot) -> None:
    ran = await bot("playbooks", "export", "--jsonl")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    entries = load(ROOT / "playbooks").entries
    told = {(line["id"], line["lang"], line["field"]): line["text"] for line in lines}
    assert len(told) == len(lines)
    assert told == {
        (entry.id, lang, field): text
        for entry in entries.values()
        for lang in ("zh", "en")
        for field, text in entry.texts(lang)
    }
    assert {line["kind"] for line in lines} == set(Kind)
