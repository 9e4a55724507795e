"""The lists of Home: by colour and tier, page by page, and the tabs of somebody with several roles."""

from datetime import timedelta

from bot.domain.customer import Tier
from bot.domain.followup import FollowUp, Kind
from bot.domain.user import Role
from bot.sandbox import ActingPerson, View
from bot.storage.followups import put_followup
from bot.storage.records import Batch
from bot.views import boards as views
from tests.handlers.cast import Cast
from tests.handlers.reading import due_part, element, elements, labels, options, press, prose, shown
from tests.world import TEAM, World


async def home(world: World, person: ActingPerson) -> View:
    await person.open_home()
    await world.quiet()
    return await world.slack.wait_for(person.home)


async def pressed(world: World, person: ActingPerson, action_id: str) -> View:
    """What Home shows after a click on that very button."""
    view = await world.slack.wait_for(person.home)
    await person.press(view, action_id)
    await world.quiet()
    return await world.slack.wait_for(person.home)


async def promise(world: World, cast: Cast, owner: ActingPerson, customer_id: str, *, late: int) -> None:
    """What the owner said would be done so many days ago."""
    today = (await cast.actor(owner)).today(world.clock())
    store = world.services.followups.store
    step = FollowUp(
        id=f"step-{customer_id}",
        kind=Kind.STEP,
        customer_id=customer_id,
        owner_id=owner.id,
        due_on=today - timedelta(days=late),
        title="发费用测算表",
    )
    batch = Batch()
    put_followup(batch, TEAM, step, store.sealer)
    await store.records.commit(batch)


async def test_customers_by_colour_and_tier(world: World, cast: Cast, lin: ActingPerson) -> None:
    """With counts; what is picked stays picked when Home is opened again."""
    await cast.customer(lin, "红的公司", Tier.A, last_contact_on="2026-10-20")
    await cast.customer(lin, "黄的公司", Tier.B, last_contact_on="2026-11-02")
    await cast.customer(lin, "绿的公司", Tier.B, last_contact_on="2026-11-20")
    view = await home(world, lin)
    assert [each for each in labels(view) if "circle:" in each] == [
        ":red_circle: 1",
        ":large_yellow_circle: 1",
        ":large_green_circle: 1",
    ]
    view = await pressed(world, lin, f"{views.NARROW}.colour-yellow")
    assert "黄的公司" in shown(view)
    assert "绿的公司" not in shown(view)
    assert "绿的公司" not in shown(await home(world, lin))
    view = await pressed(world, lin, f"{views.NARROW}.colour-all")
    await press(lin, view, views.TIER, selected="A")
    await world.quiet()
    view = await world.slack.wait_for(lin.home)
    assert "红的公司" in shown(view)
    assert "黄的公司" not in shown(view)


async def test_what_comes_up_this_week(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Below today's; nobody has to page for it."""
    await cast.customer(lin, "周四公司", Tier.A, last_contact_on="2026-11-12")
    view = await home(world, lin)
    assert "周四公司" not in due_part(view)
    assert "*本周还有 · 1*" in prose(view)


async def test_a_customers_menu(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The brief, a note, and the page before a meeting, each in a window."""
    customer = await cast.customer(lin)
    view = await home(world, lin)
    menu = next(each for each in elements(view) if each["type"] == "overflow")
    assert [each["text"]["text"] for each in options(menu)] == ["看客户简报", "记拜访", "会前准备"]
    for what, seen in (("open", "风险标记：绿"), ("prepare", "可能会听到"), ("log", "远大纺织 · A")):
        view = await world.slack.wait_for(lin.home)
        await lin.press(view, menu["action_id"], selected=f"{what}|{customer.id}")
        await world.quiet()
        assert seen in str(lin.views()[-1].blocks)
        await lin.close_view(lin.views()[-1])


async def test_preparing_a_meeting_from_home(world: World, cast: Cast, lin: ActingPerson) -> None:
    """One types a part of the name; the page takes the place of the question."""
    customer = await cast.customer(lin)
    await press(lin, await home(world, lin), views.PREPARE)
    (window,) = lin.views()
    found = await lin.suggest(window, views.PICK, "远大")
    assert [each["value"] for each in found] == [customer.id]
    await lin.press(window, views.PICK, selected=customer.id)
    await world.quiet()
    assert "可能会听到" in shown(lin.views()[0])


async def test_a_lead_sees_exceptions_first(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson
) -> None:
    """Missed promises before overdue contacts, with whose they are; what is on time is none. Each look is audited."""
    missed = await cast.customer(lin, "失约公司", Tier.B, last_contact_on="2026-11-20")
    await promise(world, cast, lin, missed.id, late=4)
    await cast.customer(chen, "久未联系", Tier.A, last_contact_on="2026-10-20")
    await cast.customer(chen, "一切正常", Tier.B, last_contact_on="2026-11-20")
    view = await home(world, zhou)
    told = prose(view)
    assert "要关注的情况 · 2" in told
    assert told.index("失约公司") < told.index("久未联系")
    assert f"<@{lin.id}> · 逾期 4 天" in told
    assert "一切正常" not in told
    assert f"<@{chen.id}> · 2 家（A 1 · B 1）" in told
    assert f"<@{lin.id}> · 1 家（B 1）" in told
    rows = await world.services.workspaces.audit.newest(TEAM)
    looked = {row.subject for row in rows if (row.who, row.detail) == (zhou.id, "home")}
    assert missed.id in looked
    view = await pressed(world, zhou, f"{views.NARROW}.trouble-contact")
    assert "失约公司" not in prose(view)


async def test_nothing_wrong_in_the_team_is_good_news(world: World, cast: Cast, zhou: ActingPerson) -> None:
    assert "都在节奏上" in prose(await home(world, zhou))


async def test_tabs_of_several_roles_are_remembered(world: World, cast: Cast, zhou: ActingPerson) -> None:
    """Only those the person has something in; the one picked is open the next time."""
    roles = frozenset({Role.TEAM_LEAD, Role.EDITOR})
    await world.services.members.set_roles(TEAM, zhou.id, roles, None, by="test")
    view = await home(world, zhou)
    assert labels(view)[:3] == ["团队", "我的", "话术"]
    view = await pressed(world, zhou, f"{views.TAB}.playbook")
    assert "话术缺口" in prose(view)
    view = await home(world, zhou)
    assert "话术缺口" in prose(view)
    await world.services.members.set_roles(TEAM, zhou.id, frozenset({Role.TEAM_LEAD}), None, by="test")
    assert "要关注的情况" in prose(await home(world, zhou))


async def test_a_forged_click_changes_nothing(world: World, cast: Cast, lin: ActingPerson) -> None:
    """A tab of another role, or one that there is not, shows what the person may see."""
    view = await home(world, lin)
    before = shown(view)
    element(view, views.PREPARE)["action_id"] = f"{views.TAB}.x"
    for value in ('{"tab":"team"}', '{"tab":"x"}', "x", ""):
        next(each for each in elements(view) if each["action_id"] == f"{views.TAB}.x")["value"] = value
        await lin.press(view, f"{views.TAB}.x")
        await world.quiet()
        view = await world.slack.wait_for(lin.home)
        assert shown(view) == before
        element(view, views.PREPARE)["action_id"] = f"{views.TAB}.x"
