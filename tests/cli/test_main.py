"""What the command line promises whichever command is typed."""

import asyncio
import json
import os
import sys

import pytest

from bot.storage.sealing import Sealer
from tests.cli.conftest import Processes

HEAVY = {"aiohttp", "docket", "numpy", "redis", "slack_bolt"}
TELL_IMPORTS = (
    "import json, sys\n"
    "from bot.cli.main import main\n"
    "try:\n    main()\n"
    f"finally:\n    print(json.dumps(sorted(set(sys.modules) & {HEAVY!r})), file=sys.stderr)\n"
)


@pytest.mark.parametrize(
    "command",
    ["--help", "nudges run --help", "manifest --url https://bot.example.com", "keys new", "playbooks check --help"],
)
async def test_light_commands_import_nothing_heavy(processes: Processes, command: str) -> None:
    """They answer at once, since the store, Slack and the matcher are only imported by commands that need them."""
    ran = await processes.python("-c", TELL_IMPORTS, *command.split())
    assert (ran.code, json.loads(ran.err)) == (0, [])


async def test_help_lists_every_command_in_one_full_line(processes: Processes) -> None:
    ran = await processes("--help")
    commands = ran.out.split("Commands:")[1]
    names = {line.split()[0] for line in commands.strip().splitlines()}
    assert names == {
        "serve",
        "worker",
        "answer",
        "doctor",
        "workspaces",
        "manifest",
        "playbooks",
        "customers",
        "nudges",
        "roles",
        "cases",
        "keys",
        "webhooks",
        "audit",
        "privacy",
        "backup",
        "restore",
    }
    assert "..." not in commands


async def test_whoever_stops_reading_hears_no_complaint(processes: Processes) -> None:
    """As `… | head` does."""
    reading, writing = os.pipe()
    os.close(reading)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "keys", "new"),
        cwd=processes.folder,
        env=processes.environment,
        stdout=writing,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writing)
    assert (await process.communicate())[1] == b""
    assert process.returncode != 120


async def test_another_python_than_the_installed_one_is_named(processes: Processes) -> None:
    ran = await processes.python("-S", "-m", "bot", "--help")
    assert ran.code == 1
    assert ".venv/bin/python -m bot" in ran.err
    assert ran.err.count("\n") == 1


async def test_a_mistyped_command_is_wrong_usage(processes: Processes) -> None:
    ran = await processes("nudges", "rum")
    assert ran.code == 2
    assert "Did you mean 'run'" in ran.err


async def test_a_new_key_seals(processes: Processes) -> None:
    """What it prints can be put into FIELD_KEYS as it is."""
    ran = await processes("keys", "new")
    sealer = Sealer([ran.out.strip()])
    assert sealer.open(sealer.seal("note", "here"), "here") == "note"


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "nonsense"}, "factormate: SLACK_BOT_TOKEN: a bot token starts with xoxb-"),
        ({"REDIS_URL": "redis://127.0.0.1:1"}, "factormate: FIELD_KEYS is missing"),
    ],
    ids=["malformed", "clash"],
)
async def test_settings_at_fault_are_one_sentence(
    processes: Processes, environment: dict[str, str], sentence: str
) -> None:
    ran = await processes("roles", "list", **environment)
    assert ran.code == 2
    assert ran.err.startswith(sentence)
    assert ran.err.count("\n") == 1
