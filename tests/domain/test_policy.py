"""Who sees and changes what."""

import pytest

from bot.domain import policy
from bot.domain.user import Member, Role, User
from bot.errors import CustomerNotFoundError, FollowUpNotFoundError, NotAllowedError
from tests.builders import LIN, make_customer, make_followup, make_user

EAST = [Member(user_id=LIN, team="East"), Member(user_id="U02CHEN", team="East"), Member(user_id="U03GRACE")]
WEST = [Member(user_id="U09WEST", team="West")]


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (make_user(LIN), {LIN}),
        (make_user(LIN, team="East"), {LIN}),
        (make_user("U04ZHOU", Role.TEAM_LEAD, team="East"), {"U04ZHOU", LIN, "U02CHEN"}),
        (make_user("U04ZHOU", Role.TEAM_LEAD), {"U04ZHOU"}),
        (make_user("U05REED", Role.EDITOR, team="East"), set()),
        (make_user("U06ADMIN", Role.ADMIN, team="East"), set()),
    ],
    ids=["manager", "manager in a team", "lead", "lead without a team", "editor", "admin"],
)
def test_whose_customers_are_seen(actor: User, seen: set[str]) -> None:
    """One's own and, for a lead, those of the same team; running the workspace opens no customer's file."""
    assert policy.visible_owner_ids(actor, [*EAST, *WEST]) == seen


def test_an_outsider_without_roles_sees_nothing() -> None:
    """Whoever was never set up owns nothing, even under his own id."""
    outsider = User(team_id="T1", user_id=LIN)
    assert policy.visible_owner_ids(outsider, EAST) == frozenset()


def test_a_hidden_customer_looks_like_a_missing_one() -> None:
    """Same error, same words, nothing to tell them apart by."""
    with pytest.raises(CustomerNotFoundError) as hidden:
        policy.ensure_sees(frozenset({LIN}), make_customer(owner_id="U02CHEN"))
    with pytest.raises(CustomerNotFoundError) as missing:
        policy.ensure_sees(frozenset({LIN}), None)
    assert str(hidden.value) == str(missing.value)


def test_a_visible_customer_is_handed_on() -> None:
    """What may be seen is returned."""
    assert policy.ensure_sees(frozenset({LIN}), make_customer()) == make_customer()


@pytest.mark.parametrize("role", Role)
def test_who_writes_notes(role: Role) -> None:
    """Account managers and their leads."""
    actor = make_user("U1", role)
    if role in (Role.ACCOUNT_MANAGER, Role.TEAM_LEAD):
        policy.ensure_writes_notes(actor)
    else:
        with pytest.raises(NotAllowedError):
            policy.ensure_writes_notes(actor)


def test_only_visible_follow_ups_change() -> None:
    """Somebody else's follow-up does not exist for the actor."""
    policy.ensure_may_change(frozenset({LIN}), make_followup())
    with pytest.raises(FollowUpNotFoundError):
        policy.ensure_may_change(frozenset({"U02CHEN"}), make_followup())
