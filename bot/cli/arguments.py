"""What was typed, made into values before anything heavy is imported. Each raises OperatorError with one sentence."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bot.cli import OperatorError
from bot.domain.entry import Kind, OwnerRole
from bot.domain.export import Form
from bot.domain.question import Labelled
from bot.domain.user import Role
from bot.domain.webhook import EventType
from bot.settings import Settings

PERSON: Final = re.compile(r"^[UW][A-Z0-9]{2,20}$")
LONGEST_TEAM: Final = 60
LONGEST_QUESTION: Final = 1000
YEARS: Final = range(2000, 2200)


def person(typed: str) -> str:
    if not PERSON.match(typed):
        raise OperatorError(f"{typed} is not a person's id; it begins with U or W, like U0123ABCD.")
    return typed


def roles(typed: Sequence[str], *, none: bool) -> frozenset[Role]:
    if none == bool(typed):
        raise OperatorError("Say --role with each role the person shall have, or --none to take all away.")
    unknown = [each for each in typed if each not in list(Role)]
    if unknown:
        raise OperatorError(f"There is no role {unknown[0]}; there are {', '.join(Role)}.")
    return frozenset(Role(each) for each in typed)


def kinds(typed: str) -> frozenset[Kind]:
    """`all`, or a kind as its folder is called."""
    by_folder = {kind.folder: frozenset({kind}) for kind in Kind} | {"all": frozenset(Kind)}
    if typed not in by_folder:
        raise OperatorError(f"There is no kind {typed}; there are {', '.join(by_folder)}.")
    return by_folder[typed]


def owners(role: str | None, users: Sequence[str], *, none: bool) -> tuple[OwnerRole, tuple[str, ...]] | None:
    """None lists them."""
    if role is None and not none:
        return None
    if role not in list(OwnerRole):
        raise OperatorError(f"There is no owner role {role or '(none given)'}; there are {', '.join(OwnerRole)}.")
    if none == bool(users):
        raise OperatorError("Say who stands for the role, or --none.")
    return OwnerRole(role), tuple(person(each) for each in users)


def form(file: Path) -> Form:
    """Told by how the file's name ends."""
    ending = file.suffix.removeprefix(".").lower()
    if ending not in list(Form):
        raise OperatorError(f"{file}: its name must end with {', '.join(f'.{each}' for each in Form)}.")
    return Form(ending)


def events(typed: Sequence[str]) -> frozenset[EventType]:
    """All of them when none is named."""
    unknown = [each for each in typed if each not in list(EventType)]
    if unknown:
        raise OperatorError(f"There is no event {unknown[0]}; there are {', '.join(EventType)}.")
    return frozenset(EventType(each) for each in typed or EventType)


def team(typed: str | None) -> str | None:
    if typed is not None and not 0 < len(typed.strip()) <= LONGEST_TEAM:
        raise OperatorError(f"--team takes a name of up to {LONGEST_TEAM} characters.")
    return typed.strip() if typed is not None else None


def workspace(wanted: str | None, team_ids: Sequence[str]) -> str:
    """The workspace named, or the only one there is."""
    if not team_ids:
        raise OperatorError(
            "The store holds no workspace yet. Start the bot once (make run): it makes itself known there.", 1
        )
    if wanted is not None and wanted not in team_ids:
        raise OperatorError(f"The store has no workspace {wanted}; it has {', '.join(team_ids)}.")
    if wanted is None and len(team_ids) > 1:
        raise OperatorError(f"The store has several workspaces: say --workspace with one of {', '.join(team_ids)}.")
    return wanted or team_ids[0]


def moment(typed: str, settings: Settings, now: datetime, *, dry_run: bool) -> datetime:
    """A day alone means its DIGEST_AT; what lacks an offset is in DEFAULT_TZ."""
    zone = ZoneInfo(settings.default_tz)
    try:
        parsed = datetime.fromisoformat(typed)
    except ValueError:
        raise OperatorError(f"--at {typed}: write a moment like 2027-03-01T09:00+08:00, or a day.") from None
    if parsed.year not in YEARS:
        raise OperatorError(f"--at {typed}: no customer is due in the year {parsed.year}.")
    if len(typed) <= len("2027-03-01"):
        parsed = datetime.combine(parsed.date(), settings.digest_at, zone)
    found = (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)
    if found > now and not dry_run and not settings.is_local:
        raise OperatorError("In a real workspace --at must not be in the future, unless you add --dry-run.")
    return found


def retention(kind: str | None, days: int | None, *, never: bool) -> tuple[str, int | None] | None:
    """The setting's name and its days, None of which is for good; None shows them."""
    names = {"customers": "customer_days", "questions": "question_days"}
    if kind is None and days is None and not never:
        return None
    if kind not in names:
        raise OperatorError(f"There is no kind {kind or '(none given)'}; there are {', '.join(names)}.")
    if never == (days is not None):
        raise OperatorError("Say for how many days, or --never.")
    return names[kind], days


def day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise OperatorError(f"--on {typed}: write a day like 2027-03-01.") from None


def questions(typed: Sequence[str], batch: Path | None) -> list[str]:
    """What is to be answered: the words typed, or each row's `query`."""
    question = " ".join(typed).strip()
    if bool(question) == (batch is not None):
        raise OperatorError(
            'Say what the customer said, as in: answer "the fee is too high", or give --batch FILE.tsv.'
        )
    if len(question) > LONGEST_QUESTION:
        raise OperatorError(f"That is {len(question)} characters; up to {LONGEST_QUESTION} can be answered.")
    return [question] if batch is None else _column(batch)


def worker(settings: Settings) -> Settings:
    if settings.is_local and settings.redis_url is None:
        raise OperatorError(
            "The local workspace runs its jobs itself. A worker needs a real workspace (SLACK_BOT_TOKEN) or REDIS_URL."
        )
    return settings


def labelled(file: Path) -> list[Labelled]:
    """Rows with `query`, `ids` (comma-separated, or none) and, if you like, `style`."""
    rows = _table(file, "query", "ids")
    return [
        Labelled(row["query"], () if row["ids"] == "none" else tuple(row["ids"].split(",")), row.get("style") or "all")
        for row in rows
    ]


def _column(file: Path) -> list[str]:
    return [row["query"] for row in _table(file, "query")]


def _table(file: Path, *needed: str) -> list[dict[str, str]]:
    """The rows of a table of tab-separated values, in which quotes are ordinary characters."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise OperatorError(f"{file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise OperatorError(f"{file} is not UTF-8 text.") from error
    header = lines[0].rstrip("\r").split("\t")
    for name in needed:
        if name not in header:
            raise OperatorError(f"{file}: the first line names no column `{name}`; columns are separated by tabs.")
    rows = [line.rstrip("\r").split("\t") for line in lines[1:] if line.strip()]
    return [dict(zip(header, [*cells, *[""] * len(header)], strict=False)) for cells in rows]
