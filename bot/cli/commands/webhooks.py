"""What other systems are told, and who they are."""

from typing import Annotated

import typer

from bot.cli import arguments
from bot.cli.commands import Workspace, finish, group
from bot.settings import read

commands = group("What other systems are told, and who they are.")


@commands.command(short_help="Tell another system what happens.")
def add(
    url: Annotated[str, typer.Argument(metavar="URL", hidden=True)],
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="EVENT", help="Repeatable. Default: all three."),
    ] = None,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Send notes, next steps and titles too, not only ids and days.")
    ] = False,
    workspace: Workspace = None,
) -> None:
    """Tell another system what happens: visit.logged, customer.changed, followup.done.

    Each event is a POST of JSON, signed as Standard Webhooks (1.0) says; the secret is printed once. What is not
    answered with 2xx is tried again for three days, then given up; `doctor` and `webhooks list` tell. Only public
    https addresses are called, unless WEBHOOK_NETWORKS names others.

    \b
    Examples:
      python -m bot webhooks add https://crm.example.com/hooks
      python -m bot webhooks add https://crm.example.com/hooks --event visit.logged --with-text
    """
    events, settings = arguments.events(event or ()), read()
    from bot.cli import webhooks as command

    finish(command.add(url, events, settings, workspace, with_text=with_text))


@commands.command(name="list", short_help="List who is told, and what was given up.")
def list_(workspace: Workspace = None) -> None:
    """List who is told what, and the events that were given up."""
    settings = read()
    from bot.cli import webhooks as command

    finish(command.list_(settings, workspace))


@commands.command(short_help="Stop telling an endpoint.")
def remove(endpoint: Annotated[str, typer.Argument(metavar="ID", hidden=True)], workspace: Workspace = None) -> None:
    """Stop telling an endpoint; what is on its way to it is dropped."""
    settings = read()
    from bot.cli import webhooks as command

    finish(command.remove(endpoint, settings, workspace))


@commands.command(name="test", short_help="Send an endpoint a signed test event.")
def try_(endpoint: Annotated[str, typer.Argument(metavar="ID", hidden=True)], workspace: Workspace = None) -> None:
    """Send an endpoint a signed event of the type factormate.test, now; exit code 1 when it isn't taken."""
    settings = read()
    from bot.cli import webhooks as command

    finish(command.try_(endpoint, settings, workspace))


@commands.command(short_help="Start again what was given up.")
def retry(workspace: Workspace = None) -> None:
    """Start again all events that were given up, and wake endpoints that said they want nothing more."""
    settings = read()
    from bot.cli import webhooks as command

    finish(command.retry(settings, workspace))
