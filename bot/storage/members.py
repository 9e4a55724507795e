"""People of a workspace: their roles and team, and what Slack last said about them."""

from dataclasses import dataclass

from redis.asyncio import Redis

from bot.domain.user import Member, Profile
from bot.storage import keys


@dataclass(frozen=True, slots=True)
class MemberStore:
    redis: Redis

    async def load(self, team_id: str, user_id: str) -> tuple[Member, Profile | None]:
        """Somebody unknown is a member without roles; a profile is None when it was never fetched or is too old."""
        async with self.redis.pipeline(transaction=False) as pipe:
            pipe.hget(keys.members(team_id), user_id)
            pipe.get(keys.profile(team_id, user_id))
            member, profile = await pipe.execute()
        return (
            Member.model_validate_json(member) if member else Member(user_id=user_id),
            Profile.model_validate_json(profile) if profile else None,
        )

    async def all(self, team_id: str) -> list[Member]:
        rows = await self.redis.hvals(keys.members(team_id))
        return [Member.model_validate_json(row) for row in rows]

    async def save(self, team_id: str, member: Member) -> None:
        await self.redis.hset(keys.members(team_id), member.user_id, member.model_dump_json())

    async def cache_profile(self, team_id: str, user_id: str, profile: Profile) -> None:
        await self.redis.set(keys.profile(team_id, user_id), profile.model_dump_json(), ex=keys.TTLS["profile"])
