"""Who may see and do what. Every service asks here; nothing else decides.

The two tables are the whole of it: what a role may do with a customer, by how the person stands to it, and what it
may do besides. Somebody of another workspace stands to nothing here: each workspace's data has keys of its own.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from bot.domain.customer import Customer, as_covered, as_stand_in
from bot.domain.followup import FollowUp
from bot.domain.user import Member, Role, User, has_admin
from bot.errors import (
    CustomerNotFoundError,
    FollowUpNotFoundError,
    LastAdminError,
    NotAdminError,
    NotAllowedError,
    NotApproverError,
    NotCustomerOwnerError,
    NotEditorError,
    NotRiskError,
    OutsiderError,
    OwnRevisionError,
    UnknownPersonError,
)


class Relation(StrEnum):
    """How somebody stands to a customer."""

    OWN = "own"
    STAND_IN = "stand_in"
    TEAM = "team"
    """Its owner is of the person's team."""
    CASE = "case"
    """Risk is to look at it, and the case is open to this person."""
    LEFT_BEHIND = "left_behind"
    """Its owner has left, and the owner's team has no lead."""
    OTHER = "other"


class Action(StrEnum):
    """What is done with a customer and all that hangs on it."""

    SEE = "see"
    """Its brief, the page before a meeting, lists, type-ahead, search, export."""
    WRITE = "write"
    """Notes, next steps, follow-ups put off."""
    EDIT = "edit"
    SHARE = "share"
    HAND_OVER = "hand_over"
    SET_TIER = "set_tier"
    """Approve tier A, or set a tier by hand."""
    FLAG = "flag"
    """Set the risk flag, or clear it."""
    SEND_TO_RISK = "send_to_risk"
    CLOSE_CASE = "close_case"


class Work(StrEnum):
    """What is done without a customer."""

    KEEP_CUSTOMERS = "keep_customers"
    EDIT_PLAYBOOK = "edit_playbook"
    APPROVE = "approve"
    """Admins where there is no other approver."""
    VERIFY = "verify"
    BREAK_GLASS = "break_glass"
    SET_ROLES = "set_roles"
    TELL_CUSTOMERS = "tell_customers"
    """Have account managers tell the customers it concerns something worth knowing; shows numbers, no customer."""
    SET_RULES = "set_rules"
    """The numbers that tiers and follow-ups go by."""
    SET_RETENTION = "set_retention"
    SEE_FIGURES = "see_figures"
    """The weekly report and the key figures: a lead the team's, an admin the workspace's without its customers."""


_WITH_CUSTOMERS: Final = frozenset({Action.SEE, Action.WRITE})
_KEEPING: Final = _WITH_CUSTOMERS | {Action.EDIT, Action.SHARE, Action.HAND_OVER, Action.SEND_TO_RISK}

ON_CUSTOMERS: Final[Mapping[Role, Mapping[Relation, frozenset[Action]]]] = {
    Role.ACCOUNT_MANAGER: {Relation.OWN: _KEEPING, Relation.STAND_IN: _WITH_CUSTOMERS},
    Role.TEAM_LEAD: {
        Relation.OWN: _KEEPING | {Action.SET_TIER},
        Relation.STAND_IN: _WITH_CUSTOMERS,
        Relation.TEAM: _KEEPING | {Action.SET_TIER, Action.CLOSE_CASE},
    },
    Role.EDITOR: {},
    Role.APPROVER: {},
    Role.RISK: {Relation.CASE: frozenset({Action.SEE, Action.FLAG, Action.CLOSE_CASE})},
    Role.ADMIN: {
        **{relation: frozenset({Action.SEND_TO_RISK}) for relation in Relation},
        Relation.LEFT_BEHIND: frozenset({Action.SEND_TO_RISK, Action.HAND_OVER}),
    },
}
"""Running the workspace opens no customer's file."""

AT_WORK: Final[Mapping[Role, frozenset[Work]]] = {
    Role.ACCOUNT_MANAGER: frozenset({Work.KEEP_CUSTOMERS}),
    Role.TEAM_LEAD: frozenset({Work.KEEP_CUSTOMERS, Work.TELL_CUSTOMERS, Work.SEE_FIGURES}),
    Role.EDITOR: frozenset({Work.EDIT_PLAYBOOK, Work.TELL_CUSTOMERS}),
    Role.APPROVER: frozenset({Work.EDIT_PLAYBOOK, Work.APPROVE, Work.VERIFY}),
    Role.RISK: frozenset({Work.BREAK_GLASS}),
    Role.ADMIN: frozenset(
        {
            Work.EDIT_PLAYBOOK,
            Work.APPROVE,
            Work.VERIFY,
            Work.SET_ROLES,
            Work.SET_RULES,
            Work.SET_RETENTION,
            Work.TELL_CUSTOMERS,
            Work.SEE_FIGURES,
        }
    ),
}


def rights(actor: User, relations: Iterable[Relation]) -> frozenset[Action]:
    """What the actor may do with a customer to which he stands in these ways; each role adds to the others."""
    return _rights(actor.roles, frozenset(relations))


@cache
def _rights(roles: frozenset[Role], relations: frozenset[Relation]) -> frozenset[Action]:
    return frozenset().union(*(ON_CUSTOMERS[role].get(each, frozenset()) for role in roles for each in relations))


def may_work(actor: User, work: Work) -> bool:
    return any(work in AT_WORK[role] for role in actor.roles)


def relations(
    actor: User,
    customer: Customer,
    owner_ids: frozenset[str],
    *,
    has_case: bool = False,
    is_left_behind: bool = False,
) -> frozenset[Relation]:
    """`owner_ids` as `visible_owner_ids` tells them; `has_case`: a case about the customer is open to the actor."""
    holds = {
        Relation.OWN: customer.owner_id == actor.user_id,
        Relation.STAND_IN: customer.stand_in_id == actor.user_id or as_covered(customer.owner_id) in owner_ids,
        Relation.TEAM: customer.owner_id in owner_ids - {actor.user_id},
        Relation.CASE: has_case,
        Relation.LEFT_BEHIND: is_left_behind,
    }
    return frozenset(relation for relation, is_so in holds.items() if is_so) or frozenset({Relation.OTHER})


def lead_ids(member: Member, members: Iterable[Member]) -> frozenset[str]:
    """The leads of the person's team, but the person."""
    return frozenset(
        each.user_id
        for each in members
        if Role.TEAM_LEAD in each.roles
        and each.team is not None
        and each.team == member.team
        and each.user_id != member.user_id
    )


def member_of(user_id: str, members: Iterable[Member]) -> Member:
    """Somebody unknown is a member without roles."""
    return next((each for each in members if each.user_id == user_id), Member(user_id=user_id))


def answering_ids(owner: Member, members: Iterable[Member], admin_ids: Iterable[str]) -> frozenset[str]:
    """Who answers for the owner's customers: the owner or, once that one has left, the leads of the team, else the
    admins (`admin_ids` are those the operator named)."""
    staff = list(members)
    if not owner.has_left:
        return frozenset({owner.user_id})
    return lead_ids(owner, staff) or frozenset({*admin_ids, *(each.user_id for each in staff if each.is_admin)})


def visible_owner_ids(actor: User, members: Iterable[Member], covered: Iterable[str] = ()) -> frozenset[str]:
    """Whose customers the actor may see and write about: one's own, those one stands in for, and for a team lead
    those of the team.

    `covered` are people who are away now and whose list the actor keeps: their customers like any that one stands in
    for. A case opens one customer's brief, not its owner's list.
    """
    owners = set()
    if Action.SEE in rights(actor, [Relation.OWN]):
        owners.add(actor.user_id)
    if Action.SEE in rights(actor, [Relation.STAND_IN]):
        owners.add(as_stand_in(actor.user_id))
    if Action.SEE in rights(actor, [Relation.TEAM]) and actor.team is not None:
        owners.update(member.user_id for member in members if member.team == actor.team)
    if Action.SEE in rights(actor, [Relation.STAND_IN]):
        owners.update(as_covered(each) for each in covered if each not in owners)
    return frozenset(owners)


def ensure_sees(owner_ids: frozenset[str], customer: Customer | None, *, has_case: bool = False) -> Customer:
    """Raises CustomerNotFoundError for a hidden customer exactly as for one that does not exist."""
    if customer is None or not (has_case or sees(owner_ids, customer)):
        raise CustomerNotFoundError
    return customer


def sees(owner_ids: frozenset[str], customer: Customer) -> bool:
    return not owner_ids.isdisjoint(customer.holders)


def may_edit_customer(owner_ids: frozenset[str], customer: Customer) -> bool:
    """Its owner and the owner's lead; whoever stands in sees and logs only."""
    return customer.owner_id in owner_ids


def ensure_edits_customer(owner_ids: frozenset[str], customer: Customer) -> Customer:
    """Raises CustomerNotFoundError for who may not even see it."""
    if not may_edit_customer(owner_ids, ensure_sees(owner_ids, customer)):
        raise NotCustomerOwnerError
    return customer


def ensure_may(action: Action, found: frozenset[Action]) -> None:
    """Raises CustomerNotFoundError where even that it exists is hidden, else NotCustomerOwnerError."""
    if action in found:
        return
    raise NotCustomerOwnerError if Action.SEE in found else CustomerNotFoundError


def ensure_insider(actor: User) -> None:
    """Guests and people of other companies get nothing, plays included, until an admin has given them a role; nor does
    somebody who may be one, as long as Slack does not tell."""
    if actor.roles:
        return
    if actor.is_outsider:
        raise OutsiderError
    if actor.is_guess:
        raise UnknownPersonError


def may_write_notes(actor: User) -> bool:
    return may_work(actor, Work.KEEP_CUSTOMERS)


def may_receive_customers(member: Member) -> bool:
    """Whom customers can be handed over to."""
    return any(Work.KEEP_CUSTOMERS in AT_WORK[role] for role in member.roles)


def ensure_breaks_glass(actor: User) -> None:
    if not may_work(actor, Work.BREAK_GLASS):
        raise NotRiskError


def may_pass_on(actor: User) -> bool:
    return may_work(actor, Work.TELL_CUSTOMERS)


def ensure_passes_on(actor: User) -> None:
    if not may_pass_on(actor):
        raise NotAllowedError


def may_set_roles(actor: User) -> bool:
    return may_work(actor, Work.SET_ROLES)


def ensure_sets_roles(actor: User) -> None:
    if not may_set_roles(actor):
        raise NotAdminError


def may_set_rules(actor: User) -> bool:
    return may_work(actor, Work.SET_RULES)


def ensure_sets_rules(actor: User) -> None:
    if not may_set_rules(actor):
        raise NotAdminError


def may_see_figures(actor: User) -> bool:
    return may_work(actor, Work.SEE_FIGURES)


def ensure_sees_figures(actor: User) -> None:
    if not may_see_figures(actor):
        raise NotAllowedError


def leads_a_team(person: User | Member) -> bool:
    return Role.TEAM_LEAD in person.roles and person.team is not None


def may_set_retention(actor: User) -> bool:
    return may_work(actor, Work.SET_RETENTION)


def ensure_sets_retention(actor: User) -> None:
    if not may_set_retention(actor):
        raise NotAdminError


def ensure_admin_left(others: Iterable[Member]) -> None:
    """Raises LastAdminError unless one of the others is an admin."""
    if not has_admin(others):
        raise LastAdminError


def ensure_writes_notes(actor: User) -> None:
    if not may_write_notes(actor):
        raise NotAllowedError


def ensure_imports(actor: User) -> None:
    """Whose customers each may bring in is told row by row."""
    if not (may_write_notes(actor) or actor.is_(Role.ADMIN)):
        raise NotAllowedError


def may_give_tier_a(actor: User, owner_id: str, owner_ids: Collection[str]) -> bool:
    """To the customers of this owner that are brought in: the lead, and admins, who bring in the company's book. An
    account manager's wait for the lead, like those that a score asks for."""
    relation = Relation.OWN if owner_id == actor.user_id else Relation.TEAM if owner_id in owner_ids else Relation.OTHER
    return actor.is_(Role.ADMIN) or Action.SET_TIER in rights(actor, [relation])


def ensure_may_change(owner_ids: frozenset[str], followup: FollowUp, customer: Customer | None) -> Customer:
    """What is to be done for a customer goes with it: to its owner, who stands in, and the lead.

    Raises FollowUpNotFoundError for a hidden one exactly as for one that does not exist.
    """
    if customer is None or customer.id != followup.customer_id or not sees(owner_ids, customer):
        raise FollowUpNotFoundError
    return customer


def may_edit_playbook(actor: User, owner_ids: Collection[str] = ()) -> bool:
    """Anybody who sees a card may suggest a change; editing, restoring and retiring are offered to these.

    `owner_ids` stand for the entry; somebody who has lost all roles has left.
    """
    return may_work(actor, Work.EDIT_PLAYBOOK) or _stands_for_it(actor, owner_ids)


def ensure_edits_playbook(actor: User, owner_ids: Collection[str] = ()) -> None:
    if not may_edit_playbook(actor, owner_ids):
        raise NotEditorError


def approver_ids(members: Iterable[Member], admin_ids: Iterable[str], author_id: str) -> list[str]:
    """Who is asked to approve: the approvers but the author; the admins where there is no other approver."""
    staff = list(members)
    named = {each.user_id for each in staff if Role.APPROVER in each.roles} - {author_id}
    admins = {each.user_id for each in staff if Role.ADMIN in each.roles} | set(admin_ids)
    return sorted(named or admins - {author_id})


def ensure_approves(actor: User, author_id: str, members: Iterable[Member]) -> None:
    """Four eyes: nobody approves a change of one's own."""
    if actor.user_id == author_id:
        raise OwnRevisionError
    if not may_approve(actor, author_id, members):
        raise NotApproverError


def may_approve(actor: User, author_id: str, members: Iterable[Member]) -> bool:
    if actor.user_id == author_id:
        return False
    others = any(Role.APPROVER in each.roles and each.user_id != author_id for each in members)
    return actor.is_(Role.APPROVER) or (not others and actor.is_(Role.ADMIN))


def ensure_verifies(actor: User, owner_ids: Collection[str]) -> None:
    """That an entry is still right say its owners, approvers and admins; the words stay, so one person is enough."""
    if not may_verify(actor, owner_ids):
        raise NotApproverError


def may_verify(actor: User, owner_ids: Collection[str]) -> bool:
    return may_work(actor, Work.VERIFY) or _stands_for_it(actor, owner_ids)


def _stands_for_it(actor: User, owner_ids: Collection[str]) -> bool:
    return bool(actor.roles) and actor.user_id in owner_ids


@dataclass(frozen=True, slots=True)
class EntryRights:
    """What somebody may do about an entry besides suggesting a change, which is open to all."""

    edits: bool = False
    verifies: bool = False

    @classmethod
    def of(cls, actor: User, owner_ids: Collection[str]) -> "EntryRights":
        return cls(may_edit_playbook(actor, owner_ids), may_verify(actor, owner_ids))
