"""One trained matcher for the whole run."""

from pathlib import Path

import pytest

from bot import matching
from bot.domain.playbook import Playbook
from bot.loading import ROOT
from bot.matching import Matcher
from bot.storage import playbooks


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    return playbooks.load(ROOT / "playbooks")


@pytest.fixture(scope="session")
def matcher(playbook: Playbook, models_dir: Path) -> Matcher:
    folder = ROOT / "playbooks"
    return matching.load(
        playbook, playbooks.out_of_scope(folder), models_dir / "models", playbooks.marked_notes(folder)
    )
