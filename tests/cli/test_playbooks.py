"""`playbooks check` and `playbooks export`."""

import json
import shutil
from datetime import date
from pathlib import Path

from bot.domain.entry import Bilingual, Kind
from bot.domain.revision import Change, Revision
from bot.domain.user import Role
from bot.storage.playbooks import load
from tests.builders import make_user
from tests.cli.conftest import ROOT, Bot, Company
from tests.world import TEAM

DAY = "2026-11-30"
"""No entry that ships is past its review yet."""


async def test_our_own_entries_have_no_fault(bot: Bot) -> None:
    ran = await bot("playbooks", "check", "--on", DAY)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("104 entries with ")
    assert ran.out.endswith(": no faults, no warnings.\n")


async def test_reviews_that_are_past_on_a_day(bot: Bot) -> None:
    """Told at the date that is to be renewed; a day that is none is wrong usage."""
    ran = await bot("playbooks", "check", "--on", "2027-12-31")
    assert ran.code == 1
    assert (
        "/objections/cost/fee-too-high.yml:3: verified_on: its review was due on Thu 24 Dec — look it over" in ran.out
    )
    assert (await bot("playbooks", "check", "--on", "soon")).code == 2


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


async def test_faults_of_wording_are_told_with_their_cure(bot: Bot, tmp_path: Path) -> None:
    """A crossed red line and a doubled example, at their lines; the summary counts them."""
    edit(
        tmp_path,
        ("cost/fee-too-high", "  zh: 先拿您这一单来算：", "  zh: 放心，这单肯定能批。先拿您这一单来算："),
        ("cost/thin-margin", "  zh:\n    - ", "  zh:\n    - 费率，太高！\n    - "),
        ("need/not-now", "zh: 好，不催您。", "zh: 好，成本能省15%，您放心，这单准能批。"),
    )
    ran = await bot("playbooks", "check", "playbooks", "--on", DAY)
    assert ran.code == 1
    fee, thin = (f"playbooks/objections/cost/{name}.yml" for name in ("fee-too-high", "thin-margin"))
    assert (
        f"{fee}:{line_of(fee, tmp_path, '肯定能批')}: say.zh: “肯定能批” crosses red line RL-01 — say instead: "
        in ran.out
    )
    assert (
        f"{fee}:{line_of(fee, tmp_path, '- 费率太高')}: examples.zh.9: cost/thin-margin has this example too: "
        in ran.out
    )
    assert f"{thin}:{line_of(thin, tmp_path, '- 费率，太高！')}: examples.zh.0: cost/fee-too-high has this" in ran.out
    later = "playbooks/objections/need/not-now.yml"
    place = f"{later}:{line_of(later, tmp_path, '准能批')}: variants.0.say.zh: "
    assert f"{place}“15%”" in ran.out
    assert f"{place}“准能批” crosses red line RL-01" in ran.out
    assert "5 faults, " in ran.err


async def test_faults_of_variants_are_told(bot: Bot, tmp_path: Path) -> None:
    """With the line, where the file has one for it."""
    edit(
        tmp_path,
        ("cost/fee-too-high", "      en: We have a year", "      fr: We have a year"),
        ("need/not-now", "for: {tiers: [D]}", "for: {}"),
        ("service/slow-approval", "    sources: [process-map]", "    sources: [hearsay]"),
        ("terms/recourse", "for: {industry: trading}", "for: {industry: construction}"),
        ("terms/tenor-too-short", "for: {industry: manufacturing}", "for: {industry: shipping}"),
    )
    ran = await bot("playbooks", "check", "playbooks", "--on", DAY)
    assert ran.code == 1
    at = {name: f"playbooks/objections/{name}.yml" for name in ("need/not-now", "terms/tenor-too-short")}
    nobody, shipping = (line_of(at[name], tmp_path, "- for: {") for name in at)
    for told in (
        "variants.0.say.en: is missing — every text needs both languages",
        f"not-now.yml:{nobody}: variants.0.for: Value error, name an industry, tiers, or both",
        "entry: Value error, names sources that the entry does not list: hearsay",
        "variants: Value error, two variants are for the same customers: construction and construction",
        f"tenor-too-short.yml:{shipping}: variants.0.for.industry: Input should be 'trading', ",
    ):
        assert told in ran.out


async def test_a_warning_is_no_fault(bot: Bot, tmp_path: Path) -> None:
    edit(tmp_path, ("cost/fee-too-high", "算：全部费用多少元、", "算:全部费用多少元、"))
    ran = await bot("playbooks", "check", "playbooks", "--on", DAY)
    assert ran.code == 0
    fee = "playbooks/objections/cost/fee-too-high.yml"
    place = f"{fee}:{line_of(fee, tmp_path, '算:全部')}"
    assert ran.out.startswith(
        f"{place}: warning: say.zh: Latin punctuation “:” in Chinese — use the full-width signs\n"
    )
    assert "no faults, 1 warning." in ran.out


def edit(folder: Path, *changes: tuple[str, str, str]) -> None:
    """Our own playbooks with something changed: entry, what stands there (first), and what comes instead."""
    shutil.copytree(ROOT / "playbooks", folder / "playbooks")
    for entry_id, old, new in changes:
        path = folder / "playbooks" / "objections" / f"{entry_id}.yml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(name: str, folder: Path, text: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


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


async def test_what_was_changed_in_slack_becomes_files(bot: Bot, company: Company) -> None:
    """Laid out like playbooks/, so that `playbooks check` takes the folder; what was retired is listed.

    With what is said to some customers, which nobody edited.
    """
    shutil.copytree(ROOT / "playbooks", bot.folder / "ours")
    revisions, entries = company.services.revisions, load(ROOT / "playbooks").entries
    author, approver = make_user("U1", team_id=TEAM), make_user("U2", Role.ADMIN, team_id=TEAM)
    edited = entries["cost/fee-too-high"].model_copy(
        update={"say": Bilingual(zh="都写在表上。", en="It is all listed.")}
    )
    for number, (entry_id, values) in enumerate(((edited.id, edited), ("need/not-now", None))):
        revision = Revision(
            id=f"r{number}",
            entry_id=entry_id,
            change=Change.EDIT if values else Change.RETIRE,
            values=values.model_dump(mode="json") if values else None,
            author_id=author.user_id,
            written_at=revisions.now(),
        )
        await revisions.store.save(TEAM, revision)
        await revisions.approve(approver, revision.id)
    ran = await bot("playbooks", "export", "--yaml", "ours", **company.environment)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "ours/objections/cost/fee-too-high.yml",
        "retired: need/not-now; delete objections/need/not-now.yml if there is such a file",
    ]
    written = load(bot.folder / "ours").entries["cost/fee-too-high"]
    assert written == edited.model_copy(update={"verified_on": date(2026, 3, 2)})
