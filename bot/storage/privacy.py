"""Everything of a workspace gone through: to tell what is held about somebody, and to erase it."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final, cast

from redis.asyncio import Redis

from bot.domain.customer import Customer
from bot.domain.erasure import Erased, Erasure, people_in
from bot.domain.notice import NoticeKind
from bot.errors import ConflictError
from bot.storage import keys, walking
from bot.storage.changes import customer_changed
from bot.storage.kinds import LASTING, kind_of, mapped, opened, renamed, with_sealed
from bot.storage.records import TRIES, Batch, Records
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read, read_again

PASSES: Final = 9
"""After so many, somebody still writes about who is being erased."""

PERSONS_OWN: Final = {"member", "profile", "direct", "covered-by", "talk", *NoticeKind}
"""Kinds of records that are about one person and hold no customer's name."""

# In the job engine's stream, whose entries are no text: those in which the needle occurs are taken out.
_FORGET: Final = """
local gone = 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  for _, value in ipairs(entry[2]) do
    if string.find(value, ARGV[1], 1, true) then
      gone = gone + redis.call('XDEL', KEYS[1], entry[1])
      break
    end
  end
end
return gone
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands under a key: a record's text, or one member of a collection with what belongs to it."""

    key: str
    text: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class PrivacyStore:
    records: Records
    sealer: Sealer

    @property
    def redis(self) -> Redis:
        return self.records.redis

    async def cells(self, team_id: str) -> AsyncIterator[Cell]:
        """All of the workspace but its audit log, as stored."""
        async for page in walking.pages(self.redis, keys.everything(team_id)):
            for key, row in await self._read([key for key in page if kind_of(key) not in LASTING]):
                if isinstance(row, str):
                    yield Cell(key, row)
                for member, value in row.items() if isinstance(row, dict) else ():
                    yield Cell(key, member, value)

    async def about(self, team_id: str, user_id: str) -> list[dict[str, Any]]:
        """Every record and every member of a collection in which the person's id occurs, readable."""
        found = []
        async for cell in self.cells(team_id):
            held = opened(self.sealer, cell.key, cell.text)
            if user_id in people_in((cell.key, cell.value, json.dumps(held, ensure_ascii=False))):
                value = {"value": cell.value} if cell.value else {}
                found.append({"kind": kind_of(cell.key), "key": cell.key, "held": held, **value})
        return found

    async def own(self, team_id: str, user_id: str) -> list[dict[str, Any]]:
        """What is about this person and nobody else: how the app is set for that one, what it has sent of its own
        accord, and the questions it could not answer. Readable; nothing of a customer's file."""
        found: list[dict[str, Any]] = []
        async for page in walking.pages(self.redis, keys.naming(team_id, user_id)):
            for key, row in await self._read([each for each in page if kind_of(each) in PERSONS_OWN]):
                if user_id in key.split(":"):
                    held = opened(self.sealer, key, row) if isinstance(row, str) else row
                    found.append({"kind": kind_of(key), "key": key, "held": held})
        async for page in walking.pages(self.redis, keys.question(team_id, "*")):
            for key, asked in zip(page, await self.records.get_many(page), strict=True):
                question = opened(self.sealer, key, asked) if asked else {}
                if question.get("asked_by") == user_id:
                    found.append({"kind": kind_of(key), "key": key, "held": question})
        return found

    async def people(self, team_id: str) -> set[str]:
        """Everybody whose id occurs anywhere."""
        found: set[str] = set()
        async for cell in self.cells(team_id):
            held = json.dumps(opened(self.sealer, cell.key, cell.text), ensure_ascii=False)
            found |= people_in((cell.key, cell.value, held))
        return found

    async def customers(self, team_id: str) -> list[Customer]:
        found: list[Customer] = []
        async for page in walking.pages(self.redis, keys.customer(team_id, "*")):
            found += [read_again(Customer, row) for row in await self.records.get_many(page) if row]
        return found

    async def erased(self, team_id: str) -> list[Erased]:
        """The erasure list."""
        rows: list[Erased] = []
        async for page in walking.pages(self.redis, keys.erasure(team_id, "*")):
            found = await self.records.get_many(page)
            rows += [self.opened(team_id, row) for row in found if row]
        return sorted(rows, key=lambda row: (row.at, row.id))

    async def note(self, team_id: str, erased: Erased) -> None:
        key = keys.erasure(team_id, erased.id)
        await self.records.commit(Batch().set(key, self.sealed(team_id, erased)))

    def sealed(self, team_id: str, erased: Erased) -> str:
        """A line of the list as it may be kept anywhere."""
        salt = self.sealer.seal(erased.salt, keys.erasure(team_id, erased.id)) if erased.salt else ""
        return erased.model_copy(update={"salt": salt}).model_dump_json()

    def opened(self, team_id: str, row: str) -> Erased:
        return read(Erased, opened(self.sealer, keys.erasure(team_id, json.loads(row)["id"]), row))

    async def erase(self, team_id: str, erasure: Erasure) -> Counter[str]:
        """Goes through the workspace until nothing is left to do; what it did, by kind of record.

        Raises FieldKeysError when something does not open: it could hold what is to be erased.
        """
        done: Counter[str] = Counter()
        for _ in range(PASSES):
            before = done.total()
            async for page in walking.pages(self.redis, keys.everything(team_id)):
                rows = await self._read([key for key in page if kind_of(key) not in LASTING])
                await asyncio.gather(*(self._erase(erasure, key, row, done) for key, row in rows))
            if done.total() == before:
                await self._forget_copies(team_id)
                return done
        raise ConflictError(tries=PASSES)

    async def _forget_copies(self, team_id: str) -> None:
        """What running bots hold in memory for searching is read anew: a text may have changed with any customer."""
        customers = await self.customers(team_id)
        for start in range(0, len(customers), walking.PAGE):
            batch = Batch()
            for customer in customers[start : start + walking.PAGE]:
                customer_changed(batch, team_id, customer.id)
            await self.records.commit(batch)

    async def _erase(self, erasure: Erasure, key: str, row: str | dict[str, str], done: Counter[str]) -> None:
        ids = key.split(":")[3:]
        wanted = erasure.ids(kind_of(key), ids)
        place = renamed(key, wanted) if wanted is not None else None
        if isinstance(row, dict):
            changed = await self._erase_members(erasure, key, place, row)
        else:
            changed = await self._erase_record(erasure, key, place, row)
        if changed:
            done[kind_of(key)] += 1

    async def _erase_record(self, erasure: Erasure, key: str, place: str | None, row: str | None) -> bool:
        for _ in range(TRIES):
            if row is None:
                return False
            batch = Batch().expect(key, row).without_receipt()
            if place is None or erasure.takes(opened(self.sealer, key, row)):
                erasure.gone.add(key.split(":", 3)[3])
                batch.delete(key)
            elif place != key:
                batch.set(place, self._anew(erasure, key, row, place)).delete(key)
            else:
                anew = self._anew(erasure, key, row, key)
                if anew == row:
                    return False
                batch.rewrite(key, anew)
            if await self.records.commit(batch):
                return True
            row = await self.records.get(key)
        raise ConflictError(tries=TRIES)

    def _anew(self, erasure: Erasure, key: str, row: str, place: str) -> str:
        """What was sealed for its old key is sealed for the new one, where the record moves."""
        kind = kind_of(key)
        anew = mapped(self.sealer, key, row, erasure.leaf, lambda text: erasure.typed(kind, text))
        if place == key:
            return anew
        return with_sealed(
            key, anew, lambda sealed, old: self.sealer.seal(self.sealer.open(sealed, old), old.replace(key, place, 1))
        )

    async def _erase_members(self, erasure: Erasure, key: str, place: str | None, row: dict[str, str]) -> bool:
        """What other members are written meanwhile stays: only those that were seen are taken out."""
        kind, batch, type_ = kind_of(key), Batch(), str(await self.redis.type(key))
        changed = False
        for member, value in row.items():
            now = erasure.member(kind, member) if place is not None else None
            value_now = erasure.member(kind, value) if type_ == "hash" else value
            if (now, value_now, place) == (member, value, key):
                continue
            changed = True
            _take_out(batch, type_, key, member)
            if now is not None and value_now is not None and place is not None:
                _put_in(batch, type_, place, now, value_now)
        if changed:
            await self.records.commit(batch)
        return changed

    async def _read(self, page: list[str]) -> list[tuple[str, str | dict[str, str]]]:
        """Texts as they are; of hashes the fields, of sets the members, of sorted sets members and scores."""
        rows = dict(zip(page, await self.records.get_many(page), strict=True))
        others = [key for key, row in rows.items() if row is None]
        found = await asyncio.gather(*(self._members(key) for key in others))
        members = dict(zip(others, found, strict=True))
        return [(key, row if row is not None else members[key]) for key, row in rows.items()]

    async def _members(self, key: str) -> dict[str, str]:
        match await self.redis.type(key):
            case "hash":
                return cast("dict[str, str]", await self.redis.hgetall(key))
            case "set":
                return dict.fromkeys(texts(await self.redis.smembers(key)), "")
            case "zset":
                scored = cast("list[tuple[str, float]]", await self.redis.zrange(key, 0, -1, withscores=True))
                return {member: repr(score) for member, score in scored}
            case "none" | "string":  # deleted, or written anew, since the page was read
                return {}
            case other:
                raise ValueError(f"{key}: erasing does not know what to do with a {other!r}")

    async def forget_jobs(self, prefix: str, user_id: str) -> int:
        """Takes what the job engine keeps of the person's daily messages: planned ones, and what became of them."""
        gone = 0
        async for page in walking.pages(self.redis, f"*{prefix}*"):
            for key in page:
                if user_id in people_in((key,)):
                    gone += int(await self.redis.delete(key))
                    continue
                match await self.redis.type(key):
                    case "zset":
                        planned = texts(await self.redis.zrange(key, 0, -1))
                        theirs = [each for each in planned if user_id in people_in((each,))]
                        gone += int(await self.redis.zrem(key, *theirs)) if theirs else 0
                    case "stream":
                        gone += int(await self.redis.eval(_FORGET, 1, key, user_id))
        return gone


def _take_out(batch: Batch, type_: str, key: str, member: str) -> None:
    {"hash": batch.hdel, "set": batch.srem, "zset": batch.zrem}[type_](key, member)


def _put_in(batch: Batch, type_: str, key: str, member: str, value: str) -> None:
    if type_ == "hash":
        batch.hset(key, member, value)
    elif type_ == "set":
        batch.sadd(key, member)
    else:
        batch.zadd(key, member, float(value))
