"""Who may see and do what. Every service asks here; nothing else decides."""

from collections.abc import Iterable

from bot.domain.customer import Customer
from bot.domain.followup import FollowUp
from bot.domain.user import Member, Role, User
from bot.errors import CustomerNotFoundError, FollowUpNotFoundError, NotAllowedError, NotEditorError


def visible_owner_ids(actor: User, members: Iterable[Member]) -> frozenset[str]:
    """Whose customers the actor may see: one's own, and for a team lead those of the team."""
    owners = set()
    if actor.is_(Role.ACCOUNT_MANAGER) or actor.is_(Role.TEAM_LEAD):
        owners.add(actor.user_id)
    if actor.is_(Role.TEAM_LEAD) and actor.team is not None:
        owners.update(member.user_id for member in members if member.team == actor.team)
    return frozenset(owners)


def ensure_sees(owner_ids: frozenset[str], customer: Customer | None) -> Customer:
    """Raises CustomerNotFoundError for a hidden customer exactly as for one that does not exist."""
    if customer is None or customer.owner_id not in owner_ids:
        raise CustomerNotFoundError
    return customer


def ensure_writes_notes(actor: User) -> None:
    if not (actor.is_(Role.ACCOUNT_MANAGER) or actor.is_(Role.TEAM_LEAD)):
        raise NotAllowedError


def may_edit_playbook(person: User | Member) -> bool:
    """Sees the gaps and the usage of the playbook, and closes gaps."""
    return bool(person.roles & {Role.EDITOR, Role.ADMIN})


def ensure_edits_playbook(actor: User) -> None:
    if not may_edit_playbook(actor):
        raise NotEditorError


def ensure_may_change(owner_ids: frozenset[str], followup: FollowUp) -> None:
    if followup.owner_id not in owner_ids:
        raise FollowUpNotFoundError
