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
webhooks = _group("What other systems are told, and who they are.")
privacy = _group("What is held about somebody, and its erasure.")
audit = _group("The log of who did what, each row chained to the one before.")


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


@customers.command(name="import", short_help="Add and change customers from a table.")
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

    \b
    Examples:
      python -m bot customers import customers.xlsx --dry-run --report rows.csv
      python -m bot customers import customers.csv --skip-faulty

    \b
    Example of a file:
      name,tier,industry,owner,aliases,last_contact_on,external_id
      远大纺织,A,纺织,U0123ABCD,远大;Yuanda,2026-03-05,CRM-0042
    """
    settings = _settings()
    from bot.cli import customers as command

    _end(command.import_file(file, settings, workspace, dry_run=dry_run, skip_faulty=skip_faulty, report=report))


@customers.command(name="export", short_help="Write customers, visits, needs and follow-ups to a file.")
def export_customers(
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
    form, settings = arguments.form(file), _settings()
    from bot.cli import customers as command

    _end(command.export_file(file, form, settings, workspace))


@customers.command(short_help="Say that a relationship has ended.")
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
    settings = _settings()
    from bot.cli import retention as command

    _end(command.end(customer, day, settings, workspace, reopen=reopen))


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


@webhooks.command(short_help="Tell another system what happens.")
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
    events, settings = arguments.events(event or ()), _settings()
    from bot.cli import webhooks as command

    _end(command.add(url, events, settings, workspace, with_text=with_text))


@webhooks.command(name="list", short_help="List who is told, and what was given up.")
def list_webhooks(workspace: Workspace = None) -> None:
    """List who is told what, and the events that were given up."""
    settings = _settings()
    from bot.cli import webhooks as command

    _end(command.list_(settings, workspace))


@webhooks.command(short_help="Stop telling an endpoint.")
def remove(endpoint: Annotated[str, typer.Argument(metavar="ID", hidden=True)], workspace: Workspace = None) -> None:
    """Stop telling an endpoint; what is on its way to it is dropped."""
    settings = _settings()
    from bot.cli import webhooks as command

    _end(command.remove(endpoint, settings, workspace))


@webhooks.command(name="test", short_help="Send an endpoint a signed test event.")
def try_webhook(
    endpoint: Annotated[str, typer.Argument(metavar="ID", hidden=True)], workspace: Workspace = None
) -> None:
    """Send an endpoint a signed event of the type factormate.test, now; exit code 1 when it isn't taken."""
    settings = _settings()
    from bot.cli import webhooks as command

    _end(command.try_(endpoint, settings, workspace))


@webhooks.command(short_help="Start again what was given up.")
def retry(workspace: Workspace = None) -> None:
    """Start again all events that were given up, and wake endpoints that said they want nothing more."""
    settings = _settings()
    from bot.cli import webhooks as command

    _end(command.retry(settings, workspace))


@keys.command(short_help="Seal everything with the first key, beside running bots.")
def rotate() -> None:
    """Seal everything that is encrypted in the store with the first key of FIELD_KEYS, beside running bots.

    First put a new key (python -m bot keys new) before the old one in FIELD_KEYS and restart every bot and worker.
    Ctrl-C stops it; run again, it goes on. At the end every value has been opened once, and you are told which keys
    can be removed. Backups made before need the old key. Exit code 1: something is left, and it says what.

    \b
    Example:
      FIELD_KEYS=new-key,old-key python -m bot keys rotate
    """
    settings = _settings()
    from bot.cli import keys as command

    _end(command.rotate(settings))


@cli.command(short_help="Write the whole store into a file.")
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)]) -> None:
    """Write the whole store into a file, beside running bots.

    What is encrypted stays so: the file says which keys it needs. Keep FIELD_KEYS (or the file field-keys under
    DATA_DIR) and the file erasures.jsonl apart from it; docs/operations.md says what stands in it readable.

    \b
    Example:
      python -m bot backup factormate-2026-11-27.gz
    """
    settings = _settings()
    from bot.cli import backups as command

    _end(command.backup(file, settings))


@cli.command(short_help="Fill the store from a backup.")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)],
    replace: Annotated[bool, typer.Option("--replace", help="Empty the store first, if it holds anything.")] = False,
) -> None:
    """Fill an empty store from a backup, while no bot runs; who was erased since is erased again.

    The backup may come from an embedded store and go to Redis, or the other way. It is read to its end and tried
    against FIELD_KEYS before anything is touched.

    \b
    Examples:
      python -m bot restore factormate-2026-11-27.gz
      python -m bot restore factormate-2026-11-27.gz --replace
    """
    settings = _settings()
    from bot.cli import backups as command

    _end(command.restore(file, settings, replace=replace))


@privacy.command(name="export", short_help="Print everything that is held about a person.")
def export_person(
    user: Annotated[str, typer.Argument(metavar="PERSON", hidden=True)], workspace: Workspace = None
) -> None:
    """Print everything that is held about a person (an id in Slack) as JSON, readable.

    Records that name the person are printed whole, so they tell of customers and colleagues too: look through them
    before you hand them out. The audit log says that it was printed.

    \b
    Example:
      python -m bot privacy export U0123ABCD > person.json
    """
    person, settings = arguments.person(user), _settings()
    from bot.cli import privacy as command

    _end(command.export(person, settings, workspace))


@privacy.command(name="retention", short_help="Say how long things are kept.")
def retention_(
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
    settings = _settings()
    from bot.cli import retention as command

    _end(command.retention(wanted, settings, workspace))


@privacy.command(short_help="Erase a person or a customer for good.")
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
    settings = _settings()
    from bot.cli import privacy as command

    _end(command.erase(whom, tuple(also or ()), settings, workspace, asks=not yes))


@audit.command(short_help="Check that no row was changed, added or taken out.")
def verify(
    head: Annotated[
        str | None, typer.Option("--head", metavar="HASH", help="Also check that the row with this hash is there.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Check that no row of the audit log was changed, added or taken out; say where the chain breaks, if it does.

    Note the last hash it prints somewhere else, and give it as --head next time: cutting rows off at the end is the
    one thing that a chain alone does not show. Exit code 1: it breaks.

    \b
    Examples:
      python -m bot audit verify
      python -m bot audit verify --head 9f2c…
    """
    settings = _settings()
    from bot.cli import audit as command

    _end(command.verify(head, settings, workspace))


@audit.command(name="export", short_help="Print every row as a JSON line.")
def export_audit(workspace: Workspace = None) -> None:
    """Print every row of the audit log as a JSON line, oldest first; that it was exported is the last one.

    \b
    Example:
      python -m bot audit export > audit.jsonl
    """
    settings = _settings()
    from bot.cli import audit as command

    _end(command.export(settings, workspace))


for _name, _commands in (
    ("playbooks", playbooks),
    ("customers", customers),
    ("nudges", nudges),
    ("roles", roles),
    ("cases", cases),
    ("keys", keys),
    ("webhooks", webhooks),
    ("audit", audit),
    ("privacy", privacy),
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
