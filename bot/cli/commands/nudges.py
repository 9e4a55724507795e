"""The daily messages about follow-ups."""

from typing import Annotated

import typer

from bot.cli import arguments
from bot.cli.commands import Workspace, finish, group
from bot.clock import system_clock
from bot.settings import read

commands = group("The daily messages about follow-ups.")


@commands.command(name="run", short_help="Send what is due at a moment.")
def run(
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="ISO8601", help="The moment; without an offset, in DEFAULT_TZ. Default: now."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print who would get how many rows.")] = False,
    workspace: Workspace = None,
) -> None:
    """Send the daily messages that are due at a moment; nobody gets a second one for the same day.

    A day alone means its DIGEST_AT. In a real workspace a future moment needs --dry-run.

    \b
    Examples:
      python -m bot nudges run
      python -m bot nudges run --at 2027-03-01T09:00 --dry-run
    """
    settings = read()
    moment = arguments.moment(at, settings, system_clock(), dry_run=dry_run) if at is not None else None
    from bot.cli import nudges as command

    finish(command.run(moment, settings, workspace, dry_run=dry_run))


@commands.command(short_help="List messages that are open, unclear or failed.")
def status(workspace: Workspace = None) -> None:
    """List daily messages that are under way, whose outcome is unclear, or that Slack refused."""
    settings = read()
    from bot.cli import nudges as command

    finish(command.status(settings, workspace))
