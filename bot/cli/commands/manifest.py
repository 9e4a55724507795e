"""What Slack must know of the app."""

from typing import Annotated

import typer

from bot.cli.commands import finish, flat

commands = flat()


@commands.command(short_help="Print the app manifest to paste into Slack.")
def manifest(
    url: Annotated[
        str | None, typer.Option("--url", metavar="https://…", help="Where Slack reaches the bot; makes the HTTP one.")
    ] = None,
) -> None:
    """Print the app manifest to paste into Slack: for HTTP with --url, else manifest.yml for Socket Mode.

    \b
    Example:
      python -m bot manifest --url https://factormate.example.com
    """
    from bot.cli import manifest as command

    finish(command.show(url))
