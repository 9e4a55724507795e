"""What is typed becomes a value, or one sentence for whoever typed it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.cli import OperatorError, arguments
from bot.domain.user import Role
from bot.services.playbook import MAX_QUESTION
from bot.settings import Settings

NOW = datetime.fromisoformat("2026-11-24T10:00:00+08:00")
LOCAL = Settings(_env_file=None)
REAL = Settings(_env_file=None, slack_bot_token=SecretStr("xoxb-1"), slack_signing_secret=SecretStr("s"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2027-03-01T09:30+00:00", "2027-03-01T17:30+08:00"),
        ("2027-03-01T09:30Z", "2027-03-01T17:30+08:00"),
        ("2027-03-01T09:30", "2027-03-01T09:30+08:00"),
        ("2027-03-01", "2027-03-01T09:00+08:00"),
    ],
    ids=["offset", "zulu", "default zone", "a day is its DIGEST_AT"],
)
def test_moments(typed: str, meant: str) -> None:
    assert arguments.moment(typed, LOCAL, NOW, dry_run=False) == datetime.fromisoformat(meant)


def test_a_real_workspace_gets_no_messages_from_the_future() -> None:
    """Trying it out is allowed, and so is the local workspace, whose clock moves anyway."""
    tomorrow = "2026-11-25"
    assert arguments.moment(tomorrow, REAL, NOW, dry_run=True)
    assert arguments.moment(tomorrow, LOCAL, NOW, dry_run=False)
    with pytest.raises(OperatorError, match="future"):
        arguments.moment(tomorrow, REAL, NOW, dry_run=False)


def test_roles_are_named_or_all_taken_away() -> None:
    assert arguments.roles(["admin", "team_lead"], none=False) == {Role.ADMIN, Role.TEAM_LEAD}
    assert arguments.roles([], none=True) == frozenset()


def test_the_only_workspace_need_not_be_named() -> None:
    assert arguments.workspace(None, ["T1"]) == "T1"
    assert arguments.workspace("T2", ["T1", "T2"]) == "T2"


def test_questions_of_a_table(tmp_path: Path) -> None:
    """Other columns do not matter, quotes are ordinary characters, an empty question keeps its place."""
    file = tmp_path / "rows.tsv"
    file.write_text('\ufeffids\tquery\tstyle\r\nx\t"费率高"\tzh\r\n\r\ny\t\ten\r\nz\n', encoding="utf-8")
    assert arguments.questions([], file) == ['"费率高"', "", ""]


def test_as_many_characters_as_in_slack() -> None:
    assert arguments.LONGEST_QUESTION == MAX_QUESTION


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: arguments.moment("monday", LOCAL, NOW, dry_run=True), "2027-03-01T09:00"),
        (lambda: arguments.moment("0001-01-01", LOCAL, NOW, dry_run=True), "year 1"),
        (lambda: arguments.person("林悦"), "begins with U or W"),
        (lambda: arguments.roles([], none=False), "--role"),
        (lambda: arguments.roles(["admin"], none=True), "--none"),
        (lambda: arguments.roles(["boss"], none=False), "account_manager, team_lead, editor, approver, risk, admin"),
        (lambda: arguments.team(" "), "60 characters"),
        (lambda: arguments.workspace(None, []), "Start the bot once"),
        (lambda: arguments.workspace(None, ["T1", "T2"]), "--workspace with one of T1, T2"),
        (lambda: arguments.workspace("T3", ["T1", "T2"]), "it has T1, T2"),
        (lambda: arguments.questions([], None), "--batch"),
        (lambda: arguments.questions(["费率高"], Path("a.tsv")), "--batch"),
        (lambda: arguments.questions(["费" * 1001], None), "1001 characters"),
        (lambda: arguments.questions([], Path("missing.tsv")), "missing.tsv: No such file"),
        (lambda: arguments.questions([], Path(__file__)), "names no column `query`"),
        (lambda: arguments.worker(LOCAL), "REDIS_URL"),
    ],
    ids=[
        "a weekday",
        "antiquity",
        "a name",
        "no role",
        "a role and none",
        "an unknown role",
        "an empty team",
        "a fresh store",
        "several workspaces",
        "an unknown workspace",
        "no question",
        "a question and a batch",
        "a long question",
        "a missing file",
        "no such column",
        "a local worker",
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(OperatorError) as caught:
        call()
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ((None, None, False), None),
        (("customers", 1826, False), ("customer_days", 1826)),
        (("questions", None, True), ("question_days", None)),
    ],
    ids=["shown", "days", "for good"],
)
def test_how_long_things_are_kept(
    typed: tuple[str | None, int | None, bool], found: tuple[str, int | None] | None
) -> None:
    kind, days, never = typed
    assert arguments.retention(kind, days, never=never) == found


@pytest.mark.parametrize(
    "typed", [("notes", 30, False), ("customers", None, False), ("customers", 30, True), (None, 30, False)]
)
def test_a_retention_that_says_too_little_or_too_much(typed: tuple[str | None, int | None, bool]) -> None:
    kind, days, never = typed
    with pytest.raises(OperatorError):
        arguments.retention(kind, days, never=never)
