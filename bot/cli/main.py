"""Every command with its arguments and its help. What a command needs is imported when it runs, so that `--help` and
the light commands answer at once: the store, Slack and the matcher take longer to import than those take to run."""

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.cli import OperatorError, arguments
from bot.clock import system_clock
from bot.errors import BotError
from bot.settings import SettingsError
from bot.settings import read as _settings

PROGRAM = "python -m bot"

Workspace = Annotated[
    str | None, typer.Option("--workspace", metavar="T…", help="Which workspace, where the store holds several.")
]


def _group(about: str) -> typer.Typer:
    return typer.Typer(
        help=about,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


cli = _group(
    "factormate: objection answers, visit notes and follow-up nudges in Slack.\n\n"
    "Settings come from the environment or .env; the file .env.example explains each. Exit codes: 0 done, "
    "1 found faults, 2 wrong usage or settings."
)
playbooks = _group("The playbook entries under playbooks/.")
customers = _group("The customers of account managers.")
nudges = _group("The daily messages about follow-ups.")
roles = _group("Who has which role, and the team of each.")
cases = _group("Customers that risk and compliance could read, and why.")
keys = _group("The keys that notes are encrypted with.")


@cli.command(short_help="Run the bot: the local workspace, or a real one.")
def serve() -> None:
    """Run the bot (what app.py does): the local workspace, or the real one when SLACK_BOT_TOKEN is set."""
    settings = _settings()
    from bot.cli import processes

    _end(processes.serve(settings))


@cli.command(short_help="Run jobs only, beside a bot on the same store.")
def worker() -> None:
    """Run jobs only, beside a bot on the same store, to share its load.

    Needs a real workspace (SLACK_BOT_TOKEN) or REDIS_URL. Any number of workers may run; Ctrl-C stops one.
    """
    settings = arguments.worker(_settings())
    from bot.cli import processes

    _end(processes.worker(settings))


@cli.command(short_help="Find the play for an objection, as Slack would.")
def answer(
    words: Annotated[list[str] | None, typer.Argument(metavar="TEXT", hidden=True)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line instead of a card.")] = False,
    batch: Annotated[
        Path | None,
        typer.Option("--batch", metavar="FILE.tsv", help="Answer each row's `query`; one JSON line per row."),
    ] = None,
    kind: Annotated[
        str,
        typer.Option("--kind", metavar="KIND", help="objections, signals, discovery, negotiation, relationship, all."),
    ] = "objections",
) -> None:
    """Find the play for an objection, as Slack would; with --kind, entries of another kind or of all.

    \b
    Examples:
      python -m bot answer "你们费率太高了"
      python -m bot answer "the fee is too high" --json
      python -m bot answer "what if the buyer goes under" --kind all
      python -m bot answer --batch tests/data/dev-queries.tsv

    A JSON line has query, decision (one, choose, several or none), hits (up to 10 of id and score, best first), ms.
    """
    questions, kinds, settings = arguments.questions(words or (), batch), arguments.kinds(kind), _settings()
    from bot.cli import answer as command

    _end(command.run(questions, kinds, settings, as_lines=as_json or batch is not None))


@playbooks.command(short_help="Check every entry.")
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

    _end(command.check(folder, today, examples=examples))


@playbooks.command(short_help="Print all texts, or write what your company changed as files.")
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

        _end(command.export())
    settings = _settings()
    from bot.cli import editorial

    _end(editorial.export_yaml(folder, settings, workspace))


@playbooks.command(short_help="Say who keeps the entries of an owner role true.")
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
    settings = _settings()
    from bot.cli import editorial

    if wanted is None:
        _end(editorial.list_owners(settings, workspace))
    _end(editorial.set_owners(*wanted, settings, workspace))


@playbooks.command(name="evaluate", short_help="Measure the answers on labelled questions.")
def evaluate_(file: Annotated[Path, typer.Argument(metavar="FILE.tsv", hidden=True)]) -> None:
    """Measure the answers on labelled questions, beside plain word statistics and plain sentence vectors.

    FILE has the columns query, ids (several separated by commas; none = out of scope) and style (zh-…, en-…).
    Run again after a change to the entries, it also lists what is answered otherwise than before.

    \b
    Example:
      python -m bot playbooks evaluate tests/data/dev-queries.tsv
    """
    questions, settings = arguments.labelled(file), _settings()
    from bot.cli import evaluate as command

    _end(command.run(questions, settings))


@customers.command(name="import", short_help="Add customers from a table.")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", hidden=True)],
    workspace: Workspace = None,
) -> None:
    """Add customers from a table; none of them if a row has a fault.

    The file is CSV in UTF-8 or GB18030. Columns: name, tier (A to D), owner (the account manager's id in Slack,
    U…), and if you like industry, aliases (separated by ; or |) and last_contact_on (2026-03-05). A customer its
    owner already has is skipped, so the same file may be imported again, as after an import that was cut short.

    \b
    Example of a file:
      name,tier,industry,owner,aliases,last_contact_on
      远大纺织,A,纺织,U0123ABCD,远大;Yuanda,2026-03-05
    """
    from bot.cli import table

    faults = table.Faults()
    rows, settings = table.read(file, faults), _settings()
    from bot.cli import customers as command

    _end(command.import_rows(rows, faults, file, settings, workspace))


@nudges.command(name="run", short_help="Send what is due at a moment.")
def run_nudges(
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="ISO8601", help="The moment; without an offset, in DEFAULT_TZ. Default: now."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print who would get how many rows.")] = False,
    workspace: Workspace = None,
) -> None:
    """Send the daily messages that are due at a moment; nobody gets a second one for the same day.

    A day alone means its DIGEST_AT. In a real workspace a future moment needs --dry-run.

    \b
    Examples:
      python -m bot nudges run
      python -m bot nudges run --at 2027-03-01T09:00 --dry-run
    """
    settings = _settings()
    moment = arguments.moment(at, settings, system_clock(), dry_run=dry_run) if at is not None else None
    from bot.cli import nudges as command

    _end(command.run(moment, settings, workspace, dry_run=dry_run))


@nudges.command(short_help="List messages that are open, unclear or failed.")
def status(workspace: Workspace = None) -> None:
    """List daily messages that are under way, whose outcome is unclear, or that Slack refused."""
    settings = _settings()
    from bot.cli import nudges as command

    _end(command.status(settings, workspace))


@roles.command(name="set", short_help="Set a person's roles and team.")
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
    settings = _settings()
    from bot.cli import roles as command

    _end(command.set_roles(person, wanted, group, settings, workspace))


@roles.command(name="list")
def list_(workspace: Workspace = None) -> None:
    """List everybody who has a role."""
    settings = _settings()
    from bot.cli import roles as command

    _end(command.list_roles(settings, workspace))


@cases.command(name="list", short_help="List what risk could read, and why.")
def list_cases(workspace: Workspace = None) -> None:
    """List the newest customers that were sent to risk or opened with a reason, open or closed.

    The audit list names each by its id only; the reasons are kept encrypted and shown here.
    """
    settings = _settings()
    from bot.cli import cases as command

    _end(command.list_cases(settings, workspace))


@cli.command(short_help="Check the installation; say what to do about each fault.")
def doctor() -> None:
    """Check settings, store, Slack, manifest, calendar and keys; say what to do about each fault.

    ✓ is fine, ! is worth knowing, ✗ is a fault; with any ✗ the exit code is 1.
    """
    from bot.cli import doctor as command

    _end(command.run())


@cli.command(short_help="Print the app manifest to paste into Slack.")
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

    _end(command.show(url))


@keys.command(short_help="Print a new key for FIELD_KEYS.")
def new() -> None:
    """Print a new key for FIELD_KEYS. Put it first and keep the older ones, which open what they sealed."""
    from bot.storage.sealing import new_key

    print(new_key())


for _name, _commands in (
    ("playbooks", playbooks),
    ("customers", customers),
    ("nudges", nudges),
    ("roles", roles),
    ("cases", cases),
    ("keys", keys),
):
    cli.add_typer(_commands, name=_name)


def main() -> NoReturn:
    """Runs the command and exits; a fault that has a sentence never shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a character should not stop a command
            stream.reconfigure(errors="backslashreplace")
    try:
        cli(prog_name=PROGRAM)
    except OperatorError as error:
        _stop(str(error), error.exit_code)
    except SettingsError as error:
        _stop(str(error), error.exit_code)
    except BotError as error:
        from bot.assembly import explained

        _stop(explained(error), error.exit_code)
    except OSError as error:  # a folder that may not be written, a disk that is full
        _stop(f"{error.filename or 'operating system'}: {error.strerror or error}", 1)
    finally:
        _flush()
    sys.exit(0)


def _flush() -> None:
    """Now, since Python at its end would complain that nobody reads any more."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stop(sentence: str, exit_code: int) -> NoReturn:
    with contextlib.suppress(OSError):  # nobody reads any more
        print(f"factormate: {sentence}", file=sys.stderr)
    sys.exit(exit_code)


def _end(exit_code: int) -> NoReturn:
    raise typer.Exit(exit_code)
