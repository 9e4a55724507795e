"""The playbook entries under playbooks/."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import arguments
from bot.cli.commands import Workspace, finish, group
from bot.clock import system_clock
from bot.settings import read

commands = group("The playbook entries under playbooks/.")


@commands.command(short_help="Check every entry.")
def check(
    folder: Annotated[Path | None, typer.Argument(metavar="FOLDER", hidden=True)] = None,
    examples: Annotated[
        bool, typer.Option("--examples", help="Also judge each example by the others: a minute, 1.5 GB of memory.")
    ] = False,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="Which reviews are past on that day. Default: today.")
    ] = None,
) -> None:
    """Check every entry (of FOLDER, where one is given): form, red lines, sources, review dates, doubled examples.

    Each finding is told as file:line: field: what is wrong — what to do. Warnings say so and may stay; with any
    fault the exit code is 1. --examples warns of examples that a model which has not seen them gives to another
    entry.

    \b
    Examples:
      python -m bot playbooks check
      python -m bot playbooks check --examples
      python -m bot playbooks check --on 2027-03-01
    """
    today = arguments.day(on) if on is not None else system_clock().date()
    from bot.cli import playbooks as command

    finish(command.check(folder, today, examples=examples))


@commands.command(short_help="Print all texts, or write what your company changed as files.")
def export(
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Print one JSON object a line; what is done by default.")
    ] = True,
    folder: Annotated[
        Path | None,
        typer.Option("--yaml", metavar="FOLDER", help="Write the workspace's own entries as files instead."),
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Print all texts of the shipped entries, one a line, with id, kind, lang, field and text.

    With --yaml, write the entries that the workspace added or changed in Slack as files fit for a commit, laid out
    like playbooks/. Retired ones are listed: their files are to be deleted.

    \b
    Examples:
      python -m bot playbooks export --jsonl > texts.jsonl
      python -m bot playbooks export --yaml playbooks
    """
    if folder is None:
        from bot.cli import playbooks as command

        finish(command.export())
    settings = read()
    from bot.cli import editorial

    finish(editorial.export_yaml(folder, settings, workspace))


@commands.command(short_help="Say who keeps the entries of an owner role true.")
def owners(
    role: Annotated[str | None, typer.Argument(metavar="ROLE", hidden=True)] = None,
    users: Annotated[list[str] | None, typer.Argument(metavar="USER...", hidden=True)] = None,
    none: Annotated[bool, typer.Option("--none", help="Nobody stands for the role any more.")] = False,
    workspace: Workspace = None,
) -> None:
    """List who keeps the entries of each owner role true, or name the people of one.

    ROLE is pricing, legal, risk, compliance, operations or sales; USER is a person's id in Slack. Once a week they are
    asked about the entries whose review is due. Where nobody is named, or all have lost their roles, the approvers are
    asked, and where there is none, the admins.

    \b
    Examples:
      python -m bot playbooks owners
      python -m bot playbooks owners pricing U0123ABCD U0456EFGH
      python -m bot playbooks owners pricing --none
    """
    wanted = arguments.owners(role, users or (), none=none)
    settings = read()
    from bot.cli import editorial

    if wanted is None:
        finish(editorial.list_owners(settings, workspace))
    finish(editorial.set_owners(*wanted, settings, workspace))


@commands.command(name="evaluate", short_help="Measure the answers on labelled questions.")
def evaluate(file: Annotated[Path, typer.Argument(metavar="FILE.tsv", hidden=True)]) -> None:
    """Measure the answers on labelled questions, beside plain word statistics and plain sentence vectors.

    FILE has the columns query, ids (several separated by commas; none = out of scope) and style (zh-…, en-…).
    Run again after a change to the entries, it also lists what is answered otherwise than before.

    \b
    Example:
      python -m bot playbooks evaluate tests/data/dev-queries.tsv
    """
    questions, settings = arguments.labelled(file), read()
    from bot.cli import evaluate as command

    finish(command.run(questions, settings))
