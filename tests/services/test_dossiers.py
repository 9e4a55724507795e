"""A customer's file: who reads it, who edits it, and handing it over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.customer import Customer
from bot.domain.customerform import EditConflictError, Part, PartForm, customer_values, marks, part_values
from bot.domain.need import NeedForm, NeedStatus
from bot.domain.user import Role, User
from bot.errors import (
    BotError,
    CustomerNotFoundError,
    FieldError,
    NotCustomerOwnerError,
)
from bot.services import Services
from tests.builders import MONDAY, TEAM
from tests.services.conftest import CHEN, LIN, REED, WEST, ZHOU, Desk

strangers = pytest.mark.parametrize("who", [CHEN, WEST, REED], ids=["colleague", "other team's lead", "outsider"])

PERSON = PartForm(Part.CONTACT, "p1", {}, {"role": "财务总监", "name": "王芳", "reach": "138"})

Act = Callable[[Services, User, str], Awaitable[object]]
READS: dict[str, Act] = {
    "file": lambda services, actor, which: services.dossiers.get(actor, which),
    "needs": lambda services, actor, which: services.needs.file(actor, which),
    "notes": lambda services, actor, which: services.needs.notes(actor, which),
    "difference": lambda services, actor, which: services.needs.compare(actor, which, MONDAY, MONDAY),
    "objections": lambda services, actor, which: services.objections.histories(actor, which),
    "prepare": lambda services, actor, which: services.preparations.prepare(actor, which),
    "add a need": lambda services, actor, which: services.needs.add(actor, NeedForm("V", which, MONDAY, "要周转")),
}
EDITS: dict[str, Act] = {
    "form": lambda services, actor, which: services.dossiers.to_edit(actor, which),
    "edit": lambda services, actor, which: services.dossiers.edit(actor, which, {}, {}),
    "contact": lambda services, actor, which: services.dossiers.keep_part(actor, which, PERSON),
    "hand over": lambda services, actor, which: services.dossiers.hand_over(actor, "V", which, CHEN),
}


async def told(call: Awaitable[object]) -> tuple[type[BotError], str]:
    with pytest.raises(BotError) as refusal:
        await call
    return type(refusal.value), str(refusal.value)


async def edit(desk: Desk, customer: Customer, by: str = LIN, **typed: str) -> Customer:
    actor = await desk.actor(by)
    found = await desk.services.dossiers.get(actor, customer.id)
    values = customer_values(found.customer, found.details)
    return await desk.services.dossiers.edit(actor, customer.id, marks(values), values | typed)


@strangers
async def test_a_hidden_customer_is_refused_like_a_missing_one(desk: Desk, who: str) -> None:
    """Whatever is tried with it."""
    hidden, actor = await desk.create(), await desk.actor(who)
    for name, act in (READS | EDITS).items():
        refusals = [await told(act(desk.services, actor, each)) for each in (hidden.id, "gone")]
        assert refusals[0] == refusals[1], name
        assert refusals[0][0] is CustomerNotFoundError, name
    assert not (await desk.services.dossiers.get(await desk.actor(), hidden.id)).changes


async def test_whoever_stands_in_sees_and_logs_like_the_owner(desk: Desk) -> None:
    """By every way of finding it, from the day on that it is said, to the day it is taken back; and edits nothing."""
    customer = await desk.create(aliases=("小远",))
    await edit(desk, customer, stand_in_id=CHEN)
    chen = await desk.actor(CHEN)
    for typed in ("远大纺织", "小远", "ydfz"):
        assert [each.id for each in await desk.services.customers.named(chen, typed)] == [customer.id]
    assert await desk.services.customers.brief_named(chen, "远大纺织") == await desk.services.customers.brief(
        chen, customer.id
    )
    for read in READS.values():
        await read(desk.services, chen, customer.id)
    assert (await desk.log(customer, by=CHEN)).visit.author_id == CHEN
    for change in EDITS.values():
        assert (await told(change(desk.services, chen, customer.id)))[0] is NotCustomerOwnerError
    await edit(desk, customer, stand_in_id="")
    assert await desk.services.customers.named(chen, "远大纺织") == []
    assert (await told(desk.services.dossiers.get(chen, customer.id)))[0] is CustomerNotFoundError


async def test_two_who_name_one_stand_in_for_customers_of_one_name(desk: Desk) -> None:
    """At one instant: one of them hears that it can't be, and both customers are found by who holds them."""
    customers = [await desk.create(), await desk.create(by=CHEN)]
    await desk.services.members.set_roles(TEAM, REED, frozenset({Role.ACCOUNT_MANAGER}), "East", by="test")
    for _ in range(5):
        told = await asyncio.gather(
            *(edit(desk, each, by=each.owner_id, stand_in_id=REED) for each in customers), return_exceptions=True
        )
        (fault,) = [each for each in told if isinstance(each, BaseException)]
        assert isinstance(fault, FieldError)
        assert fault.values == {}, "whose customer it is that is in the way is not told"
        (done,) = [each for each in told if isinstance(each, Customer)]
        assert await desk.services.customers.named(await desk.actor(REED), "远大纺织") == [done]
        for each in customers:
            assert [
                found.id for found in await desk.services.customers.named(await desk.actor(each.owner_id), "远大纺织")
            ] == [each.id]
        await edit(desk, done, by=done.owner_id, stand_in_id="")
        assert await desk.services.customers.named(await desk.actor(REED), "远大纺织") == []


async def test_a_new_name_that_the_stand_in_knows_already_is_refused(desk: Desk) -> None:
    """It would hide the other customer from whoever stands in for both."""
    first, second = await desk.create(), await desk.create("顺达物流", by=CHEN)
    await desk.services.members.set_roles(TEAM, REED, frozenset({Role.ACCOUNT_MANAGER}), "East", by="test")
    await edit(desk, first, stand_in_id=REED)
    await edit(desk, second, by=CHEN, stand_in_id=REED)
    with pytest.raises(FieldError) as fault:
        await edit(desk, second, by=CHEN, name="远大纺织")
    assert fault.value.field == "stand_in_id"


async def test_a_lead_edits_the_teams_customers(desk: Desk) -> None:
    """They stay the owner's; the list of changes says who it was."""
    customer = await desk.create()
    changed = await edit(desk, customer, by=ZHOU, name="远大新材料", contract_expires_on="2026-12-31")
    assert (changed.name, changed.owner_id) == ("远大新材料", LIN)
    assert await desk.services.customers.named(await desk.actor(), "远大纺织") == []
    (line,) = await desk.services.workspaces.audit.newest(TEAM, 1)
    assert (line.who, line.action, line.subject) == (ZHOU, "customer.edit", customer.id)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "顺达物流"}, "name"),
        ({"aliases": "小远、顺达物流"}, "aliases"),
        ({"external_id": "CRM-1"}, "external_id"),
        ({"stand_in_id": LIN}, "stand_in_id"),
        ({"stand_in_id": REED}, "stand_in_id"),
    ],
    ids=["name", "alias", "external id", "oneself", "no account manager"],
)
async def test_what_other_records_forbid_is_told_at_its_field(desk: Desk, typed: dict[str, str], field: str) -> None:
    """And nothing of the form is saved."""
    customer, other = await desk.create(), await desk.create("顺达物流")
    await edit(desk, other, external_id="CRM-1")
    with pytest.raises(FieldError) as fault:
        await edit(desk, customer, industry="家纺", **typed)
    assert fault.value.field == field
    assert await desk.services.customers.get(await desk.actor(), customer.id) == customer


async def test_two_people_with_one_form(desk: Desk) -> None:
    """The second one is told of the first one's words, and nothing is written over."""
    customer = await desk.create()
    lin = await desk.actor()
    values = customer_values(customer, (await desk.services.dossiers.get(lin, customer.id)).details)
    await edit(desk, customer, by=ZHOU, industry="服装")
    with pytest.raises(EditConflictError) as conflict:
        await desk.services.dossiers.edit(lin, customer.id, marks(values), values | {"industry": "家纺"})
    assert conflict.value.stored == {"industry": "服装"}
    assert (await desk.services.customers.get(lin, customer.id)).industry == "服装"


async def test_people_are_added_by_both_at_once(desk: Desk) -> None:
    customer = await desk.create()
    blank = marks(part_values(Part.CONTACT, None))

    async def add(who: str) -> None:
        form = PartForm(Part.CONTACT, who, blank, {"role": "出纳", "name": who, "reach": ""})
        await desk.services.dossiers.keep_part(await desk.actor(who), customer.id, form)

    await asyncio.gather(add(LIN), add(ZHOU))
    found = await desk.services.dossiers.get(await desk.actor(), customer.id)
    assert {each.id for each in found.contacts} == {LIN, ZHOU}
    assert (await desk.services.customers.brief(await desk.actor(), customer.id)).contacts == 2


# handing over


async def test_everything_goes_along_and_the_old_owner_sees_nothing(desk: Desk) -> None:
    """At once, by id and by every name; contacts, promises and needs are the new owner's."""
    customer = await desk.create(aliases=("小远",))
    lin, chen = await desk.actor(), await desk.actor(CHEN)
    await desk.log(customer, next_step="给报价", next_step_on=MONDAY)
    await desk.services.needs.add(lin, NeedForm("V2", customer.id, MONDAY, "年底要周转"))
    told_ = await desk.services.dossiers.hand_over(lin, "V3", customer.id, CHEN)
    assert (told_.from_id, told_.to_id, told_.by) == (LIN, CHEN, LIN)
    for typed in ("远大纺织", "小远", "ydfz"):
        assert await desk.services.customers.named(lin, typed) == []
        assert await desk.services.customers.brief_named(lin, typed) == []
    assert await desk.services.customers.suggest(lin, "") == []
    assert not (await desk.services.followups.due(lin)).own
    (due,) = (await desk.services.followups.due(chen)).own
    assert due.followup.title == "给报价"
    need = await desk.services.followups.get(chen, f"need-{customer.id}")
    assert need.owner_id == CHEN
    assert [each.owner_id for each in await desk.services.customers.named(chen, "小远")] == [CHEN]


async def test_what_is_done_for_it_no_longer_names_it(desk: Desk) -> None:
    """A step of the old owner's that was ticked off stays in the old daily message, which is shown without it."""
    customer = await desk.create()
    lin = await desk.actor()
    first = await desk.log(customer, next_step="给报价", next_step_on=MONDAY)
    step_id = f"step-{first.visit.id}"
    await desk.log(customer, form_id="V2", done_followup_ids=(step_id,))
    assert len(await desk.services.followups.items(lin, (step_id,))) == 1
    await desk.services.dossiers.hand_over(lin, "V3", customer.id, CHEN)
    assert await desk.services.followups.items(lin, (step_id,)) == []


async def test_sent_twice_it_is_handed_over_once(desk: Desk) -> None:
    """Though the sender does not see the customer any more; five at the same moment are one too."""
    customer, lin = await desk.create(), await desk.actor()
    hand_over = desk.services.dossiers.hand_over
    outcomes = await asyncio.gather(*(hand_over(lin, "V3", customer.id, CHEN) for _ in range(5)))
    assert {each.id for each in [*outcomes, await hand_over(lin, "V3", customer.id, CHEN)]} == {outcomes[0].id}
    audit = await desk.services.workspaces.audit.newest(TEAM, 9)
    assert [each.action for each in audit].count("customer.handover") == 1


async def test_a_lead_hands_over_somebody_elses(desk: Desk) -> None:
    """And goes on seeing it."""
    customer, zhou = await desk.create(), await desk.actor(ZHOU)
    await desk.services.dossiers.hand_over(zhou, "V3", customer.id, CHEN)
    assert (await desk.services.customers.get(zhou, customer.id)).owner_id == CHEN


async def test_whether_a_colleague_has_it_already_is_told_only_to_who_may_know(desk: Desk) -> None:
    """To the manager it is the same answer as for somebody who keeps no customers."""
    mine = await desk.create()
    await desk.create(by=CHEN)
    faults = {}
    for name, actor_id, to in (("taken", LIN, CHEN), ("no role", LIN, REED), ("lead", ZHOU, CHEN), ("same", LIN, LIN)):
        with pytest.raises(FieldError) as fault:
            await desk.services.dossiers.hand_over(await desk.actor(actor_id), name, mine.id, to)
        faults[name] = (fault.value.field, fault.value.key, fault.value.values)
    assert faults["taken"] == faults["no role"] == ("to", "dossier.error_person", {})
    assert faults["lead"][1] == "handover.error_taken"
    assert faults["same"][1] == "handover.error_same"
    assert (await desk.services.customers.get(await desk.actor(), mine.id)).owner_id == LIN


async def test_a_note_saved_meanwhile_goes_along(desk: Desk) -> None:
    """Whichever comes first, no open step stays behind."""
    customer, lin = await desk.create(), await desk.actor()
    notes = [desk.log(customer, form_id=f"V{each}", next_step=f"第{each}件", next_step_on=MONDAY) for each in range(5)]
    await asyncio.gather(*notes, desk.services.dossiers.hand_over(lin, "H", customer.id, CHEN), return_exceptions=True)
    steps = await desk.services.followups.store.open_steps(TEAM, customer.id)
    assert {each.owner_id for each in steps} <= {CHEN}
    assert await desk.services.followups.store.due(TEAM, LIN, MONDAY + timedelta(days=99)) == []


async def test_open_needs_are_counted_in_the_brief(desk: Desk) -> None:
    """By name in one round trip and by id alike; what is met is not open."""
    customer, lin = await desk.create(), await desk.actor()
    for number, status in enumerate((NeedStatus.CONFIRMED, NeedStatus.ASSUMED, NeedStatus.MET)):
        await desk.services.needs.add(lin, NeedForm(f"V{number}", customer.id, MONDAY, "要周转", status=status))
    by_id = await desk.services.customers.brief(lin, customer.id)
    assert {each.status for each in by_id.needs} == {NeedStatus.CONFIRMED, NeedStatus.ASSUMED}
    assert await desk.services.customers.brief_named(lin, "远大纺织") == by_id
