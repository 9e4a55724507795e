"""What is sealed, and where: the one list that rotating the keys, erasing and exporting go by.

A record's kind is the third part of its key. Whoever seals a new value adds it here; a test opens all that the product
writes and names what is missing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bot.storage.sealing import Sealer

WHOLE: Final = ""
"""In the place of a field's name: the whole value is sealed."""

_VISIT: Final = {"note": "", "next_step": ":next_step", "pasted": ":pasted", "facts": ":facts"}

SEALED: Final[Mapping[str, Mapping[str, str]]] = {
    "key-check": {WHOLE: ""},
    "audit-key": {WHOLE: ""},
    "customer-details": {WHOLE: ""},
    "tiering": {WHOLE: ""},
    "contacts": {WHOLE: ""},
    "need-change": {"words": ""},
    "visit": _VISIT,
    "visit-version": _VISIT,
    "draft": {WHOLE: ""},
    "followup": {"title": "", "line": ":line"},
    "undo": {WHOLE: ""},
    "deal": {"volume": ""},
    "question": {"text": "", "missing": ":missing", "reply": ":reply"},
    "last-asked": {WHOLE: ""},
    "own-entry": {"sealed": ""},
    "revision": {"sealed": ""},
    "webhook": {"secret": "", "address": ":address"},  # nosec B105
    "case": {"reason": ""},
    "erasure": {"salt": ""},
    "installation": {"token": "", "refresh_token": ":refresh_token"},  # nosec B105
}
"""Kind → sealed field of its JSON → what its place adds to the key."""


LASTING: Final = {"schema", "key-check", "audit", "audit-chain", "audit-key", "erasure", "installation"}
"""Kinds that no erasure touches: they hold ids only, and prove what was done, or are what Slack is spoken to with."""

Leaf = Callable[[str], str | None]
"""A text as it shall be; None: it goes."""


def kind_of(key: str) -> str:
    """Of the few keys outside any workspace the part after the prefix."""
    parts = key.split(":")
    return parts[2] if len(parts) > 2 else parts[-1]


def renamed(key: str, ids: Sequence[str]) -> str:
    """The key of the same kind with other ids."""
    return ":".join((*key.split(":")[:3], *ids))


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


def opened(sealer: Sealer, key: str, row: str) -> Any:
    """The record as plain values, with what was sealed in it readable. Raises FieldKeysError."""
    return _tree(with_sealed(key, row, sealer.open))


def mapped(sealer: Sealer, key: str, row: str, leaf: Leaf, typed: Leaf) -> str:
    """The record with its open texts put through `leaf` and the sealed ones through `typed`.

    What does not change is not sealed anew. Raises FieldKeysError.
    """
    fields = SEALED.get(kind_of(key), {})

    def step(sealed: str, place: str) -> str:
        text = sealer.open(sealed, place)
        changed = _written(_each(_tree(text), typed), text)
        return sealed if changed == text else sealer.seal(changed, place)

    if WHOLE in fields:
        return step(row, key)
    row = with_sealed(key, row, step)
    tree = _tree(row)
    if isinstance(tree, dict):
        return _written({**_each(tree, leaf), **{name: tree[name] for name in fields if name in tree}}, row)
    return _written(_each(tree, leaf), row)


def _tree(text: str) -> Any:
    """The values of a JSON object or list; any other text is itself."""
    try:
        tree = json.loads(text)
    except ValueError:
        return text
    return tree if isinstance(tree, dict | list) else text


def _written(tree: Any, before: str) -> str:
    """As it was written before, where nothing has changed."""
    if isinstance(tree, str) or tree is None:
        return tree or ""
    return before if tree == _tree(before) else json.dumps(tree, ensure_ascii=False)


def _each(tree: Any, leaf: Leaf) -> Any:
    """What goes leaves lists and objects' names, and is None elsewhere."""
    if isinstance(tree, str):
        return leaf(tree)
    if isinstance(tree, list):
        changed = [(each, _each(each, leaf)) for each in tree]
        return [now for before, now in changed if now is not None or before is None]
    if isinstance(tree, dict):
        return {now: _each(value, leaf) for name, value in tree.items() if (now := leaf(name)) is not None}
    return tree
