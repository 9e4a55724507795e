"""The end of a relationship, said by clicks, and taken back."""

from bot.sandbox import ActingPerson, View
from bot.views import customers as customer_views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, entered, has, press, prose
from tests.world import TEAM, World


async def form(person: ActingPerson, channel: str) -> View:
    await person.command("/customer", "远大纺织", channel)
    await press(person, person.messages(channel)[-1], customer_views.END)
    return person.views()[-1]


async def test_it_ends_with_a_confirmation_and_goes_on_again(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    """What it leads to is said first; then nothing is due, and the brief says so and offers the way back."""
    customer = await cast.customer(lin, last_contact_on="2026-10-09")
    view = await form(lin, east)
    assert "资料从结束那天起再保留 1096 天" in prose(view)
    assert (await lin.submit(view, entered(view, on="2026-11-20"))).closed
    await world.quiet()
    found = await world.services.customers.customers.get(TEAM, customer.id)
    assert str(found.ended_on) == "2026-11-20"
    actor = await world.services.members.actor(TEAM, lin.id)
    assert not (await world.services.followups.due(actor)).own
    row = (await world.services.workspaces.audit.newest(TEAM, 1))[0]
    assert (row.who, row.action, row.subject, row.detail) == (lin.id, "customer.end", customer.id, "2026-11-20")
    again = await form(lin, east)
    assert "合作已在11月20日（周五）结束" in prose(lin.messages(east)[-1])
    assert (await lin.submit(again, entered(again))).closed
    await world.quiet()
    assert (await world.services.customers.customers.get(TEAM, customer.id)).ended_on is None
    assert not (await world.services.followups.due(actor)).own, "nobody is late by the days it was none"
    *_, items = await world.services.followups.of_customer(actor, customer.id)
    assert {str(each.followup.due_on) for each in items if each.followup.kind == "contact"} == {"2026-12-08"}


async def test_a_day_to_come_is_refused_beside_it(cast: Cast, lin: ActingPerson, east: str) -> None:
    """And the form stays."""
    await cast.customer(lin)
    view = await form(lin, east)
    answer = await lin.submit(view, entered(view, on="2030-01-01"))
    assert answer.errors == {"on": "这一天还没到，请填实际结束的日子。"}


async def test_sent_twice_it_ends_once(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """One row in the audit log."""
    customer = await cast.customer(lin)
    view = await form(lin, east)
    await lin.submit(view, entered(view))
    body = cast.delivered(lin)[-1].body
    await world.slack.deliver("interactive", body)
    await world.quiet()
    rows = [each for each in await world.services.workspaces.audit.newest(TEAM) if each.subject == customer.id]
    assert [each.action for each in rows].count("customer.end") == 1


async def test_who_only_stands_in_is_not_offered_it(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """The lead of the team is."""
    customer = await cast.customer(lin)
    store = world.services.customers.customers
    await store.change(TEAM, customer.id, lambda found: found.model_copy(update={"stand_in_id": chen.id}))
    for person, is_offered in ((chen, False), (zhou, True)):
        await person.command("/customer", "远大纺织", east)
        assert has(person.messages(east)[-1], customer_views.END) is is_offered
    assert element(zhou.messages(east)[-1], customer_views.END)["value"] == customer.id
