"""Drafts and what is read in them, with the author's own customers and playbook."""

from datetime import date, datetime, timedelta

import pytest

from bot.domain.draft import Draft
from bot.domain.heard import Kind
from bot.domain.visit import Channel
from bot.errors import DraftNotFoundError, NotAllowedError
from tests.builders import MONDAY
from tests.services.conftest import CHEN, REED, ZHOU, Desk

FEE = "cost/fee-too-high"
BEGUN = Draft(on=MONDAY, channel=Channel.VISIT)
ALL = frozenset(BEGUN.fields())


def begun(note: str, **changes: object) -> Draft:
    return Draft(**{"note": note, "on": MONDAY, "channel": Channel.VISIT, **changes})  # type: ignore[arg-type]


async def test_a_note_is_read_with_what_the_workspace_knows(desk: Desk) -> None:
    """One's customers and the playbook; days count from when it was begun."""
    customer = await desk.create()
    draft = begun("昨天电话联系了远大纺织，客户嫌费率高。我们周三前给报价")
    found = await desk.services.drafts.suggest(await desk.actor(), draft, desk.clock(), ALL)
    assert (found.draft.customer, found.draft.channel, found.draft.on) == (
        customer,
        Channel.PHONE,
        MONDAY - timedelta(days=1),
    )
    assert found.draft.objection_ids == (FEE,)
    (promise,) = found.draft.chosen(Kind.PROMISE)
    assert promise.promise[2] == (date(2026, 3, 4),)


async def test_days_count_from_when_a_note_was_begun(desk: Desk) -> None:
    """Taken up again on Thursday, «周三前» is still last Wednesday's."""
    draft, started_at = begun("我们周三前给报价"), desk.clock()
    desk.clock.set("2026-03-05T09:00:00+08:00")
    found = await desk.services.drafts.suggest(await desk.actor(), draft, started_at, ALL)
    assert found.draft.chosen(Kind.PROMISE)[0].promise[2] == (date(2026, 3, 4),)


async def test_days_are_the_authors_own(desk: Desk) -> None:
    """Half past midnight in Shanghai is still yesterday for somebody in New York."""
    await desk.moves_to("U01LIN", "America/New_York")
    started_at = datetime.fromisoformat("2026-03-03T00:30:00+08:00")
    found = await desk.services.drafts.suggest(await desk.actor(), begun("我们明天给报价"), started_at, ALL)
    assert found.draft.chosen(Kind.PROMISE)[0].promise[2] == (date(2026, 3, 3),)


async def test_others_customers_are_not_found(desk: Desk) -> None:
    """The lead, who sees them, finds them."""
    customer = await desk.create(by=CHEN)
    for who, expected in (("U01LIN", None), (ZHOU, customer)):
        draft = begun("远大纺织嫌费率高")
        found = await desk.services.drafts.suggest(await desk.actor(who), draft, desk.clock(), ALL)
        assert found.draft.customer == expected


async def test_an_empty_note_is_not_read(desk: Desk) -> None:
    found = await desk.services.drafts.suggest(await desk.actor(), BEGUN, desk.clock(), ALL)
    assert found.draft is BEGUN


async def test_a_draft_is_taken_up_again(desk: Desk) -> None:
    """With its customer as it is now."""
    actor, customer = await desk.actor(), await desk.create()
    draft = begun("嫌费率高", customer=customer.model_copy(update={"industry": "old"}), customer_name=customer.name)
    await desk.services.drafts.keep(actor, "V1", "d1", desk.clock(), draft)
    (kept,) = await desk.services.drafts.latest(actor)
    assert (await desk.services.drafts.resume(actor, kept.id)).draft.customer == customer


async def test_a_customer_that_is_out_of_sight_by_then_is_left_out(desk: Desk) -> None:
    """The words stay: they are the author's."""
    customer = await desk.create(by=CHEN)
    actor = await desk.actor()
    draft = begun("嫌费率高", customer=customer, customer_name=customer.name)
    await desk.services.drafts.keep(actor, "V1", "d1", desk.clock(), draft)
    resumed = (await desk.services.drafts.resume(actor, "d1")).draft
    assert (resumed.customer, resumed.customer_name, resumed.note) == (None, "", "嫌费率高")


async def test_nothing_is_kept_of_an_empty_form(desk: Desk) -> None:
    actor = await desk.actor()
    await desk.services.drafts.keep(actor, "V1", "d1", desk.clock(), begun("  "))
    assert await desk.services.drafts.latest(actor) == []


async def test_a_draft_becomes_a_note(desk: Desk) -> None:
    """And is gone with it; what is still on its way brings it back no more."""
    actor, customer = await desk.actor(), await desk.create()
    await desk.services.drafts.keep(actor, "V1", "d1", desk.clock(), begun("嫌费率高"))
    await desk.log(customer, draft_id="d1")
    await desk.services.drafts.keep(actor, "V1", "d1", desk.clock(), begun("嫌费率高"))
    assert await desk.services.drafts.latest(actor) == []
    with pytest.raises(DraftNotFoundError):
        await desk.services.drafts.resume(actor, "d1")


async def test_who_writes_no_notes_has_no_drafts(desk: Desk) -> None:
    reed = await desk.actor(REED)
    with pytest.raises(NotAllowedError):
        await desk.services.drafts.keep(reed, "V1", "d1", desk.clock(), begun("x"))
    with pytest.raises(NotAllowedError):
        await desk.services.drafts.suggest(reed, begun("x"), desk.clock(), ALL)
