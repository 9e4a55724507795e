"""Whether a play held, said by who may see the note."""

import pytest

from bot.errors import CustomerNotFoundError
from tests.services.conftest import CHEN, Desk

FEE = "cost/fee-too-high"


async def test_the_last_word_counts(desk: Desk) -> None:
    customer, lin = await desk.create(), await desk.actor()
    visit = (await desk.log(customer, objection_ids=(FEE,))).visit
    for held in (False, True):
        assert await desk.services.objections.mark(lin, visit.id, FEE, held=held) == customer.id
    (history,) = await desk.services.objections.histories(lin, customer.id)
    assert [(each.entry_id, each.held) for each in history.raised] == [(FEE, True)]


@pytest.mark.parametrize(("who", "entry_id"), [(CHEN, FEE), (None, "terms/recourse")], ids=["stranger", "not raised"])
async def test_nobody_marks_what_is_not_there_to_see(desk: Desk, who: str | None, entry_id: str) -> None:
    """Somebody else's note, or an objection that it does not mention."""
    customer = await desk.create()
    visit = (await desk.log(customer, objection_ids=(FEE,))).visit
    actor = await desk.actor(who) if who else await desk.actor()
    with pytest.raises(CustomerNotFoundError):
        await desk.services.objections.mark(actor, visit.id, entry_id, held=True)
    assert await desk.services.objections.store.outcomes("T1", customer.id) == []
