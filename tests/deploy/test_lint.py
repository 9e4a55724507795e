"""What cannot be started here is read by the tools that know its form. A tool that is not installed is named."""

import shutil
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest

from tests.deploy.files import COMPOSE, DEPLOY, DOCKERFILE, UNITS, manifests

KNOWN = [each for each in manifests() if each["kind"] not in {"Kustomization", "ServiceMonitor"}]
"""The schemas of Kubernetes itself; the two others are forms of other programs."""
OLDEST_KUBERNETES = "1.30"
"""From here on `preStop.sleep` is there without a switch."""


def passes(program: str, *arguments: str) -> None:
    """One of this Python's, else one on PATH."""
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.exists() else shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    ran = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_dockerfile() -> None:
    passes("hadolint", "--failure-threshold", "style", str(DOCKERFILE))


def test_compose() -> None:
    """Against the schema of the Compose specification."""
    passes("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE))


@pytest.mark.parametrize("version", [OLDEST_KUBERNETES, kubernetes_validate.latest_version()])
def test_kubernetes(version: str) -> None:
    """Strictly: a field that is misspelt is a fault. The oldest release it is for, and the newest known."""
    for each in KNOWN:
        kubernetes_validate.validate(each, version, strict=True)


def test_the_load_balancer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOTS", "localhost:3000")
    monkeypatch.setenv("CHECK_PORT", "9464")
    passes("haproxy", "-c", "-f", str(DEPLOY / "haproxy.cfg"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd(unit: Path) -> None:
    """The one thing it may miss here is the program itself."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    complaints = [line for line in ran.stderr.splitlines() if unit.stem.rstrip("@") in line]
    assert [line for line in complaints if "/opt/factormate/.venv/bin/python is not executable" not in line] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_little_exposed(unit: Path) -> None:
    """Its own score, from 0 to 10: below 2 is what it calls OK."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    passes("systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit))
