"""Who works here and as what: roles given by an admin."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.domain import policy
from bot.domain.user import Member, Role, User
from bot.errors import FieldError
from bot.services.members import MemberService
from bot.services.nudges import NudgeService


@dataclass(frozen=True, slots=True)
class StaffService:
    members: MemberService
    nudges: NudgeService

    async def with_roles(self, actor: User) -> list[Member]:
        """Everybody who has a role. Raises NotAdminError."""
        policy.ensure_sets_roles(actor)
        return [member for member in await self.members.all(actor.team_id) if member.roles]

    async def find(self, actor: User, user_id: str) -> Member:
        policy.ensure_sets_roles(actor)
        return await self.members.find(actor.team_id, user_id)

    async def give(self, actor: User, user_ids: Collection[str], roles: frozenset[Role], team: str | None) -> None:
        """Replaces the roles of all these people; None keeps each one's team.

        Raises NotAdminError, FieldError for a lead who would have no team, and LastAdminError before anything is
        changed. Only where two admins act at the same moment may it come after some of the people.
        """
        policy.ensure_sets_roles(actor)
        staff = await self.members.all(actor.team_id)
        _ensure_teams(staff, user_ids, roles, team)
        if Role.ADMIN not in roles and not self.members.admin_users:
            losing = [each for each in staff if each.user_id in user_ids and each.is_admin]
            if losing:
                policy.ensure_admin_left(each for each in staff if each not in losing)
        for user_id in dict.fromkeys(user_ids):
            await self.set_roles(actor.team_id, user_id, roles, team, by=actor.user_id)

    async def set_roles(
        self, team_id: str, user_id: str, roles: frozenset[Role], team: str | None, *, by: str
    ) -> Member:
        """What the operator does, who needs no right. Who has a role is in the daily round. Raises LastAdminError."""
        changed = await self.members.set_roles(team_id, user_id, roles, team, by=by)
        await self.nudges.join(team_id, user_id)
        return changed


def _ensure_teams(staff: Sequence[Member], user_ids: Collection[str], roles: frozenset[Role], team: str | None) -> None:
    if Role.TEAM_LEAD not in roles or (team or "").strip():
        return
    in_team = {each.user_id for each in staff if each.team} if team is None else set()
    if not in_team.issuperset(user_ids):
        raise FieldError("team", "staff.error_team")
