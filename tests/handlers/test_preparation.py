"""/prep: one page before a meeting, from what is on record, and only for who may see the customer."""

from bot.sandbox import ActingPerson
from bot.views import customers as customer_views
from bot.views import playbook as playbook_views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, labels, press, prose, shown
from tests.world import World

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
    assert "费用太高*（记录里提过 1 次）" in told
    logistics = world.services.playbook.shipped.playbook.entries["discovery/industry-logistics"]
    assert logistics.speak.zh in told
    assert "条款准备：谈费率" in told
    await press(lin, lin.messages(east)[-1], playbook_views.MORE, 0)
    assert world.objection("cost/fee-too-high").worry.zh in shown(lin.views()[-1])


async def test_page_of_a_new_customer(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """What usually comes up fills the page; the checklist before any talk stands for the clause."""
    await cast.customer(lin)
    told = await prepare(lin, "远大纺织", east)
    assert "记录里提过" not in told
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
