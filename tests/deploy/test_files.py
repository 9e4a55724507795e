"""What is deployed says what the program understands, leaves nothing open, and names no registry."""

import re
from typing import Any

import pytest
import yaml

from bot import __version__
from bot.domain.links import Target
from handlers import http, oauth
from tests.deploy.files import (
    COMPOSE,
    DEPLOY,
    DOCKERFILE,
    ROOT,
    SETTINGS,
    UNITS,
    compose,
    instructions,
    manifests,
    of_kind,
)
from tests.fixtures.make_store import version

OURS = {
    "HOME",
    "MPLCONFIGDIR",
    "PATH",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED",
    "VENV",
}
"""Variables of the image and the unit that are no settings."""
OF_US = ("bot", "worker", "operate")
"""Services that run the image."""


def variables() -> set[str]:
    """Every environment variable that a file of deploy/ hands to the program."""
    (config,) = of_kind("ConfigMap")
    (secret,) = of_kind("Secret")
    in_image = [name for kind, rest in instructions() if kind == "ENV" for name in re.findall(r"([A-Z_]+)=", rest)]
    in_units = [name for unit in UNITS for name in re.findall(r"^Environment=([A-Z_]+)=", unit.read_text(), re.M)]
    in_compose = [name for each in OF_US for name in compose()["services"][each]["environment"]]
    filed = [name.upper() for each in OF_US for name in compose()["services"][each]["secrets"]]
    return {*config["data"], *secret["stringData"], *in_image, *in_units, *in_compose, *filed}


def test_every_variable_is_a_setting() -> None:
    """A misspelt one would be ignored in silence."""
    assert variables() - OURS - SETTINGS == set()


def test_compose_lets_every_setting_be_set() -> None:
    """But where it listens and keeps its files, which is the image's; a calendar is a file to be mounted."""
    service = compose()["services"]["bot"]
    given = {*service["environment"], *map(str.upper, service["secrets"])}
    assert SETTINGS - given == {"HOST", "PORT", "METRICS_PORT", "DATA_DIR", "CALENDAR_FILE", "SLACK_API_URL"}


def test_all_run_the_release_that_the_project_is_at() -> None:
    (kustomization,) = of_kind("Kustomization")
    tags = {each["newTag"] for each in kustomization["images"]}
    tags |= {compose()["services"][each]["image"].partition(":")[2] for each in OF_US}
    tags |= set(re.findall(r"-t factormate:(\S+)", DOCKERFILE.read_text()))
    tags |= set(re.findall(r"factormate:(\d[\d.]+)", (ROOT / "docs" / "deploy.md").read_text()))
    assert tags == {version(), __version__}


def test_images_are_pinned_and_come_from_wherever_yours_come_from() -> None:
    """An exact version each; no registry is named, so that a company's mirror is used without a change."""
    named = [rest.split()[0] for kind, rest in instructions() if kind == "FROM"]
    named += [each["image"] for name, each in compose()["services"].items() if name not in OF_US]
    assert [name for name in named if not re.fullmatch(r"(\w+/)?\w+:\d+\.\d+\.\d+-[a-z-]+", name)] == []


def test_the_build_sees_all_that_it_copies_and_nothing_else() -> None:
    """No .env, no data, no secrets."""
    copied = {
        name
        for kind, rest in instructions()
        if kind == "COPY" and not rest.startswith("--from")
        for name in rest.split()[:-1]
    }
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule[0] == "!"} == copied
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("name", sorted(compose()["services"]))
def test_containers_can_do_little(name: str) -> None:
    service = compose()["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]


def test_compose_publishes_nothing_but_the_balancer() -> None:
    """That one on loopback unless told otherwise; the store's network leads nowhere."""
    services = compose()["services"]
    assert [name for name, each in services.items() if "ports" in each] == ["balancer"]
    assert services["balancer"]["ports"][0].startswith("${HTTP_ADDRESS:-127.0.0.1}:")
    assert compose()["networks"]["store"] == {"internal": True}
    assert [name for name, each in services.items() if "store" in each["networks"]] == [*OF_US, "valkey"]


def test_the_balancer_lets_in_what_slack_and_people_ask_for() -> None:
    """Permanent links lead people there; health, figures and all else are not for the outside."""
    text = (DEPLOY / "haproxy.cfg").read_text()
    (let_in,) = re.findall(r"deny_status 404 unless { path_beg ([^}]+) }", text)
    starts = tuple(let_in.split())
    asked_for = [http.PATH, oauth.INSTALL, oauth.REDIRECT, *(f"/{each}/fee-too-high" for each in Target)]
    assert [path for path in asked_for if not path.startswith(starts)] == []
    assert len(starts) == 1 + len(Target)
    assert not any(path.startswith(starts) for path in ("/", "/healthz", "/readyz", "/metrics", "/local/state"))


def test_compose_runs_two_bots_and_two_workers() -> None:
    services = compose()["services"]
    assert [services[name]["deploy"]["replicas"] for name in ("bot", "worker")] == [2, 2]
    assert services["bot"]["environment"]["JOBS"] == "elsewhere"
    assert services["worker"]["command"] == ["worker"]


def pods() -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each["spec"]["template"]["spec"] for each in of_kind("Deployment")}


@pytest.mark.parametrize("name", sorted(pods()))
def test_pods_can_do_little(name: str) -> None:
    """What the restricted profile of Kubernetes asks for, and a root file system that cannot be written."""
    pod = pods()[name]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {each["mountPath"] for each in container["volumeMounts"]} == {"/run/secrets/factormate", "/tmp", "/data"}  # noqa: S108
    assert {"startupProbe", "livenessProbe", "readinessProbe", "resources"} <= container.keys()


def test_a_roll_out_takes_no_pod_away_before_another_is_ready() -> None:
    for each in of_kind("Deployment"):
        assert each["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        assert each["spec"]["replicas"] == 2
    assert {each["spec"]["minAvailable"] for each in of_kind("PodDisruptionBudget")} == {1}


def test_what_selects_pods_finds_them() -> None:
    """A label that fits nothing would leave a service empty and a policy without effect."""
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in of_kind("Deployment")]
    selectors = [each["spec"]["selector"] for each in of_kind("Service")]
    selectors += [each["spec"]["selector"]["matchLabels"] for each in of_kind("PodDisruptionBudget")]
    selectors += [each["spec"]["podSelector"]["matchLabels"] for each in of_kind("NetworkPolicy")]
    assert [each for each in selectors if not any(each.items() <= found.items() for found in labels)] == []
    (monitor,) = of_kind("ServiceMonitor")
    assert monitor["spec"]["selector"]["matchLabels"] in [each["metadata"]["labels"] for each in of_kind("Service")]


def test_the_kustomization_names_every_file() -> None:
    """But the example of the secret, and what needs another operator."""
    folder = DEPLOY / "kubernetes"
    (kustomization,) = of_kind("Kustomization")
    files = {each.name for each in folder.glob("*.yaml")} - {"kustomization.yaml", "secret.example.yaml"}
    assert set(kustomization["resources"]) == files


def test_no_secret_lies_in_the_project() -> None:
    """Examples only; the folder that compose reads is made by whoever runs it, and git does not see it."""
    assert all(
        "…" in value or "password" in value for each in of_kind("Secret") for value in each["stringData"].values()
    )
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert {each["file"].split("/")[1] for each in compose()["secrets"].values()} == {"secrets"}
    assert not yaml.safe_load(COMPOSE.read_text())["services"]["valkey"].get("ports")
    assert manifests()
