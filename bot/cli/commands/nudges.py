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
    """Send every message that is due at a moment: daily ones, alerts, what leads are asked, and reports; each once.

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


@commands.command(short_help="Who got what today, what is pending, and why not.")
def status(workspace: Workspace = None) -> None:
    """Show for everybody what today's messages came to, and list those that were given up, with their ids.

    \b
    Example:
      python -m bot nudges status
    """
    settings = read()
    from bot.cli import notices as command

    finish(command.status(settings, workspace))


@commands.command(short_help="Why a customer is due, what was sent, what comes next.")
def explain(
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="The customer's id, or its name as it is written.")
    ],
    workspace: Workspace = None,
) -> None:
    """Tell of each open follow-up of a customer why it is due on its day, what was sent about it, and the next step.

    \b
    Example:
      python -m bot nudges explain 远大纺织
    """
    settings = read()
    from bot.cli import notices as command

    finish(command.explain(customer, settings, workspace))


@commands.command(short_help="Take up again a message that was given up.")
def replay(
    notice: Annotated[str, typer.Argument(metavar="ID", help="As `nudges status` shows it.")],
    workspace: Workspace = None,
) -> None:
    """Take up again a message that Slack refused or whose outcome is unclear; a running bot goes on with it.

    What may have arrived is looked for first, so nobody gets it twice. A daily message is sent on its day only.

    \b
    Example:
      python -m bot nudges replay digest:U01LIN:2026-11-24
    """
    settings = read()
    from bot.cli import notices as command

    finish(command.replay(notice, settings, workspace))


@commands.command(short_help="Show or set who is asked above the leads.")
def heads(
    people: Annotated[list[str] | None, typer.Argument(metavar="[USER...]", help="Slack ids; none shows them.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Nobody: the admins are asked.")] = False,
    workspace: Workspace = None,
) -> None:
    """Show or set the heads of the department, who are asked when a lead alone does not settle it.

    \b
    Examples:
      python -m bot nudges heads
      python -m bot nudges heads U04ZHOU
    """
    settings = read()
    from bot.cli import notices as command

    finish(command.heads(people or [], settings, workspace, clear=clear))


@commands.command(short_help="Send again after Slack refused the token.")
def resume(workspace: Workspace = None) -> None:
    """Let a workspace be written to again whose token Slack had refused; the token is tried first."""
    settings = read()
    from bot.cli import notices as command

    finish(command.resume(settings, workspace))
