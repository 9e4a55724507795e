"""The quality gate, gently: advice once, above a form that keeps everything; personal data is masked unless needed."""

from typing import Final

from bot.domain.visit import Visit
from bot.sandbox import ActingPerson, Message, View
from bot.views import visits as views
from tests.handlers.cast import Cast
from tests.handlers.reading import block_id, entered, field, fields, press, prose
from tests.world import TEAM, World

PHONE: Final = "13812345678"
CARD: Final = "6222021234567890003"


async def opened(world: World, person: ActingPerson, line: str) -> View:
    await person.command("/visit", line)
    await world.quiet()
    return person.views()[-1]


async def stored(world: World, customer_id: str) -> list[Visit]:
    return await world.services.visits.store.latest(TEAM, customer_id, 9)


async def confirmation(world: World, person: ActingPerson) -> Message:
    return await world.slack.wait_for(lambda: next((m for m in person.dm_messages() if m.is_bot), None))


async def test_a_promise_that_nobody_can_keep_is_pointed_out_once(world: World, cast: Cast, lin: ActingPerson) -> None:
    """With what to say instead; nothing is stored before the person says so, and then all of it."""
    customer = await cast.customer(lin)
    view = await opened(world, lin, "远大纺织 我跟他说这单肯定能批")
    result = await lin.submit(view, entered(view, next_step="发清单", next_step_on="2026-11-26"))
    assert not result.closed
    assert not result.errors
    told = prose(view)
    assert "保存前再看一眼" in told
    assert "肯定能批" in told
    assert "我负责把材料备齐" in told
    assert view.definition["submit"]["text"] == "仍然保存"
    assert view.entered[block_id(view, "next_step")]["next_step"]["value"] == "发清单"
    assert await stored(world, customer.id) == []
    assert (await lin.submit(view)).closed
    (saved,) = await stored(world, customer.id)
    assert (saved.note, saved.next_step) == ("我跟他说这单肯定能批", "发清单")


async def test_what_was_mended_is_not_pointed_out_again(world: World, cast: Cast, lin: ActingPerson) -> None:
    customer = await cast.customer(lin)
    view = await opened(world, lin, "远大纺织 我跟他说这单肯定能批")
    await lin.submit(view)
    assert (await lin.submit(view, entered(view, note="我说结果以审批为准"))).closed
    assert [each.note for each in await stored(world, customer.id)] == ["我说结果以审批为准"]


async def test_advice_in_english(world: World, cast: Cast, grace: ActingPerson) -> None:
    await cast.customer(grace, "Northlight")
    view = await opened(world, grace, "Northlight I told them approval is guaranteed")
    await grace.submit(view)
    assert "Worth a look before it is saved" in prose(view)
    assert "say instead" in prose(view)
    assert view.definition["submit"]["text"] == "Save anyway"


async def test_personal_data_is_masked(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Shown in part; in the note, in what is to be done and in what is said about it."""
    customer = await cast.customer(lin)
    view = await opened(world, lin, f"远大纺织 财务电话 {PHONE}，卡号 {CARD}")
    await lin.submit(view, entered(view, next_step=f"打 {PHONE}", next_step_on="2026-11-26"))
    assert PHONE not in prose(view)
    assert "138•••78" in prose(view)
    assert field(view, "note")["initial_value"].endswith(CARD)
    assert (await lin.submit(view)).closed
    (saved,) = await stored(world, customer.id)
    assert (saved.note, saved.next_step) == ("财务电话 •••，卡号 •••", "打 •••")
    assert PHONE not in prose(await confirmation(world, lin))
    (step,) = await world.services.customers.open_steps(await cast.actor(lin), customer.id)
    assert step.title == "打 •••"


async def test_a_number_that_is_needed_is_kept(world: World, cast: Cast, lin: ActingPerson) -> None:
    """By a tick; a card number cannot be kept."""
    customer = await cast.customer(lin)
    view = await opened(world, lin, f"远大纺织 财务电话 {PHONE}，卡号 {CARD}")
    await lin.submit(view)
    (only,) = field(view, "keep")["options"]
    assert only["text"]["text"] == "保留 138•••78，联系客户要用"
    assert (await lin.submit(view, entered(view, keep=[only["value"]]))).closed
    (saved,) = await stored(world, customer.id)
    assert saved.note == f"财务电话 {PHONE}，卡号 •••"


async def test_a_note_without_a_next_step_is_saved_and_says_so(world: World, cast: Cast, lin: ActingPerson) -> None:
    """A quick line stays quick: the next contact is set by itself. A step or a dated promise needs no such word."""
    customer = await cast.customer(lin)
    for line, steps in (("已发合同", {}), ("谈好了", {"next_step": "发清单", "next_step_on": "2026-11-26"})):
        view = await opened(world, lin, f"远大纺织 {line}")
        assert (await lin.submit(view, entered(view, **steps))).closed
        await world.quiet()
    without, with_step = [prose(each) for each in lin.dm_messages() if each.is_bot]
    assert "还没有带日期的下一步" in without
    assert "还没有带日期的下一步" not in with_step
    assert len(await stored(world, customer.id)) == 2


async def test_advice_never_comes_before_what_is_wrong(world: World, cast: Cast, lin: ActingPerson) -> None:
    """First what has to be corrected, all of it."""
    await cast.customer(lin)
    view = await opened(world, lin, "远大纺织 我跟他说这单肯定能批")
    result = await lin.submit(view, entered(view, on="2026-11-25"))
    assert result.errors == {block_id(view, "on"): "日期不能晚于今天"}
    assert "保存前再看一眼" not in prose(view)


async def test_advice_delivered_twice_is_harmless(world: World, cast: Cast, lin: ActingPerson) -> None:
    customer = await cast.customer(lin)
    view = await opened(world, lin, "远大纺织 我跟他说这单肯定能批")
    world.slack.deliver_twice("view_submission", together=True)
    await lin.submit(view)
    await world.quiet()
    world.slack.deliver_twice("view_submission", together=True)
    assert (await lin.submit(view)).closed
    await world.quiet()
    assert len(await stored(world, customer.id)) == 1


async def test_a_changed_note_is_looked_at_too(world: World, cast: Cast, lin: ActingPerson) -> None:
    customer = await cast.customer(lin)
    view = await opened(world, lin, "远大纺织 已发合同")
    await lin.submit(view)
    await world.quiet()
    await press(lin, await confirmation(world, lin), views.EDIT)
    await world.quiet()
    view = lin.views()[-1]
    assert not (await lin.submit(view, entered(view, note=f"电话 {PHONE}"))).closed
    assert "138•••78" in prose(view)
    assert "customer" not in fields(view)
    assert (await lin.submit(view)).closed
    assert [each.note for each in await stored(world, customer.id)] == ["电话 •••"]
