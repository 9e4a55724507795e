"""Reviews of the playbook: what a person is asked to look at again, and how far that is."""

from dataclasses import dataclass, replace
from datetime import date

from bot.clock import Clock
from bot.domain.entry import OwnerRole
from bot.domain.review import Review, ReviewState, due_for_review, is_review_day, reviewer_ids
from bot.domain.user import User
from bot.domain.workcalendar import IsWorkingDay
from bot.services.members import MemberService
from bot.services.playbook import PlaybookService
from bot.services.retirements import RetirementService
from bot.services.revisions import RevisionService
from bot.services.workspaces import WorkspaceService


@dataclass(frozen=True, slots=True)
class ReviewService:
    playbook: PlaybookService
    revisions: RevisionService
    retirements: RetirementService
    members: MemberService
    workspaces: WorkspaceService
    now: Clock

    async def of_week(self, actor: User, day: date, is_work: IsWorkingDay) -> list[Review]:
        """What the actor's message of that day lists: once a week, on its first working day."""
        return await self.due(actor, day) if is_review_day(day, is_work) else []

    async def due(self, actor: User, day: date) -> list[Review]:
        """All that the actor is to look at again by that day, but what an approver has to decide about already."""
        playbook = (await self.playbook.library(actor.team_id)).playbook
        due = due_for_review(playbook, day)
        if not due:
            return []
        asked = await self._reviewers(actor.team_id)
        waiting = {each.entry_id for each in await self.revisions.pending(actor.team_id)}
        mine = [entry for entry in due if actor.user_id in asked[entry.owner] and entry.id not in waiting]
        days = await self.retirements.days_to_name(actor.team_id, mine, day)
        return [Review(entry, retires_on=days.get(entry.id)) for entry in mine]

    async def items(self, actor: User, entry_ids: tuple[str, ...]) -> list[Review]:
        """These entries as they stand now; one that was retired is done."""
        playbook = (await self.playbook.library(actor.team_id)).playbook
        today = actor.today(self.now())
        waiting = {each.entry_id for each in await self.revisions.pending(actor.team_id)} if entry_ids else set()
        found = []
        for entry_id in entry_ids:
            entry = playbook.find(entry_id)
            known = entry or await self.revisions.last_entry(actor.team_id, entry_id)
            if known is None:
                continue
            is_due = entry is not None and entry.review_due_on <= today
            state = ReviewState.SENT if entry_id in waiting else ReviewState.DUE
            found.append(Review(known, state if is_due else ReviewState.DONE))
        due = [each.entry for each in found if each.state is ReviewState.DUE]
        days = await self.retirements.days_to_name(actor.team_id, due, today)
        return [replace(each, retires_on=days.get(each.entry.id)) for each in found]

    async def set_owners(self, team_id: str, role: OwnerRole, user_ids: tuple[str, ...], *, by: str) -> None:
        """Replaces who stands for the role."""
        await self.workspaces.set_owners(team_id, role, user_ids)
        await self.workspaces.record(team_id, by, "owners.set", role)

    async def reviewer_ids(self, team_id: str, role: OwnerRole) -> frozenset[str]:
        """Who is asked about the entries of an owner role now."""
        return (await self._reviewers(team_id))[role]

    async def _reviewers(self, team_id: str) -> dict[OwnerRole, frozenset[str]]:
        owners = (await self.workspaces.settings(team_id)).owners
        members, admins = await self.members.all(team_id), self.members.admin_users
        return {role: reviewer_ids(role, owners, members, admins) for role in OwnerRole}
