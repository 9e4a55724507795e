"""What is worth knowing, from Home to each customer's account manager."""

import pytest

from bot.domain.followup import Kind
from bot.domain.valueitem import ValueItem, ValueType
from bot.errors import NotAllowedError
from bot.sandbox import ActingPerson, View
from bot.views import values as views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, has, press, prose
from tests.world import TEAM, World


async def opened(world: World, person: ActingPerson) -> View:
    await person.open_home()
    home = await world.slack.wait_for(lambda: view if (view := person.home()) and has(view, views.OPEN) else None)
    await press(person, home, views.OPEN)
    return person.views()[-1]


async def test_a_lead_sees_how_many_it_concerns_and_starts_it(
    world: World, cast: Cast, zhou: ActingPerson, lin: ActingPerson
) -> None:
    """By manager, before anything is written; then each customer has one, and the lead is told."""
    customer = await cast.customer(lin)
    form = await opened(world, zhou)
    await zhou.submit(form, entered(form, text="应收账款新规 12 月起施行", industry="纺织"))
    assert "关系到并会转告的客户：1 家" in prose(zhou.views()[-1])
    assert f"<@{lin.id}>：1 家" in prose(zhou.views()[-1])
    store = world.services.followups.store
    assert await store.open_ids(TEAM, customer.id) == []
    await zhou.submit(zhou.views()[-1], {})
    await world.quiet()
    (followup_id,) = await store.open_ids(TEAM, customer.id)
    item = await store.get(TEAM, followup_id)
    assert (item.kind, item.title, item.owner_id) == (Kind.VALUE, "应收账款新规 12 月起施行", lin.id)
    assert "已排好待办" in zhou.dm_messages()[-1].text


async def test_a_form_that_concerns_nobody_says_so(world: World, zhou: ActingPerson) -> None:
    """In the field; a customer who does not fit is not counted, and nothing can be started."""
    form = await opened(world, zhou)
    outcome = await zhou.submit(form, entered(form, text="x"))
    assert list(outcome.errors) == [views.INDUSTRY]
    await zhou.submit(form, entered(form, text="x", industry="航天"))
    assert "submit" not in zhou.views()[-1].definition


async def test_an_account_manager_is_not_offered_it(world: World, cast: Cast, lin: ActingPerson) -> None:
    await lin.open_home()
    await world.quiet()
    home = lin.home()
    assert home is not None
    assert not has(home, views.OPEN)
    with pytest.raises(NotAllowedError):
        await world.services.values.start(await cast.actor(lin), ValueItem("V1", ValueType.POLICY, "x", "纺织"))
