"""What the local workspace makes for itself where a real one gets it from its operator."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.errors import BotError, DamagedFileError
from bot.storage.sealing import new_key


class FieldKeysLostError(BotError):
    """The store is in use, but the file with its key is gone."""

    key = "error.field_keys_lost"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Made up at the first start, readable by the operator's account only."""

    bot_token: str
    app_token: str
    signing_secret: str


def credentials(data_dir: Path) -> Credentials:
    made = Credentials(
        bot_token=f"xoxb-local-{secrets.token_hex(12)}",
        app_token=f"xapp-local-{secrets.token_hex(12)}",
        signing_secret=secrets.token_hex(16),
    )
    path = data_dir / "local-workspace.json"
    try:
        return Credentials(**json.loads(_kept(path, json.dumps(asdict(made)))))
    except (ValueError, TypeError) as error:
        raise DamagedFileError(path=path) from error


def field_keys(data_dir: Path, *, may_make: bool) -> tuple[str, ...]:
    """The key notes are sealed with on a single machine. Losing the file loses the notes: back it up with the data."""
    path = data_dir / "field-keys"
    if not may_make and not path.exists():
        raise FieldKeysLostError(path=path)
    try:
        return tuple(_kept(path, new_key()).split())
    except UnicodeDecodeError as error:
        raise DamagedFileError(path=path) from error


def _kept(path: Path, made: str) -> str:
    """What the file says; `made` is written first where there is none. Two starters agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(made, encoding="utf-8")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8")
