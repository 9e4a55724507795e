"""People of a workspace: their roles and team, and what Slack last said about them."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.user import Member, Profile
from bot.storage import keys
from bot.storage.records import Batch, Records
from bot.storage.replies import texts


@dataclass(frozen=True, slots=True)
class MemberStore:
    records: Records

    async def load(self, team_id: str, user_id: str) -> tuple[Member, Profile | None]:
        """Somebody unknown is a member without roles; a profile is None when it was never fetched or is too old."""
        wanted = [keys.member(team_id, user_id), keys.profile(team_id, user_id)]
        member, profile = await self.records.redis.mget(wanted)
        return (
            Member.model_validate_json(member) if member else Member(user_id=user_id),
            Profile.model_validate_json(profile) if profile else None,
        )

    async def all(self, team_id: str) -> list[Member]:
        user_ids = texts(await self.records.redis.smembers(keys.members(team_id)))
        rows = await self.records.get_many([keys.member(team_id, user_id) for user_id in user_ids])
        return [Member.model_validate_json(row) for row in rows if row]

    async def change(self, team_id: str, user_id: str, step: Callable[[Member], Member]) -> Member:
        """Load, take one pure step, save; somebody unknown starts as a member without roles."""
        key = keys.member(team_id, user_id)

        def write(row: str | None, batch: Batch) -> Member:
            changed = step(Member.model_validate_json(row) if row else Member(user_id=user_id))
            batch.set(key, changed.model_dump_json()).sadd(keys.members(team_id), user_id)
            return changed

        return await self.records.change(key, write)

    async def cache_profile(self, team_id: str, user_id: str, profile: Profile) -> None:
        key = keys.profile(team_id, user_id)
        await self.records.redis.set(key, profile.model_dump_json(), ex=keys.TTLS["profile"])
