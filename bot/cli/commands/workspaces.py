"""Which workspaces have the app."""

from bot.cli.commands import finish, flat
from bot.settings import read

commands = flat()


@commands.command(short_help="List the workspaces that have, or had, the app.")
def workspaces() -> None:
    """List the workspaces that have the app and those that had it: since when, whether messages are sent there, and
    when what is kept of one that uninstalled it is erased. No token is shown.

    \b
    Example:
      python -m bot workspaces
    """
    settings = read()
    from bot.cli import workspaces as command

    finish(command.list_all(settings))
