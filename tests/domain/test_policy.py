"""Who sees and changes what."""

import pytest

from bot.domain import policy
from bot.domain.customer import as_stand_in
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
    own = {as_stand_in(actor.user_id)} if seen else set()
    assert policy.visible_owner_ids(actor, [*EAST, *WEST]) == seen | own


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


@pytest.mark.parametrize(
    ("actor", "sees", "edits"),
    [
        (make_user(LIN), True, True),
        (make_user("U04ZHOU", Role.TEAM_LEAD, team="East"), True, True),
        (make_user("U08ZHAO"), True, False),
        (make_user("U09WEST", Role.TEAM_LEAD, team="West"), False, False),
        (make_user("U02CHEN", team="East"), False, False),
        (make_user("U08ZHAO", Role.EDITOR), False, False),
    ],
    ids=["owner", "lead", "stand-in", "another lead", "colleague", "stand-in without the role"],
)
def test_who_sees_and_who_edits_a_customer(actor: User, sees: bool, edits: bool) -> None:
    """Lin's, for whom Zhao stands in. Whoever may not see it is told the same as of one that does not exist."""
    customer = make_customer(stand_in_id="U08ZHAO")
    owner_ids = policy.visible_owner_ids(actor, [*EAST, *WEST])
    assert (policy.sees(owner_ids, customer), policy.may_edit_customer(owner_ids, customer)) == (sees, edits)
    if not edits:
        with pytest.raises(NotCustomerOwnerError if sees else CustomerNotFoundError):
            policy.ensure_edits_customer(owner_ids, customer)


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
    policy.ensure_may_change(frozenset({LIN}), make_followup(), make_customer())
    with pytest.raises(FollowUpNotFoundError):
        policy.ensure_may_change(frozenset({"U02CHEN"}), make_followup(), make_customer())


APPROVERS = [Member(user_id=each, roles=frozenset({Role.APPROVER})) for each in ("U1", "U2")]
ADMIN = Member(user_id="U7", roles=frozenset({Role.ADMIN}))


@pytest.mark.parametrize(
    ("members", "admin_ids", "author", "asked"),
    [
        ([*APPROVERS, ADMIN], ["U8"], LIN, ["U1", "U2"]),
        ([*APPROVERS, ADMIN], ["U8"], "U1", ["U2"]),
        ([APPROVERS[0], ADMIN], ["U8"], "U1", ["U7", "U8"]),
        ([ADMIN], [], "U7", []),
        ([], [], LIN, []),
    ],
    ids=["approvers", "but the author", "the only approver is the author", "the only admin too", "nobody"],
)
def test_who_is_asked_to_approve(members: list[Member], admin_ids: list[str], author: str, asked: list[str]) -> None:
    assert policy.approver_ids(members, admin_ids, author) == asked


@pytest.mark.parametrize(
    ("actor", "author", "members", "error"),
    [
        (make_user("U1", Role.APPROVER), LIN, APPROVERS, None),
        (make_user("U1", Role.APPROVER, Role.ADMIN), "U1", APPROVERS, OwnRevisionError),
        (make_user("U7", Role.ADMIN), LIN, APPROVERS, NotApproverError),
        (make_user("U7", Role.ADMIN), "U1", APPROVERS[:1], None),
        (make_user("U7", Role.ADMIN), LIN, [], None),
        (make_user("U5", Role.EDITOR), LIN, [], NotApproverError),
    ],
    ids=["approver", "own", "admin beside approvers", "admin for the only approver", "admin alone", "editor"],
)
def test_four_eyes(actor: User, author: str, members: list[Member], error: type[Exception] | None) -> None:
    if error is None:
        policy.ensure_approves(actor, author, members)
        return
    with pytest.raises(error):
        policy.ensure_approves(actor, author, members)


@pytest.mark.parametrize(
    ("actor", "edits", "verifies"),
    [
        (make_user(LIN), False, False),
        (make_user("U5", Role.EDITOR), True, False),
        (make_user("U5", Role.APPROVER), True, True),
        (make_user("U5", Role.ADMIN), True, True),
        (make_user("U6", Role.TEAM_LEAD), True, True),
        (User(team_id="T1", user_id="U6"), False, False),
    ],
    ids=["manager", "editor", "approver", "admin", "who stands for it", "who stood for it and left"],
)
def test_what_somebody_may_do_about_an_entry(actor: User, edits: bool, verifies: bool) -> None:
    """U6 stands for it."""
    assert policy.EntryRights.of(actor, ["U6"]) == policy.EntryRights(edits, verifies)
    if not verifies:
        with pytest.raises(NotApproverError):
            policy.ensure_verifies(actor, ["U6"])
    if not edits:
        with pytest.raises(NotEditorError):
            policy.ensure_edits_playbook(actor, ["U6"])
