"""Bringing customers in from a table, and taking out what is kept of them."""

import os
import sys
from pathlib import Path

from bot import tables
from bot import text as texts
from bot.cli import OperatorError
from bot.cli.desk import OPERATOR, Desk, at_desk
from bot.domain.export import Form
from bot.domain.importplan import Effect
from bot.domain.table import Line
from bot.errors import TableFileError
from bot.services.imports import Plan
from bot.settings import Settings
from bot.views import imports as views

TEXT = texts.load("en")


def import_file(
    file: Path,
    settings: Settings,
    workspace: str | None,
    *,
    dry_run: bool,
    skip_faulty: bool,
    report: Path | None,
) -> int:
    """Nothing is written while any row has a fault, unless those are to be skipped.

    The exit code is 0 when every row in order was written, and was all that was asked for: 1 when nothing was written
    because of faults, when a dry run found some, and when somebody else has changed a row's customer meanwhile.
    """
    lines = _read(file)

    async def work(desk: Desk) -> int:
        service = desk.services().imports
        plan = await service.plan(desk.team_id, lines, None)
        for fault in plan.faults:
            print(f"{file}:{fault.line}: {views.sentence(fault, TEXT)}")
        if report is not None:
            _write(report, plan)
        is_refused = bool(plan.faults) and not skip_faulty
        if dry_run or is_refused:
            print(f"{views.summary(plan.rows, plan.faults, TEXT)} {_nothing(plan, dry_run=dry_run)}")
            return 1 if plan.faults else 0
        done = await service.apply(desk.team_id, plan, OPERATOR, _progress)
        for fault in (each for each in done.faults if each not in plan.faults):
            print(f"{file}:{fault.line}: {views.sentence(fault, TEXT)}")
        print(f"{views.summary(done.rows, done.faults, TEXT)} Done.")
        is_whole = len(done.rows) == len(plan.rows) and bool(plan.rows or not plan.faults)
        return 0 if is_whole else 1

    return at_desk(work, settings, workspace)


def export_file(file: Path, form: Form, settings: Settings, workspace: str | None) -> int:
    """Everything of the workspace; the file is the owner's to read only."""

    async def work(desk: Desk) -> int:
        kept = await desk.services().exports.whole(desk.team_id, by=OPERATOR)
        _write_private(file, tables.exported(kept, form))
        what = "" if form is Form.CSV else f", {len(kept.visits)} visits, {len(kept.needs)} needs"
        print(
            f"{file}: {len(kept.customers)} customers{what}. It is not encrypted: keep it where only you can read it."
        )
        return 0

    return at_desk(work, settings, workspace)


def _write_private(file: Path, content: bytes) -> None:
    """Also where there was a file that others may read."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
            os.fchmod(out.fileno(), 0o600)
            out.truncate()
            out.write(content)
    except OSError as error:
        raise OperatorError(f"{file}: {error.strerror}.") from error


def _nothing(plan: Plan, *, dry_run: bool) -> str:
    if dry_run:
        return "Nothing was imported: this was a dry run."
    good = len(plan.rows) - plan.count(Effect.SAME)
    more = f" Mend them, or import the other {good} with --skip-faulty." if good else ""
    return f"Nothing was imported.{more}"


def _read(file: Path) -> list[Line]:
    try:
        return list(tables.read(file.read_bytes()))
    except OSError as error:
        raise OperatorError(f"{file}: {error.strerror}.") from error
    except TableFileError as error:
        raise OperatorError(f"{file}: {TEXT(error.key, **error.values)}", 1) from error


def _write(report: Path, plan: Plan) -> None:
    _write_private(report, tables.csv_bytes(views.report(plan.rows, plan.faults, TEXT)))
    print(f"Row by row: {report}")


def _progress(done: int, total: int) -> None:
    """On a terminal only, where a line can be written over."""
    if sys.stderr.isatty():
        print(f"\r{done} of {total} …", end="\n" if done == total else "", file=sys.stderr, flush=True)
