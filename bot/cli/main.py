"""The command line: the commands of bot/cli/commands put together, and how a run of one ends."""

import contextlib
import io
import os
import sys
from typing import NoReturn

from bot.cli import OperatorError
from bot.cli.commands import (
    answer,
    audit,
    backups,
    cases,
    customers,
    doctor,
    group,
    keys,
    manifest,
    nudges,
    playbooks,
    privacy,
    processes,
    roles,
    webhooks,
    workspaces,
)
from bot.errors import BotError
from bot.settings import SettingsError

PROGRAM = "python -m bot"

cli = group(
    "factormate: objection answers, visit notes and follow-up nudges in Slack.\n\n"
    "Settings come from the environment or .env; the file .env.example explains each. Exit codes: 0 done, "
    "1 found faults, 2 wrong usage or settings."
)
# Those without a group come first in --help.
for _alone in (processes, answer, doctor, manifest, workspaces, backups):
    cli.add_typer(_alone.commands)
for _name, _group in (
    ("playbooks", playbooks),
    ("customers", customers),
    ("nudges", nudges),
    ("roles", roles),
    ("cases", cases),
    ("keys", keys),
    ("webhooks", webhooks),
    ("audit", audit),
    ("privacy", privacy),
):
    cli.add_typer(_group.commands, name=_name)


def main() -> NoReturn:
    """Runs the command and exits; a fault that has a sentence never shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a character should not stop a command
            stream.reconfigure(errors="backslashreplace")
    try:
        cli(prog_name=PROGRAM)
    except OperatorError as error:
        _stop(str(error), error.exit_code)
    except SettingsError as error:
        _stop(str(error), error.exit_code)
    except BotError as error:
        from bot.assembly import explained

        _stop(explained(error), error.exit_code)
    except OSError as error:  # a folder that may not be written, a disk that is full
        _stop(f"{error.filename or 'operating system'}: {error.strerror or error}", 1)
    finally:
        _flush()
    sys.exit(0)


def _flush() -> None:
    """Now, since Python at its end would complain that nobody reads any more."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stop(sentence: str, exit_code: int) -> NoReturn:
    with contextlib.suppress(OSError):  # nobody reads any more
        print(f"factormate: {sentence}", file=sys.stderr)
    sys.exit(exit_code)
