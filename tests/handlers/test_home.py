"""The Home tab of a manager, a lead and somebody without a role."""

from bot.domain.customer import Tier
from bot.sandbox import ActingPerson, View
from bot.views import boards
from bot.views import home as views
from bot.views import library as library_views
from tests.handlers.cast import Cast
from tests.handlers.reading import due_part, has, labels, press, prose, shown
from tests.world import World


async def home(world: World, person: ActingPerson) -> View:
    await person.open_home()
    return await world.slack.wait_for(person.home)


async def test_manager_sees_what_is_due_worst_first(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Days late times tier; each row with its reason and its two buttons."""
    await cast.customer(lin, "远大纺织", Tier.C, last_contact_on="2026-09-10")
    await cast.customer(lin, "霁川电子", Tier.A, last_contact_on="2026-10-20")
    await cast.customer(lin, "栎川机械", Tier.D, last_contact_on="2026-11-20")
    view = await home(world, lin)
    told = shown(view)
    assert told.index("霁川电子") < told.index("远大纺织")
    assert "逾期 21 天" in told
    assert "14 天一次" in told
    assert told.count("记拜访") >= 3
    assert "栎川机械" not in due_part(view)
    assert "栎川机械" in told


async def test_nothing_due_is_said(world: World, lin: ActingPerson) -> None:
    """An empty list is good news, not an empty page."""
    assert "今天没有到期的跟进" in prose(await home(world, lin))


async def test_long_list_fits_slack(world: World, cast: Cast, lin: ActingPerson) -> None:
    """A view takes 100 blocks: the worst ten, how many there are, and a way to the others."""
    for number in range(40):
        await cast.customer(lin, f"客户{number:02}", last_contact_on="2026-10-20")
    view = await home(world, lin)
    assert "今天要跟进 · 40" in prose(view)
    assert "第 1–10 项，共 40 项" in prose(view)
    await press(lin, view, boards.TURN)
    turned = await world.slack.wait_for(lin.home)
    assert "第 11–20 项，共 40 项" in prose(turned)


async def test_manager_is_not_bothered_with_the_calendar(world: World, lin: ActingPerson) -> None:
    """Who can do nothing about it is not warned."""
    assert "节假日安排" not in prose(await home(world, lin))


async def test_lead_is_warned_before_the_known_holidays_end(world: World, zhou: ActingPerson) -> None:
    """Public holidays are known until the end of 2026, which is five weeks away."""
    assert ":warning: 节假日安排只更新到12月31日" in prose(await home(world, zhou)).replace(" ", "").replace(
        ":warning:", ":warning: "
    )


async def test_lead_is_not_warned_too_early(world: World, zhou: ActingPerson) -> None:
    """More than 60 days before there is no hurry."""
    world.clock.set("2026-10-20T10:00:00+08:00")
    assert "节假日安排" not in prose(await home(world, zhou))


async def test_guest_learns_how_to_be_taken_in(world: World, reed: ActingPerson) -> None:
    """No list and no note button; what an admin has to type, and the plays to look up."""
    view = await home(world, reed)
    assert f"roles set {reed.id} --role account_manager" in prose(view)
    assert labels(view) == ["Find a play"]
    assert not has(view, views.LOG)


async def test_home_in_english(world: World, cast: Cast, grace: ActingPerson) -> None:
    """The same in the reader's language."""
    await cast.customer(grace, "Northlight", last_contact_on="2026-11-09")
    told = shown(await home(world, grace))
    assert "To follow up today" in told
    assert "1 day late" in told
    assert "/objection" in told


async def test_button_opens_the_playbook(world: World, lin: ActingPerson) -> None:
    """In a window: kinds, titles, and the whole of the one picked, in its place."""
    await press(lin, await home(world, lin), views.ASK)
    (view,) = lin.views()
    await press(lin, view, library_views.KIND, 1)
    assert "信号" in shown(lin.views()[0])
    await press(lin, lin.views()[0], library_views.KIND, 0)
    await press(lin, lin.views()[0], library_views.BROWSE, selected="cost/fee-too-high")
    assert world.objection("cost/fee-too-high").worry.zh in shown(lin.views()[0])


async def test_odd_customer_names_ring_nobody(world: World, cast: Cast, lin: ActingPerson) -> None:
    """A name is shown as it was typed."""
    await cast.customer(lin, "<!channel> & <b>", last_contact_on="2026-11-02")
    assert "&lt;!channel&gt; &amp; &lt;b&gt;" in prose(await home(world, lin))
