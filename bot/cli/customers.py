"""Bringing customers in from a table."""

from collections.abc import Sequence
from pathlib import Path

from bot.cli.desk import OPERATOR, Desk, at_desk
from bot.cli.table import Faults, Row
from bot.domain import policy
from bot.domain.customer import folded
from bot.domain.note import NewCustomer
from bot.domain.user import User
from bot.errors import NotAllowedError
from bot.services import Services
from bot.settings import Settings


def import_rows(rows: Sequence[Row], faults: Faults, file: Path, settings: Settings, workspace: str | None) -> int:
    """None while anything is wrong: `faults` has what the file itself tells, the store may add more."""

    async def work(desk: Desk) -> int:
        services = desk.services()
        actors = await _owners(services, desk.team_id, rows, faults)
        fresh = await _fresh(services, actors, rows, faults)
        if faults:
            return _refused(file, faults)
        for row in fresh:
            new = NewCustomer(row.name, row.tier, row.industry, row.other_names, row.last_contact_on)
            await services.customers.create(actors[row.owner], new, by=OPERATOR)
        there = f"; {len(rows) - len(fresh)} were there already" if len(rows) > len(fresh) else ""
        print(f"Imported {len(fresh)} of {len(rows)} customers{there}.")
        return 0

    if not rows:  # nothing to hold against the store
        return _refused(file, faults)
    return at_desk(work, settings, workspace)


def _refused(file: Path, faults: Faults) -> int:
    for line, sentence in sorted(faults):
        print(f"{file}:{line}: {sentence}")
    print("Nothing was imported.")
    return 1


async def _owners(services: Services, team_id: str, rows: Sequence[Row], faults: Faults) -> dict[str, User]:
    """Who the customers are for; owners who may not have customers are noted."""
    actors = {owner: await services.members.actor(team_id, owner) for owner in {row.owner for row in rows}}
    for row in rows:
        try:
            policy.ensure_writes_notes(actors[row.owner])
        except NotAllowedError:
            command = f"python -m bot roles set {row.owner} --role account_manager"
            faults.note(row.line, f"owner: {row.owner} is no account manager; first run: {command}")
    return actors


async def _fresh(services: Services, actors: dict[str, User], rows: Sequence[Row], faults: Faults) -> list[Row]:
    """The rows whose owner has no such customer yet; names that would be given twice are noted."""
    fresh = []
    for owner, actor in actors.items():
        own = await services.customers.suggest(actor, "")
        taken = {folded(name): f"is a name of {customer.name} already" for customer in own for name in customer.names}
        there = set(taken)
        today = actor.today(services.customers.now())
        for row in (each for each in rows if each.owner == owner):
            if folded(row.name) in there:
                continue
            if row.last_contact_on is not None and row.last_contact_on > today:
                faults.note(row.line, "last_contact_on: is in the future")
            for name in (row.name, *row.other_names):
                if folded(name) in taken:
                    field = "name" if name == row.name else "aliases"
                    faults.note(row.line, f"{field}: {name} {taken[folded(name)]}")
                taken.setdefault(folded(name), f"is on line {row.line} already")
            fresh.append(row)
    return sorted(fresh, key=lambda row: row.line)
