"""The weekly report of a team: what it is made of, and for whom."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer
from bot.domain.entry import Bilingual
from bot.domain.report import Material, Report, weekly
from bot.domain.reportday import WEEK
from bot.domain.user import User
from bot.services.customers import CustomerService
from bot.services.ladders import LadderService
from bot.services.playbook import PlaybookService
from bot.services.workspaces import WorkspaceService
from bot.storage.objections import ObjectionStore
from bot.turns import aside

AT_ONCE: Final = 10
"""Customers whose week is read together, after which others get their turn."""


@dataclass(frozen=True, slots=True)
class ReportService:
    customers: CustomerService
    objections: ObjectionStore
    ladders: LadderService
    playbook: PlaybookService
    workspaces: WorkspaceService
    now: Clock

    async def of_team(self, actor: User, last: date | None = None) -> Report:
        """The week up to `last`, by default today, of the actor's team; without customers where there is none."""
        last = last or actor.today(self.now())
        return await self._of(actor, await self.team_ids(actor), last)

    async def asked(self, actor: User) -> Report:
        """On demand: a lead's team by name, an admin's workspace in numbers. Raises NotAllowedError."""
        policy.ensure_sees_figures(actor)
        if policy.leads_a_team(actor):
            return await self.of_team(actor)
        found = await self._of(actor, await self.all_ids(actor.team_id), actor.today(self.now()))
        return replace(found, shows_customers=False)

    async def told(self, team_id: str, user_id: str, last: date) -> None:
        """Who has got which report can be told later."""
        await self.workspaces.record(team_id, user_id, "report.read", last.isoformat())

    async def titles(self, actor: User, found: Report) -> dict[str, Bilingual]:
        """Of its objections, as the playbook calls them now; those it no longer has are left out."""
        playbook = (await self.playbook.library(actor.team_id)).playbook
        entries = {each.entry_id: playbook.find(each.entry_id) for each in found.objections}
        return {entry_id: entry.title for entry_id, entry in entries.items() if entry is not None}

    async def team_ids(self, actor: User) -> list[str]:
        """Everybody of the lead's team, those who have left too: their customers are still the team's."""
        if not policy.leads_a_team(actor):
            return []
        staff = await self.customers.members.all(actor.team_id)
        return sorted(each.user_id for each in staff if each.team == actor.team)

    async def all_ids(self, team_id: str) -> list[str]:
        return sorted(each.user_id for each in await self.customers.members.all(team_id))

    async def owned(self, team_id: str, owner_ids: Collection[str]) -> list[Customer]:
        """Their customers, but those with whom the company no longer works."""
        found = await self.customers.customers.owned_by(team_id, owner_ids)
        return [each for each in found if each.ended_on is None and each.owner_id in owner_ids]

    async def _of(self, actor: User, owner_ids: Sequence[str], last: date) -> Report:
        team_id, first = actor.team_id, last - timedelta(days=last.weekday())
        customers = await self.owned(team_id, owner_ids)
        followups, visits = self.customers.followups, self.customers.visits
        still_open = [each for owner_id in owner_ids for each in await followups.all_open(team_id, owner_id)]
        held = [*await self.ladders.held(team_id, actor.user_id, last - WEEK)]
        held += await self.ladders.held(team_id, actor.user_id, last)
        found = Material(customers=customers, still_open=still_open, held=frozenset(held))
        for start in range(0, len(customers), AT_ONCE):
            some = [each.id for each in customers[start : start + AT_ONCE]]
            steps = await asyncio.gather(*(followups.steps_between(team_id, each, first, last) for each in some))
            notes = await asyncio.gather(*(visits.between(team_id, each, first, last) for each in some))
            raised = [each for each, its in zip(some, notes, strict=True) if any(note.objection_ids for note in its)]
            ended = await asyncio.gather(*(self.objections.outcomes(team_id, each) for each in raised))
            found = replace(
                found,
                promises=[*found.promises, *(each for its in steps for each in its)],
                visits=[*found.visits, *(each for its in notes for each in its)],
                outcomes=[*found.outcomes, *(each for its in ended for each in its)],
            )
        return await aside(weekly, found, await self.workspaces.settings(team_id), last, actor.tz)
