"""Bringing customers in from a table: what it would do, then doing it; the same table again does nothing."""

import asyncio
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Final

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer
from bot.domain.customertable import CUSTOMERS, Row, rows
from bot.domain.dealtable import DEALS, PlannedDeal, is_deal_table
from bot.domain.dossier import Dossier
from bot.domain.importplan import Effect, Known, Planned, brought_in, planned, refined
from bot.domain.standing import standing
from bot.domain.table import Fault, Line
from bot.domain.user import Member, Role, User
from bot.errors import ConflictError, CustomerExistsError, CustomerNotFoundError
from bot.services.deals import DealService
from bot.services.members import MemberService
from bot.services.workspaces import WorkspaceService
from bot.storage.customers import CustomerStore
from bot.storage.dossiers import DossierStore
from bot.storage.tiering import TieringStore
from bot.turns import aside

AT_ONCE: Final = 20
"""Rows written side by side: the store takes them in one exchange."""

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table would do, row by row, and what is wrong with it, in the order of its lines."""

    rows: tuple[Planned | PlannedDeal, ...]
    faults: tuple[Fault, ...]
    lines: int
    """How many rows the table has, those with faults among them."""

    def count(self, effect: Effect) -> int:
        return sum(each.effect is effect for each in self.rows)


@dataclass(frozen=True, slots=True)
class ImportService:
    customers: CustomerStore
    dossiers: DossierStore
    tiering: TieringStore
    deals: DealService
    members: MemberService
    workspaces: WorkspaceService
    now: Clock

    async def plan(self, team_id: str, lines: Iterable[Line], actor: User | None) -> Plan:
        """For the actor, whose own the customers are where no owner is named; None is the operator, who may all."""
        faults: list[Fault] = []
        lines = list(lines)
        if lines and is_deal_table(lines[0][1]):
            return await self._plan_deals(team_id, lines, actor)
        named = CUSTOMERS.headings(lines[0][1]) if lines else {}
        found = await aside(rows, lines, faults)  # seconds for a large table: nobody else waits for it
        count = len({each.line for each in found} | {each.line for each in faults})
        members = await self.members.all(team_id)
        found = await aside(_allowed, found, actor, members, faults)
        visible = policy.visible_owner_ids(actor, members) if actor else {each.user_id for each in members}
        owners = sorted({row.owner for row in found} | set(visible))
        kept = await asyncio.gather(*(self.customers.owned_by(team_id, [each]) for each in owners))
        hidden = {each for each in owners if each not in visible}
        plan = await aside(_planned, found, owners, kept, self._today(actor), faults, hidden)
        about = {each.customer_id for each in plan if each.customer_id is not None}
        records = await self.tiering.known(team_id, sorted(about))
        customers = {each.id: each for each in chain(*kept) if each.id in about}
        plan = await aside(refined, plan, customers, records, self._today(actor))
        told = [replace(each, heading=named.get(each.column, "")) for each in faults]
        return Plan(tuple(plan), tuple(sorted(told, key=lambda each: each.line)), count)

    async def _plan_deals(self, team_id: str, lines: Sequence[Line], actor: User | None) -> Plan:
        faults: list[Fault] = []
        plan = await self.deals.planned(team_id, lines, actor, self._today(actor), faults)
        named = DEALS.headings(lines[0][1])
        told = [replace(each, heading=named.get(each.column, "")) for each in faults]
        count = len({each.line for each in plan} | {each.line for each in faults})
        return Plan(tuple(plan), tuple(sorted(told, key=lambda each: each.line)), count)

    async def apply(
        self,
        team_id: str,
        plan: Plan,
        by: str,
        progress: Progress = lambda done, total: None,
        form_id: str | None = None,
    ) -> Plan:
        """Writes what the plan says, and returns it as it was carried out: a row whose customer somebody else has
        created or changed in the meantime is a fault.

        Cut short and begun again, it goes on where it stopped; twice at the same time with the same `form_id`, no
        customer is created twice.
        """
        work = [each for each in plan.rows if each.effect is not Effect.SAME]
        rules, is_work = await self.workspaces.counting(team_id)
        now, today, form = self.now(), self._today(None), form_id or uuid.uuid4().hex
        late: list[Fault] = []

        async def one(each: Planned | PlannedDeal) -> None:
            if isinstance(each, PlannedDeal):
                await self.deals.save(team_id, each.deal)
                return
            customer_id = each.customer_id
            if customer_id is None:
                customer = _created(each.row, today, form)
                await self.customers.create(team_id, customer, *standing(customer, rules, is_work, today))
                if not (each.row.figures.told() or each.asks_for_a):
                    return
                customer_id = customer.id

            def step(before: Dossier) -> Dossier:
                return brought_in(before, each.row, by, now, today).recounted(rules, is_work, today)

            await self.dossiers.change(team_id, customer_id, step)

        async def tried(each: Planned | PlannedDeal) -> None:
            try:
                await one(each)
            except (CustomerExistsError, CustomerNotFoundError, ConflictError):
                late.append(Fault(each.line, "", "table.meanwhile"))

        if work:  # first, so that what is cut short is in the audit log too
            counted = f"{plan.count(Effect.ADDED)}+{plan.count(Effect.CHANGED)}"
            what = "deals.import" if isinstance(work[0], PlannedDeal) else "customers.import"
            await self.workspaces.record(team_id, by, what, counted)
        for start in range(0, len(work), AT_ONCE):
            await asyncio.gather(*(tried(each) for each in work[start : start + AT_ONCE]))
            progress(min(start + AT_ONCE, len(work)), len(work))
        if any(isinstance(each, Planned) and each.row.figures.volume_12m is not None for each in work):
            await self.tiering.look_again(team_id, today + timedelta(days=1))
        lines = {each.line for each in late}
        faults = sorted([*plan.faults, *late], key=lambda each: each.line)
        return replace(plan, rows=tuple(each for each in plan.rows if each.line not in lines), faults=tuple(faults))

    def _today(self, actor: User | None) -> date:
        return (actor or User(team_id="", user_id="")).today(self.now())


def _allowed(found: Iterable[Row], actor: User | None, members: Iterable[Member], faults: list[Fault]) -> list[Row]:
    """The rows for people who keep customers and whose customers the actor may bring in: an admin anybody's, a lead
    the team's, an account manager one's own; of rows that name nobody, the actor is the owner."""
    by_id = {each.user_id: each for each in members}
    mine = policy.visible_owner_ids(actor, by_id.values()) if actor else frozenset(by_id)
    kept = []
    for each in found:
        row = replace(each, owner=actor.user_id) if actor is not None and not each.owner else each
        member = by_id.get(row.owner)
        keeps = member is not None and bool(member.roles & {Role.ACCOUNT_MANAGER, Role.TEAM_LEAD})
        if not row.owner:
            faults.append(Fault(row.line, "owner", "table.owner"))
        elif not keeps:
            faults.append(Fault(row.line, "owner", "table.no_manager", {"owner": row.owner}))
        elif actor is not None and row.owner not in mine and not actor.is_(Role.ADMIN):
            faults.append(Fault(row.line, "owner", "table.not_yours", {"owner": row.owner}))
        else:
            kept.append(replace(row, is_asked=not policy.may_give_tier_a(actor, row.owner, mine)) if actor else row)
    return kept


def _planned(
    found: Sequence[Row],
    owners: Sequence[str],
    kept: Sequence[Sequence[Customer]],
    today: date,
    faults: list[Fault],
    hidden: Collection[str],
) -> list[Planned]:
    return planned(found, dict(zip(owners, map(Known.of, kept), strict=True)), today, faults, hidden)


def _created(row: Row, today: date, form_id: str) -> Customer:
    customer_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{form_id} {row.owner} {row.line}").hex[:12]
    fresh = Customer(id=customer_id, name=row.name, tier=row.first_tier, owner_id=row.owner, created_on=today)
    return row.applied(fresh)
