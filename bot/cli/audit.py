"""The audit log, for whoever has to check or keep it."""

import json
from dataclasses import asdict

from bot.cli.desk import OPERATOR, Desk, at_desk
from bot.domain.audit import AuditRow
from bot.settings import Settings


def verify(head: str | None, settings: Settings, workspace: str | None) -> int:
    """1 when the chain breaks, or has no row with the hash `head`."""

    async def work(desk: Desk) -> int:
        audit = desk.services().workspaces.audit
        verdict = await audit.verify(desk.team_id)
        print(f"{verdict.rows} rows hang together. The last one's hash: {verdict.head or 'none'}")
        if earlier := len(await audit.unchained(desk.team_id)):
            print(f"{earlier} rows of releases before 0.4.0 are kept as they are; they were never chained.")
        if verdict.fault is not None:
            print(f"The chain breaks: {verdict.fault}.")
            return 1
        if head is not None and head not in [link.hash async for link in audit.links(desk.team_id)]:
            print(f"No row has the hash {head}: rows were cut off at the end, or the whole log was replaced.")
            return 1
        return 0

    return at_desk(work, settings, workspace)


def export(settings: Settings, workspace: str | None) -> int:
    """JSON lines, oldest first; those before the chain have neither number nor hash."""

    async def work(desk: Desk) -> int:
        workspaces = desk.services().workspaces
        await workspaces.record(desk.team_id, OPERATOR, "audit.export", desk.team_id)
        for row in await workspaces.audit.unchained(desk.team_id):
            print(_line(row))
        async for link in workspaces.audit.links(desk.team_id):
            print(_line(link.row, number=link.number, hash=link.hash))
        return 0

    return at_desk(work, settings, workspace)


def _line(row: AuditRow, **place: int | str) -> str:
    return json.dumps({**place, **asdict(row), "at": row.at.isoformat()})
