"""The tables of docs/privacy-and-roles.md, which people read, are the tables of the policy."""

from bot.domain.policy import AT_WORK, ON_CUSTOMERS, Action, Relation, Work
from bot.domain.user import Role
from tests.docs import tables


def test_what_the_docs_say_about_customers_is_so() -> None:
    """Every role, every relation, every action."""
    told, _ = tables()
    assert told == {
        role: {relation: ON_CUSTOMERS[role].get(relation, frozenset()) for relation in Relation} for role in Role
    }
    assert {action for row in told.values() for found in row.values() for action in found} == set(Action)


def test_what_the_docs_say_about_other_work_is_so() -> None:
    _, told = tables()
    assert told == AT_WORK
    assert {work for found in told.values() for work in found} == set(Work)
