"""What is held about somebody, and its erasure."""

from typing import Annotated

import typer

from bot.cli import arguments
from bot.cli.commands import Workspace, finish, group
from bot.settings import read

commands = group("What is held about somebody, and its erasure.")


@commands.command(name="export", short_help="Print everything that is held about a person.")
def export(user: Annotated[str, typer.Argument(metavar="PERSON", hidden=True)], workspace: Workspace = None) -> None:
    """Print everything that is held about a person (an id in Slack) as JSON, readable.

    Records that name the person are printed whole, so they tell of customers and colleagues too: look through them
    before you hand them out. The audit log says that it was printed.

    \b
    Example:
      python -m bot privacy export U0123ABCD > person.json
    """
    person, settings = arguments.person(user), read()
    from bot.cli import privacy as command

    finish(command.export(person, settings, workspace))


@commands.command(name="retention", short_help="Say how long things are kept.")
def retention(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", hidden=True)] = None,
    days: Annotated[int | None, typer.Argument(metavar="DAYS", min=1, max=36_500, hidden=True)] = None,
    never: Annotated[bool, typer.Option("--never", help="Keep this kind for good.")] = False,
    workspace: Workspace = None,
) -> None:
    """Show for how many days things are kept, or set it for one KIND: customers (after the relationship has ended) or
    questions (that the playbook did not answer).

    What is past its time is erased once a day, as `privacy erase` does.

    \b
    Examples:
      python -m bot privacy retention
      python -m bot privacy retention customers 1826
      python -m bot privacy retention questions --never
    """
    wanted = arguments.retention(kind, days, never=never)
    settings = read()
    from bot.cli import retention as command

    finish(command.retention(wanted, settings, workspace))


@commands.command(short_help="Erase a person or a customer for good.")
def erase(
    whom: Annotated[str, typer.Argument(metavar="PERSON|CUSTOMER", hidden=True)],
    also: Annotated[
        list[str] | None,
        typer.Option("--also", metavar="NAME", help="Black out this name too wherever somebody typed it; repeatable."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    workspace: Workspace = None,
) -> None:
    """Erase a person (an id in Slack) or a customer (its id or exact name) for good, beside running bots.

    A customer goes with its notes, follow-ups and all that points to them; its names are blacked out where somebody
    typed them elsewhere. A person is replaced by a pseudonym; customers and notes stay with the team. It is told how
    many records were touched, by kind, and the store's file is written anew. The audit log keeps ids.

    \b
    Examples:
      python -m bot privacy erase 远大纺织
      python -m bot privacy erase U0123ABCD --also 林悦 --yes
    """
    settings = read()
    from bot.cli import privacy as command

    finish(command.erase(whom, tuple(also or ()), settings, workspace, asks=not yes))
