"""/prep: one page before a meeting, from what is on record, and only for who may see the customer."""

from dataclasses import replace
from datetime import date

from bot.domain.customer import Details, Risk
from bot.domain.need import NeedForm
from bot.domain.note import VisitForm
from bot.domain.visit import Channel
from bot.sandbox import ActingPerson
from bot.views import customers as customer_views
from bot.views import objections as objection_views
from bot.views import playbook as playbook_views
from tests.builders import make_buyer
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, has, labels, press, prose, shown
from tests.world import TEAM, World

NOT_FOUND = "没有找到这个客户"


async def prepare(person: ActingPerson, typed: str, channel: str) -> str:
    assert await person.command("/prep", typed, channel) == 200
    return prose(person.messages(channel)[-1])


async def test_page_from_what_is_on_record(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """The last note, what was raised before, a question of the customer's industry, and the clause on the table."""
    await cast.customer(lin, industry="物流")
    await lin.command("/visit", "远大纺织 嫌费率高，周三前给报价")
    view = lin.views()[-1]
    assert (await lin.submit(view, entered(view))).closed
    told = await prepare(lin, "远大", east)
    assert "嫌费率高，周三前给报价" in told
    assert "费用太高*：提过 1 次，最近11月24日（周二）" in told
    logistics = world.services.playbook.shipped.playbook.entries["discovery/industry-logistics"]
    assert logistics.speak.zh in told
    assert "条款准备：谈费率" in told
    await press(lin, lin.messages(east)[-1], playbook_views.MORE, 0)
    assert world.objection("cost/fee-too-high").worry.zh in shown(lin.views()[-1])


async def test_page_tells_what_changed_who_pays_late_and_what_to_leave_alone(
    world: World, cast: Cast, grace: ActingPerson, east: str
) -> None:
    """In English, on one screen: three notes, needs since the last one, ageing, renewal, red lines."""
    customer = await cast.customer(grace, "Northlight Textiles", industry="Textiles")
    actor = await cast.actor(grace)
    for number, note in enumerate(("note 1", "note 2", "note 3", "note 4")):
        form = VisitForm(f"V{number}", customer.id, date(2026, 11, 16 + number), Channel.PHONE, note)
        await world.services.visits.save(actor, form)
    for number, (on, statement) in enumerate(((date(2026, 11, 2), "Old need"), (date(2026, 11, 19), "Cotton"))):
        await world.services.needs.add(actor, NeedForm(f"N{number}", customer.id, on, "heard", statement=statement))
    file = Details(buyers=(make_buyer(name="Prompt", paid_days=60), make_buyer(id="b2", name="Harrow")))
    state = {"risk": Risk.RED, "contract_expires_on": date(2026, 12, 24), "quiet_until": date(2026, 12, 1)}
    await world.services.dossiers.store.change(
        TEAM,
        customer.id,
        lambda found: replace(
            found,
            customer=found.customer.model_copy(update=state),
            details=file.model_copy(update={"quiet_reason": "audit"}),
        ),
    )
    told = await prepare(grace, "northlight", east)
    for words in ("Cotton (new, assumed)", "no new promises", "Why they want peace: audit", "contract ends Thu 24 Dec"):
        assert words in told
    assert "Old need" not in told
    assert "note 1" not in told
    assert told.index("Harrow") < told.index("Prompt")
    never = world.objection("buyer/disputed-goods").never[0].en
    assert never in told
    assert len(told.splitlines()) <= 40


async def test_what_held_is_said_once_and_remembered(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """By a click on the page; the next answer in this customer's context mentions it, to nobody else."""
    await cast.customer(lin, industry="物流")
    await lin.command("/visit", "远大纺织 嫌费率高")
    view = lin.views()[-1]
    assert (await lin.submit(view, entered(view))).closed
    await prepare(lin, "远大纺织", east)
    page = lin.messages(east)[-1]
    assert "“费用太高”，话术管用吗？" in prose(page)
    await press(lin, page, objection_views.FAILED)
    await world.slack.wait_for(lambda: "那次没站住" in prose(lin.messages(east)[-1]))
    assert not has(lin.messages(east)[-1], objection_views.FAILED)
    await lin.command("/objection", "远大纺织 费率太高了", east)
    assert "*远大纺织* 对“费用太高”提过 1 次，最近11月24日（周二），那次没站住。" in prose(lin.messages(east)[-1])
    await chen.command("/objection", "远大纺织 费率太高了", east)
    assert "没站住" not in prose(chen.messages(east)[-1])


async def test_page_of_a_new_customer(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """What usually comes up fills the page; the checklist before any talk stands for the clause."""
    await cast.customer(lin)
    told = await prepare(lin, "远大纺织", east)
    assert "提过" not in told
    assert "费用太高" in told
    manufacturing = world.services.playbook.shipped.entry("discovery/industry-manufacturing")
    assert manufacturing.speak.zh in told  # of 纺织, which is its own word for what it does
    assert "条款准备：谈判前的准备清单" in told


async def test_nobody_else_learns_of_the_customer(
    world: World, cast: Cast, chen: ActingPerson, lin: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """By the command, and by a button that somebody sends with another's id."""
    customer = await cast.customer(chen)
    for person in (lin, reed):
        await prepare(person, "远大纺织", east)
    assert NOT_FOUND in lin.messages(east)[-1].text
    await cast.customer(lin, "顺达物流")
    await lin.command("/customer", "顺达物流", east)
    await press(lin, lin.messages(east)[-1], customer_views.PREPARE)
    body = cast.delivered(lin)[-1].body
    body["actions"][0] |= {"value": customer.id, "action_ts": "1.5"}
    assert (await world.slack.deliver("interactive", body)).status == 200
    await world.slack.settled()
    assert "远大纺织" not in "".join(prose(each) for each in lin.messages(east))


async def test_several_customers_are_a_choice(cast: Cast, lin: ActingPerson, east: str) -> None:
    for name in ("远大纺织", "远大物流"):
        await cast.customer(lin, name)
    await lin.command("/prep", "远大", east)
    assert len(labels(lin.messages(east)[-1])) == 2


async def test_alone_it_says_how(lin: ActingPerson, east: str) -> None:
    await lin.command("/prep", "", east)
    assert "`/prep`" in lin.messages(east)[-1].text
