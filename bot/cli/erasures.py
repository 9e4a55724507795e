"""The erasure list beside the store: when the store itself is lost, a backup from before is still held against it."""

import json
import os
from pathlib import Path
from typing import Final

from bot.cli.desk import Desk
from bot.errors import DamagedFileError
from bot.settings import Settings

FILE: Final = "erasures.jsonl"


def path(settings: Settings) -> Path:
    return settings.home / FILE


def read(settings: Settings) -> list[tuple[str, str]]:
    """Workspace and line, as written. Raises DamagedFileError."""
    file = path(settings)
    if not file.exists():
        return []
    try:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        return [(str(row["workspace"]), json.dumps(row["erased"])) for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedFileError(path=file) from error


async def keep(desk: Desk) -> None:
    """Writes the store's list to the file, sealed with the first key; what only the file knows stays in it."""
    await take_in(desk)
    services, lines = desk.services(), []
    for team_id in await services.workspaces.store.all_ids():
        for erased in await services.privacy.store.erased(team_id):
            sealed = json.loads(services.privacy.store.sealed(team_id, erased))
            lines.append(json.dumps({"workspace": team_id, "erased": sealed}))
    if not lines:
        return
    file = path(desk.settings)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    draft.replace(file)


async def take_in(desk: Desk) -> None:
    """Lines that the store lacks are added to it."""
    services = desk.services()
    known = {
        (team_id, erased.id)
        for team_id in await services.workspaces.store.all_ids()
        for erased in await services.privacy.store.erased(team_id)
    }
    for team_id, row in read(desk.settings):
        erased = services.privacy.store.opened(team_id, row)
        if (team_id, erased.id) not in known:
            await services.privacy.store.note(team_id, erased)
