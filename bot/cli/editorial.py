"""What a company changed in its playbook: as files."""

from pathlib import Path

from bot.cli.desk import Desk, at_desk
from bot.settings import Settings
from bot.storage.playbooks import place_of, written


def export_yaml(folder: Path, settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        own = await desk.services().revisions.own_entries(desk.team_id)
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
