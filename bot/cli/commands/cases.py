"""Customers that risk and compliance could read, and why."""

from bot.cli.commands import Workspace, finish, group
from bot.settings import read

commands = group("Customers that risk and compliance could read, and why.")


@commands.command(name="list", short_help="List what risk could read, and why.")
def list_(workspace: Workspace = None) -> None:
    """List the newest customers that were sent to risk or opened with a reason, open or closed.

    The audit list names each by its id only; the reasons are kept encrypted and shown here.
    """
    settings = read()
    from bot.cli import cases as command

    finish(command.list_cases(settings, workspace))
