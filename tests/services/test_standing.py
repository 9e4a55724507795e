"""Whatever changes a customer writes its follow-ups in the same batch: each way it can happen, on a real store."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.domain.cadence import Cause
from bot.domain.customer import Customer, Tier
from bot.domain.customerform import customer_values, marks
from bot.domain.facts import RiskEvent
from bot.domain.followup import FollowUp, Status
from bot.domain.note import VisitForm
from bot.domain.visit import Channel, Facts
from tests.builders import MONDAY, TEAM
from tests.services.conftest import CHEN, LIN, Desk

FEE = "cost/fee-too-high"


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


async def find(desk: Desk, customer: Customer, kind: str) -> FollowUp | None:
    """`kind` is the id without the customer's: contact, risk-flag and so on."""
    first, _, rest = kind.partition("-")
    followup_id = f"{first}-{customer.id}" + (f"-{rest}" if rest else "")
    return (await desk.services.followups.store.get_many(TEAM, [followup_id])).get(followup_id)


async def one(desk: Desk, customer: Customer, kind: str) -> FollowUp:
    found = await find(desk, customer, kind)
    assert found is not None
    return found


async def edit(desk: Desk, customer: Customer, **typed: str) -> None:
    found = await desk.services.dossiers.to_edit(await desk.actor(), customer.id)
    values = customer_values(found.customer, found.details)
    await desk.services.dossiers.edit(await desk.actor(), customer.id, marks(values), {**values, **typed})


async def test_a_new_customer_has_its_contact_and_its_review(desk: Desk) -> None:
    customer = await desk.create()
    assert ((await one(desk, customer, "contact")).due_on, (await one(desk, customer, "review")).due_on) == (
        *(after(14), date(2026, 6, 2)),
    )


async def test_a_note_opens_what_it_tells_of(desk: Desk) -> None:
    """Risk events and objections, for whoever keeps the customer; done steps no longer stand for the contact."""
    customer = await desk.create()
    facts = Facts(risks=(RiskEvent.INSOLVENCY, RiskEvent.LAWSUIT))
    await desk.log(customer, objection_ids=(FEE,), facts=facts, next_step="给报价", next_step_on=after(2))
    found = [await one(desk, customer, each) for each in ("risk-insolvency", "risk-lawsuit", f"objection-{FEE}")]
    assert [(each.due_on, each.owner_id) for each in found] == [(after(1), LIN), (after(7), LIN), (after(3), LIN)]
    contact = await one(desk, customer, "contact")
    assert contact.explanation is not None
    assert (contact.explanation.cause, contact.due_on) == (Cause.PROMISE, after(2))
    (step,) = await desk.services.followups.store.open_steps(TEAM, customer.id)
    await desk.log(customer, form_id="V2", done_followup_ids=(step.id,))
    assert (await one(desk, customer, "contact")).due_on == after(7), "a hard event has made the customer red"


async def test_the_list_names_the_objection_as_the_playbook_does(desk: Desk) -> None:
    """And risk comes before it."""
    customer = await desk.create()
    await desk.log(customer, objection_ids=(FEE,), facts=Facts(risks=(RiskEvent.INSOLVENCY,)))
    desk.clock.set("2026-03-06T09:00:00+08:00")
    *risks, objection = (await desk.services.followups.due(await desk.actor())).own
    assert {each.followup.kind for each in risks} == {"risk"}
    assert objection.about == desk.core.playbook.entries[FEE].title


async def test_marking_an_objection_settles_it(desk: Desk) -> None:
    """Held: gone, from the list too. Then not: open again."""
    customer = await desk.create()
    visit = (await desk.log(customer, objection_ids=(FEE,))).visit
    actor = await desk.actor()
    await desk.services.objections.mark(actor, visit.id, FEE, held=True)
    assert (await one(desk, customer, f"objection-{FEE}")).status is Status.NOT_NEEDED
    assert await desk.services.followups.store.open_ids(TEAM, customer.id) == []
    await desk.services.objections.mark(actor, visit.id, FEE, held=False)
    assert (await one(desk, customer, f"objection-{FEE}")).status is Status.OPEN


async def revise(desk: Desk, visit_id: str, form_id: str, **changes: Any) -> None:
    """As the form of the stored note would be sent."""
    actor = await desk.actor()
    visit = await desk.services.visits.get(actor, visit_id)
    form = VisitForm(form_id, visit.customer_id, visit.on, visit.channel, visit.note, visit.objection_ids)
    await desk.services.visits.revise(actor, visit_id, visit.version, replace(form, **changes))


async def test_a_corrected_note_corrects_the_clock(desk: Desk) -> None:
    """Its day, its way, and the objection it did not hear after all."""
    customer = await desk.create(last_contact_on=after(-30))
    await desk.log(customer, form_id="V1", on=after(-20))
    visit = (await desk.log(customer, form_id="V2", objection_ids=(FEE,))).visit
    assert (await one(desk, customer, "contact")).due_on == after(14)
    await revise(desk, visit.id, "E1", on=after(-2))
    assert (await one(desk, customer, "contact")).due_on == after(11), (
        "14 days after it is a Saturday worked at no time"
    )
    await revise(desk, visit.id, "E2", on=after(-2), channel=Channel.MISSED, objection_ids=())
    contact = await one(desk, customer, "contact")
    assert contact.explanation is not None
    assert (contact.explanation.counted_from, contact.explanation.missed) == (after(-20), 1)
    assert (await one(desk, customer, f"objection-{FEE}")).status is Status.NOT_NEEDED


async def test_editing_a_customer_moves_what_hangs_on_it(desk: Desk) -> None:
    """The contract's end brings the renewal, quiet and opting out are minded."""
    customer = await desk.create(last_contact_on=MONDAY)
    await edit(desk, customer, contract_expires_on=after(60).isoformat())
    assert (await one(desk, customer, "renewal")).subject == "60"
    await edit(desk, customer, quiet_until=after(21).isoformat())
    assert (await one(desk, customer, "contact")).due_on == after(21)
    await edit(desk, customer, is_opted_out="yes")
    assert (await one(desk, customer, "contact")).status is Status.NOT_NEEDED
    brief = await desk.services.customers.brief(await desk.actor(), customer.id)
    assert brief.contact.explanation is not None
    assert brief.contact.explanation.cause is Cause.OPTED_OUT


async def test_everything_open_moves_with_a_hand_over(desk: Desk) -> None:
    """Also risk and objections; the old one's list is empty."""
    customer = await desk.create(tier=Tier.C)
    await desk.log(customer, objection_ids=(FEE,), facts=Facts(risks=(RiskEvent.LAWSUIT,)))
    await desk.services.dossiers.hand_over(await desk.actor(), "H1", customer.id, CHEN)
    desk.clock.set("2026-03-20T09:00:00+08:00")
    assert not (await desk.services.followups.due(await desk.actor())).own
    kinds = {each.followup.kind for each in (await desk.services.followups.due(await desk.actor(CHEN))).own}
    assert kinds == {"risk", "objection"}


async def test_the_brief_by_name_and_by_id_say_the_same(desk: Desk) -> None:
    """With a promise, and with a contact that was closed by hand."""
    customer = await desk.create(last_contact_on=after(-20))
    store = desk.services.customers.dossiers
    rules = (await desk.services.workspaces.settings(TEAM)).cadence
    contact = await one(desk, customer, "contact")
    await store.change(
        TEAM,
        customer.id,
        lambda found: found.with_followups([contact.completed(MONDAY)]).recounted(rules, desk.core.is_work, MONDAY),
    )
    actor = await desk.actor()
    by_id = await desk.services.customers.brief(actor, customer.id)
    by_name = await desk.services.customers.brief_named(actor, customer.name)
    assert by_id.contact.due_on == after(14)
    assert getattr(by_name, "contact", None) == by_id.contact
