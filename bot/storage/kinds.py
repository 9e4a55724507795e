"""What is sealed, and where: the one list that rotating the keys, erasing and exporting go by.

A record's kind is the third part of its key. Whoever seals a new value adds it here; a test opens all that the product
writes and names what is missing.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

WHOLE: Final = ""
"""In the place of a field's name: the whole value is sealed."""

SEALED: Final[Mapping[str, Mapping[str, str]]] = {
    "key-check": {WHOLE: ""},
    "audit-key": {WHOLE: ""},
    "visit": {"note": "", "next_step": ":next_step"},
    "followup": {"title": ""},
    "question": {"text": "", "missing": ":missing", "reply": ":reply"},
    "last-asked": {WHOLE: ""},
    "own-entry": {"sealed": ""},
    "revision": {"sealed": ""},
}
"""Kind → sealed field of its JSON → what its place adds to the key."""


def kind_of(key: str) -> str:
    """Of the few keys outside any workspace the part after the prefix."""
    parts = key.split(":")
    return parts[2] if len(parts) > 2 else parts[-1]


def workspace_of(key: str) -> str | None:
    """None for a key outside any workspace."""
    _, _, rest = key.partition(":{")
    team_id, end, _ = rest.partition("}:")
    return team_id if end else None


def with_sealed(key: str, row: str, step: Callable[[str, str], str]) -> str:
    """The record with each sealed value put through `step`, which also gets its place. Itself when nothing changes."""
    fields = SEALED.get(kind_of(key))
    if not fields:
        return row
    if WHOLE in fields:
        return step(row, key)
    record: dict[str, Any] = json.loads(row)
    changed = dict(record)
    for field, suffix in fields.items():
        if record.get(field):
            changed[field] = step(record[field], f"{key}{suffix}")
    return json.dumps(changed) if changed != record else row
