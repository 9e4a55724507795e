"""Who the actor is: settled roles plus what Slack says of the person."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain import policy
from bot.domain.entry import Lang
from bot.domain.home import Choice
from bot.domain.user import Member, Profile, Role, User, has_admin
from bot.services.workspaces import WorkspaceService
from bot.storage.members import MemberStore

FetchProfile = Callable[[str, str], Awaitable[Profile | None]]
"""Asks Slack about a person: (team_id, user_id) → Profile, or None when Slack did not answer in time."""


@dataclass(frozen=True, slots=True)
class MemberService:
    store: MemberStore
    workspaces: WorkspaceService
    fetch_profile: FetchProfile
    admin_users: frozenset[str]
    default_tz: str

    async def actor(self, team_id: str, user_id: str) -> User:
        """With a guess, good for this once, at what Slack does not tell: somebody waits for an answer."""
        member, profile, named_by = await self._load(team_id, user_id)
        if profile is not None:
            return await self._user(team_id, member, profile, named_by)
        guessed = await self._user(team_id, member, Profile(name="", tz=self.default_tz), named_by)
        return guessed.model_copy(update={"is_guess": True})

    async def find_actor(self, team_id: str, user_id: str) -> User | None:
        """None while Slack does not tell the person's time zone and language: nobody waits, so nothing is guessed."""
        member, profile, named_by = await self._load(team_id, user_id)
        return await self._user(team_id, member, profile, named_by) if profile else None

    async def find(self, team_id: str, user_id: str) -> Member:
        """Somebody unknown has no roles. Slack is not asked."""
        member, _, _ = await self.store.load(team_id, user_id)
        return member

    async def _load(self, team_id: str, user_id: str) -> tuple[Member, Profile | None, tuple[str, ...]]:
        member, profile, named_by = await self.store.load(team_id, user_id)
        if profile is None:
            profile = await self.fetch_profile(team_id, user_id)
            if profile is not None:
                await self.store.cache_profile(team_id, user_id, profile)
        return member, profile, named_by

    async def _user(self, team_id: str, member: Member, profile: Profile, named_by: tuple[str, ...]) -> User:
        user_id = member.user_id
        is_admin = user_id in self.admin_users
        may_stand_in = profile.is_admin or member.has_installed
        if may_stand_in and not is_admin and Role.ADMIN not in member.roles:
            # Ours only until somebody was made one on purpose.
            is_admin = not self.admin_users and not has_admin(await self.store.all(team_id))
        return User.of(team_id, member, profile, named_by, is_admin=is_admin)

    async def all(self, team_id: str) -> list[Member]:
        return sorted(await self.store.all(team_id), key=lambda member: member.user_id)

    async def set_roles(
        self, team_id: str, user_id: str, roles: frozenset[Role], team: str | None, *, by: str
    ) -> Member:
        """Replaces the person's roles; the team stays as it is when None, an empty one is none.

        Raises LastAdminError where nobody else would be an admin, ADMIN_USERS included.
        """
        changed = await self.store.change_roles(
            team_id, user_id, lambda member: member.given(roles, team), may_lose_admin=bool(self.admin_users)
        )
        await self.workspaces.record(team_id, by, "roles.set", user_id, " ".join(sorted(roles)))
        return changed

    async def let_begin(self, team_id: str, user_id: str) -> None:
        """Whoever installed the app sets it up, where nobody is anything yet and the operator has named nobody."""
        if self.admin_users or any(each.roles for each in await self.all(team_id)):
            return
        await self.store.change(team_id, user_id, Member.beginning)
        await self.workspaces.record(team_id, "slack", "installer.may_begin", user_id)

    async def leave(self, team_id: str, user_id: str) -> None:
        """The account was closed: all roles go, the last admin's too; then Slack's own admins are admins again."""
        await self.store.change_roles(team_id, user_id, Member.gone, may_lose_admin=True)
        await self.workspaces.record(team_id, "slack", "member.left", user_id)

    async def inbox_ids(self, team_id: str, owner: Member, staff: list[Member] | None = None) -> frozenset[str]:
        """Who answers for the owner's customers now."""
        everybody = await self.store.all(team_id) if staff is None else staff
        return policy.answering_ids(policy.member_of(owner.user_id, everybody), everybody, self.admin_users)

    async def admin_ids(self, team_id: str) -> list[str]:
        """Those who were made one, and those the operator named; none where Slack's own admins stand in for them."""
        made = {each.user_id for each in await self.store.all(team_id) if each.is_admin}
        return sorted(made | self.admin_users)

    async def forget_profile(self, team_id: str, user_id: str) -> None:
        """Slack is asked again when the person is met next."""
        await self.store.forget_profile(team_id, user_id)

    async def set_language(self, actor: User, language: Lang | None) -> None:
        """None follows the person's Slack language again."""
        await self.store.change(
            actor.team_id, actor.user_id, lambda member: member.model_copy(update={"language": language})
        )

    async def look(self, actor: User, choice: Choice) -> User:
        """Remembers how the person looks at Home."""
        await self.store.change(actor.team_id, actor.user_id, lambda member: member.model_copy(update={"home": choice}))
        return actor.model_copy(update={"home": choice})
