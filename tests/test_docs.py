"""The site for readers: complete in both languages, with pictures that browser tests have made."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [*DOCS.rglob("*.md"), ROOT / "README.md"]
PICTURES = {each.name for each in (DOCS / "pictures").glob("*.png")}
PLOTS = {each.name for each in (DOCS / "pictures").glob("*.svg")}
"""Drawn by `python -m bench`."""
_SHOWN = re.compile(r"!\[[^\]]+\]\([^)]*pictures/([^)]+)\)")
_MADE = re.compile(r'shot\(\w+, f?"([^"]+)"\)')


def test_pages_for_users_are_there_in_both_languages() -> None:
    in_zh, in_en = ({each.name for each in (DOCS / lang).glob("*.md")} for lang in ("zh", "en"))
    assert in_zh == in_en


def test_every_picture_is_shown_and_every_shown_one_is_there() -> None:
    assert {name for page in PAGES for name in _SHOWN.findall(page.read_text(encoding="utf-8"))} == PICTURES | PLOTS


def test_every_picture_is_made_by_a_browser_test() -> None:
    """So that `make pictures` renews it, and it never shows what the product no longer looks like."""
    tests = "".join(each.read_text(encoding="utf-8") for each in (ROOT / "tests" / "e2e").glob("*.py"))
    made = {name.replace("{lang}", lang) for name in _MADE.findall(tests) for lang in ("zh", "en")}
    assert {f"{name}.png" for name in made} >= PICTURES


def test_no_page_is_named_as_one_of_the_sites_own() -> None:
    """The site's own page would take its place."""
    assert not {"search", "genindex"} & {each.stem for each in DOCS.glob("*.md")}


def test_every_setting_is_explained() -> None:
    """And none that is not there any more."""
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z_`, ]+) \|", page, re.MULTILINE)
    assert sorted(re.findall(r"[A-Z_]+", "".join(rows))) == sorted(map(str.upper, Settings.model_fields))


@pytest.mark.soak
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """A link that leads nowhere, a page in no list, a picture that is not there: each is a warning."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", str(DOCS), str(tmp_path)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert "第一天" in (tmp_path / "zh" / "first-day.html").read_text(encoding="utf-8")
