"""What Home shows of customers: one's own by colour, and for a lead the team's exceptions and load."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.clock import Clock
from bot.domain import policy
from bot.domain.board import Concern, Kept, Mine, Team, concerns, teammate, worst_first
from bot.domain.customer import Customer
from bot.domain.followup import DueItem, FollowUp, contact_id, need_id, renewal_id
from bot.domain.policy import Action, Relation
from bot.domain.user import User
from bot.services.customers import CustomerService
from bot.services.followups import FollowUpService
from bot.services.members import MemberService
from bot.services.workspaces import WorkspaceService
from bot.storage.cases import CaseStore
from bot.storage.drafts import DraftStore
from bot.turns import turn_for

COMING = timedelta(days=14)
"""So far ahead risk events are known that are to be answered, over the longest holidays."""


@dataclass(frozen=True, slots=True)
class BoardService:
    customers: CustomerService
    followups: FollowUpService
    cases: CaseStore
    drafts: DraftStore
    members: MemberService
    workspaces: WorkspaceService
    now: Clock

    async def mine(self, actor: User) -> Mine:
        """Today's list with what the actor keeps for others, the rest of the week, and the actor's own customers."""
        if not policy.may_write_notes(actor):
            return Mine()
        today = actor.today(self.now())
        due, owned = await asyncio.gather(
            self.followups.due(actor, _end_of_week(today), today),
            self.customers.customers.owned_by(actor.team_id, [actor.user_id]),
        )
        known = await self._lasting(actor.team_id, owned)
        kept = [_kept(each, known) for each in owned if each.ended_on is None]
        async with turn_for(len(kept)):
            customers = worst_first(kept, today)
        coming = [item for item in due.own if item.followup.shown_on > today]
        return Mine(
            today=[*(item for item in due.own if item.followup.shown_on <= today), *due.covered],
            week=sorted(coming, key=_by_day),
            customers=customers,
        )

    async def team(self, actor: User) -> Team:
        """Of everybody in the lead's team, the lead included; nothing for others."""
        if Action.SEE not in policy.rights(actor, [Relation.TEAM]):
            return Team()
        today, team_id = actor.today(self.now()), actor.team_id
        settings, owner_ids = await asyncio.gather(self.workspaces.settings(team_id), self._owner_ids(actor))
        customers, due, drafts = await asyncio.gather(
            self.customers.customers.owned_by(team_id, owner_ids),
            asyncio.gather(*(self.followups.store.due(team_id, each, today + COMING) for each in owner_ids)),
            asyncio.gather(*(self.drafts.left(team_id, each, self.now()) for each in owner_ids)),
        )
        known, suspected = await asyncio.gather(
            self._lasting(team_id, customers), self._suspected(actor, [each.id for each in customers])
        )
        followups = {each.id: each for found in due for each in found} | known
        async with turn_for(len(followups)):
            found = concerns(customers, followups.values(), suspected, settings.cadence, today)
        people = []
        for owner_id, left in zip(owner_ids, drafts, strict=True):
            kept = [_kept(each, known) for each in customers if each.owner_id == owner_id and each.ended_on is None]
            if kept:
                async with turn_for(len(kept)):
                    people.append(teammate(owner_id, kept, found, left, settings.cadence, settings.load, today))
        return Team(found, people, settings.load)

    async def shown(self, actor: User, found: Iterable[Concern]) -> None:
        """Who looks at which of the team's customers can be told later."""
        await self.customers.record_reads(actor, (each.customer for each in found), "home")

    async def _owner_ids(self, actor: User) -> list[str]:
        """The team, those who have left it included."""
        if actor.team is None:
            return [actor.user_id]
        members = await self.members.all(actor.team_id)
        return sorted({actor.user_id, *(each.user_id for each in members if each.team == actor.team)})

    async def _lasting(self, team_id: str, customers: Sequence[Customer]) -> dict[str, FollowUp]:
        """Contact, needs and renewal of each."""
        ids = [of(each.id) for each in customers for of in (contact_id, need_id, renewal_id)]
        return await self.followups.store.get_many(team_id, ids)

    async def _suspected(self, actor: User, customer_ids: Sequence[str]) -> set[str]:
        """Customers of which a red line is suspected, as far as the actor has sent or reads it."""
        cases = await self.cases.about_many(actor.team_id, customer_ids, self.now())
        return {each.customer_id for each in cases if each.is_suspicion and each.is_shown_to(actor.user_id)}


def _kept(customer: Customer, known: dict[str, FollowUp]) -> Kept:
    return Kept(customer, known.get(contact_id(customer.id)), known.get(need_id(customer.id)))


def _end_of_week(today: date) -> date:
    return today + timedelta(days=6 - today.weekday())


def _by_day(item: DueItem) -> tuple[date, int, str]:
    return (item.followup.shown_on, -item.customer.tier.weight, item.followup.id)
