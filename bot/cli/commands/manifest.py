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
    oauth: Annotated[bool, typer.Option("--oauth", help="For many workspaces, which install the app.")] = False,
    socket: Annotated[bool, typer.Option("--socket", help="With --oauth: Slack sends over Socket Mode.")] = False,
) -> None:
    """Print the app manifest to paste into Slack: for HTTP with --url, else manifest.yml for Socket Mode.

    With --oauth, workspaces and whole organisations install the app from https://…/slack/install, and tokens rotate.
    Slack does not let an app turn the rotation off again.

    \b
    Examples:
      python -m bot manifest --url https://factormate.example.com
      python -m bot manifest --url https://factormate.example.com --oauth
      python -m bot manifest --url https://factormate.example.com --oauth --socket
    """
    from bot.cli import manifest as command

    finish(command.show(url, oauth=oauth, socket=socket))
