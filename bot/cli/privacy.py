"""Telling what is held about somebody, and erasing it."""

import json
import sys
from collections import Counter

from bot.cli import OperatorError, erasures
from bot.cli.arguments import PERSON
from bot.cli.desk import OPERATOR, Desk, at_desk
from bot.domain.customer import Customer
from bot.jobs import DOCKET
from bot.settings import Settings
from bot.storage.durability import rewrite_log

SHORTEST = 2
"""A name of one character stands inside too many words."""


def export(user_id: str, settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        held = await desk.services().privacy.export(desk.team_id, user_id, by=OPERATOR)
        print(json.dumps({"person": user_id, "workspace": desk.team_id, "held": held}, ensure_ascii=False, indent=2))
        return 0

    return at_desk(work, settings, workspace)


def erase(whom: str, also: tuple[str, ...], settings: Settings, workspace: str | None, *, asks: bool) -> int:
    if short := [name for name in also if len(name.strip()) < SHORTEST]:
        raise OperatorError(f"--also {short[0]}: a name has at least {SHORTEST} characters.")

    async def work(desk: Desk) -> int:
        privacy = desk.services().privacy
        if PERSON.match(whom):
            _ask(f"{whom} is replaced by a pseudonym everywhere, for good", also, asks=asks)
            done = await privacy.erase_person(desk.team_id, whom, also, by=OPERATOR)
            done["jobs"] += await privacy.store.forget_jobs(DOCKET, whom)
        else:
            customer = only(await privacy.customers(desk.team_id, whom), whom)
            names = [*await privacy.names_to_hide(desk.team_id, customer), *also]
            if shared := set(customer.names).difference(names):
                print(f"Another customer bears these names too, so they stay where they were typed: {_list(shared)}.")
            _ask(f"{customer.name} ({customer.id}) goes with all its notes, for good", names, asks=asks)
            done = await privacy.erase_customer(desk.team_id, customer.id, names, by=OPERATOR)
        await erasures.keep(desk)
        _report(done, is_gone=await rewrite_log(desk.core.redis))
        return 0

    return at_desk(work, settings, workspace)


def only(found: list[Customer], typed: str) -> Customer:
    """The one that is meant. Raises OperatorError."""
    if not found:
        raise OperatorError(f"There is no customer with the id or the exact name {typed}.", 1)
    if len(found) > 1:
        each = "; ".join(f"{customer.id} of {customer.owner_id}" for customer in found)
        raise OperatorError(f"Several customers are called {typed}: say the id of one ({each}).")
    return found[0]


def _ask(what: str, names: tuple[str, ...] | list[str], *, asks: bool) -> None:
    """Raises OperatorError unless it is agreed to."""
    if not asks:
        return
    if not sys.stdin.isatty():
        raise OperatorError("Nothing was erased: nobody can be asked here. Add --yes.")
    print(f"{what}.")
    if names:
        print(f"Blacked out wherever somebody typed them: {_list(names)}.")
    if input("Type yes to go on: ").strip().casefold() != "yes":
        raise OperatorError("Nothing was erased.", 1)


def _report(done: Counter[str], *, is_gone: bool) -> None:
    for kind, count in sorted(done.items()):
        if count:
            print(f"{kind}: {count}")
    print(f"{done.total()} records were erased, changed or renamed.")
    if not is_gone:
        print("The store was not told to write its file anew: its files on disk may hold old values for a while.")
    print("Not reached from here: messages in Slack, and backups made before (a restore erases again).")


def _list(names: set[str] | tuple[str, ...] | list[str]) -> str:
    return ", ".join(sorted(names))
