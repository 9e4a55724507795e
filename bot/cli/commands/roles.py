"""Who has which role, and the team of each."""

from typing import Annotated

import typer

from bot.cli import arguments
from bot.cli.commands import Workspace, finish, group
from bot.settings import read

commands = group("Who has which role, and the team of each.")


@commands.command(name="set", short_help="Set a person's roles and team.")
def set_(
    user: Annotated[str, typer.Argument(metavar="USER", hidden=True)],
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role", metavar="ROLE", help="account_manager, team_lead, editor, approver, risk, admin; repeatable."
        ),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Take all roles away.")] = False,
    team: Annotated[str | None, typer.Option("--team", metavar="NAME", help="A lead sees the customers of it.")] = None,
    workspace: Workspace = None,
) -> None:
    """Set a person's roles (they replace the old ones) and team (kept when not given).

    USER is the person's id in Slack (Profile → ⋮ → Copy member ID). Account managers and team leads join the
    daily round of messages. Editors change plays in Slack; approvers decide about each change, never about their
    own. Where there is no approver, admins decide. Risk and compliance read the cases sent to them. The last admin
    can't be taken away.

    \b
    Examples:
      python -m bot roles set U0123ABCD --role account_manager --team 华东
      python -m bot roles set U0456EFGH --role team_lead --role admin --team 华东
      python -m bot roles set U0123ABCD --none
    """
    person, wanted, group = arguments.person(user), arguments.roles(role or (), none=none), arguments.team(team)
    settings = read()
    from bot.cli import roles as command

    finish(command.set_roles(person, wanted, group, settings, workspace))


@commands.command(name="list")
def list_(workspace: Workspace = None) -> None:
    """List everybody who has a role."""
    settings = read()
    from bot.cli import roles as command

    finish(command.list_roles(settings, workspace))
