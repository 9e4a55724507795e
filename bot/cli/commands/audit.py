"""The log of who did what, each row chained to the one before."""

from typing import Annotated

import typer

from bot.cli.commands import Workspace, finish, group
from bot.settings import read

commands = group("The log of who did what, each row chained to the one before.")


@commands.command(short_help="Check that no row was changed, added or taken out.")
def verify(
    head: Annotated[
        str | None, typer.Option("--head", metavar="HASH", help="Also check that the row with this hash is there.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Check that no row of the audit log was changed, added or taken out; say where the chain breaks, if it does.

    Note the last hash it prints somewhere else, and give it as --head next time: cutting rows off at the end is the
    one thing that a chain alone does not show. Exit code 1: it breaks.

    \b
    Examples:
      python -m bot audit verify
      python -m bot audit verify --head 9f2c…
    """
    settings = read()
    from bot.cli import audit as command

    finish(command.verify(head, settings, workspace))


@commands.command(name="export", short_help="Print every row as a JSON line.")
def export(workspace: Workspace = None) -> None:
    """Print every row of the audit log as a JSON line, oldest first; that it was exported is the last one.

    \b
    Example:
      python -m bot audit export > audit.jsonl
    """
    settings = read()
    from bot.cli import audit as command

    finish(command.export(settings, workspace))
