"""Cases: customers sent to risk and compliance, and the glass they break for the others."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain import policy
from bot.domain.brief import Brief
from bot.domain.case import Case
from bot.domain.customer import Customer, folded
from bot.domain.entry import OwnerRole
from bot.domain.policy import Action, Relation
from bot.domain.riskflag import Heard
from bot.domain.user import Member, Role, User
from bot.domain.visit import Visit
from bot.errors import CaseClosedError, CustomerNotFoundError, FieldError, NobodyInRiskError
from bot.matching.names import closeness
from bot.services.customers import CustomerService
from bot.services.members import MemberService
from bot.services.workspaces import WorkspaceService
from bot.storage.cases import CaseStore


@dataclass(frozen=True, slots=True)
class CaseItem:
    """A case that is open to the person who looks, and its customer."""

    case: Case
    customer: Customer


@dataclass(frozen=True, slots=True)
class CaseService:
    store: CaseStore
    customers: CustomerService
    members: MemberService
    workspaces: WorkspaceService
    now: Clock

    # sent by who answers for the customer

    async def to_send(self, actor: User, customer_id: str) -> tuple[Customer, list[Member]]:
        """The customer, and who can be asked. Raises NobodyInRiskError before a reason is typed in vain."""
        customer = await self._ensure_sends(actor, customer_id)
        readers = await self._risk_people(actor)
        if not readers:
            raise NobodyInRiskError
        return customer, readers

    async def send(
        self,
        actor: User,
        form_id: str,
        customer_id: str,
        reader_ids: Collection[str],
        reason: str,
        *,
        is_suspicion: bool = False,
        is_leak: bool = False,
    ) -> tuple[Case, bool]:
        """Opens the brief to these people of risk until somebody closes the case; False for a form sent again.

        A leak is also for who answers for personal data: those of risk who stand for compliance in the playbook.

        Raises FieldError where one of them is not of risk (any more).
        """
        customer = await self._ensure_sends(actor, customer_id)
        risk = {each.user_id for each in await self._risk_people(actor)}
        if not reader_ids or not risk.issuperset(reader_ids):
            raise FieldError("readers", "case.error_readers")
        privacy = risk & set(await self.standing_for(actor, OwnerRole.COMPLIANCE)) if is_leak else set()
        case = self._case(actor, form_id, customer.id, reason, readers=tuple(sorted({*reader_ids, *privacy})))
        case = case.model_copy(update={"is_suspicion": is_suspicion, "is_leak": is_leak})
        is_new = await self.store.open(actor.team_id, case)
        if is_new:
            action = "case.leak" if is_leak else "case.open"
            await self.workspaces.record(actor.team_id, actor.user_id, action, case.id)
        return case, is_new

    async def standing_for(self, actor: User, role: OwnerRole) -> tuple[str, ...]:
        """Those of the staff who do."""
        named = (await self.workspaces.settings(actor.team_id)).owners.get(role, ())
        staff = {each.user_id for each in await self.members.all(actor.team_id)}
        return tuple(each for each in named if each in staff)

    async def opened_by_events(self, actor: User, visit: Visit, heard: Heard) -> Case | None:
        """For everybody of risk, since the customer's note tells of these events; once for a note and its events.

        None where nobody else is of risk, or the case was there.
        """
        readers = tuple(sorted(each.user_id for each in await self._risk_people(actor)))
        if not readers:
            return None
        case = Case(
            id=f"k-{hashlib.sha256(f'{actor.team_id}/{visit.id}/{heard.key}'.encode()).hexdigest()[:16]}",
            customer_id=visit.customer_id,
            reader_ids=readers,
            opened_by=actor.user_id,
            opened_at=self.now(),
            reason=" ".join(heard.events),
            events=heard.events,
            proposes=heard.flag,
        )
        if not await self.store.open(actor.team_id, case):
            return None
        await self.workspaces.record(actor.team_id, actor.user_id, "case.open", case.id)
        return case

    async def close(self, actor: User, case_id: str) -> Case:
        """By its readers and the owner's lead. Raises CaseClosedError; to others it looks as if it never was."""
        case = await self.store.find(actor.team_id, case_id)
        customer = await self._customer(actor, case.customer_id) if case else None
        if case is None or customer is None:
            raise CaseClosedError
        now = self.now()
        has_case = case.is_open_to(actor.user_id, now)
        is_hidden = not case.is_shown_to(actor.user_id)
        if is_hidden or Action.CLOSE_CASE not in await self._rights(actor, customer, has_case=has_case):
            raise CaseClosedError
        closed = await self.store.change(actor.team_id, case_id, lambda found: found.closed(actor.user_id, now))
        await self.workspaces.record(actor.team_id, actor.user_id, "case.close", case_id)
        return closed

    # read by risk

    async def break_glass(self, actor: User, form_id: str, typed: str, reason: str) -> tuple[list[CaseItem], bool]:
        """Opens the customers of exactly this name, whosever they are, for a day; False for a form sent again.

        Kept and audited first, found or not: raises CustomerNotFoundError only then.
        """
        policy.ensure_breaks_glass(actor)
        everybody = [each.user_id for each in await self.members.all(actor.team_id)]
        named = await self.customers.customers.named(actor.team_id, everybody, typed) if folded(typed) else []
        is_new, opened = False, []
        for customer_id in [each.id for each in named] or [""]:
            case = self._case(actor, form_id, customer_id, reason, readers=(actor.user_id,), breaks_glass=True)
            if await self.store.open(actor.team_id, case):
                is_new = True
                await self.workspaces.record(actor.team_id, actor.user_id, "case.break_glass", case.id)
            opened.append(case)
        if not named:
            raise CustomerNotFoundError
        return [CaseItem(case, customer) for case, customer in zip(opened, named, strict=True)], is_new

    async def open_to(self, actor: User) -> list[CaseItem]:
        """What the actor may read now; nothing for somebody who is no longer of risk."""
        if not _reads_cases(actor):
            return []
        cases = await self.store.open_to(actor.team_id, actor.user_id, self.now())
        customers = await self.customers.customers.get_many(actor.team_id, {case.customer_id for case in cases})
        return [CaseItem(case, customers[case.customer_id]) for case in cases if case.customer_id in customers]

    async def named(self, actor: User, typed: str) -> list[Customer]:
        """Of the customers whose case is open to the actor, those that fit what was typed."""
        open_now = {item.customer.id: item.customer for item in await self.open_to(actor)}
        return [each for each in open_now.values() if closeness(typed, each.names)]

    async def brief(self, actor: User, customer_id: str) -> tuple[Brief, Case | None]:
        """As the actor may see it: by right, else by the case that is returned with it; then the look is audited.

        Raises CustomerNotFoundError also for a customer the actor may not see.
        """
        try:
            return await self.customers.brief(actor, customer_id), None
        except CustomerNotFoundError:
            case = next((item.case for item in await self.open_to(actor) if item.customer.id == customer_id), None)
            if case is None:
                raise
        found = await self.customers.brief(actor, customer_id, has_case=True)
        await self.workspaces.record(actor.team_id, actor.user_id, "case.read", case.id)
        return found, case

    async def about(self, actor: User, brief: Brief) -> list[Case]:
        """The open cases about the brief's customer, for whoever may close them; a suspicion only to its readers."""
        if Action.CLOSE_CASE not in brief.rights:
            return []
        found = await self.store.about(actor.team_id, brief.customer.id, self.now())
        return [case for case in found if case.is_shown_to(actor.user_id)]

    async def newest(self, team_id: str, count: int) -> list[Case]:
        """For the operator."""
        return await self.store.newest(team_id, count)

    async def told_ids(self, team_id: str, customer: Customer) -> frozenset[str]:
        """Who answers for a customer: its owner; where the owner has left, the team's lead, else the admins."""
        return await self.members.inbox_ids(team_id, Member(user_id=customer.owner_id))

    async def _ensure_sends(self, actor: User, customer_id: str) -> Customer:
        customer = await self._customer(actor, customer_id)
        if customer is None:
            raise CustomerNotFoundError
        policy.ensure_may(Action.SEND_TO_RISK, await self._rights(actor, customer, has_case=False))
        return customer

    async def _customer(self, actor: User, customer_id: str) -> Customer | None:
        return await self.customers.customers.find(actor.team_id, customer_id)

    async def _rights(self, actor: User, customer: Customer, *, has_case: bool) -> frozenset[Action]:
        owner_ids = await self.customers.visible_owner_ids(actor)
        return policy.rights(actor, policy.relations(actor, customer, owner_ids, has_case=has_case))

    async def _risk_people(self, actor: User) -> list[Member]:
        staff = await self.members.all(actor.team_id)
        return [each for each in staff if Role.RISK in each.roles and each.user_id != actor.user_id]

    def _case(
        self,
        actor: User,
        form_id: str,
        customer_id: str,
        reason: str,
        *,
        readers: Sequence[str],
        breaks_glass: bool = False,
    ) -> Case:
        made_of = f"{actor.team_id}/{actor.user_id}/{form_id}/{customer_id}"
        return Case(
            id=f"k-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}",
            customer_id=customer_id,
            reader_ids=tuple(readers),
            opened_by=actor.user_id,
            opened_at=self.now(),
            reason=reason,
            breaks_glass=breaks_glass,
        )


def _reads_cases(actor: User) -> bool:
    return Action.SEE in policy.rights(actor, [Relation.CASE])
