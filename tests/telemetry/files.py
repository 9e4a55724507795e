"""What `deploy` and the docs say about figures and alerts."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs" / "monitoring.md"
DEPLOY: Final = ROOT / "deploy"
PROMTOOL: Final = shutil.which("promtool")

needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on the PATH")


def documented() -> dict[str, tuple[str, set[str]]]:
    """Type and labels of each metric, as the table of the docs has them."""
    rows = re.findall(r"^\| `(factormate_\w+)` \| (\w+) \| (.*?) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def alerts() -> dict[str, str]:
    (group,) = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return {each["alert"]: each["expr"] for each in group["rules"]}


def panels() -> dict[str, str]:
    """The dashboard's expressions by what they are called there."""
    board = json.loads((DEPLOY / "grafana" / "factormate.json").read_text(encoding="utf-8"))
    targets = [(panel["title"], target) for panel in board["panels"] for target in panel["targets"]]
    return {f"{title} {target['refId']}": target["expr"] for title, target in targets}


def promtool(*arguments: str, given: str = "") -> str:
    """What it says; fails when it finds a fault."""
    done = subprocess.run([str(PROMTOOL), *arguments], input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
