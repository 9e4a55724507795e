"""The customers of account managers."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import arguments
from bot.cli.commands import Workspace, finish, group
from bot.settings import read

commands = group("The customers of account managers.")


@commands.command(name="import", short_help="Add and change customers from a table.")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    skip_faulty: Annotated[bool, typer.Option("--skip-faulty", help="Import the other rows all the same.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.csv", help="Write what happens to each row.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Add and change customers from a table; none of them if a row has a fault.

    FILE is CSV (UTF-8 or GB18030) or XLSX (its first sheet). Columns: name, tier (A to D), owner (the account
    manager's id in Slack, U…), and if you like industry, aliases (separated by ; or |), last_contact_on (2026-03-05),
    external_id (what your other systems call it), size (large, medium, small, micro) and contract_expires_on. Chinese
    headers (客户, 等级, 客户经理, …) are understood.

    A row is about the customer with its external_id, else about its owner's customer of that name; cells left empty
    change nothing. The same file again does nothing, so what was cut short can be begun again.

    Exit code 0: everything was written; with --skip-faulty every row without a fault. 1: a row has a fault and nothing
    was written, --dry-run found one, no row was in order, or somebody changed a row's customer meanwhile and that row
    was left out. 2: the file or the store could not be read.

    \b
    Examples:
      python -m bot customers import customers.xlsx --dry-run --report rows.csv
      python -m bot customers import customers.csv --skip-faulty

    \b
    Example of a file:
      name,tier,industry,owner,aliases,last_contact_on,external_id
      远大纺织,A,纺织,U0123ABCD,远大;Yuanda,2026-03-05,CRM-0042
    """
    settings = read()
    from bot.cli import customers as command

    finish(command.import_file(file, settings, workspace, dry_run=dry_run, skip_faulty=skip_faulty, report=report))


@commands.command(name="export", short_help="Write customers, visits, needs and follow-ups to a file.")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)],
    workspace: Workspace = None,
) -> None:
    """Write what is kept of all customers to FILE: .xlsx and .json hold customers, visits, needs and open follow-ups,
    .csv the customers alone. It goes into the audit log.

    \b
    Examples:
      python -m bot customers export all.xlsx
      python -m bot customers export customers.csv
    """
    form, settings = arguments.form(file), read()
    from bot.cli import customers as command

    finish(command.export_file(file, form, settings, workspace))


@commands.command(short_help="Say that a relationship has ended.")
def end(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", hidden=True)],
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day it ended. Default: today.")] = None,
    reopen: Annotated[bool, typer.Option("--reopen", help="It goes on after all.")] = False,
    workspace: Workspace = None,
) -> None:
    """Say that the relationship with a customer (its id or exact name) has ended: nothing more is due with it.

    Once the time of `privacy retention` has passed since, the customer is erased with its notes.

    \b
    Examples:
      python -m bot customers end 远大纺织 --on 2026-11-30
      python -m bot customers end 远大纺织 --reopen
    """
    day = arguments.day(on) if on is not None else None
    settings = read()
    from bot.cli import retention as command

    finish(command.end(customer, day, settings, workspace, reopen=reopen))
