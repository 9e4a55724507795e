"""Why a customer is of its tier, and what changes it, as people in Slack meet it."""

from dataclasses import replace

import pytest

from bot.domain.customer import Customer, Tier
from bot.domain.dossier import Dossier
from bot.errors import TierDecidedError
from bot.sandbox import ActingPerson, Message, View
from bot.views import tiering as views
from tests.builders import make_contact_person
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, has, labels, press, prose, shown
from tests.world import TEAM, World

GOOD = {"volume_12m": "80000", "volume_6m": "50000", "contribution": "3", "buyers": "90", "potential": "60"}
FIGURES = GOOD | {"customer_since": "2024-03-01", "last_drawdown_on": "2026-11-20"}
POOR = FIGURES | {"volume_12m": "0", "volume_6m": "0", "contribution": "0"}


async def look(person: ActingPerson, customer: Customer, channel: str) -> Message:
    await person.command("/customer", customer.name, channel)
    return person.messages(channel)[-1]


async def why(person: ActingPerson, customer: Customer, channel: str) -> View:
    await press(person, await look(person, customer, channel), views.WHY)
    return person.views()[-1]


async def tell(person: ActingPerson, world: World, customer: Customer, channel: str, figures: dict[str, str]) -> View:
    """The window that explains, after these figures were typed."""
    await press(person, await why(person, customer, channel), views.TELL)
    form = person.views()[-1]
    assert (await person.submit(form, entered(form, **figures))).closed
    await world.quiet()
    return person.views()[-1]


async def befriended(world: World, cast: Cast, customer: Customer) -> None:
    """Two people on each side know each other."""
    people = (make_contact_person(), make_contact_person(id="p2"))

    def step(found: Dossier) -> Dossier:
        update = {"stand_in_id": cast.id("chen")}
        return replace(found, contacts=people, customer=found.customer.model_copy(update=update))

    await world.services.dossiers.store.change(TEAM, customer.id, step)


async def tier_of(world: World, customer: Customer) -> Tier:
    return (await world.services.customers.customers.get(TEAM, customer.id)).tier


async def home(world: World, person: ActingPerson) -> View:
    await person.open_home()
    await world.quiet()
    view = person.home()
    assert view is not None
    return view


async def test_without_figures_it_says_so(cast: Cast, lin: ActingPerson, east: str) -> None:
    """Nothing is made up; what would be needed is named. Its account manager sets no tier by hand."""
    view = await why(lin, await cast.customer(lin, tier=Tier.B), east)
    assert "还没有经营数字" in prose(view)
    assert "融资额* – / 35 · 没有数字，不计入" in prose(view)
    assert labels(view) == ["更新经营数字"]


async def test_figures_bring_a_score_with_its_inputs(
    world: World, cast: Cast, grace: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """In the language of whoever looks. Raised at once; to A only by the lead, and with people on both sides."""
    customer = await cast.customer(grace, "Yuanda Textile", Tier.C)
    told = prose(await tell(grace, world, customer, east, FIGURES))
    assert "Tier *B* at present" in told
    assert "CNY 800,000,000 financed in 12 months, number 1 of" in told
    assert "CNY 500,000,000 in the last 6 months, CNY 300,000,000 in the 6 before" in told
    assert "Co-operation* – / 5 · not known, left out" in told
    assert "over the 95% of the weights that are known" in told
    assert "2 people on each side must know each other: ours 1, theirs 0" in told
    assert f"figures typed by <@{grace.id}>, as of Tue 24 Nov" in told
    assert "C → B · raised · by the rules" in told
    assert not has(await home(world, zhou), views.APPROVE)


async def test_the_lead_approves_a_after_a_look_at_the_week(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """On Home, with the load of the account manager; approved twice, the second is told so."""
    customer = await cast.customer(lin, tier=Tier.B)
    await befriended(world, cast, customer)
    assert "等主管同意" in prose(await tell(lin, world, customer, east, FIGURES))
    assert await tier_of(world, customer) is Tier.B
    assert not has(await home(world, lin), views.APPROVE), "its account manager does not decide"
    view = await home(world, zhou)
    assert "每周联系 0.2 → 0.5 次（上限 40），其中拜访 0.1 → 0.2 次（上限 6）" in prose(view)
    await press(zhou, view, views.APPROVE)
    await world.quiet()
    assert await tier_of(world, customer) is Tier.A
    assert not has(await home(world, zhou), views.APPROVE)
    with pytest.raises(TierDecidedError):
        await world.services.tiering.approve(await cast.actor(zhou), customer.id, "20261124")
    assert f"B → A · 主管同意 · <@{zhou.id}>" in prose(await why(lin, customer, east))


async def test_a_declined_customer_stays_with_the_reason(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    customer = await cast.customer(lin, tier=Tier.B)
    await befriended(world, cast, customer)
    await tell(lin, world, customer, east, FIGURES)
    await press(zhou, await home(world, zhou), views.DECLINE)
    form = zhou.views()[-1]
    result = await zhou.submit(form, entered(form, reason="   太早   "))
    assert result.errors == {views.REASON: "请写清原因，至少 5 个字。"}
    assert (await zhou.submit(form, entered(form, reason="先看一个季度再说"))).closed
    await world.quiet()
    assert not has(await home(world, zhou), views.APPROVE)
    told = prose(await why(lin, customer, east))
    assert f"主管不同意 · <@{zhou.id}>" in told
    assert "先看一个季度再说" in told


async def test_a_tier_by_hand_has_a_reason_and_an_end(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """When its day is over the round brings the computed tier back; run again it changes nothing."""
    customer = await cast.customer(lin, tier=Tier.B)
    await press(zhou, await why(zhou, customer, east), views.SET)
    form = zhou.views()[-1]
    typed = {"tier": "C", "until": "2026-11-30", "reason": "年底前先缓一缓"}
    result = await zhou.submit(form, entered(form, **(typed | {"until": "2028-01-01"})))
    assert "最长 180 天" in str(result.errors)
    result = await zhou.submit(form, entered(form, **(typed | {"tier": "A"})))
    assert "双方各有 2 位相熟的人" in str(result.errors)
    assert (await zhou.submit(form, entered(form, **typed))).closed
    await world.quiet()
    assert f"由 <@{zhou.id}> 手动定级，11月30日（周一）为止：年底前先缓一缓" in prose(zhou.views()[-1])
    assert await tier_of(world, customer) is Tier.C
    world.clock.set("2026-12-01T09:00:00+08:00")
    assert await world.services.tiering.run(TEAM) >= 1
    assert await tier_of(world, customer) is Tier.B
    assert await world.services.tiering.run(TEAM) == 0
    assert "C → B · 手动定级到期 · 按规则" in prose(await why(lin, customer, east))


async def test_a_tier_by_hand_is_taken_back(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    customer = await cast.customer(lin, tier=Tier.B)
    await press(zhou, await why(zhou, customer, east), views.SET)
    form = zhou.views()[-1]
    await zhou.submit(form, entered(form, tier="D", until="2026-12-31", reason="停产检修两个月"))
    await world.quiet()
    await press(zhou, zhou.views()[-1], views.LIFT)
    assert "取消手动定级" in prose(zhou.views()[-1])
    assert await tier_of(world, customer) is Tier.B


async def test_who_no_longer_draws_is_on_the_leads_home(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """From the 90th day; on the 180th it is of tier D, also in the daily list."""
    customer = await cast.customer(lin, tier=Tier.B)
    await tell(lin, world, customer, east, FIGURES | {"last_drawdown_on": "2026-08-20"})
    assert "B 级，已经 96 天没有放款" in prose(await home(world, zhou))
    world.clock.set("2027-02-16T09:00:00+08:00")
    await world.services.tiering.run(TEAM)
    assert await tier_of(world, customer) is Tier.D
    assert "没有放款。" not in prose(await home(world, zhou))
    assert "超过 180 天没有放款" in prose(await why(lin, customer, east))


async def test_two_people_type_the_same_figure(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Told, and nothing typed is lost."""
    customer = await cast.customer(lin, tier=Tier.B)
    await press(lin, await why(lin, customer, east), views.TELL)
    mine = lin.views()[-1]
    await tell(zhou, world, customer, east, {"buyers": "40", "potential": "10"})
    assert not (await lin.submit(mine, entered(mine, buyers="70", drawdowns="9"))).closed
    again = lin.views()[-1]
    assert "好买方占比（%）现在是：40" in shown(again)
    assert (await lin.submit(again, entered(again, buyers="70", drawdowns="9"))).closed
    inputs = (await world.services.dossiers.get(await cast.actor(lin), customer.id)).tiering.inputs
    assert (inputs.buyers, inputs.potential, inputs.drawdowns) == (70, 10, 9)


async def test_figures_that_contradict_each_other(cast: Cast, lin: ActingPerson, east: str) -> None:
    customer = await cast.customer(lin, tier=Tier.B)
    await press(lin, await why(lin, customer, east), views.TELL)
    form = lin.views()[-1]
    result = await lin.submit(form, entered(form, volume_12m="10", volume_6m="11"))
    assert result.errors == {"volume_6m": "近 6 个月不会比近 12 个月还多，请核对。"}
    result = await lin.submit(form, entered(form, last_drawdown_on="2026-11-25"))
    assert result.errors == {"last_drawdown_on": "这一天还没到。"}


async def test_lowered_after_two_quarters_only(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """The window says how many are to go."""
    customer = await cast.customer(lin, tier=Tier.B)
    assert "还差 2 个季度，现在仍是 B 级" in prose(await tell(lin, world, customer, east, POOR))
    seen = []
    for day in ("2027-01-04", "2027-04-01"):
        world.clock.set(f"{day}T09:00:00+08:00")
        await world.services.tiering.run(TEAM)
        seen.append(await tier_of(world, customer))
    assert seen == [Tier.B, Tier.D]
