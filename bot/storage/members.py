"""People of a workspace: their roles and team, and what Slack last said about them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.domain import policy
from bot.domain.user import Member, Profile
from bot.storage import keys
from bot.storage.records import Batch, Records, Script
from bot.storage.replies import texts
from bot.storage.stored import read_again

# KEYS: a person's record, profile, and who named the person as stand-in.
_SCRIPT: Final = Script(
    """
return {redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]), redis.call('SMEMBERS', KEYS[3])}
"""
)


@dataclass(frozen=True, slots=True)
class MemberStore:
    records: Records

    async def load(self, team_id: str, user_id: str) -> tuple[Member, Profile | None, tuple[str, ...]]:
        """Somebody unknown is a member without roles; a profile is None when it was never fetched or is too old.

        The third: who named this person as stand-in, away or not.
        """
        wanted = [
            keys.member(team_id, user_id),
            keys.profile(team_id, user_id),
            keys.covered_by(team_id, user_id),
        ]
        member, profile, named_by = await self.records.run(_SCRIPT, wanted, ())
        return (
            read_again(Member, str(member)) if member else Member(user_id=user_id),
            read_again(Profile, str(profile)) if profile else None,
            tuple(sorted(texts(named_by))),
        )

    async def all(self, team_id: str) -> list[Member]:
        user_ids = texts(await self.records.redis.smembers(keys.members(team_id)))
        if not user_ids:
            return []
        prefix = keys.member(team_id, "")  # spelled once: there may be thousands
        rows = await self.records.redis.mget([f"{prefix}{user_id}" for user_id in user_ids])
        return [read_again(Member, str(row)) for row in rows if row]

    async def change(self, team_id: str, user_id: str, step: Callable[[Member], Member]) -> Member:
        """Load, take one pure step, save; somebody unknown starts as a member without roles."""
        key = keys.member(team_id, user_id)

        def write(row: str | None, batch: Batch) -> Member:
            before = read_again(Member, row) if row else Member(user_id=user_id)
            changed = step(before)
            _put(batch, team_id, changed, before)
            return changed

        return await self.records.change(key, write)

    async def change_roles(
        self, team_id: str, user_id: str, step: Callable[[Member], Member], *, may_lose_admin: bool
    ) -> Member:
        """Like `change`. Raises LastAdminError when no admin would be left, also for two who remove each other at once.

        With `may_lose_admin` that is not looked at.
        """
        others = [] if may_lose_admin else [each.user_id for each in await self.all(team_id) if each.is_admin]
        wanted = [user_id, *(each for each in others if each != user_id)]

        def write(rows: list[str | None], batch: Batch) -> Member:
            mine, *theirs = rows
            before = read_again(Member, mine) if mine else Member(user_id=user_id)
            changed = step(before)
            if before.is_admin and not changed.is_admin and not may_lose_admin:
                policy.ensure_admin_left(read_again(Member, row) for row in theirs if row)
            _put(batch, team_id, changed, before)
            return changed

        return await self.records.change_many([keys.member(team_id, each) for each in wanted], write)

    async def cache_profile(self, team_id: str, user_id: str, profile: Profile) -> None:
        key = keys.profile(team_id, user_id)
        await self.records.redis.set(key, profile.model_dump_json(), ex=keys.TTLS["profile"])

    async def forget_profile(self, team_id: str, user_id: str) -> None:
        await self.records.redis.delete(keys.profile(team_id, user_id))


def _put(batch: Batch, team_id: str, member: Member, before: Member) -> None:
    key = keys.member(team_id, member.user_id)
    batch.set(key, member.model_dump_json()).sadd(keys.members(team_id), member.user_id)
    if before.stand_in_id and before.stand_in_id != member.stand_in_id:
        batch.srem(keys.covered_by(team_id, before.stand_in_id), member.user_id)
    if member.stand_in_id:
        batch.sadd(keys.covered_by(team_id, member.stand_in_id), member.user_id)
