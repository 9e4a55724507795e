"""What lies in deploy/, read."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

import app
from bot.settings import Settings

ROOT: Final = Path(app.__file__).parent
DEPLOY: Final = ROOT / "deploy"
DOCKERFILE: Final = DEPLOY / "Dockerfile"
COMPOSE: Final = DEPLOY / "compose.yaml"
UNITS: Final = sorted((DEPLOY / "systemd").glob("*.service"))
SETTINGS: Final = {name.upper() for name in Settings.model_fields}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return found


def manifests() -> list[dict[str, Any]]:
    """All that Kubernetes is told."""
    files = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
    return [each for file in files for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [each for each in manifests() if each["kind"] == kind]


def instructions() -> Iterator[tuple[str, str]]:
    """Of the Dockerfile, each with its continued lines as one."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line and not line.startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        name, _, rest = line.partition(" ")
        yield name, rest


def balancer_config(port: int, bots: list[tuple[int, int]], control: int) -> str:
    """HAProxy's, for bots on this machine at (port, operators' port); on port `control` it tells what it sees."""
    text = (DEPLOY / "haproxy.cfg").read_text()
    text = text.replace("bind :8080", f"bind 127.0.0.1:{port}")
    text = re.sub("^global$", f"global\n    stats socket ipv4@127.0.0.1:{control}", text, flags=re.M)
    (template,) = re.findall(r"^ +server-template .*$", text, re.M)
    servers = [f"    server bot{at} 127.0.0.1:{at} check port {operators}" for at, operators in bots]
    return text.replace(template, "\n".join(servers))
