"""The audit log: a stream to which rows are only added, each with a hash over itself and the hash before it.

The hash is an HMAC whose key is drawn at random for each workspace and stored sealed. Whoever has only the store's
file can therefore change a row, but not make the rest fit; a rotation seals that key anew and leaves the rows alone.
What 0.3.0 and earlier wrote stays in its list: it is read first, and is not part of the chain.
"""

import asyncio
import hmac
import json
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from typing import Final, cast

from bot.domain.audit import AuditRow, Verdict
from bot.errors import ConflictError
from bot.storage import keys
from bot.storage.records import TRIES, Batch, Records
from bot.storage.replies import entries, texts
from bot.storage.sealing import Sealer

PAGE: Final = 1000
AT_ONCE: Final = 200
"""Rows of one commit."""
_START: Final = ""
"""In the place of the hash before the first row."""


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the chain as stored; `number` counts from 1."""

    number: int
    text: str
    hash: str

    @property
    def row(self) -> AuditRow:
        return _row(self.text)


@dataclass(slots=True, eq=False)
class _Waiting:
    row: AuditRow
    is_written: bool = False


class AuditStore:
    """Rows that this process has to add at one moment go into one commit, so only whole processes compete for the end
    of the chain, and each remembers where it saw the end last."""

    __slots__ = ("_ends", "_keys", "_records", "_sealer", "_turns", "_waiting")

    def __init__(self, records: Records, sealer: Sealer) -> None:
        self._records = records
        self._sealer = sealer
        self._keys: dict[str, bytes] = {}
        self._ends: dict[str, tuple[int, str]] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: defaultdict[str, list[_Waiting]] = defaultdict(list)

    async def append(self, team_id: str, row: AuditRow) -> None:
        """On the disk when this returns. Raises ConflictError when others were faster many times over."""
        mine, waiting = _Waiting(row), self._waiting[team_id]
        waiting.append(mine)
        try:
            async with self._turns[team_id]:
                while not mine.is_written:
                    written = waiting[:AT_ONCE]
                    await self._write(team_id, [each.row for each in written])
                    for each in written:
                        each.is_written = True
                    waiting[:] = [each for each in waiting if not each.is_written]
        finally:
            if not mine.is_written:
                waiting.remove(mine)

    async def _write(self, team_id: str, rows: list[AuditRow]) -> None:
        key, stream = await self._key(team_id), keys.audit(team_id)
        for tries in range(TRIES):
            number, end = self._ends.get(team_id) or await self._end(team_id)
            batch = Batch().expect_last(stream, _entry_id(number) if number else None)
            for row in rows:
                number, text = number + 1, _text(row)
                end = _hash(key, end, number, text)
                batch.xadd(stream, _entry_id(number), {"row": text, "hash": end})
            if await self._records.commit(batch):
                self._ends[team_id] = (number, end)
                return
            self._ends.pop(team_id, None)
            await asyncio.sleep(random.uniform(0, 0.002 * tries))  # noqa: S311 - spreads those who compete # nosec B311
        raise ConflictError(tries=TRIES)

    async def _end(self, team_id: str) -> tuple[int, str]:
        found = entries(await self._records.redis.xrevrange(keys.audit(team_id), count=1))
        if not found:
            return 0, _START
        link = _link(*found[0])
        return link.number, link.hash

    async def _key(self, team_id: str) -> bytes:
        if team_id not in self._keys:
            place = keys.audit_key(team_id)
            await self._records.redis.set(place, self._sealer.seal(token_hex(32), place), nx=True)
            self._keys[team_id] = await self._known_key(team_id) or b""
        return self._keys[team_id]

    async def _known_key(self, team_id: str) -> bytes | None:
        place = keys.audit_key(team_id)
        sealed = await self._records.get(place)
        return bytes.fromhex(self._sealer.open(sealed, place)) if sealed else None

    async def newest(self, team_id: str, count: int = 100) -> list[AuditRow]:
        """Of the chain, newest first."""
        found = await self._records.redis.xrevrange(keys.audit(team_id), count=count)
        return [_link(*each).row for each in entries(found)]

    async def links(self, team_id: str) -> AsyncIterator[Link]:
        """The whole chain, oldest first."""
        after = "-"
        while page := entries(await self._records.redis.xrange(keys.audit(team_id), min=after, count=PAGE)):
            for each in page:
                yield _link(*each)
            after = f"({page[-1][0]}"

    async def unchained(self, team_id: str) -> list[AuditRow]:
        """What releases before 0.4.0 have written, oldest first."""
        lines = await self._records.redis.lrange(keys.unchained_audit(team_id), 0, -1)
        return [_row(line) for line in reversed(texts(lines))]

    async def verify(self, team_id: str) -> Verdict:
        """Raises FieldKeysError when no key opens the chain's."""
        key, number, end = await self._known_key(team_id), 0, _START
        async for link in self.links(team_id):
            fault = _fault(key, end, number + 1, link)
            if fault is not None:
                return Verdict(number, end, fault)
            number, end = link.number, link.hash
        return Verdict(number, end)


def _fault(key: bytes | None, end: str, number: int, link: Link) -> str | None:
    if key is None:
        return "the chain's key is gone"
    if link.number != number:
        return f"row {number} is missing; row {link.number} follows"
    if not hmac.compare_digest(link.hash, _hash(key, end, number, link.text)):
        return f"row {number} was changed, or written with another key"
    return None


def _hash(key: bytes, before: str, number: int, text: str) -> str:
    return hmac.new(key, f"{before}\n{number}\n{text}".encode(), sha256).hexdigest()


def _entry_id(number: int) -> str:
    """The stream itself refuses a number that is not higher than the last."""
    return f"{number}-0"


def _link(entry_id: str, fields: dict[str, str]) -> Link:
    return Link(int(entry_id.partition("-")[0]), fields.get("row", ""), fields.get("hash", ""))


def _text(row: AuditRow) -> str:
    values = {name: value for name, value in asdict(row).items() if value}
    return json.dumps({**values, "at": row.at.isoformat()}, separators=(",", ":"))


def _row(text: str) -> AuditRow:
    values = cast("dict[str, str]", json.loads(text))
    at = datetime.fromisoformat(values["at"])
    return AuditRow(at, values["who"], values["action"], values["subject"], values.get("detail", ""))
