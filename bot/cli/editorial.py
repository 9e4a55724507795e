"""Who keeps a company's playbook true, and what it changed: as files."""

from pathlib import Path

from bot.cli.desk import OPERATOR, Desk, at_desk
from bot.domain.entry import OwnerRole
from bot.settings import Settings
from bot.storage.playbooks import place_of, written


def export_yaml(folder: Path, settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        services = desk.services()
        own = await services.revisions.own_entries(desk.team_id)
        await services.workspaces.record(desk.team_id, OPERATOR, "playbook.export", desk.team_id, str(len(own)))
        for entry_id, entry in sorted(own.items()):
            if entry is None:
                print(f"retired: {entry_id}; delete {place_of(entry_id)} if there is such a file")
                continue
            path = folder / place_of(entry_id)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(written(entry), encoding="utf-8")
            print(path)
        if not own:
            print("The workspace has changed nothing yet.")
        return 0

    return at_desk(work, settings, workspace)


def set_owners(role: OwnerRole, user_ids: tuple[str, ...], settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        services = desk.services()
        await services.reviews.set_owners(desk.team_id, role, user_ids, by=OPERATOR)
        for user_id in user_ids:
            await services.nudges.join(desk.team_id, user_id)
            if not (await services.members.find(desk.team_id, user_id)).roles:
                print(f"{user_id} has no role, so others are asked. Give one with: roles set {user_id} --role editor")
        await _show(desk, role)
        return 0

    return at_desk(work, settings, workspace)


def list_owners(settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        for role in OwnerRole:
            await _show(desk, role)
        return 0

    return at_desk(work, settings, workspace)


async def _show(desk: Desk, role: OwnerRole) -> None:
    """Who was named, and who is asked instead where nobody was or all have left."""
    services = desk.services()
    named = await services.revisions.owner_ids(desk.team_id, role)
    asked = sorted(await services.reviews.reviewer_ids(desk.team_id, role))
    instead = "" if asked and set(asked) <= set(named) else f"  (asked instead: {', '.join(asked) or 'nobody'})"
    entries = sum(entry.owner is role for entry in services.playbook.shipped.playbook.entries.values())
    print(f"{role}  {', '.join(named) or '-'}  {entries} entries{instead}")
