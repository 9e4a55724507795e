"""Tiers: what is told of a customer's business, the rounds in which tiers are decided, and what a lead says to it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from bot.clock import Clock
from bot.domain import load, policy, tiering
from bot.domain.customer import Customer, Tier
from bot.domain.customerform import Values, merged
from bot.domain.daily import Idle
from bot.domain.dossier import Dossier
from bot.domain.load import Load, LoadRules
from bot.domain.policy import Action
from bot.domain.tierform import built, values
from bot.domain.tiering import Goal
from bot.domain.tierrecord import BY_RULE, Override, TierRecord
from bot.domain.tierrules import TierRules
from bot.domain.user import User
from bot.domain.workcalendar import first_working_day
from bot.domain.workspace import WorkspaceSettings
from bot.errors import CustomerNotFoundError, NotTeamLeadError, RecordUnreadableError
from bot.services.customers import CustomerService
from bot.services.workspaces import WorkspaceService
from bot.storage.dossiers import DossierStore
from bot.storage.stored import left_out
from bot.storage.tiering import TieringStore
from bot.storage.visits import VisitStore

Deciding = Callable[[TierRecord, Tier], TierRecord]
"""A pure step of a record; the customer's tier comes with it."""
NOTES_READ: Final = 30
"""Whoever wrote one of so many notes of a customer knows somebody there."""
AT_ONCE: Final = 200
"""Customers of a round that are taken up together."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a customer is of its tier. `ours` and `theirs` are the people who know each other."""

    customer: Customer
    record: TierRecord
    goal: Goal | None
    rules: TierRules
    ours: int
    theirs: int
    today: date
    may_edit: bool
    may_set: bool

    @property
    def has_people(self) -> bool:
        return min(self.ours, self.theirs) >= self.rules.contacts_for_a


@dataclass(frozen=True, slots=True)
class Question:
    """What a lead is to decide or to know about a customer's tier, and the week of its account manager: as it is, and
    with the tier changed as it is asked."""

    customer: Customer
    record: TierRecord
    now: Load
    then: Load
    rules: LoadRules
    idle_days: int

    @property
    def is_idle(self) -> bool:
        return self.record.is_idle


@dataclass(frozen=True, slots=True)
class TieringService:
    store: TieringStore
    dossiers: DossierStore
    visits: VisitStore
    customers: CustomerService
    workspaces: WorkspaceService
    now: Clock

    async def explained(self, actor: User, customer_id: str) -> Explained:
        """Raises CustomerNotFoundError also for a customer the actor may not see."""
        found = await self._seen(actor, customer_id, Action.WRITE)
        settings = await self.workspaces.settings(actor.team_id)
        today, rights = actor.today(self.now()), await self._rights(actor, found.customer)
        record, since = found.tiering, found.customer.created_on
        aim = tiering.goal(record.inputs, record.score, since, settings.tiers, today) if record.score else None
        return Explained(
            customer=found.customer,
            record=record,
            goal=aim,
            rules=settings.tiers,
            ours=await self._ours(actor.team_id, found.customer),
            theirs=len(found.contacts),
            today=today,
            may_edit=Action.EDIT in rights,
            may_set=Action.SET_TIER in rights,
        )

    async def to_tell(self, actor: User, customer_id: str) -> Dossier:
        """Raises NotCustomerOwnerError before a form is filled in in vain."""
        return await self._seen(actor, customer_id, Action.EDIT)

    async def tell(self, actor: User, customer_id: str, opened: Values, typed: Values) -> Customer:
        """Keeps the figures and decides by them at once; with another volume, about all others in the next night.

        Raises EditConflictError or FieldError; then nothing has changed.
        """
        await self.to_tell(actor, customer_id)
        today = actor.today(self.now())

        def step(found: Dossier) -> Dossier:
            given = merged(opened, values(found.tiering.inputs), typed)
            if given == values(found.tiering.inputs):
                return found
            inputs = built(given, actor.user_id, today).with_unknown_of(found.tiering.inputs)
            return replace(found, tiering=found.tiering.model_copy(update={"inputs": inputs, "looks_on": None}))

        before = (await self.store.get_many(actor.team_id, [customer_id])).get(customer_id, TierRecord()).inputs
        told = await self.dossiers.change(actor.team_id, customer_id, step)
        await self.workspaces.record(actor.team_id, actor.user_id, "tier.tell", customer_id)
        if told.tiering.inputs.volume_12m != before.volume_12m:
            await self.store.look_again(actor.team_id, today + timedelta(days=1))
        await self._look(actor.team_id, [customer_id], await self.store.volumes(actor.team_id), today, set())
        return await self.customers.customers.find(actor.team_id, customer_id) or told.customer

    # the lead's part

    async def to_set(self, actor: User, customer_id: str) -> Explained:
        """Raises NotTeamLeadError before a form is filled in in vain."""
        found = await self.explained(actor, customer_id)
        if not found.may_set:
            raise NotTeamLeadError
        return found

    async def override(self, actor: User, customer_id: str, tier: Tier, reason: str, until: date) -> Customer:
        """Sets a tier by hand, up to and with a day. The same again changes nothing. Raises FieldError."""
        seen = await self.to_set(actor, customer_id)
        override = Override(tier=tier, reason=reason, until=until, by=actor.user_id)

        def step(record: TierRecord, given: Tier) -> TierRecord:
            return tiering.overridden(
                record, given, override, seen.rules, self.now(), seen.today, has_people=seen.has_people
            )

        return await self._set(actor, customer_id, step, "tier.override")

    async def lift(self, actor: User, customer_id: str) -> Customer:
        """Ends an override before its day."""
        await self.to_set(actor, customer_id)
        return await self._set(
            actor,
            customer_id,
            lambda record, given: tiering.lifted(record, given, actor.user_id, self.now()),
            "tier.lift",
        )

    async def approve(self, actor: User, customer_id: str, asked_id: str) -> Customer:
        """Raises TierDecidedError where somebody has answered already."""
        await self.to_set(actor, customer_id)
        return await self._set(
            actor,
            customer_id,
            lambda record, _: tiering.approved(record, asked_id, actor.user_id, self.now()),
            "tier.approve",
        )

    async def decline(self, actor: User, customer_id: str, asked_id: str, reason: str) -> Customer:
        """Raises TierDecidedError where somebody has answered already."""
        seen = await self.to_set(actor, customer_id)
        return await self._set(
            actor,
            customer_id,
            lambda record, _: tiering.declined(record, asked_id, actor.user_id, self.now(), seen.today, reason),
            "tier.decline",
        )

    async def questions(self, actor: User) -> list[Question]:
        """What the lead is to decide first, then what is only to be known; nothing for others."""
        if Action.SET_TIER not in policy.rights(actor, [policy.Relation.TEAM]):
            return []
        ids = await self.store.questions(actor.team_id)
        if not ids:
            return []
        known = await self.customers.customers.get_many(actor.team_id, ids)
        owner_ids = await self.customers.visible_owner_ids(actor)
        mine = [each for each in known.values() if _may_set(actor, each, owner_ids)]
        records = await self.store.get_many(actor.team_id, [each.id for each in mine])
        settings, today = await self.workspaces.settings(actor.team_id), actor.today(self.now())
        owned = await self._tiers(actor.team_id, {each.owner_id for each in mine})
        found = [
            _question(each, records[each.id], owned[each.owner_id], settings, today)
            for each in mine
            if each.id in records
        ]
        return sorted(found, key=lambda each: (each.record.asked is None, each.customer.name))

    async def newly_idle(self, actor: User, day: date) -> list[Idle]:
        """Customers of the lead's team that have not drawn for so long that the lead is told: since the working day
        before `day`, so that each is told once."""
        idle = [each for each in await self.questions(actor) if each.is_idle]
        if not idle:
            return []
        settings = await self.workspaces.settings(actor.team_id)
        limit, is_work = settings.tiers.dormant_warning_days, self.workspaces.calendar(settings)
        passed = (day - first_working_day(day - timedelta(days=1), is_work, step=-1)).days
        since = (actor.today(self.now()) - day).days
        found = [Idle(each.customer, each.idle_days - since) for each in idle]
        return [each for each in found if limit <= each.days < limit + passed]

    async def question(self, actor: User, customer_id: str) -> Question:
        """With the load check, before the lead answers. Raises NotTeamLeadError."""
        seen = await self.to_set(actor, customer_id)
        settings = await self.workspaces.settings(actor.team_id)
        owned = await self._tiers(actor.team_id, {seen.customer.owner_id})
        return _question(seen.customer, seen.record, owned[seen.customer.owner_id], settings, seen.today)

    # the rounds

    async def is_due(self, team_id: str) -> bool:
        """Whether a round finds anything to look at."""
        return bool(await self.store.to_look_at(team_id, self._today(), 1))

    async def run(self, team_id: str) -> int:
        """Looks at every customer whose day has come; how many tiers changed. Run twice, the second finds nothing."""
        today, changed = self._today(), 0
        volumes = await self.store.volumes(team_id)
        unreadable: set[str] = set()
        """Their day stays, for a release that can read them."""
        while ids := await self._to_look_at(team_id, today, unreadable):
            changed += await self._look(team_id, ids, volumes, today, unreadable)
        return changed

    async def _to_look_at(self, team_id: str, today: date, unreadable: Collection[str]) -> list[str]:
        found = await self.store.to_look_at(team_id, today, AT_ONCE + len(unreadable))
        return [each for each in found if each not in unreadable]

    async def _look(
        self, team_id: str, ids: Sequence[str], volumes: Sequence[Decimal], today: date, unreadable: set[str]
    ) -> int:
        """Several bots may do it at once: each customer is changed as it is found; the same look changes nothing."""
        settings, now, changed = await self.workspaces.settings(team_id), self.now(), 0
        for customer_id in ids:
            try:
                customer = await self.customers.customers.find(team_id, customer_id)
                if customer is None or customer.ended_on is not None:
                    await self.store.forget(team_id, customer_id)
                    continue
                changed += await self._look_at(team_id, customer, volumes, settings, now, today)
            except CustomerNotFoundError:
                await self.store.forget(team_id, customer_id)
            except RecordUnreadableError as error:
                left_out(error)
                unreadable.add(customer_id)
            await asyncio.sleep(0)
        return changed

    async def _look_at(
        self,
        team_id: str,
        customer: Customer,
        volumes: Sequence[Decimal],
        settings: WorkspaceSettings,
        now: datetime,
        today: date,
    ) -> bool:
        rules, ours = settings.tiers, await self._ours(team_id, customer)
        is_work = self.workspaces.calendar(settings)
        before: list[Tier] = []

        def step(found: Dossier) -> Dossier:
            before[:] = [found.customer.tier]
            record = tiering.recomputed(
                found.tiering,
                found.customer.tier,
                found.customer.created_on,
                volumes,
                rules,
                now,
                today,
                has_people=min(ours, len(found.contacts)) >= rules.contacts_for_a,
            )
            return found.with_tiering(record).recounted(settings.cadence, is_work, today)

        after = await self.dossiers.change(team_id, customer.id, step)
        is_changed = before != [after.customer.tier]
        if is_changed:
            await self.workspaces.record(team_id, BY_RULE, "tier.decide", customer.id, after.customer.tier)
        return is_changed

    async def _set(self, actor: User, customer_id: str, step: Deciding, action: str) -> Customer:
        (rules, is_work), today = await self.workspaces.counting(actor.team_id), actor.today(self.now())

        def change(found: Dossier) -> Dossier:
            record = step(found.tiering, found.customer.tier)
            return found.with_tiering(record).recounted(rules, is_work, today)

        changed = await self.dossiers.change(actor.team_id, customer_id, change)
        await self.workspaces.record(actor.team_id, actor.user_id, action, customer_id, changed.customer.tier)
        return changed.customer

    async def _seen(self, actor: User, customer_id: str, action: Action) -> Dossier:
        found = await self.dossiers.find(actor.team_id, customer_id)
        if found is None:
            raise CustomerNotFoundError
        policy.ensure_may(action, await self._rights(actor, found.customer))
        return found

    async def _rights(self, actor: User, customer: Customer) -> frozenset[Action]:
        owner_ids = await self.customers.visible_owner_ids(actor)
        return policy.rights(actor, policy.relations(actor, customer, owner_ids))

    async def _ours(self, team_id: str, customer: Customer) -> int:
        """Its owner, who stands in, and who has written notes of late."""
        notes = await self.visits.latest(team_id, customer.id, NOTES_READ)
        return len({customer.owner_id, *(each.author_id for each in notes), customer.stand_in_id} - {None})

    async def _tiers(self, team_id: str, owner_ids: set[str]) -> dict[str, Counter[Tier]]:
        """How many customers of each tier these account managers have."""
        owners = sorted(owner_ids)
        found = await asyncio.gather(*(self.customers.customers.owned_by(team_id, [each]) for each in owners))
        return {owner: load.tiers_of(each) for owner, each in zip(owners, found, strict=True)}

    def _today(self) -> date:
        return User(team_id="", user_id="").today(self.now())


def _may_set(actor: User, customer: Customer, owner_ids: frozenset[str]) -> bool:
    return Action.SET_TIER in policy.rights(actor, policy.relations(actor, customer, owner_ids))


def _question(
    customer: Customer, record: TierRecord, tiers: Counter[Tier], settings: WorkspaceSettings, today: date
) -> Question:
    then = load.moved(tiers, customer.tier, Tier.A) if record.asked is not None else tiers
    last = record.inputs.last_drawdown_on or record.inputs.customer_since or customer.created_on
    gaps = {tier: settings.cadence.of(tier).max_gap for tier in Tier}
    return Question(
        customer=customer,
        record=record,
        now=load.load(tiers, gaps, settings.load),
        then=load.load(then, gaps, settings.load),
        rules=settings.load,
        idle_days=(today - last).days,
    )
