"""Plays the release after this one: it knows more about every record, and about every part of one."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from redis.asyncio import Redis

from bot.storage.kinds import SEALED, WHOLE, kind_of
from bot.storage.sealing import Sealer
from tests.storage.reading import keys_of

FIELD: Final = "of_the_next_release"
_MAPS: Final = frozenset(
    {"contacted_on", "valued_on", "owners", "tiers", "values", "retirements", "before", "after", "pages", "gaps"}
)
"""Fields that hold a dictionary, not a part with fields of its own."""
_PLAIN: Final = {"retirements", "parked", "draft"}
"""Kinds that are no such record: a dictionary, two plain values, and what a form writes anew each time."""


async def write_on(redis: Redis, sealer: Sealer) -> dict[str, str]:
    """Adds a field to each record and each part of one, with a value of its own. Gives the rows it has left, by key."""
    rows = {}
    for key, row in await _rows(redis):
        written = row if kind_of(key) in _PLAIN else _through(sealer, key, row, _told)
        if written != row:
            await redis.set(key, written, keepttl=True)
            rows[key] = written
    return rows


async def known_to_it(redis: Redis, sealer: Sealer) -> set[str]:
    """The values of those fields that are still in the store."""
    found: set[str] = set()

    def look(tree: Any, _: str) -> Any:
        found.update(_values(tree))
        return tree

    for key, row in await _rows(redis):
        _through(sealer, key, row, look)
    return found


async def _rows(redis: Redis) -> list[tuple[str, str]]:
    """Of all records that are one text."""
    found = await keys_of(redis)
    return [(key, str(row)) for key, row in zip(found, await redis.mget(found), strict=True) if row is not None]


def _through(sealer: Sealer, key: str, row: str, step: Callable[[Any, str], Any]) -> str:
    """The row with its plain values put through `step`, and each sealed text apart, where it is not one text only."""
    fields = SEALED.get(kind_of(key), {})
    if WHOLE in fields:
        text = sealer.open(row, key)
        changed = _tree(text, key, step)
        return row if changed == text else sealer.seal(changed, key)
    written = _tree(row, key, step)
    if not written.startswith("{"):
        return written
    record = json.loads(written)
    for name, place in fields.items():
        if record.get(name):
            text = sealer.open(record[name], f"{key}{place}")
            changed = _tree(text, f"{key} {name}", step)
            record[name] = record[name] if changed == text else sealer.seal(changed, f"{key}{place}")
    return json.dumps(record)


def _tree(text: str, place: str, step: Callable[[Any, str], Any]) -> str:
    if not text.startswith(("{", "[")):
        return text
    tree = json.loads(text)
    changed = step(tree, place)
    return json.dumps(changed, ensure_ascii=False)


def _told(tree: Any, place: str) -> Any:
    if isinstance(tree, list):
        return [_told(each, f"{place} {number}") for number, each in enumerate(tree)]
    if not isinstance(tree, dict):
        return tree
    name = place.rpartition(" ")[2]
    found = {each: _told(value, f"{place} {each}") for each, value in tree.items()}
    return found if name in _MAPS else {f"{FIELD} {name}": place, **found}


def _values(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, each in tree.items():
            if name.startswith(FIELD):
                yield each
            yield from _values(each)
    elif isinstance(tree, list):
        for each in tree:
            yield from _values(each)
