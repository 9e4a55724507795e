"""Changes that wait for a decision, on the Home of those who may decide: found there whatever became of the message."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.domain.user import Role
from bot.sandbox import ActingPerson, View
from bot.views import revisions as views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, entered, has, labels, press, prose, shown
from tests.handlers.test_home import home
from tests.handlers.test_revisions import HIDDEN, NEW_SAY, SAY, forgotten, form_of, give, typed
from tests.world import TEAM, World


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def editorial(world: World, cast: Cast) -> AsyncIterator[None]:
    """Zhou and Grace approve; afterwards the workspace has neither roles nor changes."""
    await world.quiet()
    await forgotten(world)
    await give(cast, zhou={Role.APPROVER}, grace={Role.APPROVER})
    yield
    await world.quiet()
    await give(cast, zhou=set(), grace=set())
    await forgotten(world)


async def suggested(world: World, author: ActingPerson, channel: str) -> None:
    """A suggestion; the process dies before any approver hears of it."""
    view = await form_of(author, channel)
    for _ in range(2):
        world.slack.faults.add("chat.postMessage", "error", error="fatal_error")
    assert not (await author.submit(view, typed(view, **{SAY: NEW_SAY}))).errors
    await world.quiet()
    world.slack.faults.clear()


async def reviewed(world: World, person: ActingPerson) -> View:
    await press(person, await home(world, person), views.REVIEW)
    return person.views()[-1]


async def test_a_change_nobody_heard_of_is_approved_on_home(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """What, who and since when; old and new in a window, which then says how it ended; the author is told."""
    await suggested(world, lin, east)
    assert zhou.dm_messages() == []
    entry = world.objection(HIDDEN)
    told = prose(await home(world, zhou))
    assert "等您审批的话术" in told
    assert f"*{entry.title.zh}* · 修改 · <@{lin.id}> 11月24日" in told
    view = await reviewed(world, zhou)
    assert f"原来：{entry.say.zh}" in prose(view)
    assert f"现在：{NEW_SAY}" in prose(view)
    await press(zhou, view, views.APPROVE)
    await world.quiet()
    assert f"<@{zhou.id}> 已通过" in prose(zhou.views()[-1])
    assert labels(zhou.views()[-1]) == []
    assert not has(zhou.home() or view, views.REVIEW)
    assert any("已经生效" in each.text for each in lin.dm_messages())
    assert (await world.services.playbook.library(TEAM)).entry(HIDDEN).speak.zh == NEW_SAY


async def test_sent_back_from_home_with_a_reason(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Both windows close, and the author reads why."""
    await suggested(world, lin, east)
    await press(zhou, await reviewed(world, zhou), views.SEND_BACK)
    assert len(zhou.views()) == 2
    asked = zhou.views()[-1]
    await zhou.submit(asked, entered(asked, **{views.REASON: "说得太满"}))
    await world.quiet()
    assert zhou.views() == []
    assert not has(zhou.home() or asked, views.REVIEW)
    assert any("说得太满" in each.text for each in lin.dm_messages())


async def test_nobody_decides_about_a_change_of_ones_own(
    world: World, zhou: ActingPerson, grace: ActingPerson, lin: ActingPerson, east: str
) -> None:
    """Not offered, and refused to who sends the button all the same; others do not see it at all."""
    await suggested(world, zhou, east)
    for person in (zhou, lin):
        assert not has(await home(world, person), views.REVIEW)
    view = await home(world, grace)
    assert "Changes waiting for you" in prose(view)
    (pending,) = await world.services.revisions.pending(TEAM)
    await suggested(world, lin, east)
    own = await home(world, zhou)
    await world.slack.wait_for(lambda: has(own, views.REVIEW))
    element(own, views.REVIEW)["value"] = pending.id
    await press(zhou, own, views.REVIEW)
    await world.quiet()
    assert views.REVIEW_MODAL not in [each.callback_id for each in zhou.views()]
    assert any("要由别人来审批" in each.text for each in zhou.dm_messages())


async def test_whoever_is_too_late_sees_how_it_ended(
    world: World, zhou: ActingPerson, grace: ActingPerson, lin: ActingPerson, east: str
) -> None:
    """In the window and on Home; nothing happens twice."""
    await suggested(world, lin, east)
    late, first = await reviewed(world, grace), await reviewed(world, zhou)
    await press(zhou, first, views.APPROVE)
    await press(grace, late, views.APPROVE)
    await world.quiet()
    assert f"Approved by <@{zhou.id}>" in shown(grace.views()[-1])
    assert not has(grace.home() or late, views.REVIEW)
    assert len([each for each in lin.dm_messages() if "已经生效" in each.text]) == 1
