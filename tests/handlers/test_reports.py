"""The weekly report and the key figures on demand: a lead's team, an admin's workspace, nobody else's business."""

from functools import partial

from bot.domain.user import Member, Role
from bot.sandbox import ActingPerson, Message
from bot.views import customers as customer_views
from bot.views import figures as figure_views
from bot.views import imports as import_views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, press, prose
from tests.world import TEAM, World


async def test_a_lead_asks_for_it_at_any_time(world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson) -> None:
    """On a Tuesday, with charts, and as pictures where Slack draws none."""
    await cast.customer(lin, last_contact_on="2026-10-20")
    for kinds in (["data_visualization"], ["image"]):
        known = len(zhou.dm_messages())
        await zhou.command("/factormate", "report")

        def sent(known: int = known) -> Message | None:
            return next((each for each in zhou.dm_messages()[known:] if each.text.startswith("团队周报")), None)

        message = await world.slack.wait_for(sent, timeout=20)
        assert "远大纺织（A）：该联系没联系，晚了 21 天" in prose(message)
        assert f"<@{lin.id}>" not in prose(message)
        assert [each["type"] for each in message.blocks if each["type"] in ("data_visualization", "image")] == kinds
        world.slack.state.unknown_blocks.add("data_visualization")


async def test_an_admin_sees_numbers_and_no_customer(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson
) -> None:
    """In English: running the workspace opens no customer's file."""
    await cast.customer(lin, "不得外传公司", last_contact_on="2026-10-20")
    await world.services.members.store.change(
        TEAM, reed.id, partial(Member.given, roles=frozenset({Role.ADMIN}), team=None)
    )
    await reed.command("/factormate", "report")
    await world.quiet()
    told = "".join(prose(each) for each in reed.dm_messages())
    assert "*Far too late*: " in told
    assert "不得外传" not in told


async def test_nobody_else_gets_it(world: World, lin: ActingPerson) -> None:
    """An account manager is told so, and nothing is sent."""
    await lin.command("/factormate", "周报")
    await world.quiet()
    (answer,) = lin.dm_messages()
    assert "正在汇总" not in answer.text


async def test_key_figures_by_command_and_from_home(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson
) -> None:
    """Too few to say much, and it says so; nobody is named."""
    customer = await cast.customer(lin)
    await lin.command("/customer", customer.name)
    await press(lin, lin.dm_messages()[-1], customer_views.DEAL)
    form = lin.views()[-1]
    refused = await lin.submit(form, entered(form, kind="new", began_on="2026-01-05"))
    assert refused.errors == {"closed_on": "有了结果就要写日期，而且不早于开始日。"}
    assert not (await lin.submit(form, entered(form, kind="new", began_on="2026-01-05", closed_on="2026-02-10"))).errors
    await zhou.command("/factormate", "kpi")
    await world.quiet()
    told = "".join(prose(each) for each in zhou.dm_messages())
    assert "*转化率*：样本 1 个，还差 19 个，暂不给比例" in told
    assert "不等于原因" in told
    assert lin.id not in told
    await zhou.open_home()
    await world.quiet()
    home = zhou.home()
    assert home is not None
    await press(zhou, home, figure_views.OPEN)
    await world.quiet()
    assert "样本 1 个，还差 19 个" in prose(zhou.views()[-1])
    await lin.command("/factormate", "指标")
    await world.quiet()
    assert "转化率" not in prose(lin.dm_messages()[-1])


async def test_a_table_of_deals_sent_to_the_app_is_brought_in(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Like one of customers: looked at first, imported at a click."""
    customer = await cast.customer(lin)
    await lin.upload("deals.csv", f"客户,类型,开始,结果\n{customer.name},续约,2026-12-31,进行中\n".encode())
    await world.quiet()
    await press(lin, lin.dm_messages()[-1], import_views.IMPORT)
    await world.quiet()
    (deal,) = await world.services.deals.store.of(TEAM, customer.id)
    assert deal.began_on.isoformat() == "2026-12-31"
