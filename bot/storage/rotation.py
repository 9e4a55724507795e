"""Sealing everything with the first key of FIELD_KEYS, while bots go on reading and writing.

Nothing is remembered about how far it got: each sealed value says which key sealed it, so whatever is left to do shows
in the values themselves. A record that changes under the hand was written by a bot, and is looked at again.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.errors import ConflictError
from bot.storage import walking
from bot.storage.kinds import SEALED, kind_of, with_sealed
from bot.storage.records import TRIES, Batch, Records
from bot.storage.sealing import FieldKeysError, Sealer, fingerprint_of

PASSES: Final = 3
"""After so many, somebody still writes with an older key."""


@dataclass(slots=True)
class Progress:
    """`looked` of about `total` keys in this pass."""

    looked: int = 0
    total: int = 0
    sealed_anew: int = 0


@dataclass(slots=True)
class Found:
    """What came of it; `opened` and `unreadable` are the last pass's."""

    anew: Counter[str] = field(default_factory=Counter)
    """Records sealed anew, by kind."""
    opened: int = 0
    """Sealed values, all with the first key."""
    unreadable: list[str] = field(default_factory=list)
    """Keys of records that no key opens."""
    is_settled: bool = False
    """The last pass found nothing to seal anew; else somebody still writes with an older key."""


@dataclass(frozen=True, slots=True)
class Rotation:
    records: Records
    sealer: Sealer
    page: int = walking.PAGE

    async def run(self, tell: Callable[[Progress], None]) -> Found:
        """Passes over everything until one finds nothing left to do."""
        found, progress = Found(), Progress()
        for _ in range(PASSES):
            found.opened, before = 0, found.anew.total()
            found.unreadable.clear()
            progress.looked, progress.total = 0, await walking.count(self.records.redis)
            async for page in walking.pages(self.records.redis, size=self.page):
                await self._page([key for key in page if kind_of(key) in SEALED], found)
                progress.looked += len(page)
                progress.sealed_anew = found.anew.total()
                tell(progress)
            if found.anew.total() == before:
                found.is_settled = True
                break
        return found

    async def _page(self, page: list[str], found: Found) -> None:
        rows = await self.records.get_many(page)
        await asyncio.gather(
            *(self._record(key, row, found) for key, row in zip(page, rows, strict=True) if row is not None)
        )

    async def _record(self, key: str, row: str | None, found: Found) -> None:
        for _ in range(TRIES):
            if row is None:  # a bot has deleted it
                return
            try:
                anew, count = self._anew(key, row)
            except FieldKeysError:
                found.unreadable.append(key)
                return
            if anew == row:
                found.opened += count
                return
            if await self.records.commit(Batch().expect(key, row).rewrite(key, anew).without_receipt()):
                found.anew[kind_of(key)] += 1
                return
            row = await self.records.get(key)
        raise ConflictError(tries=TRIES)

    def _anew(self, key: str, row: str) -> tuple[str, int]:
        """The record as it shall be, and how many sealed values it holds. Raises FieldKeysError."""
        first, count = self.sealer.fingerprints[0], 0

        def step(sealed: str, place: str) -> str:
            nonlocal count
            count += 1
            text = self.sealer.open(sealed, place)
            return sealed if fingerprint_of(sealed) == first else self.sealer.seal(text, place)

        return with_sealed(key, row, step), count
