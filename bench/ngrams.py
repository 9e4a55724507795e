"""The other way to search, measured beside ours: HMACs of pairs of letters in the store, hits verified by decrypting.

A set of note ids for each owner and pair, so that whose notes are looked at is decided first here too.
"""

import asyncio
import hmac
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from redis.asyncio import Redis

from bot.matching.folding import searchable
from bot.matching.search import terms
from bot.storage.replies import texts
from bot.storage.sealing import Sealer


class HmacPairs:
    def __init__(self, redis: Redis, sealer: Sealer, key: bytes) -> None:
        self._redis, self._sealer, self._key = redis, sealer, key

    async def put(self, owner_id: str, notes: Mapping[str, str]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for note_id, note in notes.items():
            pipe.set(_note(note_id), self._sealer.seal(note, _note(note_id)))
            for pair in _pairs(searchable(note)):
                pipe.sadd(self._posting(owner_id, pair), note_id)
        await pipe.execute()

    async def find(self, owner_ids: Iterable[str], query: str) -> list[str]:
        """Ids of the notes that contain every term of two letters or more; shorter ones cannot be asked for."""
        wanted = terms(query)
        pairs = {pair for term in wanted for pair in _pairs(term)}
        asked = ([self._posting(owner_id, pair) for pair in pairs] for owner_id in owner_ids)
        found = await asyncio.gather(*(self._redis.sinter(postings) for postings in asked))
        ids = [str(note_id) for each in found for note_id in each]
        rows = texts(await self._redis.mget([_note(each) for each in ids])) if ids else []
        return await asyncio.to_thread(self._verified, ids, rows, wanted)

    def _verified(self, ids: Sequence[str], rows: Sequence[str], wanted: Sequence[str]) -> list[str]:
        forms = (searchable(self._sealer.open(row, _note(note_id))) for note_id, row in zip(ids, rows, strict=True))
        return [note_id for note_id, form in zip(ids, forms, strict=True) if all(term in form for term in wanted)]

    def _posting(self, owner_id: str, pair: str) -> str:
        return f"{{pairs}}:{owner_id}:{hmac.digest(self._key, pair.encode(), sha256)[:8].hex()}"


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _note(note_id: str) -> str:
    return f"{{pairs}}:note:{note_id}"
