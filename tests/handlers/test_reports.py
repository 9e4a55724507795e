"""The weekly report on demand: a lead's team by name, an admin's workspace in numbers, nobody else's business."""

from functools import partial

from bot.domain.user import Member, Role
from bot.sandbox import ActingPerson
from tests.handlers.cast import Cast
from tests.handlers.reading import prose
from tests.world import TEAM, World


async def test_a_lead_asks_for_it_at_any_time(world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson) -> None:
    """On a Tuesday, with charts, and as pictures where Slack draws none."""
    await cast.customer(lin, last_contact_on="2026-10-20")
    for number, kinds in enumerate((["data_visualization"], ["image"]), 1):
        await zhou.command("/factormate", "report")
        await world.quiet()
        begun, message = zhou.dm_messages()[-2:]
        assert "正在汇总" in begun.text
        assert len(zhou.dm_messages()) == number * 2
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
    told = prose(reed.dm_messages()[-1])
    assert "*Far too late*: " in told
    assert "不得外传" not in told


async def test_nobody_else_gets_it(world: World, lin: ActingPerson) -> None:
    """An account manager is told so, and nothing is sent."""
    await lin.command("/factormate", "周报")
    await world.quiet()
    (answer,) = lin.dm_messages()
    assert "正在汇总" not in answer.text
