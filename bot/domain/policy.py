"""Who may see and do what. Every service asks here; nothing else decides."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.domain.customer import Customer, as_stand_in
from bot.domain.followup import FollowUp
from bot.domain.user import Member, Role, User
from bot.errors import (
    CustomerNotFoundError,
    FollowUpNotFoundError,
    NotAllowedError,
    NotApproverError,
    NotCustomerOwnerError,
    NotEditorError,
    OwnRevisionError,
)


def visible_owner_ids(actor: User, members: Iterable[Member]) -> frozenset[str]:
    """Whose customers the actor may see: one's own, those one stands in for, and for a team lead those of the team."""
    owners = set()
    if may_write_notes(actor):
        owners |= {actor.user_id, as_stand_in(actor.user_id)}
    if actor.is_(Role.TEAM_LEAD) and actor.team is not None:
        owners.update(member.user_id for member in members if member.team == actor.team)
    return frozenset(owners)


def ensure_sees(owner_ids: frozenset[str], customer: Customer | None) -> Customer:
    """Raises CustomerNotFoundError for a hidden customer exactly as for one that does not exist."""
    if customer is None or not sees(owner_ids, customer):
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


def may_lower_risk(actor: User) -> bool:
    """Whoever lives on a customer's business raises its flag, and leaves it to others to take it back."""
    return actor.is_(Role.TEAM_LEAD)


def may_write_notes(actor: User) -> bool:
    return actor.is_(Role.ACCOUNT_MANAGER) or actor.is_(Role.TEAM_LEAD)


def ensure_writes_notes(actor: User) -> None:
    if not may_write_notes(actor):
        raise NotAllowedError


def ensure_imports(actor: User) -> None:
    """Whose customers each may bring in is told row by row."""
    if not (may_write_notes(actor) or actor.is_(Role.ADMIN)):
        raise NotAllowedError


def ensure_may_change(owner_ids: frozenset[str], followup: FollowUp) -> None:
    if followup.owner_id not in owner_ids:
        raise FollowUpNotFoundError


def may_edit_playbook(actor: User, owner_ids: Collection[str] = ()) -> bool:
    """Anybody who sees a card may suggest a change; editing, restoring and retiring are offered to these.

    `owner_ids` stand for the entry; somebody who has lost all roles has left.
    """
    return bool(actor.roles & {Role.EDITOR, Role.APPROVER, Role.ADMIN}) or _stands_for_it(actor, owner_ids)


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
    return bool(actor.roles & {Role.APPROVER, Role.ADMIN}) or _stands_for_it(actor, owner_ids)


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
