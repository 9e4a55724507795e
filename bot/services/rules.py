"""The numbers that tiers and follow-ups go by: what a change would do, and doing it to every customer."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bot.clock import Clock
from bot.domain import policy, tiering, tierscore
from bot.domain.customer import Tier
from bot.domain.customerform import Values, merged
from bot.domain.dossier import Dossier
from bot.domain.followup import contact_id
from bot.domain.ruleform import Subject, changed, told, values
from bot.domain.user import User
from bot.domain.workspace import WorkspaceSettings
from bot.errors import BotError, FieldError, FormError
from bot.services.workspaces import WorkspaceService
from bot.storage.dossiers import DossierStore
from bot.storage.recounts import RecountStore
from bot.storage.tiering import TieringStore

AT_ONCE: Final = 10
"""Customers looked at before anybody else gets their turn: some milliseconds."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change of the numbers would do. `moved` is about where the figures point to, before and after."""

    customers: int
    moved: Counter[tuple[Tier, Tier]]
    due_moved: int
    due_now: int
    """Of these, how many are due at once that are not today."""


@dataclass(frozen=True, slots=True)
class RulesService:
    recounts: RecountStore
    dossiers: DossierStore
    tiering: TieringStore
    workspaces: WorkspaceService
    now: Clock

    async def current(self, actor: User) -> WorkspaceSettings:
        """Raises NotAdminError."""
        policy.ensure_sets_rules(actor)
        return await self.workspaces.settings(actor.team_id)

    async def typed(self, actor: User, subject: Subject, opened: Values, typed: Values) -> WorkspaceSettings:
        """What the settings would be. Raises FormError, or EditConflictError for what another admin has changed."""
        return self._typed(await self.current(actor), subject, opened, typed)

    async def preview(self, actor: User, after: WorkspaceSettings) -> Preview:
        """Goes through all customers, and lets others have their turn meanwhile."""
        before, today = await self.current(actor), actor.today(self.now())
        volumes = await self.tiering.volumes(actor.team_id)
        moved: Counter[tuple[Tier, Tier]] = Counter()
        customers = due_moved = due_now = 0
        async for found in self._all(actor.team_id):
            customers += 1
            old, new = (_aim(found, volumes, each, today) for each in (before, after))
            if old is not new:
                moved[old, new] += 1
            was, will = _due(found), _due(self._recounted(found, after, today))
            due_moved += was != will
            due_now += was is not None and will is not None and was > today >= will
        return Preview(customers, moved, due_moved, due_now)

    async def save(self, actor: User, subject: Subject, opened: Values, typed: Values) -> WorkspaceSettings:
        """All customers follow by and by. Raises as `typed` does; then nothing was changed."""
        policy.ensure_sets_rules(actor)
        before, after = await self.recounts.set_rules(
            actor.team_id, self.workspaces.defaults, lambda stored: self._typed(stored, subject, opened, typed)
        )
        if line := told(before, after, subject):
            await self.workspaces.record(actor.team_id, actor.user_id, "rules.set", subject, line)
        return after

    def _typed(self, stored: WorkspaceSettings, subject: Subject, opened: Values, typed: Values) -> WorkspaceSettings:
        after = changed(stored, subject, merged(opened, values(stored, subject), typed))
        if after.calendar != stored.calendar:
            try:
                self.workspaces.calendar(after)
            except BotError:
                country = after.calendar.country
                raise FormError([FieldError("country", "rules.error_country", country=country)]) from None
        return after

    def _recounted(self, found: Dossier, settings: WorkspaceSettings, today: date) -> Dossier:
        if found.customer.ended_on is not None:
            return found
        return found.recounted(settings.cadence, self.workspaces.calendar(settings), today)

    async def _all(self, team_id: str) -> AsyncIterator[Dossier]:
        ids = await self.recounts.customer_ids(team_id)
        for start in range(0, len(ids), AT_ONCE):
            some = await asyncio.gather(
                *(self.dossiers.find_to_show(team_id, each) for each in ids[start : start + AT_ONCE])
            )
            for found in filter(None, some):
                yield found
            await asyncio.sleep(0)


def _aim(found: Dossier, volumes: Sequence[Decimal], settings: WorkspaceSettings, today: date) -> Tier:
    """Where a customer's figures point to; its tier where they point nowhere."""
    record, since = found.tiering, found.customer.created_on
    if not record.is_kept:
        return found.customer.tier
    score = tierscore.score(record.inputs, volumes, settings.tiers, today)
    return tiering.goal(record.inputs, score, since, settings.tiers, today).tier or found.customer.tier


def _due(found: Dossier) -> date | None:
    contact = next((each for each in found.followups if each.id == contact_id(found.customer.id)), None)
    return contact.due_on if contact is not None else None
