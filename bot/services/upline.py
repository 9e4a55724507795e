"""Who is up the line from an account manager: the people asked about a follow-up that stays undone."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import policy
from bot.domain.followup import FollowUp
from bot.domain.ladder import EscalationRules, To, Trigger
from bot.domain.user import Member, Role, User
from bot.services.absences import AbsenceService
from bot.services.members import MemberService
from bot.services.playbook import PlaybookService
from bot.services.workspaces import WorkspaceService


@dataclass(frozen=True, slots=True)
class UpLineService:
    members: MemberService
    absences: AbsenceService
    playbook: PlaybookService
    workspaces: WorkspaceService

    async def asked(
        self, team_id: str, to: To, followup: FollowUp, rules: EscalationRules, staff: Sequence[Member]
    ) -> tuple[str, ...]:
        """Who is asked; never the owner. Nobody where there is nobody up the line.

        For somebody who is away the stand-in; without one, or where that is the owner, the person all the same.
        """
        found = await self._up_the_line(team_id, to, followup, rules, staff)
        reached = [await self._reached(team_id, each, followup.owner_id) for each in found]
        return tuple(sorted(set(reached)))

    async def includes(self, actor: User, followup: FollowUp, trigger: Trigger) -> bool:
        """Whether the actor would be asked, or is named to stand in for somebody who would."""
        rules = (await self.workspaces.settings(actor.team_id)).escalation
        staff = await self.members.all(actor.team_id)
        stands_in_for = {each.user_id for each in staff if each.stand_in_id == actor.user_id}
        for to in {step.to for step in rules.steps(trigger)}:
            found = await self._up_the_line(actor.team_id, to, followup, rules, staff)
            if actor.user_id in found or found & stands_in_for:
                return True
        return False

    async def _reached(self, team_id: str, user_id: str, owner_id: str) -> str:
        actor = await self.members.find_actor(team_id, user_id)
        stand_in = await self.absences.stand_in(actor) if actor is not None else None
        return stand_in.user_id if stand_in is not None and stand_in.user_id != owner_id else user_id

    async def _up_the_line(
        self, team_id: str, to: To, followup: FollowUp, rules: EscalationRules, staff: Sequence[Member]
    ) -> frozenset[str]:
        owner = policy.member_of(followup.owner_id, staff)
        working = {each.user_id for each in staff if each.roles} | self.members.admin_users
        heads = set(rules.heads) & working
        admins = self.members.admin_users | {each.user_id for each in staff if each.is_admin}
        found: set[str] = set()
        match to:
            case To.HEAD:
                found = heads - {owner.user_id} or set(admins)
            case To.SPECIALIST:
                found = await self._specialists(team_id, followup) & working
        if not found - {owner.user_id}:
            leads = policy.lead_ids(owner, staff)
            # Nobody is asked about oneself: above a lead stands the head.
            above = heads if Role.TEAM_LEAD in owner.roles else admins
            found = set(leads or above)
        return frozenset(found - {owner.user_id})

    async def _specialists(self, team_id: str, followup: FollowUp) -> set[str]:
        entry = (await self.playbook.library(team_id)).playbook.find(followup.subject)
        owners = (await self.workspaces.settings(team_id)).owners
        return set(owners.get(entry.owner, ())) if entry else set()
