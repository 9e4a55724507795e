"""Recording what became of leads and renewals, by the customer's owner and the owner's lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.clock import Clock
from bot.domain import policy
from bot.domain.customer import Customer
from bot.domain.deal import Deal, DealForm, deal_of
from bot.domain.dealtable import DealRow, PlannedDeal, as_deal, deal_rows, matching
from bot.domain.dossier import Dossier
from bot.domain.importplan import Effect
from bot.domain.table import Fault, Line
from bot.domain.user import User
from bot.services.customers import CustomerService
from bot.services.workspaces import WorkspaceService
from bot.storage.deals import DealStore
from bot.turns import aside


@dataclass(frozen=True, slots=True)
class DealService:
    store: DealStore
    customers: CustomerService
    workspaces: WorkspaceService
    now: Clock

    async def to_record(self, actor: User, customer_id: str) -> tuple[Customer, list[Deal]]:
        """Raises NotCustomerOwnerError for who may only read it, CustomerNotFoundError for who may not even that."""
        customer = await self.customers.get(actor, customer_id)
        policy.ensure_edits_customer(await self.customers.visible_owner_ids(actor), customer)
        return customer, await self.store.of(actor.team_id, customer_id)

    async def record(self, actor: User, customer_id: str, form: DealForm) -> Deal:
        """The same kind and first day again is the same deal, with what became of it. Raises FieldError."""
        customer, _ = await self.to_record(actor, customer_id)
        deal = deal_of(form, customer, actor.today(self.now()))
        await self.save(actor.team_id, deal)
        await self.workspaces.record(actor.team_id, actor.user_id, "deal.record", deal.id, deal.result)
        return deal

    async def save(self, team_id: str, deal: Deal) -> None:
        """In the place of one of this id. A renewal that tells the new end moves the customer's, and its milestones.

        Raises CustomerNotFoundError for a customer that is not there any more.
        """
        known = await self.store.find(team_id, deal.id)
        deal = deal.with_unknown_of(known)
        rules, is_work = await self.workspaces.counting(team_id)
        today = User(team_id=team_id, user_id="").today(self.now())

        def step(found: Dossier) -> Dossier:
            customer = deal.end_moved(found.customer, known)
            if customer == found.customer:
                return found
            return found.with_customer(customer).recounted(rules, is_work, today)

        await self.customers.dossiers.change(
            team_id, deal.customer_id, step, also=lambda batch: self.store.put(batch, team_id, deal)
        )

    async def planned(
        self, team_id: str, lines: Iterable[Line], actor: User | None, today: date, faults: list[Fault]
    ) -> list[PlannedDeal]:
        """What a table of deals would do; None is the operator, who may all. Others bring in what they may edit."""
        found = await aside(deal_rows, list(lines), faults)
        if actor is None:
            owner_ids = frozenset(each.user_id for each in await self.customers.members.all(team_id))
        else:
            owner_ids = await self.customers.visible_owner_ids(actor)
        owned = await self.customers.customers.owned_by(team_id, sorted(owner_ids))
        customers = [each for each in owned if policy.may_edit_customer(owner_ids, each)]
        plan: list[PlannedDeal] = []
        lines_of: dict[str, int] = {}
        for row in found:
            one = matching(row, customers)
            if fault := _fault(row, one, owner_ids, today):
                faults.append(fault)
                continue
            deal = as_deal(row, one[0].id, one[0].owner_id)
            if first := lines_of.get(deal.id):
                faults.append(Fault(row.line, "", "table.twice", {"value": one[0].name, "line": first}))
                continue
            lines_of[deal.id] = row.line
            known = {each.id: each for each in await self.store.of(team_id, one[0].id)}
            before = known.get(deal.id)
            effect = Effect.ADDED if before is None else Effect.SAME if before == deal else Effect.CHANGED
            plan.append(PlannedDeal(row.line, one[0].name, effect, deal))
        return plan


def _fault(row: DealRow, found: list[Customer], owner_ids: frozenset[str], today: date) -> Fault | None:
    if not found:
        return Fault(row.line, "customer", "deal.error_customer")
    if len(found) > 1:
        return Fault(row.line, "customer", "deal.error_which")
    if row.owner and row.owner not in owner_ids:
        return Fault(row.line, "owner", "table.not_yours", {"owner": row.owner})
    if row.closed_on is not None and row.closed_on > today:
        return Fault(row.line, "closed_on", "table.future")
    return None
