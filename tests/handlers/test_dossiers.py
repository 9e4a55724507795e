"""A customer's file by clicks: edited, kept by two at once, handed over, and shut to everybody else."""

from datetime import date
from typing import Any

import pytest

from bot.domain.customer import Customer
from bot.domain.customerform import Part, PartForm, marks, part_values
from bot.domain.need import NeedForm
from bot.sandbox import ActingPerson, Message, View
from bot.views import customers as customer_views
from bot.views import dossiers as views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, elements, entered, field, has, labels, press, prose, shown
from tests.world import TEAM, World

BLANK = marks(part_values(Part.CONTACT, None))
WANG = PartForm(Part.CONTACT, "p1", BLANK, {"role": "财务总监", "name": "王芳", "reach": "13800000000"})


async def look(person: ActingPerson, typed: str, channel: str) -> Message:
    await person.command("/customer", typed, channel)
    return person.messages(channel)[-1]


async def opened(person: ActingPerson, brief: Message, kind: str) -> View:
    """The window behind a button of the brief."""
    await press(person, brief, kind)
    return person.views()[-1]


async def found(world: World, customer: Customer) -> Customer:
    return await world.services.customers.customers.get(TEAM, customer.id)


async def test_everything_about_a_customer_is_edited_in_one_window(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    """What was typed is what the brief tells next."""
    await cast.customer(lin)
    view = await opened(lin, await look(lin, "远大纺织", east), customer_views.EDIT)
    typed = entered(
        view,
        aliases="小远、YD",
        size="small",
        external_id="CRM-7",
        stand_in_id=[cast.id("chen")],
        contract_expires_on="2026-12-24",
        preferred_channel="phone",
        preferred_every_days="21",
        is_opted_out=["yes"],
        quiet_until="2026-12-01",
        quiet_reason="年审",
    )
    assert (await lin.submit(view, typed)).closed
    told = prose(await look(lin, "小远", east))
    for words in ("还有 30 天", f"代管 <@{cast.id('chen')}>", "偏好电话联系", "每 21 天", "不接受营销"):
        assert words in told
    assert "12月1日（周二）前暂不打扰" in told


async def test_conflicts_are_told_and_nothing_typed_is_lost(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """The window stays with both versions; saved again, one's own counts, and what the other changed besides stays."""
    customer = await cast.customer(lin)
    mine = await opened(lin, await look(lin, "远大纺织", east), customer_views.EDIT)
    theirs = await opened(zhou, await look(zhou, "远大纺织", east), customer_views.EDIT)
    assert (await zhou.submit(theirs, entered(theirs, industry="服装", external_id="CRM-7"))).closed
    result = await lin.submit(mine, entered(mine, industry="家纺"))
    assert not result.closed
    (view,) = lin.views()
    assert "行业现在是：服装" in shown(view)
    assert field(view, "industry")["initial_value"] == "家纺"
    assert (await found(world, customer)).industry == "服装"
    assert (await lin.submit(view, entered(view, industry="家纺"))).closed
    saved = await found(world, customer)
    assert (saved.industry, saved.external_id) == ("家纺", "CRM-7")


async def test_what_cannot_be_saved_is_told_at_its_field(
    cast: Cast, grace: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """In the reader's language, and the window stays."""
    await cast.customer(grace, "Northlight Textiles")
    view = await opened(grace, await look(grace, "northlight", east), customer_views.EDIT)
    result = await grace.submit(view, entered(view, stand_in_id=[reed.id]))
    assert result.errors == {"stand_in_id": "This colleague can't take it on; please choose another account manager"}
    assert grace.views() == [view]


async def test_contacts_and_buyers_have_windows_of_their_own(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    """Added, changed and removed, and the file below shows it each time."""
    await cast.customer(lin)
    file = await opened(lin, await look(lin, "远大纺织", east), customer_views.FILE)
    await press(lin, file, views.PART, 1)
    form = lin.views()[-1]
    assert form.title == "买方"
    typed = entered(form, name="华瑞百货", terms_days="60", paid_days="85", confirms="yes", disputes="尺码不符")
    assert (await lin.submit(form, typed)).closed
    await world.slack.wait_for(lambda: "华瑞百货* · 账期 60 天 · 实付 85 天 · 晚 25 天" in shown(lin.views()[-1]))
    await press(lin, lin.views()[-1], views.PART, 1)
    form = lin.views()[-1]
    assert field(form, "name")["initial_value"] == "华瑞百货"
    assert (await lin.submit(form, entered(form, remove=["yes"]))).closed
    await world.slack.wait_for(lambda: "华瑞百货" not in shown(lin.views()[-1]))


async def test_a_contact_changed_by_two_is_told(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    customer = await cast.customer(lin)
    await world.services.dossiers.keep_part(await cast.actor(lin), customer.id, WANG)
    file = await opened(lin, await look(lin, "远大纺织", east), customer_views.FILE)
    await press(lin, file, views.PART, 0)
    form = lin.views()[-1]
    values = {**WANG.typed, "reach": "13900000000"}
    changed = PartForm(Part.CONTACT, "p1", marks(WANG.typed), values)
    await world.services.dossiers.keep_part(await cast.actor(zhou), customer.id, changed)
    assert not (await lin.submit(form, entered(form, reach="021-5555"))).closed
    again = lin.views()[-1]
    assert "13900000000" in shown(again)
    assert (await lin.submit(again, entered(again, reach="021-5555"))).closed
    (contact,) = (await world.services.dossiers.get(await cast.actor(lin), customer.id)).contacts
    assert contact.reach == "021-5555"


async def test_whoever_stands_in_sees_and_does_not_edit(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """The brief and the file without the buttons; one that was kept from before is refused."""
    customer = await cast.customer(lin)
    own = await cast.customer(chen, "顺达物流")
    await world.services.dossiers.keep_part(await cast.actor(lin), customer.id, WANG)
    await world.services.customers.customers.change(
        TEAM, customer.id, lambda each: each.model_copy(update={"stand_in_id": chen.id})
    )
    brief = await look(chen, "远大纺织", east)
    assert not has(brief, customer_views.EDIT)
    file = await opened(chen, brief, customer_views.FILE)
    assert "13800000000" in shown(file)
    assert elements(file) == []
    mine = await look(chen, own.name, east)
    element(mine, customer_views.EDIT)["value"] = customer.id
    await press(chen, mine, customer_views.EDIT)
    await world.slack.wait_for(lambda: "客户经理本人或团队主管" in chen.messages(east)[-1].text)


# handing over


async def hand_over(person: ActingPerson, brief: Message, to: str) -> View:
    view = await opened(person, brief, customer_views.HAND_OVER)
    assert (await person.submit(view, entered(view, to=to))).closed
    return view


async def test_the_new_owner_gets_the_list_and_the_old_one_loses_sight(
    world: World, cast: Cast, lin: ActingPerson, grace: ActingPerson, east: str
) -> None:
    """In the new owner's language: promises, needs, contacts, renewal. The old owner's brief no longer works."""
    customer = await cast.customer(lin, last_contact_on="2026-11-02")
    actor = await cast.actor(lin)
    await world.services.dossiers.keep_part(actor, customer.id, WANG)
    need = NeedForm("V", customer.id, date(2026, 11, 2), "年底要周转", statement="年底备货")
    await world.services.needs.add(actor, need)
    brief = await look(lin, "远大纺织", east)
    await hand_over(lin, brief, grace.id)
    told = prose(await world.slack.wait_for(lambda: next(iter(grace.dm_messages()), None)))
    for words in (f"<@{lin.id}>'s customer *远大纺织*", "• 年底备货 (assumed)", "王芳 · 财务总监", "Tier A"):
        assert words in told
    assert "13800000000" not in told
    await world.slack.wait_for(lambda: any("已交给" in each.text for each in lin.dm_messages()))
    assert "没有找到这个客户" in (await look(lin, "远大纺织", east)).text
    await press(lin, brief, customer_views.LOG)
    await world.quiet()
    assert "没有找到这个客户" in lin.messages(east)[-1].text
    assert labels(await look(grace, "远大纺织", east))


async def test_sent_twice_it_is_told_once(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """Slack repeats a form whose answer it did not hear."""
    await cast.customer(lin)
    await hand_over(lin, await look(lin, "远大纺织", east), chen.id)
    await world.slack.wait_for(lambda: bool(chen.dm_messages()))
    again = next(each for each in reversed(cast.delivered(lin)) if each.body.get("type") == "view_submission")
    assert (await world.slack.deliver("interactive", again.body)).answer == again.answer
    await world.quiet()
    assert len(chen.dm_messages()) == 1


async def test_a_lead_hands_over_and_the_manager_hears_of_it(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """The daily message of the old owner loses the row."""
    await cast.customer(lin, last_contact_on="2026-11-02")
    message = await cast.nudge(lin)
    assert "远大纺织" in prose(message)
    await hand_over(zhou, await look(zhou, "远大纺织", east), chen.id)
    await world.slack.wait_for(lambda: f"<@{zhou.id}> 转给 <@{chen.id}>" in lin.dm_messages()[-1].text)
    await world.slack.wait_for(lambda: "远大纺织" not in prose(message))


async def test_nobody_takes_over_who_keeps_no_customers(
    cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str
) -> None:
    await cast.customer(lin)
    view = await opened(lin, await look(lin, "远大纺织", east), customer_views.HAND_OVER)
    assert list((await lin.submit(view, entered(view, to=reed.id))).errors) == ["to"]
    assert "A 级" in prose(await look(lin, "远大纺织", east))


@pytest.mark.parametrize(
    "kind", [customer_views.EDIT, customer_views.FILE, customer_views.HAND_OVER, customer_views.NEEDS]
)
async def test_a_forged_button_opens_nothing(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str, kind: str
) -> None:
    """Somebody else's customer and none at all: the same sentence."""
    theirs = await cast.customer(chen, "霁川电子")
    await cast.customer(lin)
    answer = await look(lin, "远大纺织", east)
    for wanted in (theirs.id, "0" * 12):
        element(answer, kind)["value"] = wanted
        await press(lin, answer, kind)
    await world.slack.wait_for(lambda: len(lin.messages(east)) == 3)
    first, second = (each.text for each in lin.messages(east)[1:])
    assert first == second
    assert lin.views() == []


@pytest.mark.parametrize("kind", [customer_views.EDIT, customer_views.HAND_OVER])
async def test_a_forged_form_changes_nothing(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str, kind: str
) -> None:
    """Another's customer behind one's own window."""
    theirs = await cast.customer(chen, "霁川电子")
    await cast.customer(lin)
    view = await opened(lin, await look(lin, "远大纺织", east), kind)
    about: dict[str, Any] = view.definition
    about["private_metadata"] = about["private_metadata"].replace(
        (await world.services.customers.named(await cast.actor(lin), "远大纺织"))[0].id, theirs.id
    )
    values = {"industry": "偷改"} if kind == customer_views.EDIT else {"to": lin.id}
    result = await lin.submit(view, entered(view, **values))
    assert "没有找到这个客户" in next(iter(result.errors.values()))
    assert await found(world, theirs) == theirs
