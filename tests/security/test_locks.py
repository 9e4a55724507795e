"""What is installed is what was looked at: every package by version and hash, and the locks lead to no address."""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def blocks(lock: str) -> list[str]:
    """One for each package, with its hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return [each for each in re.split(r"\n(?=\S)", text) if not each.startswith("#")]


def names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9._-]+", each) for each in requirements)
    return {re.sub(r"[-_.]+", "-", each[0]).lower() for each in found if each}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_by_version_and_hash(lock: str) -> None:
    loose = [each for each in blocks(lock) if not re.match(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==[^\s;]+", each)]
    assert loose == []
    assert [each.split("\n")[0] for each in blocks(lock) if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", each)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_stands_in_it(lock: str) -> None:
    """Whoever installs brings the index; a lock that named one would lead elsewhere."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert (
        re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links|--trusted-host|^-e |\s@\s", text, re.MULTILINE) == []
    )


def test_what_the_project_asks_for_is_in_it() -> None:
    wanted = names(PROJECT["project"]["dependencies"])
    assert wanted <= names(blocks("requirements.lock"))
    assert names(blocks("requirements.lock")) | names(PROJECT["dependency-groups"]["dev"]) <= names(
        blocks("requirements-dev.lock")
    )


@pytest.mark.parametrize("file", ["Makefile", "deploy/Dockerfile", "docs/deploy.md"])
def test_installing_looks_at_the_hashes(file: str) -> None:
    """Wherever it is written how it is installed."""
    installs = re.findall(r"pip install[^\n&]*-r [^\n&]*", (ROOT / file).read_text(encoding="utf-8"))
    assert installs
    assert [each for each in installs if "--require-hashes" not in each] == []
