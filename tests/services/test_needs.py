"""The needs file: added to by who sees the customer, and stale needs that become due."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.followup import Kind
from bot.domain.need import NeedForm, NeedStatus, NeedType
from bot.errors import FieldError, NeedNotFoundError
from tests.builders import MONDAY
from tests.services.conftest import CHEN, LIN, Desk


async def begun(desk: Desk) -> tuple[str, NeedForm]:
    """A customer, and a form that tells of its first need."""
    customer = await desk.create()
    return customer.id, NeedForm(
        "V1", customer.id, MONDAY, "年底要五百万", type=NeedType.LIQUIDITY, statement="年底备货", amount="500万"
    )


async def test_a_need_is_written_down_with_who_and_why(desk: Desk) -> None:
    """The same form sent again is the same need."""
    _, form = await begun(desk)
    lin = await desk.actor()
    first = await desk.services.needs.add(lin, form)
    assert (await desk.services.needs.add(lin, replace(form, amount="1"))).changes == first.changes
    (need,) = first.needs
    assert (need.statement, need.amount, need.status) == ("年底备货", "500万", NeedStatus.ASSUMED)
    assert (need.changes[0].author_id, need.changes[0].on, need.changes[0].sentence) == (LIN, MONDAY, "年底要五百万")


async def test_a_stale_need_becomes_due_once(desk: Desk) -> None:
    """One item for all of them, gone when the customer has confirmed, and due again when the other one is stale."""
    customer_id, form = await begun(desk)
    lin = await desk.actor()
    (need,) = (await desk.services.needs.add(lin, form)).needs
    later = replace(form, form_id="V2", on=MONDAY, statement="信保")
    await desk.services.needs.add(lin, later)
    desk.clock.advance(timedelta(days=91))

    async def due() -> list[str]:
        found = await desk.services.followups.due(lin)
        return [each.followup.title for each in found.own if each.followup.kind is Kind.NEED]

    assert len(await due()) == 1
    for each in (await desk.services.needs.file(lin, customer_id)).needs:
        confirmed = NeedForm(f"C{each.id}", customer_id, desk.today, "还要", each.id, status=NeedStatus.CONFIRMED)
        await desk.services.needs.add(lin, confirmed)
    assert await due() == []
    await desk.services.needs.add(
        lin, NeedForm("M", customer_id, desk.today, "已经放款", need.id, status=NeedStatus.MET)
    )
    assert await due() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": MONDAY + timedelta(days=1)}, "on"),
        ({"sentence": "  "}, "sentence"),
        ({"source_id": "v-unknown"}, "source"),
    ],
    ids=["in the future", "without words", "another's note"],
)
async def test_what_cannot_be_is_told_at_its_field(desk: Desk, changes: dict[str, object], field: str) -> None:
    _, form = await begun(desk)
    with pytest.raises(FieldError) as fault:
        await desk.services.needs.add(await desk.actor(), replace(form, **changes))  # type: ignore[arg-type]
    assert fault.value.field == field


async def test_a_note_of_another_customer_is_no_source(desk: Desk) -> None:
    """Its id would tie one customer's words to another."""
    _, form = await begun(desk)
    other = await desk.log(await desk.create("顺达物流", by=CHEN), by=CHEN)
    with pytest.raises(FieldError):
        await desk.services.needs.add(await desk.actor(), replace(form, source_id=other.visit.id))


async def test_only_a_known_need_is_changed(desk: Desk) -> None:
    _, form = await begun(desk)
    with pytest.raises(NeedNotFoundError):
        await desk.services.needs.add(await desk.actor(), replace(form, need_id="n-unknown"))


async def test_two_days_are_compared_the_right_way_round(desk: Desk) -> None:
    customer_id, form = await begun(desk)
    lin = await desk.actor()
    await desk.services.needs.add(lin, form)
    (found,) = await desk.services.needs.compare(lin, customer_id, MONDAY - timedelta(days=1), MONDAY)
    assert (found.before, found.after.statement) == (None, "年底备货")
    with pytest.raises(FieldError):
        await desk.services.needs.compare(lin, customer_id, MONDAY, MONDAY - timedelta(days=1))
