"""Alerts and dashboard, as Prometheus reads them."""

import re
from pathlib import Path
from typing import Any

import yaml

from tests.telemetry.files import DEPLOY, DOCS, alerts, needs_promtool, panels, promtool


def test_every_alert_says_what_to_do() -> None:
    told = set(re.findall(r"^\| `(Factormate\w+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    assert told == set(alerts())


@needs_promtool
def test_prometheus_takes_the_files(tmp_path: Path) -> None:
    """The example, the rules as bad hours try them, and the dashboard's expressions."""
    folder = DEPLOY / "prometheus"
    promtool("check", "config", str(folder / "prometheus.yml"))
    promtool("test", "rules", str(folder / "alerts_test.yml"))
    variables = {"$__rate_interval": "5m", "$__range": "6h", "$job": ".*"}
    rules: list[dict[str, Any]] = []
    for number, expression in enumerate(panels().values()):
        for name, value in variables.items():
            expression = expression.replace(name, value)
        rules.append({"record": f"panel{number}", "expr": expression})
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    promtool("check", "rules", str(tmp_path / "panels.yml"))
